"""What the screen of copies shows, ready to paint."""

from __future__ import annotations

import msgspec

from terminal.presenters.states import Notice, Tile, Tone


class BackupAction(msgspec.Struct, frozen=True):
    """A button of the screen of copies.

    Attributes:
        key: What the view asks the presenter for.
        icon: The file name of its icon.
    """

    key: str
    text: str
    icon: str
    enabled: bool = True


class BackupState(msgspec.Struct, frozen=True):
    """How the copies of this till's data are, in plain words.

    Attributes:
        headline: The state in a few words.
        text: What that means for the shop, and what to do.
        icon: The icon of the state; colour never speaks alone.
        percent: How far a copy is that is being made, ``None`` while none is or nobody knows.
        progress: The same in words.
        tiles: The places, each with its newest copy.
        notes: What somebody should do, the most urgent first.
        facts: Details for support, as caption and value.
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
    actions: tuple[BackupAction, ...] = ()
