"""Two transactions at once, in the order that hurts: the second begins when the first has done all but its commit."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from headoffice.store.engine import Database

WAIT_S: Final = 30
"""After this long a test that hangs fails."""


class Gate:
    """Holds the first transaction that comes to its commit, until the other is seen waiting for it or is through."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._first = threading.Lock()
        self.reached = threading.Event()
        self.open = threading.Event()

    def hold(self, _connection: Connection) -> None:
        """Called before each commit."""
        if self._first.acquire(blocking=False):
            self.reached.set()
            assert self.open.wait(WAIT_S)

    def let_through_behind(self, second: Future[Any]) -> None:
        """Open as soon as the second transaction waits for a lock, or has not needed to."""
        with self._database.engine.connect() as connection:
            waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            while not second.done() and not connection.scalar(waiting):
                connection.rollback()
        self.open.set()


def race(database: Database, gate: Gate, first: Callable[[], object], second: Callable[[], object]) -> None:
    """Run both; the first has done all its work but its commit when the second begins."""
    event.listen(database.engine, "commit", gate.hold)
    with ThreadPoolExecutor(2) as pool:
        leading = pool.submit(first)
        assert gate.reached.wait(WAIT_S)
        following = pool.submit(second)
        gate.let_through_behind(following)
        leading.result(WAIT_S)
        following.result(WAIT_S)
