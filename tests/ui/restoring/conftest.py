"""The program from its start, with somebody before the screen who does what the test says."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from storage.backup import backup
from storage.rotation import file_name
from storage.store import open_store
from terminal.assembly import RunningTill, assemble
from terminal.presenters.restore import RestorePresenter
from terminal.presenters.restore_states import Page
from terminal.ui.restore_window import RestoreWindow
from terminal.ui.window import MainWindow
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.counter import Counter

TICK_MS = 10
GIVES_UP_MS = 30_000

Holds = Callable[[], bool]
Script = Generator[Holds, None, None]


class Person:
    """Sits before the screen: looks what is there, presses keys, and gives up after a while.

    The program runs its own event loops; a timer lets the person look in between. What a script yields is waited for.
    """

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self.tills: list[RunningTill] = []
        self.gave_up = ""

    # -- what is there

    @property
    def window(self) -> RestoreWindow:
        """The restoring window."""
        found = [each for each in self._application.topLevelWidgets() if isinstance(each, RestoreWindow)]
        return next(each for each in found if each.isVisible())

    def sees_restoring(self) -> bool:
        """Whether the restoring window is on the screen."""
        return any(isinstance(each, RestoreWindow) and each.isVisible() for each in self._application.topLevelWidgets())

    def sees_till(self) -> bool:
        """Whether the till's window is on the screen."""
        return any(isinstance(each, MainWindow) and each.isVisible() for each in self._application.topLevelWidgets())

    def page(self, page: Page) -> Holds:
        """Wait for a page, ready for the next key."""
        return lambda: self.sees_restoring() and self.presenter.state.page is page and not self.presenter.state.busy

    @property
    def presenter(self) -> RestorePresenter:
        """The presenter behind the window, to look at its state."""
        presenter = self.window.presenter
        assert isinstance(presenter, RestorePresenter)
        return presenter

    @property
    def till(self) -> RunningTill:
        """The till that is open."""
        return self.tills[-1]

    def read(self, name: str) -> list[str]:
        """What visible labels of a name say."""
        return [label.text() for label in self.window.findChildren(QLabel, name) if label.isVisible()]

    # -- what is done

    def key(self, key: Qt.Key) -> None:
        """Press a key on whatever has the focus."""
        QTest.keyClick(self._target(), key)

    def enter(self) -> None:
        """Press Enter."""
        self.key(Qt.Key.Key_Return)

    def type(self, text: str) -> None:
        """Type on whatever has the focus."""
        QTest.keyClicks(self._target(), text)

    def _target(self) -> QWidget:
        focused: QWidget | None = self.window.focusWidget()
        return self.window if focused is None else focused

    def tap(self, name: str) -> None:
        """Touch a visible button."""
        buttons = [each for each in self.window.findChildren(QAbstractButton, name) if each.isVisible()]
        assert buttons, f"there is no {name} to touch"
        QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)

    # -- scripts

    def act(self, script: Script) -> None:
        """Begin to do what a script says, once the program runs."""
        waits = [next(script)]
        waited = [0]
        timer = QTimer(self._application)

        def look() -> None:
            waited[0] += TICK_MS
            try:
                if waits[0]():
                    waited[0] = 0
                    waits[0] = next(script)
            except StopIteration:
                timer.stop()
                return
            except BaseException as error:
                timer.stop()
                self.gave_up = repr(error)
                self._leave()
                raise
            if waited[0] > GIVES_UP_MS:
                timer.stop()
                self.gave_up = "waited in vain"
                self._leave()

        timer.timeout.connect(look)
        timer.start(TICK_MS)

    def _leave(self) -> None:
        for each in self._application.topLevelWidgets():
            each.close()
        self._application.quit()


@pytest.fixture
def person(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    """Somebody before the screen of a program that is started by ``open_till``."""
    made = Person(qapp)
    monkeypatch.setattr("terminal.ui.restore_program.is_watched", lambda *_: True)

    def note(*arguments: object, **named: object) -> RunningTill:
        till = assemble(*arguments, **named)  # type: ignore[arg-type]
        made.tills.append(till)
        return till

    monkeypatch.setattr("terminal.main.assemble", note)
    yield made
    assert made.gave_up == ""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A closed till with Anna (1,284 points) and Ben (12), and a copy that has everything."""
    directory = tmp_path / "till"
    counter = Counter(directory)
    copy_now(counter.store.directory, 1)
    counter.close()
    return directory


def copy_now(directory: Path, number: int) -> Path:
    """Copy a till's ledger to where its copies are kept."""
    clock = FakeClock()
    folder = directory / "backups"
    folder.mkdir(exist_ok=True)
    with open_store(directory, clock=clock, ids=SeededIds(3, clock), writable=False) as store:
        terminal_id = store.shop.terminal_id
    target = folder / file_name(terminal_id, clock.now_us() + number, number)
    backup(directory, target)
    return target


@pytest.fixture
def balance_of(shop: Path) -> Callable[[str], int]:
    """Reads a card's balance from the file of a closed till."""

    def read(card: str) -> int:
        clock = FakeClock()
        with open_store(shop, clock=clock, ids=SeededIds(1, clock), writable=False) as store, store.reader() as reader:
            row = reader.card(card)
            return reader.account(row.member_id).balance if row else 0

    return read
