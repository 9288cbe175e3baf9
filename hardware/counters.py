"""What a scanner's line has seen, for the hardware doctor and for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from hardware.frames import ParserCounters, RejectReason
from hardware.policy import PolicyCounters

if TYPE_CHECKING:
    from hardware.errors import HardwareError
    from hardware.scans import DeviceState


class ScannerCounters(msgspec.Struct, kw_only=True):
    """Totals of one scanner since the till was started; no scanned text.

    Attributes:
        bytes_received: Bytes read.
        reads: Reads that brought bytes.
        scans: Codes handed on.
        rejected: Frames refused, by reason, with the repeats that were not handed on.
        connects: How often the line was opened.
        failed_opens: How often it could not be opened.
        losses: How often an open line went away.
        frames_discarded: Frames that had begun when the line went away.
        bytes_discarded: Their bytes.
        answers: How often something was written back.
        answers_not_taken: How often the scanner did not take it.
        parser: What the frame parser dropped.
        policy: What the repeat policy decided.
    """

    bytes_received: int = 0
    reads: int = 0
    scans: int = 0
    rejected: dict[RejectReason, int] = msgspec.field(default_factory=dict)
    connects: int = 0
    failed_opens: int = 0
    losses: int = 0
    frames_discarded: int = 0
    bytes_discarded: int = 0
    answers: int = 0
    answers_not_taken: int = 0
    parser: ParserCounters = msgspec.field(default_factory=ParserCounters)
    policy: PolicyCounters = msgspec.field(default_factory=PolicyCounters)

    def copy(self) -> ScannerCounters:
        """The totals as they are now; the scanner's thread goes on counting in the original."""
        return msgspec.structs.replace(
            self,
            rejected=dict(self.rejected),
            parser=msgspec.structs.replace(self.parser),
            policy=msgspec.structs.replace(self.policy),
        )


class DeviceView(msgspec.Struct, frozen=True, kw_only=True):
    """One scanner as the doctor shows it.

    Attributes:
        id: The till's name for it.
        port: Where it is, or where it was seen last; for a scanner that was never there, as the settings say.
        usb_id: Vendor and product as ``0C2E:0B61``; empty when it is not USB or was never there.
        description: What it calls itself; may be empty.
        maker: Whose scanner it is, as far as that is known; may be empty.
        discovered: Whether it was found by itself; otherwise the settings name it.
        state: How it is doing, or ``None`` before it was started.
        error: What went wrong last, even when it has come right since; ``None`` when nothing did.
        counters: What its line has seen.
    """

    id: str
    port: str
    usb_id: str = ""
    description: str = ""
    maker: str = ""
    discovered: bool = False
    state: DeviceState | None = None
    error: HardwareError | None = None
    counters: ScannerCounters = msgspec.field(default_factory=ScannerCounters)
