"""What all tests with windows share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from tests.fakes.loops import let_loops_run, loops_run


@pytest.fixture(autouse=True)
def _let_go_of_windows(qapp: QApplication) -> Iterator[None]:
    """Delete a test's windows with the test.

    Qt keeps what was marked for deletion until an event loop returns. Without this the windows of all tests would stay
    in memory, and the first test that runs a loop waits while all of them are taken down.
    """
    del qapp
    yield
    QApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete.value))


@pytest.fixture(autouse=True)
def _leave_loops_running(qapp: QApplication) -> Iterator[None]:
    """Fail the test that leaves an order to quit behind, and not those after it, which would wait in vain."""
    yield
    if not loops_run():
        let_loops_run(qapp)
        pytest.fail("an order to quit was left over: every later event loop of this process would end at once")
