"""The ear: a thread of its own that asks head office to be told of the next change, so that others' sales show at once.

It reads nothing and writes nothing; the sync thread does the rounds.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from loyalty.wire import WAIT_S_MAX
from terminal.sync.errors import SyncError

if TYPE_CHECKING:
    from collections.abc import Callable

    from loyalty.feed import Cursor

STOP_TIMEOUT_S: Final = 1.0
"""How long the end of the till waits for this thread, in seconds; it holds nothing that could be lost."""


class Waiting(Protocol):
    """What the ear uses of a line of its own."""

    def wait(self, n: int, seconds: int) -> Cursor:
        """The newest step of the feed, as soon as it is behind ``n`` or the time is up."""
        ...

    def hang_up(self) -> None:
        """End the call that is going on, from another thread."""
        ...

    def close(self) -> None:
        """Close the line."""
        ...


@dataclass(frozen=True, slots=True)
class Heard:
    """What the ear has to say; all of it is called on its own thread.

    Attributes:
        news: There is something to pull.
        nothing: Head office has answered that there is nothing.
        lost: It does not answer any more, or refuses.
    """

    news: Callable[[], None]
    nothing: Callable[[], None]
    lost: Callable[[SyncError], None]


class Ear:
    """Listens while it is told to, on one line at a time.

    Args:
        open_line: Opens a line; called on the ear's thread.
        heard: Whom to tell.
    """

    def __init__(self, open_line: Callable[[], Waiting], heard: Heard) -> None:
        self._open_line = open_line
        self._heard = heard
        self._condition = threading.Condition()
        self._after: Cursor | None = None
        self._line: Waiting | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="sync-ear", daemon=True)

    def listen(self, after: Cursor) -> None:
        """Listen for what comes behind a step; starts the thread at the first call. Told once, it waits to be asked."""
        with self._condition:
            self._after = after
            self._condition.notify()
        if not self._thread.is_alive() and not self._stopping:
            self._thread.start()

    def stop(self) -> None:
        """End it; a call that waits is hung up."""
        with self._condition:
            self._stopping = True
            self._condition.notify()
            if self._line is not None:
                self._line.hang_up()
        if self._thread.is_alive():
            self._thread.join(STOP_TIMEOUT_S)

    def _run(self) -> None:
        try:
            while (after := self._next()) is not None:
                self._listen_once(after)
        finally:
            self._close()

    def _next(self) -> Cursor | None:
        with self._condition:
            self._condition.wait_for(lambda: self._stopping or self._after is not None)
            return None if self._stopping else self._after

    def _listen_once(self, after: Cursor) -> None:
        try:
            newest = self._line_now().wait(after.n, WAIT_S_MAX)
        except SyncError as error:
            self._close()
            self._forget(after)
            if not self._stopping:
                self._heard.lost(error)
            return
        with self._condition:
            wanted = self._after or after  # a round may have read on meanwhile
        if newest.epoch == wanted.epoch and newest.n <= wanted.n:
            self._heard.nothing()
            return
        self._forget(wanted)
        self._heard.news()

    def _forget(self, after: Cursor) -> None:
        """What was listened for has come, unless somebody has asked for a later step meanwhile."""
        with self._condition:
            if self._after == after:
                self._after = None

    def _line_now(self) -> Waiting:
        if self._line is None:
            line = self._open_line()
            with self._condition:
                self._line = line
                if self._stopping:
                    line.hang_up()
        return self._line

    def _close(self) -> None:
        with self._condition:
            line, self._line = self._line, None
        if line is not None:
            line.close()
