"""What a scanner tells the till: a code, or how the device is doing."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from hardware.masking import masked

if TYPE_CHECKING:
    from hardware.errors import HardwareError
    from hardware.frames import RejectReason
    from hardware.symbology import Symbology


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """One code, or one thing that came in the shape of a code and had to be refused.

    Attributes:
        device_id: Which scanner, under the name the till gave it.
        text: The code without prefix, identifier and terminator; empty when rejected.
        raw: The bytes of the frame without its terminator; empty when rejected.
        aim: The symbology identifier with its bracket, such as ``]E0``; empty when the scanner sent none.
        symbology: The barcode kind, or ``None`` when the scanner did not say.
        t_monotonic_ns: When its last byte was read, in nanoseconds of the monotonic clock.
        rejected: Why it is no code, or ``None``.
    """

    device_id: str
    text: str
    raw: bytes
    aim: str
    symbology: Symbology | None
    t_monotonic_ns: int
    rejected: RejectReason | None = None

    def __repr__(self) -> str:
        """A description that may be logged: the code is masked."""
        return (
            f"Scan(device_id={self.device_id!r}, text={masked(self.text)!r}, length={len(self.text)}, "
            f"aim={self.aim!r}, rejected={self.rejected!r})"
        )


class DeviceState(StrEnum):
    """How a device is doing."""

    CONNECTING = "connecting"
    """It is being opened for the first time."""
    READY = "ready"
    """It is open; what it sends arrives."""
    LOST = "lost"
    """It was open and went away; the till keeps looking for it."""
    UNAVAILABLE = "unavailable"
    """It cannot be opened, for the reason given; the till keeps trying."""
    STOPPED = "stopped"
    """The till has let go of it."""


class DeviceStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A device's state changed.

    Attributes:
        device_id: Which device, under the name the till gave it.
        state: Its new state.
        error: Why it is lost or unavailable, or ``None``.
    """

    device_id: str
    state: DeviceState
    error: HardwareError | None = None
