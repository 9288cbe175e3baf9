"""What a scanner's line has seen, for the hardware doctor and for tests."""

from __future__ import annotations

import msgspec

from hardware.frames import ParserCounters, RejectReason
from hardware.policy import PolicyCounters


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
    parser: ParserCounters = msgspec.field(default_factory=ParserCounters)
    policy: PolicyCounters = msgspec.field(default_factory=PolicyCounters)
