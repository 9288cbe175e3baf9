"""The way home for other threads: calls handed over here run on the thread that paints."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal


class Bridge(QObject):
    """Runs calls from any thread on the thread it was made on, in the order they came, one event each."""

    _handed_over = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._closed = False
        self._handed_over.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def deliver(self, call: Callable[[], None]) -> None:
        """Hand a call over; returns at once."""
        self._handed_over.emit(call)

    def schedule(self, delay_ms: int, call: Callable[[], None]) -> Callable[[], None]:
        """Run a call later on this thread, and return what cancels it."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        pending = True

        def end() -> bool:
            """Let go of the timer; say whether it was still waiting, since it may be cancelled after it has fired."""
            nonlocal pending
            was_pending, pending = pending, False
            if was_pending:
                timer.stop()
                timer.deleteLater()
            return was_pending

        def fire() -> None:
            if end() and not self._closed:
                call()

        timer.timeout.connect(fire)
        timer.start(delay_ms)

        def cancel() -> None:
            end()

        return cancel

    def flush(self) -> None:
        """Run now what was handed over so far; for the end of the program, when no event loop runs any more."""
        QCoreApplication.sendPostedEvents(self)

    def close(self) -> None:
        """Run nothing more: what other threads still hand over is dropped, and so is what was scheduled."""
        self._closed = True
        for timer in self.findChildren(QTimer):
            timer.stop()

    def _run(self, call: Callable[[], None]) -> None:
        if not self._closed:
            call()
