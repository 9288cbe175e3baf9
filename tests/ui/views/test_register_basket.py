"""A register's basket on the screens, with real presenters behind the real window: everything of it can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from terminal.presenters.register import RegisterPresenter
from terminal.presenters.states import Screen
from terminal.register.folder_words import failed_text
from terminal.register.wire import BasketMessage, LineMessage, SaleMessage
from terminal.ui.theme import Theme
from terminal.ui.window import MainWindow
from tests.fakes.counter import ANNA, Counter
from tests.fakes.legible import illegible
from tests.fakes.register_till import attached

SETTLE_ROUNDS = 6
BASKET = BasketMessage(
    98_765,
    "EUR",
    (LineMessage(98_565, "torte", "Backwaren", 1_250), LineMessage(200, "pfand", "Pfand", 1)),
)


class Shown:
    """A counter with a window and a register."""

    def __init__(self, counter: Counter, window: MainWindow) -> None:
        self.counter = counter
        self.window = window
        self.register: RegisterPresenter = attached(counter.shell, counter.around)

    def faults(self) -> list[str]:
        """What can't be read now."""
        for _ in range(SETTLE_ROUNDS):
            QApplication.processEvents()
        return illegible(self.window)

    def amount(self) -> QLineEdit:
        """The field with the amount."""
        return next(field for field in self.window.findChildren(QLineEdit, "amount") if field.isVisible())


@pytest.fixture
def shown_in(qtbot: QtBot, theme: Theme, tmp_path: Path) -> Iterator[Callable[[str], Shown]]:
    """Makes the counter in a language, on the smallest screen the till supports."""
    counters: list[Counter] = []

    def make(language: str) -> Shown:
        counter = Counter(tmp_path / "till", language)
        counters.append(counter)
        window = MainWindow(counter.shell, counter.around.texts, theme)
        qtbot.addWidget(window)
        window.resize(1024, 768)
        window.show()
        return Shown(counter, window)

    yield make
    for counter in counters:
        counter.close()


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_state_of_a_basket_can_be_read(shown_in: Callable[[str], Shown], language: str) -> None:
    """Large sums, many articles: waiting, open, with a reward, set aside, to be taken again, files that failed."""
    shown = shown_in(language)
    member, faults = shown.counter.shell.member, {}
    assert isinstance(shown.register.put("k1-17", BASKET), SaleMessage)
    faults["waiting"] = shown.faults()
    shown.counter.scan(ANNA)
    faults["open"] = shown.faults()
    member.choose_reward("off-5")
    faults["reward"] = shown.faults()
    member.amount_typed("98")
    faults["set aside"] = shown.faults()
    member.keypad("clear")
    faults["to be taken"] = shown.faults()
    shown.register.cancel("k1-17")
    faults["taken back"] = shown.faults()
    shown.counter.shell.home()
    shown.register.trouble("folder", lambda texts: failed_text(texts, 12, "C:\\Kasse\\Export\\failed"))
    faults["failed"] = shown.faults()
    assert {state: found for state, found in faults.items() if found} == {}


def test_typing_into_the_registers_amount_sets_it_aside(shown_in: Callable[[str], Shown]) -> None:
    """With a real keyboard in the real field; the picture follows."""
    shown = shown_in("en")
    shown.register.put("k1-17", BasketMessage(2345, "EUR"))
    shown.counter.scan(ANNA)
    assert shown.faults() == []
    assert (shown.counter.screen(), shown.amount().text()) == (Screen.MEMBER, "23.45")
    QTest.keyClicks(shown.amount(), "0")
    assert "M-284" in str(shown.counter.shell.member.state.notice)
    shown.register.cancel("k1-17")
    assert shown.amount().text() == "23.450", "what was typed is the cashier's"
