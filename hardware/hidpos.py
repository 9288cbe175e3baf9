"""Scanners that speak HID-POS (usage page 0x8C): the codes in their input reports.

A report has 64 bytes (USB-IF, HID Point of Sale Usage Tables 1.02, section 3, in the layout the makers agree on, as
in the product manual of the Access-IS LSR118, appendix B):

=======  ==========================================================
byte     meaning
=======  ==========================================================
0        report id, 2 for scanned data
1        how many of the data bytes count
2 to 4   symbology identifier (ISO/IEC 15424), bracket included
5 to 60  data, filled up with zeros
63       bit 0: the code goes on in the next report
=======  ==========================================================

Newland's scanners have no identifier and their data in bytes 2 to 57.
"""

from __future__ import annotations

from typing import Final

from hardware.decoding import decoded, is_clean
from hardware.frames import (
    SCAN_LENGTH_MAX,
    AimMode,
    Frame,
    FrameSettings,
    ParserCounters,
    Rejected,
    RejectReason,
)
from hardware.profiles import ReportLayout
from hardware.symbology import AIM_LENGTH, is_identifier

REPORT_BYTES: Final = 64
"""Length of an input report, in bytes with its id."""

SCANNED_DATA: Final = 2
"""The id of reports that carry codes."""

DATA_BYTES: Final = 56
"""Most bytes of a code in one report."""

GAP_S: Final = 0.5
"""Longest wait for the next report of a code, in seconds; they come a millisecond apart over a cable."""

_LENGTH_AT: Final = 1
_AIM_AT: Final = 2
_CONTINUED_AT: Final = 63
_CONTINUED: Final = 0x01
_DATA_AT: Final = {ReportLayout.AIM: 5, ReportLayout.NEWLAND: 2}
_SUFFIXES: Final = "\r\n\t"  # a suffix that was set for typing like a keyboard comes along in the data


class ReportParser:
    """Collects reports until a code is whole; does for HID-POS what ``FrameParser`` does for a serial line.

    Pure and without a clock. One call of ``feed`` is one report.
    """

    def __init__(
        self,
        layout: ReportLayout = ReportLayout.AIM,
        *,
        length_bytes_max: int = SCAN_LENGTH_MAX,
        aim: AimMode = AimMode.AUTO,
    ) -> None:
        """Start between two codes.

        Args:
            layout: Where the parts of a report stand.
            length_bytes_max: Longest code, in bytes.
            aim: Whether an identifier is expected; reports nearly always carry one.
        """
        self._data_at = _DATA_AT[layout]
        self._has_aim = layout is ReportLayout.AIM
        # The rules for a finished code are those of a serial line's.
        self._rules = FrameSettings(length_bytes_max=length_bytes_max, aim=aim)
        self.counters = ParserCounters()
        self._data = bytearray()
        self._aim = ""
        self._begun = False
        self._broken: RejectReason | None = None
        self._t_last = 0.0

    @property
    def is_idle(self) -> bool:
        """Whether no code has begun."""
        return not self._begun

    def reset(self) -> int:
        """Forget a code that has begun, because the device is gone.

        Returns:
            How many bytes were thrown away.
        """
        discarded = len(self._data)
        self._start_over()
        return discarded

    def interrupt(self, t: float) -> list[Frame | Rejected]:
        """Give up a code that has begun, because the machine slept.

        Args:
            t: Now, in seconds of the clock of ``feed``.
        """
        if not self._begun:
            return []
        length = len(self._data)
        self._start_over()
        return [Rejected(RejectReason.TIMEOUT, length, t)]

    def feed(self, report: bytes, t: float) -> list[Frame | Rejected]:
        """Take one report, or let time pass with an empty one.

        Args:
            report: The report with its id.
            t: When it was read, in seconds of any clock that does not go back.

        Returns:
            What became whole or had to be given up.
        """
        found = self.interrupt(t) if t - self._t_last >= GAP_S else []
        if report:
            self._t_last = t
            found += self._take(report, t)
        return found

    def _take(self, report: bytes, t: float) -> list[Frame | Rejected]:
        if report[0] != SCANNED_DATA:
            self.counters.noise += 1  # a trigger, a status: nothing that was scanned
            return []
        if len(report) < REPORT_BYTES or report[_LENGTH_AT] > DATA_BYTES:
            self._start_over()  # nobody knows which code it was part of
            return [Rejected(RejectReason.LINE_NOISE, len(report), t)]
        aim = decoded(report[_AIM_AT : _AIM_AT + AIM_LENGTH]) if self._has_aim else ""
        if self._begun and aim != self._aim:
            self._broken = self._broken or RejectReason.LINE_NOISE  # two codes' reports are mixed up
        self._begun, self._aim = True, aim
        data = report[self._data_at : self._data_at + report[_LENGTH_AT]]
        if len(self._data) + len(data) > self._rules.length_bytes_max:
            self._broken = self._broken or RejectReason.TOO_LONG
        if self._broken is None:
            self._data += data
        else:
            self.counters.skipped += len(data)
        if report[_CONTINUED_AT] & _CONTINUED:
            return []
        return self._finish(t)

    def _finish(self, t: float) -> list[Frame | Rejected]:
        """The last report of a code was taken: decide whether it is one."""
        data, aim, broken = bytes(self._data), self._aim, self._broken
        self._start_over()
        if broken is not None:
            return [Rejected(broken, len(data), t)]
        if not data:
            self.counters.empty += 1
            return []
        known = self._rules.aim is not AimMode.NEVER and is_identifier(aim)
        raw = (aim.encode() if known else b"") + data
        text = decoded(data).rstrip(_SUFFIXES)
        faults = {
            RejectReason.CONTROL_CHARACTER: not is_clean(text),
            RejectReason.AIM_MISSING: self._rules.aim is AimMode.ALWAYS and not known,
            RejectReason.NO_DATA: not text.strip(),
        }
        for reason, applies in faults.items():
            if applies:
                return [Rejected(reason, len(raw), t)]
        return [Frame(text, raw, aim if known else "", t)]

    def _start_over(self) -> None:
        self._data.clear()
        self._aim = ""
        self._begun = False
        self._broken = None
