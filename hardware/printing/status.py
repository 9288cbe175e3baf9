"""How a printer is doing."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from hardware.errors import HardwareError


class PrinterState(StrEnum):
    """What stops a printer, or does not."""

    STARTING = "starting"
    READY = "ready"
    PRINTING = "printing"
    PAPER_LOW = "paper_low"
    """It prints, but the roll ends soon."""
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"
    """It is there and takes nothing: switched to off-line, or with a fault of its own."""
    UNAVAILABLE = "unavailable"
    """It is not there, or can't be opened, for the reason given; the till keeps trying."""
    STOPPED = "stopped"


class PrinterStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A printer's state changed, or its queue did.

    Attributes:
        device_id: The till's name for it.
        state: Its state.
        waiting: Jobs that wait, with the one being printed.
        error: Why it is unavailable, or takes nothing; ``None`` when it says so itself or all is well.
    """

    device_id: str
    state: PrinterState
    waiting: int = 0
    error: HardwareError | None = None
