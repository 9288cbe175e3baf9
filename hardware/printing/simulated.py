"""A printer made of software, for the demo and the tests: the till prints on it over a real line.

It has a buffer of its own and stops taking bytes when that is full, keeps what it has while it is without paper and
loses it when it is switched off, and answers questions past everything that waits, as printers do.
"""

from __future__ import annotations

import re
import select
import socket
import sys
import threading
from typing import TYPE_CHECKING, Final

import msgspec

from hardware.printing.paper import Code, Element, Knife, PaperReader, Picture, Pulse, Question, Reset, Row
from hardware.printing.simulated_ends import BUFFER_BYTES, READ_BYTES, NetworkEnd, PtyEnd
from hardware.receipt import WIDTH_80_MM

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Self

    from hardware.printing.simulated_ends import PrinterEnd

PAPERS_MAX: Final = 10_000
"""How many receipts are kept; then the oldest are thrown away."""

_REAL_TIME: Final = re.compile(rb"\x10\x04([\x01-\x04])|\x10\x14\x01([\x00\x01])([\x01-\x08])")
_REAL_TIME_BEGUN: Final = re.compile(rb"\x10(?:\x04|\x14(?:\x01[\x00\x01]?)?)?\Z")
_FIXED_BITS: Final = 0b0001_0010
_CALL_TIMEOUT_S: Final = 10.0
_DC4_UNIT_MS: Final = 100


class PrinterCondition(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with the printer, if anything.

    Attributes:
        paper_out: There is no paper.
        paper_low: The roll ends soon.
        cover_open: Its cover is open.
        offline: It was switched to off-line.
        silent: It answers nothing.
        blocked: It does not even read.
        ends_unsaid: It does not answer ``GS r``.
        hang_up_after_bytes: It is switched off when it has taken so many bytes of text more, and stays off.
    """

    paper_out: bool = False
    paper_low: bool = False
    cover_open: bool = False
    offline: bool = False
    silent: bool = False
    blocked: bool = False
    ends_unsaid: bool = False
    hang_up_after_bytes: int | None = None

    @property
    def prints(self) -> bool:
        """Whether it prints what it takes."""
        return not (self.paper_out or self.cover_open or self.offline or self.blocked)


class Paper(msgspec.Struct, frozen=True):
    """One piece of paper, and what happened while it was printed."""

    elements: tuple[Element, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """Its text."""
        return tuple(each for each in self.elements if isinstance(each, Row))

    @property
    def text(self) -> str:
        """Its text in one piece."""
        return "\n".join(row.text for row in self.rows)

    @property
    def codes(self) -> tuple[Code, ...]:
        """QR codes that the printer drew."""
        return tuple(each for each in self.elements if isinstance(each, Code))

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """What came as dots."""
        return tuple(each for each in self.elements if isinstance(each, Picture))

    @property
    def pulses(self) -> tuple[Pulse, ...]:
        """How often the drawer was opened."""
        return tuple(each for each in self.elements if isinstance(each, Pulse))

    @property
    def is_cut(self) -> bool:
        """Whether it was cut off."""
        return any(isinstance(each, Knife) for each in self.elements)


class SimulatedPrinter:
    """A printer that is plugged in from the start and prints on a thread of its own.

    Use it as a context manager, or call ``close``.
    """

    def __init__(self, end: PrinterEnd, columns: int = WIDTH_80_MM, *, double_byte: bool = False) -> None:
        """Switch it on.

        Args:
            end: Its end of the line.
            columns: Characters to the line of its paper.
            double_byte: Whether it takes two bytes for one character until told otherwise.
        """
        self._end = end
        self.target = end.target
        self._reader = PaperReader(columns, double_byte=double_byte)
        self._condition = PrinterCondition()
        self._unscanned = b""
        self._buffer = bytearray()
        self._elements: list[Element] = []
        self._papers: list[Paper] = []
        self._printed = threading.Condition()
        self._calls: list[Callable[[], None]] = []
        self._calls_lock = threading.Lock()
        self._wake_in, self._wake_out = socket.socketpair()
        self._is_closed = False
        self._is_plugged = False
        self._thread = threading.Thread(target=self._run, name="simulated-printer", daemon=True)
        self._thread.start()
        self.plug()

    def __enter__(self) -> Self:
        """The printer itself."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """Switch it off for good."""
        self.close()

    def set(self, condition: PrinterCondition | None = None) -> None:
        """Put it into a condition, by default a good one; what waits in its buffer is printed then."""
        self._call(lambda: self._change(condition or PrinterCondition()))

    def plug(self) -> None:
        """Switch it on; does nothing when it is."""
        self._call(self._plug)

    def unplug(self) -> None:
        """Switch it off: what it has not printed is lost."""
        self._call(self._unplug)

    def close(self) -> None:
        """Switch it off for good and end its thread."""
        if self._thread.is_alive():
            self.unplug()
            self._call(self._close)
            self._thread.join(_CALL_TIMEOUT_S)
        self._wake_in.close()
        self._wake_out.close()

    @property
    def is_plugged(self) -> bool:
        """Whether it is on."""
        return self._is_plugged

    @property
    def papers(self) -> tuple[Paper, ...]:
        """The pieces of paper so far, each ended by a cut or by the next one's beginning."""
        with self._printed:
            return tuple(self._papers)

    @property
    def unfinished(self) -> Paper:
        """What stands on the paper behind the last cut."""
        with self._printed:
            return Paper(tuple(self._elements))

    @property
    def problems(self) -> tuple[str, ...]:
        """What it did not understand."""
        return tuple(self._reader.problems)

    def wait_for_papers(self, count: int, timeout_s: float) -> tuple[Paper, ...]:
        """Wait until so many pieces of paper have come out in all.

        Raises:
            TimeoutError: They have not.
        """
        return self.wait_for(lambda: len(self._papers) >= count, timeout_s)

    def wait_for(self, happened: Callable[[], bool], timeout_s: float) -> tuple[Paper, ...]:
        """Wait until something is true of the paper.

        Args:
            happened: Asked whenever something was printed; it must not wait.
            timeout_s: Longest wait, in seconds.

        Raises:
            TimeoutError: It did not happen.
        """
        with self._printed:
            if not self._printed.wait_for(happened, timeout_s):
                raise TimeoutError(f"{len(self._papers)} papers, behind them {self._elements}")
            return tuple(self._papers)

    # ------------------------------------------------------------------------------ the printer's thread

    def _call(self, act: Callable[[], None]) -> None:
        """Have the printer's thread do something and wait for it: nobody else touches the line."""
        done = threading.Event()

        def run() -> None:
            act()
            done.set()

        with self._calls_lock:
            self._calls.append(run)
        self._wake_out.send(b"!")
        if not done.wait(_CALL_TIMEOUT_S):
            raise TimeoutError("the simulated printer hangs")

    def _run(self) -> None:
        while not self._is_closed:
            reads = self._is_plugged and not self._condition.blocked and len(self._buffer) < BUFFER_BYTES
            sources = [self._wake_in.fileno(), *(self._end.sources() if reads else [])]
            ready, _, _ = select.select(sources, [], [])
            if self._wake_in.fileno() in ready:
                self._wake_in.recv(READ_BYTES)
                with self._calls_lock:
                    calls, self._calls = self._calls, []
                for call in calls:
                    call()
            elif ready:
                self._take(self._end.take())

    def _take(self, data: bytes) -> None:
        """Obey what is to be obeyed at once, keep the rest, and print of it what can be printed."""
        self._unscanned += data
        begun = _REAL_TIME_BEGUN.search(self._unscanned)
        end = begun.start() if begun else len(self._unscanned)
        now, self._unscanned = self._unscanned[:end], self._unscanned[end:]
        for command in _REAL_TIME.finditer(now):
            self._obey(command)
        self._buffer += _REAL_TIME.sub(b"", now)
        self._print()

    def _obey(self, command: re.Match[bytes]) -> None:
        if command[1] is not None:
            self._answer(bytes([_FIXED_BITS | self._bits(command[1][0])]))
        else:
            with self._printed:
                self._elements.append(Pulse(5 if command[2][0] else 2, command[3][0] * _DC4_UNIT_MS))

    def _bits(self, question: int) -> int:
        """The answer to DLE EOT without its fixed bits."""
        now = self._condition
        match question:
            case 1:
                return 0b0000_1000 * (now.offline or now.cover_open or now.paper_out)
            case 2:
                return 0b0000_0100 * now.cover_open | 0b0010_0000 * now.paper_out
            case 4:
                return 0b0110_0000 * now.paper_out | 0b0000_1100 * (now.paper_low or now.paper_out)
            case _:
                return 0

    def _answer(self, data: bytes) -> None:
        if not self._condition.silent:
            self._end.say(data)

    def _print(self) -> None:
        if not self._condition.prints or not self._buffer:
            return
        power_cut = self._condition.hang_up_after_bytes
        piece = bytes(self._buffer[:power_cut])
        self._buffer.clear()
        for element in self._reader.feed(piece):
            self._lay(element)
        with self._printed:
            self._printed.notify_all()
        if power_cut is not None:
            self._condition = msgspec.structs.replace(self._condition, hang_up_after_bytes=power_cut - len(piece))
            if len(piece) >= power_cut:
                self._condition = msgspec.structs.replace(self._condition, hang_up_after_bytes=None)
                self._unplug()

    def _lay(self, element: Element) -> None:
        if isinstance(element, Question):
            if not self._condition.ends_unsaid:
                self._answer(bytes([0b0000_0011 * self._condition.paper_low]))
            return
        with self._printed:
            if isinstance(element, Reset):
                self._end_paper()
            else:
                self._elements.append(element)
            if isinstance(element, Knife):
                self._end_paper()

    def _end_paper(self) -> None:
        if self._elements:
            self._papers.append(Paper(tuple(self._elements)))
            del self._papers[:-PAPERS_MAX]
            self._elements = []

    def _change(self, condition: PrinterCondition) -> None:
        self._condition = condition
        self._print()

    def _plug(self) -> None:
        if not self._is_plugged:
            self._end.plug()
            self._is_plugged = True

    def _unplug(self) -> None:
        if self._is_plugged:
            self._is_plugged = False
            self._end.unplug()
            self._buffer.clear()
            self._unscanned = b""
            self._reader.power_cycle()

    def _close(self) -> None:
        self._is_closed = True


def simulated_printer(folder: Path, name: str = "printer", columns: int = WIDTH_80_MM) -> SimulatedPrinter:
    """Plug in a simulated printer on the best line this machine has.

    Args:
        folder: An existing folder for the link to its port; unused on Windows.
        name: The link's name.
        columns: Characters to the line of its paper.
    """
    end: PrinterEnd = NetworkEnd() if sys.platform == "win32" else PtyEnd(folder / name)
    return SimulatedPrinter(end, columns)
