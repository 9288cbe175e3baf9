"""The program's event loop ends when it is asked to, and takes nothing of a later one with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from terminal.ui.loop import run_loop
from tests.fakes.loops import let_loops_run, loops_run

ASKED_TO_END = 7

ENDS: dict[str, Callable[[QApplication, QWidget], object]] = {
    "quit": lambda application, _window: application.quit(),
    "close": lambda _application, window: window.close(),
    "close and quit": lambda application, window: (window.close(), application.quit()),
    "exit and close": lambda application, window: (application.exit(), window.close()),
}


@pytest.fixture
def window(qapp: QApplication) -> Iterator[QWidget]:
    """The only window there is."""
    made = QWidget()
    made.show()
    yield made
    made.close()


@pytest.mark.parametrize("end", ENDS)
def test_an_order_to_quit_ends_one_loop_and_no_later_one(qapp: QApplication, window: QWidget, end: str) -> None:
    """However the program is left, what waits for an event afterwards gets it."""
    QTimer.singleShot(0, lambda: ENDS[end](qapp, window))
    assert run_loop(qapp) == 0
    qapp.processEvents()
    assert loops_run()


def test_the_exit_code_is_handed_on(qapp: QApplication, window: QWidget) -> None:
    """A signal's number becomes the program's exit code."""
    QTimer.singleShot(0, lambda: qapp.exit(ASKED_TO_END))
    assert run_loop(qapp) == ASKED_TO_END


def test_the_tests_above_can_fail(qapp: QApplication, window: QWidget) -> None:
    """Qt's own way leaves a second order to quit behind, which ends every loop until the application's runs again."""
    QTimer.singleShot(0, qapp.quit)
    qapp.exec()
    qapp.processEvents()
    assert not loops_run()
    let_loops_run(qapp)
    assert loops_run()
