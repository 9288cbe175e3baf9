"""Every page of the restoring window: complete, readable, reachable by finger, key and screen reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from storage.errors import Damaged, DiskFull
from terminal.app.restoring_trouble import Trouble
from terminal.presenters.restore import RestorePresenter
from terminal.presenters.restore_states import Page, RestoreState
from terminal.ui.restore_window import RestoreWindow
from terminal.ui.theme import Theme
from terminal.ui.tokens import CONTROL_MIN
from tests.fakes.legible import illegible, name_of, visible
from tests.fakes.presenters import Fake
from tests.fakes.restore_states import COPIES, RestoreStates
from texts.i18n import Texts

SIZES = ((1024, 744), (1024, 768), (1366, 768), (1920, 1080))
SETTLE_ROUNDS = 6


class FakeRestoring(Fake[RestoreState]):
    """Shows what it is given and remembers what it was asked."""

    def __init__(self, state: RestoreState, language: str) -> None:
        super().__init__(state)
        self.texts = Texts(language)

    def act(self, key: str) -> None:
        self.note("act", key)

    def choose(self, key: str) -> None:
        self.note("choose", key)

    def file_chosen(self, path: Path) -> None:
        self.note("file", path)

    def field_typed(self, name: str, text: str) -> None:
        self.note("typed", name, text)

    def confirm(self) -> None:
        self.note("confirm")

    def back(self) -> None:
        self.note("back")

    def key(self, name: str) -> None:
        self.note("key", name)

    def language(self, code: str) -> None:
        self.note("language", code)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, RestoreState]]:
    """Every page by language and name."""
    return {
        language: dict(RestoreStates(tmp_path_factory.mktemp(language), language).variants())
        for language in ("de", "en")
    }


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    """The light look."""
    made = Theme()
    made.apply(qapp)
    return made


@pytest.fixture
def window_of(qtbot: QtBot, theme: Theme) -> Callable[..., RestoreWindow]:
    """Makes a shown window on a presenter."""

    def make(presenter: RestorePresenter | FakeRestoring, chosen: Path | None = None) -> RestoreWindow:
        window = RestoreWindow(presenter, presenter.texts, theme, "shop/data", lambda *_: chosen)
        qtbot.addWidget(window)
        window.resize(1024, 768)
        window.open()
        settle()
        return window

    return make


def settle() -> None:
    """Let layouts and paints happen."""
    for _ in range(SETTLE_ROUNDS):
        QApplication.processEvents()


def show(presenter: FakeRestoring, state: RestoreState) -> None:
    """Put a page on the screen."""
    presenter.show(state)
    settle()


@pytest.mark.parametrize("language", ["de", "en"])
def test_everything_can_be_read_and_reached(
    window_of: Callable[..., RestoreWindow], pages: dict[str, dict[str, RestoreState]], language: str
) -> None:
    """No text is clipped or covered, every control is as large as a finger and has a name, on every page and size."""
    states = pages[language]
    presenter = FakeRestoring(next(iter(states.values())), language)
    window = window_of(presenter)
    faults = []
    for size in SIZES:
        window.resize(*size)
        for name, state in states.items():
            show(presenter, state)
            faults += [f"{name} at {size}: {fault}" for fault in (*illegible(window), *unreachable(window))]
    assert faults == []


def unreachable(window: QWidget) -> list[str]:
    """Controls too small for a finger or without a name, and texts that would be taken for mark-up."""
    faults = []
    for widget in visible(window):
        if isinstance(widget, QAbstractButton | QLineEdit) and min(widget.width(), widget.height()) < CONTROL_MIN:
            faults.append(f"{name_of(widget)} is {widget.width()}x{widget.height()}")
        if isinstance(widget, QAbstractButton) and not widget.accessibleName():
            faults.append(f"{widget.objectName()} has no name")
        if isinstance(widget, QLabel) and widget.textFormat() is not Qt.TextFormat.PlainText:
            faults.append(f"{name_of(widget)} takes mark-up")
    return faults


def test_the_test_above_can_fail(
    window_of: Callable[..., RestoreWindow], pages: dict[str, dict[str, RestoreState]]
) -> None:
    """A way that is made too narrow is found."""
    window = window_of(FakeRestoring(pages["en"]["trouble_damaged"], "en"))
    way = window.findChild(QAbstractButton, "way0")
    assert isinstance(way, QAbstractButton)
    way.setMinimumSize(0, 0)
    way.resize(40, 40)
    assert illegible(window) != []
    assert unreachable(window) != []


def button(window: RestoreWindow, name: str) -> QAbstractButton:
    """A visible button."""
    found = [each for each in window.findChildren(QAbstractButton, name) if each.isVisible()]
    assert found, f"there is no {name}"
    return found[0]


def has_keyboard(window: RestoreWindow) -> bool:
    """Whether the keyboard on the screen is up."""
    return any(key.isVisible() for key in window.findChildren(QAbstractButton, "keyboardR"))


def test_fingers_reach_what_keys_do(
    window_of: Callable[..., RestoreWindow], pages: dict[str, dict[str, RestoreState]]
) -> None:
    """Ways, rows, the large button, the smaller ones, back, the language, the keys below."""
    states = pages["en"]
    presenter = FakeRestoring(states["trouble_damaged"], "en")
    chosen = Path("/media/stick/copy")
    window = window_of(presenter, chosen)
    first = states["trouble_damaged"].ways[0].key
    for name in ("way0", "other0", "cancel", "language"):
        button(window, name).click()
    assert presenter.taken() == [("act", first), ("act", "again"), ("back",), ("language", "de")]
    show(presenter, states["copies"])
    for name in ("copy1", "primary", "other0", "keyEnter"):
        button(window, name).click()
    line = states["copies"].copies[1].key
    assert presenter.taken() == [("choose", line), ("confirm",), ("file", chosen), ("key", "Enter")]
    show(presenter, states["confirm_itself"])
    assert not button(window, "danger").isEnabled()


def test_nobody_who_changed_their_mind_chose_a_file(
    window_of: Callable[..., RestoreWindow], pages: dict[str, dict[str, RestoreState]]
) -> None:
    """The dialogue was closed."""
    presenter = FakeRestoring(pages["en"]["copies"], "en")
    button(window_of(presenter), "other0").click()
    assert presenter.taken() == []


def test_keys_do_what_buttons_do(
    window_of: Callable[..., RestoreWindow], pages: dict[str, dict[str, RestoreState]]
) -> None:
    """Enter, Esc and the arrows reach the page; letters go into its field."""
    presenter = FakeRestoring(pages["en"]["copies"], "en")
    window = window_of(presenter)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_A):
        QTest.keyClick(window, key)
    assert presenter.taken() == [("key", "Down"), ("key", "Up"), ("key", "Enter"), ("key", "Esc")]
    show(presenter, pages["en"]["office"])
    QTest.keyClick(window, Qt.Key.Key_A)
    assert presenter.taken() == [("typed", "url", "a")]


def test_the_keyboard_on_the_screen_writes_into_the_field(
    window_of: Callable[..., RestoreWindow], pages: dict[str, dict[str, RestoreState]]
) -> None:
    """For a till without one; it goes away with the page, or by its own key, and its Enter confirms."""
    states = pages["en"]
    presenter = FakeRestoring(states["confirm_copy"], "en")
    window = window_of(presenter)
    button(window, "keyboard").click()
    settle()
    assert illegible(window) == []
    button(window, "keyboardR").click()
    button(window, "keyboardEnter").click()
    assert presenter.taken() == [("typed", "word", "R"), ("confirm",)]
    button(window, "keyboardClose").click()
    assert not has_keyboard(window)
    button(window, "keyboard").click()
    show(presenter, states["copies"])
    assert not has_keyboard(window)


def test_another_language_reaches_every_caption(window_of: Callable[..., RestoreWindow], tmp_path: Path) -> None:
    """The real presenter: one touch, and the page, the keys and the bar speak German."""
    presenter = RestoreStates(tmp_path, "en").presenter(Trouble.DAMAGED, Damaged("x"))
    window = window_of(presenter)
    before = button(window, "cancel").text()
    button(window, "language").click()
    settle()
    assert button(window, "language").text() == "DE"
    assert button(window, "cancel").text() != before


def test_while_a_ledger_is_put_in_place_the_window_stays(
    window_of: Callable[..., RestoreWindow], pages: dict[str, dict[str, RestoreState]]
) -> None:
    """Closing it then would end nothing; before and after it closes and says so."""
    presenter = FakeRestoring(pages["en"]["working"], "en")
    window = window_of(presenter)
    told: list[bool] = []
    window.closed.connect(lambda: told.append(True))
    window.close()
    assert (window.isVisible(), told) == (True, [])
    show(presenter, pages["en"]["done"])
    window.close()
    assert (window.isVisible(), told) == (False, [True])


def test_a_trouble_without_ways_has_one_large_button(window_of: Callable[..., RestoreWindow], tmp_path: Path) -> None:
    """Try again."""
    window = window_of(RestoreStates(tmp_path, "en").presenter(Trouble.DISK_FULL, DiskFull("x")))
    assert button(window, "primary").text() == "Try again"
    assert window.presenter.state.page is Page.TROUBLE


def test_the_arrows_keep_the_chosen_copy_in_sight(window_of: Callable[..., RestoreWindow], tmp_path: Path) -> None:
    """A list that is longer than the window scrolls along."""
    presenter = RestoreStates(tmp_path, "en").presenter(Trouble.DAMAGED, Damaged("x"))
    window = window_of(presenter)
    presenter.act("copy")
    settle()
    assert last_row(window).visibleRegion().isEmpty()
    for _ in range(COPIES):
        QTest.keyClick(window, Qt.Key.Key_Down)
        settle()
    assert last_row(window).visibleRegion().boundingRect().height() == last_row(window).height()


def last_row(window: RestoreWindow) -> QAbstractButton:
    """The oldest copy."""
    found = window.findChild(QAbstractButton, f"copy{COPIES - 1}")
    assert isinstance(found, QAbstractButton)
    return found
