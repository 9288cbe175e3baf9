"""Whether Qt's event loops still run: an order to quit that nobody wanted makes them end before they begin."""

from __future__ import annotations

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

ENDED_BEFORE_IT_BEGAN = -1


def loops_run() -> bool:
    """Whether an event loop runs at all; one that does ends after the events that wait now."""
    loop = QEventLoop()
    QTimer.singleShot(0, loop.quit)
    return loop.exec() != ENDED_BEFORE_IT_BEGAN


def let_loops_run(application: QApplication) -> None:
    """Take an order to quit back that was carried out already: the application's own loop begins in spite of it."""
    QTimer.singleShot(0, application.exit)
    application.exec()
