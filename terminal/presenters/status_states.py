"""What a screen shows that says how something stands, ready to paint: the copies, and with more of it head office."""

from __future__ import annotations

import msgspec

from terminal.presenters.states import Notice, Tile, Tone


class StatusAction(msgspec.Struct, frozen=True):
    """A button of such a screen.

    Attributes:
        key: What the view asks the presenter for.
        icon: The file name of its icon.
    """

    key: str
    text: str
    icon: str
    enabled: bool = True


class StatusState(msgspec.Struct, frozen=True):
    """How something stands, in plain words.

    Attributes:
        headline: The state in a few words.
        text: What that means for the shop, and what to do.
        icon: The icon of the state; colour never speaks alone.
        percent: How far a long task is, ``None`` when there is none or nobody knows.
        progress: The same in words.
        tiles: The figures, or the places.
        notes: What somebody should know or do, the most urgent first.
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
    actions: tuple[StatusAction, ...] = ()
