"""A till in a process of its own: scans until the member is painted, then what the process weighs.

Started by ``benchmarks.window``, and by ``benchmarks.filling`` for the same scans while head office's whole state is
taken over; prints one JSON document.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QEventLoop, QTimer

from benchmarks.shop import Size, member_card
from hardware.simulated import simulated_scanner
from terminal.app.system import SystemClock, SystemIds
from terminal.assembly import assemble
from terminal.attach import attach
from terminal.main import make_application
from terminal.presenters.states import Screen, Tone
from terminal.settings import Settings
from terminal.settings.display import SoundSettings
from terminal.settings.scanner import ScannerSettings
from terminal.ui.hands import Hands
from terminal.ui.window import MainWindow
from texts.i18n import Texts

if TYPE_CHECKING:
    from hardware.simulated import SimulatedScanner
    from terminal.assembly import RunningTill

WIDTH: Final = 1366
HEIGHT: Final = 768
WARM_UP: Final = 50
"""Scans before the clock counts, and before the process is weighed."""

DIFFERENT_MAX: Final = 20_000
"""How many members are scanned before the first one comes again."""

WAIT_MS: Final = 5_000
KIB: Final = 1024


class PaintWatch:
    """Knows when the window was painted last: when it had finished handling an update, not when it began."""

    def __init__(self) -> None:
        self.painted_ns = 0
        self.loop = QEventLoop()

    def install(self) -> None:
        """Look over the shoulder of every window made from now on."""
        handle = MainWindow.event

        def event(window: MainWindow, what: QEvent) -> bool:
            done = handle(window, what)
            if what.type() == QEvent.Type.UpdateRequest:
                self.painted_ns = time.monotonic_ns()
                self.loop.quit()
            return done

        MainWindow.event = event  # type: ignore[assignment, method-assign]


def main() -> None:
    """Run the measurement named by the arguments: data directory, members of the shop, how many scans, ``filling``."""
    directory, size, scans = Path(sys.argv[1]), Size(int(sys.argv[2]), 0), int(sys.argv[3])
    measure = _while_filling if "filling" in sys.argv else _quiet
    application = make_application()
    watch = PaintWatch()
    watch.install()
    with tempfile.TemporaryDirectory() as folder, simulated_scanner(Path(folder)) as scanner:
        bugs: list[Exception] = []
        till = assemble(
            application,
            directory,
            texts_for=lambda currency: Texts("de", currency),
            scanners=(),
            clock=SystemClock(),
            ids=SystemIds(),
            crashed=bugs.append,
        )
        # All that a shop's till runs beside the window: typing scanners, doctor, customers' display.
        attach(till, Settings(scanner=ScannerSettings(port=scanner.port), sound=SoundSettings(0)), bugs.append)
        try:
            hands = Hands(till.window)
            hands.open_window(WIDTH, HEIGHT)
            hands.wait_until(lambda: till.shell.state.bar.scanner.tone is Tone.GOOD, "the scanner is ready")
            found = measure(_Counter(till, scanner, watch, hands), size, scans)
            assert not bugs, bugs
        finally:
            till.stop()
    print(json.dumps(found))


def _quiet(counter: _Counter, size: Size, scans: int) -> dict[str, object]:
    indexes = random.Random(5).sample(range(size.members), WARM_UP + 2 * scans)
    cards = [member_card(index) for index in indexes]
    for card in cards[:WARM_UP]:
        counter.scan(card)
    resident = _resident_bytes()
    from_idle = [counter.scan_from_idle(card) for card in cards[WARM_UP : WARM_UP + scans]]
    next_one = [counter.scan(card) for card in cards[WARM_UP + scans :]]
    return {"from_idle_ns": from_idle, "next_ns": next_one, "resident": resident}


def _while_filling(counter: _Counter, size: Size, scans: int) -> dict[str, object]:
    """At least so many scans, and at least until the whole state was taken over once."""
    from benchmarks.filling import Filling

    # The same card twice within a moment is a scanner that read twice, and brings nobody on the screen.
    members = cycle(random.Random(5).sample(range(size.members), min(size.members, DIFFERENT_MAX)))

    def scan() -> int:
        return counter.scan_from_idle(member_card(next(members)))

    for _ in range(WARM_UP):
        scan()
    quiet = [scan() for _ in range(scans)]
    filling: list[int] = []
    with Filling(counter.till.desk.directory) as fill:
        while len(filling) < scans or not fill.fills_ns:
            fill.check()
            filling.append(scan())
    return {"quiet_ns": quiet, "filling_ns": filling, "fills_ns": fill.fills_ns}


@dataclass(frozen=True, slots=True)
class _Counter:
    """The till with somebody who scans."""

    till: RunningTill
    scanner: SimulatedScanner
    watch: PaintWatch
    hands: Hands

    def scan(self, card: str) -> int:
        """Write a card into the line and wait until its member is painted; give the nanoseconds in between.

        The clock starts before the last byte is written, and ends with the last paint before the queue of events was
        empty: a layout that needs a second paint counts in full.
        """
        watch = self.watch
        _drain(self.till)
        timeout = QTimer()
        timeout.setSingleShot(True)
        timeout.timeout.connect(watch.loop.quit)
        timeout.start(WAIT_MS)
        before = watch.painted_ns
        self.scanner.write(card.encode())  # right before the rest: a code that halts half-way is refused
        began = time.monotonic_ns()
        self.scanner.write(b"\r")
        while not (watch.painted_ns > before and _shows(self.till, card)):
            assert timeout.isActive(), f"the member of {card} never came on the screen"
            watch.loop.exec()
        _drain(self.till)
        return watch.painted_ns - began

    def scan_from_idle(self, card: str) -> int:
        """The same from the idle screen."""
        _go_idle(self.till, self.hands)
        return self.scan(card)


def _shows(till: RunningTill, card: str) -> bool:
    sale = till.shell.member.sale
    return till.shell.state.screen is Screen.MEMBER and sale is not None and sale.member.number == card


def _drain(till: RunningTill) -> None:
    """Handle every event that waits."""
    loop = QEventLoop(till.window)
    QTimer.singleShot(0, loop.quit)
    loop.exec()
    while loop.processEvents():
        pass


def _go_idle(till: RunningTill, hands: Hands) -> None:
    hands.press("Esc")
    hands.wait_until(lambda: till.shell.state.screen is Screen.IDLE, "the till is idle")
    _drain(till)


def _resident_bytes() -> int:
    """What the process has in memory now (Linux); 0 where it can't be told."""
    try:
        for line in Path("/proc/self/status").read_text("ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * KIB
    except OSError:
        pass
    return 0


if __name__ == "__main__":
    main()
