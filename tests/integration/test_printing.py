"""From the counter to the paper: the real ledger's thread, the real printer's thread, a simulated printer read back."""

from __future__ import annotations

import queue
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hardware.printing.simulated import PrinterCondition, SimulatedPrinter, simulated_printer
from hardware.printing.status import PrinterState
from hardware.receipt import WIDTH_80_MM
from storage.store import open_store
from terminal.app.desk import StorageThread
from terminal.devices.printing import TillPrinter
from terminal.presenters.base import Surroundings
from terminal.presenters.printing import printer_pill
from terminal.presenters.shell import ShellPresenter
from terminal.presenters.states import Screen
from terminal.settings.printer import PrinterSettings
from tests.fakes.clock import SeededIds
from tests.fakes.counter import ANNA, BEN, Counter
from tests.fakes.desk import ManualSchedule
from texts.i18n import Texts

WAIT_S = 30.0
"""Longest wait for something that must happen; a passing test takes a fraction of a second."""


class Till:
    """The presenters on real threads; this thread is the one that paints."""

    def __init__(self, directory: Path, port: str, language: str) -> None:
        shop = Counter(directory, language)  # two members and some history
        clock = shop.clock
        shop.close()
        self._calls: queue.Queue[Callable[[], None]] = queue.Queue()
        ids = SeededIds(11, clock)
        self.desk = StorageThread(
            lambda: open_store(directory, clock=clock, ids=ids), clock=clock, ids=ids, deliver=self._calls.put
        )
        self.desk.start()
        self.schedule = ManualSchedule()
        around = Surroundings(self.desk, Texts(language), clock, ids, self.schedule, self._nothing)
        self.shell = ShellPresenter(around, self._crashed)
        settings = PrinterSettings(port=port, automatic="always", drawer="purchase")
        self.printer = TillPrinter(settings, deliver=self._calls.put, on_status=self.shell.printer_status)
        around.printing = self.printer
        self.printer.start()
        self.shell.start()

    def until(self, holds: Callable[[], bool]) -> None:
        """Paint until something holds."""
        while not holds():
            self._calls.get(timeout=WAIT_S)()

    def until_printer(self, state: PrinterState) -> None:
        """Wait until the bar says so."""
        texts = self.shell.texts

        def is_so() -> bool:
            status = self.printer.status
            return status is not None and status.state is state and self.shell.state.bar.printer is not None

        self.until(is_so)
        assert printer_pill(texts, self.printer.status).text

    def sell(self, card: str, amount: str) -> None:
        """Book a purchase and wait for the green screen."""
        self.shell.read(card)
        self.shell.member.amount_typed(amount)
        self.shell.member.confirm()
        self.until(lambda: self.shell.state.screen is Screen.DONE)

    def notice(self) -> str:
        """What the green screen says of the printing."""
        notice = self.shell.done.state.printer
        return notice.text if notice else ""

    def close(self) -> None:
        """Let go of everything."""
        self.printer.stop()
        self.desk.stop()

    def _nothing(self) -> None:
        """Nobody ends this till."""

    def _crashed(self, error: Exception) -> None:
        raise error


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[SimulatedPrinter]:
    """A printer on the best line this machine has."""
    with simulated_printer(tmp_path) as made:
        yield made


@pytest.fixture
def till_in(tmp_path: Path, printer: SimulatedPrinter) -> Iterator[Callable[[str], Till]]:
    """Opens a till in a language, with the printer behind it."""
    tills: list[Till] = []

    def make(language: str) -> Till:
        tills.append(Till(tmp_path / "till", printer.target, language))
        return tills[-1]

    yield make
    for till in tills:
        till.close()


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_paper_says_what_the_screen_shows(
    till_in: Callable[[str], Till], printer: SimulatedPrinter, language: str
) -> None:
    """Row by row, with umlauts and the euro sign; then the knife, and the drawer was opened once."""
    till = till_in(language)
    till.until_printer(PrinterState.READY)
    till.sell(ANNA, "23.45")
    texts = till.shell.texts
    till.until(lambda: till.notice() == texts._("Receipt printed."))
    papers = printer.wait_for_papers(1, WAIT_S)
    (paper,) = [each for each in papers if each.rows]
    assert sum(len(each.pulses) for each in papers) == 1
    shown = till.shell.done.state.receipt
    assert shown is not None
    assert shown.columns == WIDTH_80_MM
    printed = [row.text.rstrip() for row in paper.rows]
    rows = [row.text for row in shown.rows]
    assert [row for row in printed if row] == [row for row in rows if row]
    assert any("23" in row and "€" in row for row in printed)
    assert "Bäckerei Morgenrot" in paper.text
    assert paper.is_cut
    assert not printer.problems


def test_a_printer_without_paper_stops_nobody_and_catches_up(
    till_in: Callable[[str], Till], printer: SimulatedPrinter
) -> None:
    """Two customers are served; with a new roll both papers come, each once and in order."""
    till = till_in("en")
    till.until_printer(PrinterState.READY)
    printer.set(PrinterCondition(paper_out=True))
    till.until_printer(PrinterState.PAPER_OUT)
    till.sell(ANNA, "23.45")
    till.sell(BEN, "4.00")
    till.until(lambda: "(M-331)" in till.notice())
    assert not printer.papers
    printer.set(PrinterCondition())
    till.until(lambda: till.notice() == "Receipt printed.")
    papers = printer.wait_for_papers(2, WAIT_S)
    assert ["€23.45" in paper.text for paper in papers] == [True, False]
    assert ["€4.00" in paper.text for paper in papers] == [False, True]
    assert not any("Copy" in paper.text for paper in papers)


@pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")
def test_an_unplugged_printer_is_found_again(till_in: Callable[[str], Till], printer: SimulatedPrinter) -> None:
    """The sale is booked, the receipt waits, and comes with the cable."""
    till = till_in("en")
    till.until_printer(PrinterState.READY)
    printer.unplug()
    till.until_printer(PrinterState.UNAVAILABLE)
    till.sell(ANNA, "23.45")
    till.until(lambda: "(M-334)" in till.notice())
    printer.plug()
    till.until(lambda: till.notice() == "Receipt printed.")
    (paper,) = printer.wait_for_papers(1, WAIT_S)
    assert "€23.45" in paper.text
