"""Single questions that a person waits for, each on a thread and a line of its own: no long round makes them wait."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from terminal.sync.errors import Stopped, SyncError
from terminal.sync.outcomes import Declined
from terminal.sync.status import SyncTrouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from terminal.sync.session import OpenPort

R = TypeVar("R")

ANSWER_S: Final = 6.0
"""How long head office may take to answer a person, in seconds; longer than a busy server, shorter than patience."""

QUESTIONS_MAX: Final = 4
"""How many questions may be open at once; far above what one person can ask."""


def ask_once(port: OpenPort, question: Callable[[OpenPort], R], within_s: float = ANSWER_S) -> R:
    """Ask on a line and close it; what is not answered in time counts as no answer.

    Raises:
        SyncError: Head office does not answer in time, refuses, or its answer can't be trusted.
    """
    timer = threading.Timer(within_s, port.hang_up)
    timer.daemon = True
    timer.start()
    try:
        return question(port)
    finally:
        timer.cancel()
        port.close()


class Questions:
    """Asks head office beside the rounds.

    Args:
        open_line: Opens a line of its own; called on the question's thread, may raise ``SyncError``.
        deliver: Hands the answer over to the painting thread.
    """

    def __init__(self, open_line: Callable[[], OpenPort], deliver: Callable[[Callable[[], None]], None]) -> None:
        self._open_line = open_line
        self._deliver = deliver
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(QUESTIONS_MAX)
        self._open: set[OpenPort] = set()
        self._stopped = False

    def ask(
        self,
        question: Callable[[OpenPort], R],
        done: Callable[[R | Declined], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Ask and return at once; exactly one of ``done`` and ``failed`` is called later, on the painting thread.

        A no, and no answer, is a value for ``done``.
        """

        def run() -> None:
            try:
                answer = self._answer(question)
            except Exception as error:  # noqa: BLE001 - goes home like an answer; a bug reaches the crash handler there
                self._deliver(partial(failed, error))
            else:
                self._deliver(partial(done, answer))
            finally:
                self._free.release()

        if not self._free.acquire(blocking=False):
            self._deliver(partial(done, Declined(SyncTrouble.UNREACHABLE)))
            return
        threading.Thread(target=run, name="sync-question", daemon=True).start()

    def stop(self) -> None:
        """Hang up on what is still being asked; every further question counts as not answered."""
        with self._lock:
            self._stopped = True
            for port in self._open:
                port.hang_up()

    def _answer(self, question: Callable[[OpenPort], R]) -> R | Declined:
        try:
            port = self._open_line()
            with self._lock:
                if self._stopped:
                    port.close()
                    raise Stopped("the till is being closed")
                self._open.add(port)
            try:
                return ask_once(port, question)
            finally:
                with self._lock:
                    self._open.discard(port)
        except SyncError as error:
            return Declined(error.why)
