"""Asks a printer how it is, and hears when a receipt has come out.

Real-time questions (DLE EOT n) are answered at once, past everything that waits in the printer's buffer; ``GS r`` waits
in the buffer itself, so its answer says that everything before it is on paper. Which answer belongs to which question
is told by the bits that are fixed in them (ESC/POS command reference, DLE EOT and GS r).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

import msgspec

from hardware.printing.status import PrinterState

if TYPE_CHECKING:
    from collections.abc import Callable

    from hardware.printing.lines import PrinterLine

END_QUESTION: Final = b"\x1dr\x01"
"""GS r 1: asked behind a receipt and answered when the receipt is out."""

_QUESTION: Final = b"\x10\x04"
_PRINTER, _CAUSE, _ERROR, _PAPER = 1, 2, 3, 4

_REAL_TIME_MASK, _REAL_TIME_BITS = 0b1001_0011, 0b0001_0010
_IN_TURN_MASK: Final = 0b1001_0000

_OFFLINE: Final = 0b0000_1000
_COVER_OPEN: Final = 0b0000_0100
_PAPER_STOP: Final = 0b0010_0000
_FAULT: Final = 0b0100_0000
_PAPER_END: Final = 0b0110_0000
_PAPER_NEAR_END: Final = 0b0000_1100

_STRAY_BYTES_MAX: Final = 64
"""Most answers that are kept unread; a printer that chatters is not listened to for ever."""


class PrinterReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a printer says of itself.

    Attributes:
        is_offline: It takes nothing.
        is_cover_open: Its cover is open.
        is_paper_out: There is no paper, or printing stopped for want of it.
        is_paper_low: The roll ends soon.
        has_fault: The knife, the head's temperature, or worse.
    """

    is_offline: bool = False
    is_cover_open: bool = False
    is_paper_out: bool = False
    is_paper_low: bool = False
    has_fault: bool = False

    @property
    def state(self) -> PrinterState:
        """The one thing to say about it: what a person has to do first."""
        if self.is_cover_open:
            return PrinterState.COVER_OPEN  # many report no paper as well, because the sensor sits in the cover
        if self.is_paper_out:
            return PrinterState.PAPER_OUT
        if self.is_offline or self.has_fault:
            return PrinterState.OFFLINE
        return PrinterState.PAPER_LOW if self.is_paper_low else PrinterState.READY


class Talk:
    """The conversation over one open line."""

    def __init__(self, line: PrinterLine, clock_s: Callable[[], float]) -> None:
        """Begin; nothing is said yet.

        Args:
            line: Its line.
            clock_s: Monotonic time, in seconds.
        """
        self.line = line
        self._clock_s = clock_s
        self._answers: deque[int] = deque(maxlen=_STRAY_BYTES_MAX)
        self._has_ended = False

    def ask(self, wait_s: float) -> PrinterReport | None:
        """Ask everything, one question after the other.

        Args:
            wait_s: Longest wait for one answer, in seconds.

        Returns:
            ``None`` when it does not answer, which many printers never do.

        Raises:
            PrinterError: The line is gone.
        """
        if not self.line.listens:
            return None
        self.hear(0)
        self._answers.clear()  # an answer that came too late belongs to no question any more
        found: dict[int, int] = {}
        for number in (_PRINTER, _CAUSE, _ERROR, _PAPER):
            answer = self._answer(number, wait_s)
            if answer is None:
                return None
            found[number] = answer
        return PrinterReport(
            is_offline=bool(found[_PRINTER] & _OFFLINE),
            is_cover_open=bool(found[_CAUSE] & _COVER_OPEN),
            is_paper_out=bool(found[_CAUSE] & _PAPER_STOP or found[_PAPER] & _PAPER_END),
            is_paper_low=bool(found[_PAPER] & _PAPER_NEAR_END),
            has_fault=bool(found[_CAUSE] & _FAULT or found[_ERROR] & (_FAULT | _PAPER_STOP | _OFFLINE)),
        )

    def hear(self, wait_s: float) -> None:
        """Take in what the printer says; ``has_heard_end`` tells whether the receipt is out.

        Args:
            wait_s: Longest wait for the first byte, in seconds.

        Raises:
            PrinterError: The line is gone.
        """
        for byte in self.line.read(wait_s):
            if byte & _REAL_TIME_MASK == _REAL_TIME_BITS:
                self._answers.append(byte)
            elif byte & _IN_TURN_MASK == 0:
                self._has_ended = True

    def expect_end(self) -> None:
        """Forget earlier answers to ``END_QUESTION``."""
        self._has_ended = False

    def has_heard_end(self) -> bool:
        """Whether ``END_QUESTION`` was answered since ``expect_end``."""
        return self._has_ended

    def _answer(self, number: int, wait_s: float) -> int | None:
        deadline_s = self._clock_s() + wait_s
        question = _QUESTION + bytes([number])
        while question:
            taken = self.line.write(question)
            question = question[taken:]
            if not taken and self._clock_s() >= deadline_s:
                return None
        while not self._answers:
            left_s = deadline_s - self._clock_s()
            self.hear(max(0.0, left_s))  # once in any case: this thread may not have run while the answer came
            if left_s <= 0:
                break
        return self._answers.popleft() if self._answers else None
