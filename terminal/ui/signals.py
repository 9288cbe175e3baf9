"""Ctrl+C, a logout or a shutdown end the till as closing its window does."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QCoreApplication, QSocketNotifier

SIGNALS: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)
SIGNAL_EXIT: Final = 128
"""What shells add to a signal's number when they report it."""


@contextlib.contextmanager
def quit_on_signals(application: QCoreApplication) -> Iterator[None]:
    """End the event loop when the system asks the process to end.

    Python looks at signals only between its own instructions, and a till at rest executes none: the signal's number is
    written to a socket that Qt watches, which wakes the loop.
    """
    reading, writing = socket.socketpair()
    for end in (reading, writing):
        end.setblocking(False)
    notifier = QSocketNotifier(reading.fileno(), QSocketNotifier.Type.Read)

    def quit_now() -> None:
        with contextlib.suppress(BlockingIOError):
            application.exit(SIGNAL_EXIT + reading.recv(1)[0])

    notifier.activated.connect(quit_now)
    before = {number: signal.signal(number, lambda _number, _frame: None) for number in SIGNALS}
    waked = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(waked)
        for number, handler in before.items():
            signal.signal(number, handler)
        notifier.setEnabled(False)
        reading.close()
        writing.close()
