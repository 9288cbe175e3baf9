"""The whole till in one process: a real window, a real storage thread, a real line to a simulated scanner."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.exceptions import TimeoutError as WaitTimeoutError
from pytestqt.qtbot import QtBot

from hardware.simulated import SimulatedScanner, simulated_scanner
from storage.store import open_store
from terminal.assembly import RunningTill, Scanner, assemble
from terminal.presenters.states import Screen
from terminal.settings.scanner import ScannerSettings
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.counter import Counter
from tests.fakes.plight import plight
from texts.i18n import Texts

WAIT_MS = 30_000


class Rig:
    """Hands and eyes of a cashier: scans, keys, and what is painted."""

    def __init__(self, qtbot: QtBot, till: RunningTill, scanner: SimulatedScanner) -> None:
        self._qtbot = qtbot
        self.till = till
        self.scanner = scanner

    def until(self, holds: Callable[[], bool]) -> None:
        """Let the event loop run until something holds."""
        try:
            self._qtbot.waitUntil(holds, timeout=WAIT_MS)
        except WaitTimeoutError as error:
            raise AssertionError(f"waited in vain {plight(self.till, self.scanner)}") from error

    def until_screen(self, screen: Screen) -> None:
        """Wait for a screen to be in front."""
        self.until(lambda: self.till.shell.state.screen is screen)

    def until_painted(self, name: str, text: str) -> None:
        """Wait until the visible widget of this name shows a text, and it has been painted."""
        self.until(lambda: self.painted(name) == text)

    def painted(self, name: str) -> str:
        """What the visible widget of this name shows."""
        for widget in self.till.window.findChildren(QWidget, name):
            if widget.isVisible():
                if isinstance(widget, QLabel | QLineEdit):
                    return widget.text()
                return str(widget.property("text") or getattr(widget, "text", lambda: "")())
        return ""

    def keys(self, *keys: Qt.Key) -> None:
        """Press keys on whatever has the focus."""
        for key in keys:
            QTest.keyClick(self._target(), key)

    def tap(self, *names: str) -> None:
        """Touch the visible controls of these names, one after the other."""
        for name in names:
            buttons = [each for each in self.till.window.findChildren(QAbstractButton, name) if each.isVisible()]
            assert buttons, f"there is no {name} to touch on {self.till.shell.state.screen}"
            QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)

    def type(self, text: str) -> None:
        """Type on whatever has the focus."""
        QTest.keyClicks(self._target(), text)

    def _target(self) -> QWidget:
        focused: QWidget | None = self.till.window.focusWidget()
        return self.till.window if focused is None else focused


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A data directory with Anna (1,284 points) and Ben (12)."""
    directory = tmp_path / "till"
    Counter(directory).close()
    return directory


@pytest.fixture
def rig(qtbot: QtBot, qapp: QApplication, shop: Path, tmp_path: Path) -> Iterator[Rig]:
    """The running till on that shop, its scanner plugged in and ready."""
    clock = FakeClock()
    scanner = simulated_scanner(tmp_path)
    till = assemble(
        qapp,
        shop,
        texts_for=lambda currency: Texts("en", currency),
        scanners=[Scanner("scanner", ScannerSettings(port=scanner.port))],
        clock=clock,
        ids=SeededIds(11, clock),
        crashed=_fail,
    )
    with scanner, closing_till(till):
        qtbot.addWidget(till.window)
        till.window.show()
        made = Rig(qtbot, till, scanner)
        made.until(lambda: till.shell.state.bar.scanner.text == "Scanner ready")
        yield made


@contextlib.contextmanager
def closing_till(till: RunningTill) -> Iterator[None]:
    """Stop the till's threads however the test ends: one that is left would keep the whole run from ending."""
    try:
        yield
    finally:
        till.stop()


def _fail(error: Exception) -> None:
    raise error


@pytest.fixture
def balance_on_disk(shop: Path) -> Callable[[str], int]:
    """Reads a card's balance from the file, beside the open till."""

    def read(card: str) -> int:
        clock = FakeClock()
        with open_store(shop, clock=clock, ids=SeededIds(1, clock), writable=False) as store:
            reader = store.reader()
            row = reader.card(card)
            balance = reader.account(row.member_id).balance if row else 0
            reader.close()
            return balance

    return read
