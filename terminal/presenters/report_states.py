"""What the daily report shows, finished for a view."""

from __future__ import annotations

import msgspec

from terminal.presenters.states import BookingLine, Choice, HourBar, Notice, Tile


class ReportState(msgspec.Struct, frozen=True):
    """The daily report.

    Attributes:
        whose: This till or the whole store; empty where there is no choice.
        standing: Whose figures these are, and as of when.
        waits: What is being waited for; empty while nothing is.
    """

    title: str
    day: str
    whose: tuple[Choice, ...] = ()
    standing: str = ""
    waits: str = ""
    tiles: tuple[Tile, ...] = ()
    hours_caption: str = ""
    issued_caption: str = ""
    redeemed_caption: str = ""
    hours: tuple[HourBar, ...] = ()
    rewards_caption: str = ""
    rewards: tuple[BookingLine, ...] = ()
    compared_caption: str = ""
    compared: tuple[BookingLine, ...] = ()
    empty: str = ""
    can_go_on: bool = False
    busy: bool = False
    notice: Notice | None = None
