"""A day after day at the running window: scans by serial line and keyboard in turn, amounts typed, sales booked.

The whole till runs off-screen in a process of its own, so that its memory is its own: real window, real storage thread,
real line to a simulated scanner, and key events with times for the scanner that types. The long form is
``SOAK_ONLY=window SOAK_SALES=20000 python -m tests.soak``; without a number it serves as many as fit into its minutes.
"""

from __future__ import annotations

import gc
import os
import random
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from hardware.wedge.detector import SCAN_MS
from loyalty.cards import Check, with_check_digit

if TYPE_CHECKING:
    from hardware.scans import Scan
    from hardware.simulated import SimulatedScanner
    from terminal.assembly import RunningTill
    from terminal.ui.hands import Hands
    from tests.fakes.clock import FakeClock
    from tests.soak.frame import Run

SALES_MIN: Final = 300
SALES_MAX: Final = 20_000
SALES_PER_S: Final = 8
"""How many customers a slow machine serves in a second."""

MEMBERS: Final = 200
WARM_UP_SHARE: Final = 10
"""One sale in so many warms up: caches of fonts, pictures and pages fill, every screen has been seen."""

LATE_THREADS_MAX: Final = 2
"""Threads that every till starts once and that a slow machine starts after the first look, such as the watch over the
ledger's health; one that was left behind by each sale or scan would be hundreds."""

GROWTH_MB_MAX: Final = 16.0
"""How much more memory the till may hold after all sales than after the warm-up, in MB: the page caches of the ledger's
two connections (8 and 2 MiB) fill as it grows, and then nothing more comes."""

REFERENCES_LOST_MAX: Final = 1_000
"""How far the references to None may fall: the fault of PySide6 6.12 lost several a sale, then aborted. They do rise:
6.11.3 keeps some thirty a sale (deleteLater, connect, painters), which costs no memory."""

DESCRIPTORS_MORE_MAX: Final = 2
SECONDS_PER_SALE_MAX: Final = 3.0
START_S: Final = 120.0
TOLD_EVERY: Final = 500
"""How often the run says how it stands, in sales."""

DESCRIPTORS_OF_A_THREAD: Final = 3
"""A thread that starts late may read the ledger: the file, its log and the log's index."""


ODD_EVERY: Final = 10
ODD_CODES: Final = ("YZ-4711 AB", "https://example.org/?q=1", "4006381333931")


class Measure(msgspec.Struct, frozen=True):
    """What the process holds.

    Attributes:
        memory_mb: Resident memory, in MB.
        references: References to None.
        threads: Threads of Python.
        descriptors: Open files and sockets.
    """

    memory_mb: float
    references: int
    threads: int
    descriptors: int


class Served(msgspec.Struct, frozen=True):
    """What a run did.

    Attributes:
        sales: Sales booked, as the ledger counts them.
        typed_scans: Scans that were typed on the keyboard.
        odd_scans: Codes that are nobody's card.
        warm: What it held after the warm-up.
        end: What it held at the end.
        ledger_ok: Whether the ledger proves itself.
    """

    sales: int
    typed_scans: int
    odd_scans: int
    warm: Measure
    end: Measure
    ledger_ok: bool


def run(run: Run) -> None:
    """Serve as many customers as were asked for, or as the time is enough for."""
    in_time = int((run.ends_at - time.monotonic()) * SALES_PER_S)
    sales = int(os.environ.get("SOAK_SALES") or min(max(in_time, SALES_MIN), SALES_MAX))
    served = serve_in_a_process(run.folder, sales, run.rng.getrandbits(30))
    run.count("sales", served.sales)
    run.count("typed scans", served.typed_scans)
    run.count("odd codes", served.odd_scans)
    run.count("KB more", round((served.end.memory_mb - served.warm.memory_mb) * 1024))
    run.count("references to None more", served.end.references - served.warm.references)
    run.count("threads", served.end.threads)
    run.count("descriptors", served.end.descriptors)
    check(served, sales)


def check(served: Served, sales: int) -> None:
    """Nothing was lost, nothing grew."""
    warm, end = served.warm, served.end
    assert served.sales == sales, served
    assert served.ledger_ok, served
    assert end.memory_mb - warm.memory_mb <= GROWTH_MB_MAX, served
    assert end.references >= warm.references - REFERENCES_LOST_MAX, served
    assert end.threads <= warm.threads + LATE_THREADS_MAX, served
    late = max(0, end.threads - warm.threads) * DESCRIPTORS_OF_A_THREAD
    assert end.descriptors <= warm.descriptors + DESCRIPTORS_MORE_MAX + late, served


def serve_in_a_process(folder: Path, sales: int, seed: int) -> Served:
    """Run the till in a process of its own, and end it if it stands still."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_FONT_DPI": "96", "TZ": "Europe/Berlin"}
    answer = subprocess.run(
        [sys.executable, "-m", "tests.soak.window", os.fspath(folder), str(sales), str(seed)],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        timeout=START_S + sales * SECONDS_PER_SALE_MAX,
    )
    return msgspec.json.decode(answer.stdout.splitlines()[-1], type=Served)


def card(index: int) -> str:
    """A member's card."""
    return with_check_digit(f"29{index:010d}", Check.GS1)


class Cashier:
    """Serves customers at a running till."""

    def __init__(self, till: RunningTill, hands: Hands, scanner: SimulatedScanner, rng: random.Random) -> None:
        from tests.fakes.key_events import KeyEvents

        self._till = till
        self._hands = hands
        self._keys = KeyEvents(till.window)
        self._scanner = scanner
        self._rng = rng
        self.heard = 0
        self.typed_scans = 0
        self.odd_scans = 0

    def hear(self, scan: Scan) -> None:
        """The keyboard's scanner read something."""
        self.heard += 1
        self._till.shell.scanned(scan)

    def serve(self, number: int) -> None:
        """One customer: scan, amount, Enter; every tenth tries a code that is no card first."""
        from PySide6.QtCore import Qt

        from terminal.presenters.states import Screen

        shell, wanted = self._till.shell, card(number % MEMBERS)
        if number % ODD_EVERY == 0:
            self._keys.scan(self._rng.choice(ODD_CODES), pace_ms=self._rng.randrange(20))
            self.odd_scans += 1
        if number % 2:
            self._keys.scan(wanted, pace_ms=self._rng.randrange(SCAN_MS))
            self.typed_scans += 1
        else:
            self._scanner.scan(wanted)
        assert self.heard == self.typed_scans + self.odd_scans, "each typed scan is heard once and at once"
        self._hands.wait_until(lambda: shell.state.screen is Screen.MEMBER, "the member is on the screen")
        assert shell.member.sale is not None
        assert shell.member.sale.member.number == wanted
        amount = f"{self._rng.randrange(1, 40)}.{self._rng.randrange(100):02d}"
        self._keys.type(amount, pace_ms=self._rng.randrange(90, 300))
        self._hands.wait_until(lambda: self._hands.shows("amount", amount), "the amount stands in its field")
        self._keys.key(Qt.Key.Key_Return, text="\r")
        self._hands.wait_until(lambda: shell.state.screen is Screen.DONE, "the sale is booked")
        self._hands.settle()


def serve(folder: Path, sales: int, seed: int) -> Served:
    """Build a shop and serve customers in this process, which should be one of its own.

    Raises:
        NeverHappenedError: The window stood still.
    """
    from hardware.simulated import simulated_scanner
    from storage.verify import verify
    from terminal.assembly import Scanner, assemble
    from terminal.main import make_application
    from terminal.settings.scanner import ScannerSettings
    from terminal.settings.wedge import WedgeSettings
    from terminal.ui.hands import Hands
    from terminal.ui.wedge import WedgeFilter
    from tests.fakes.clock import FakeClock, SeededIds
    from texts.i18n import Texts

    clock, directory, warm = FakeClock(), folder / "shop", None
    _open_shop(directory, clock)
    records_before = verify(directory).records
    application = make_application()
    with ExitStack() as running:
        scanner = running.enter_context(simulated_scanner(folder))
        till = assemble(
            application,
            directory,
            texts_for=lambda currency: Texts("en", currency),
            scanners=[Scanner("scanner", ScannerSettings(port=scanner.port))],
            clock=clock,
            ids=SeededIds(seed, clock),
            crashed=_fail,
        )
        running.callback(till.stop)
        hands = Hands(till.window)
        hands.open_window(1024, 768)
        cashier = Cashier(till, hands, scanner, random.Random(seed))
        wedge = WedgeFilter(application, cashier.hear, WedgeSettings(), till.around.knows_number)
        wedge.install()
        running.callback(wedge.remove)
        hands.wait_until(lambda: till.shell.state.bar.scanner.text == "Scanner ready", "the scanner is ready")
        for number in range(sales):
            clock.advance(minutes=1)
            cashier.serve(number)
            if number == sales // WARM_UP_SHARE:
                warm = measure()
            if number % TOLD_EVERY == 0:
                print(number, measure(), file=sys.stderr, flush=True)
        end = measure()
    assert warm is not None, "at least one sale"
    proof = verify(directory)
    booked = proof.records - records_before
    return Served(booked, cashier.typed_scans, cashier.odd_scans, warm, end, proof.ok)


def measure() -> Measure:
    """What this process holds now, garbage apart."""
    gc.collect()
    status = Path("/proc/self/status").read_text("ascii")
    resident_kb = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    descriptors = sum(1 for _ in Path("/proc/self/fd").iterdir())
    return Measure(resident_kb / 1024, sys.getrefcount(None), threading.active_count(), descriptors)


def _open_shop(directory: Path, clock: FakeClock) -> None:
    """A bakery with its members."""
    from storage.store import create_store
    from terminal.app.enrol import EnrolCommand, Enrolled, enrol
    from terminal.app.till import Till
    from tests.fakes.clock import SeededIds

    ids = SeededIds(1, clock)
    programme = Path(__file__).parents[2] / "terminal" / "templates" / "bakery.toml"
    with create_store(
        directory,
        shop_name="Soak",
        till_name="1",
        currency="EUR",
        programme_text=programme.read_text("utf-8"),
        clock=clock,
        ids=ids,
    ) as store:
        till = Till(store, clock, ids)
        for index in range(MEMBERS):
            outcome = enrol(till, EnrolCommand(ids.record_id(), card(index), f"Member {index}"))
            assert isinstance(outcome, Enrolled)


def _fail(error: Exception) -> None:
    raise error


def main() -> None:
    """Serve, and print what came of it."""
    folder, sales, seed = sys.argv[1:]
    served = serve(Path(folder), int(sales), int(seed))
    print(msgspec.json.encode(served).decode(), flush=True)


if __name__ == "__main__":
    main()
