"""What the sync screen and its forms show, ready to paint."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from terminal.presenters.states import Notice, Tile, Tone


class Purpose(StrEnum):
    """What a form is for; also the key of the button that opens it."""

    JOIN = "join"
    INVITE = "invite"
    EXPORT = "export"
    LEAVE = "leave"


class SyncAction(msgspec.Struct, frozen=True):
    """A button of the sync screen.

    Attributes:
        key: What the view asks the presenter for.
        icon: The file name of its icon.
    """

    key: str
    text: str
    icon: str
    enabled: bool = True


class SyncState(msgspec.Struct, frozen=True):
    """How this till stands with head office, in plain words.

    Attributes:
        headline: The state in a few words, as in the bar.
        text: What that means for the shop, and what to do.
        icon: The icon of the state; colour never speaks alone.
        percent: How far the long task is, ``None`` when there is none or nobody knows.
        progress: The long task in words.
        tiles: The figures.
        notes: What somebody should know or look at, the most urgent first.
        facts: Details for support, as caption and value.
        code_caption: Whom the joining code is for; empty while none is shown.
        code: The joining code, large.
        actions: What can be done, the most wanted first.
    """

    title: str
    headline: str
    text: str
    icon: str
    tone: Tone = Tone.NEUTRAL
    percent: int | None = None
    progress: str = ""
    tiles: tuple[Tile, ...] = ()
    notes: tuple[Notice, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    code_caption: str = ""
    code: str = ""
    actions: tuple[SyncAction, ...] = ()
    busy: bool = False
