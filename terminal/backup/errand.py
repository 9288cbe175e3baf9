"""A thread that does one thing again and again, gives way to sales while it does, and never holds up the till's end."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from storage.errors import CopyStopped

if TYPE_CHECKING:
    from collections.abc import Callable

LOW_PRIORITY: Final = 10
"""The niceness of these threads: behind the scan and the sale, before the daily proof of the ledger."""

PAUSE_MIN_S: Final = 0.005
PAUSE_MAX_S: Final = 0.25
"""Bounds of the pause after a step of a copy, in seconds; in between it is as long as the step took."""

BUG_PAUSE_S: Final = 600.0
"""How long an errand rests after a mistake of ours, in seconds."""


class Errand:
    """Runs from ``start`` to ``stop``.

    A place that hangs holds its own errand up and nothing else: the other errands go on, and the till's end waits for
    no more than ``stop`` is told. The thread is then left to the end of the process.

    Args:
        name: The thread's name.
        turn: Does what is due and says how long to rest, in seconds, ``None`` for until somebody calls. It may raise
            ``CopyStopped`` at the end.
        bug: Takes a mistake of ours, to write it down; called on this thread.
        end: Gives back what the turns have opened; called on this thread.
    """

    def __init__(
        self,
        name: str,
        turn: Callable[[], float | None],
        bug: Callable[[Exception], None],
        end: Callable[[], None] = lambda: None,
    ) -> None:
        self._turn = turn
        self._bug = bug
        self._end = end
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._alive_s: float | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """There may be something to do; costs the caller nothing."""
        self._wake.set()

    def ask_to_stop(self) -> None:
        """End after the step that is being done."""
        self._stopping.set()
        self._wake.set()

    def stop(self, timeout_s: float) -> bool:
        """End, and wait so many seconds for it; say whether it has. Stopping twice is allowed."""
        self.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def is_stopping(self) -> bool:
        """Whether it is to end."""
        return self._stopping.is_set()

    @property
    def silent_s(self) -> float:
        """For how long it has been at one step, in seconds; 0 while it rests. What takes minutes hangs."""
        alive_s = self._alive_s
        return 0.0 if alive_s is None else time.monotonic() - alive_s

    def pause(self, step_s: float) -> None:
        """Rest between two steps of a turn, for as long as the step took.

        Raises:
            CopyStopped: The till closes.
        """
        if self._stopping.wait(min(max(step_s, PAUSE_MIN_S), PAUSE_MAX_S)):
            raise CopyStopped("the till closes")
        self._alive_s = time.monotonic()

    def _run(self) -> None:
        _lower_priority()
        try:
            while not self._stopping.is_set():
                self._alive_s = time.monotonic()
                try:
                    rest_s = self._turn()
                except CopyStopped:
                    return
                except Exception as error:  # noqa: BLE001 - written down there; a bug here must not end the shop's day
                    self._bug(error)
                    rest_s = BUG_PAUSE_S
                self._alive_s = None
                self._wake.wait(rest_s)
                self._wake.clear()
        finally:
            self._alive_s = None
            self._end()


def _lower_priority() -> None:
    """Let this thread alone wait for the others, where the system tells threads apart."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOW_PRIORITY)
