"""Registers that wait for a sale to change; they hold no thread, and the till does not know of them."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from terminal.register.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from terminal.register.board import Board
    from terminal.register.wire import SaleMessage

WAITERS_MAX: Final = 32
"""How many may wait at once; one register needs one."""


class Waits:
    """Lives on the event loop from ``open`` to ``close``."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._events: dict[str, set[asyncio.Event]] = {}
        self._count = 0
        self._closed = False
        self._end: Callable[[], None] = _nothing

    def open(self) -> None:
        """Begin to listen."""
        loop = asyncio.get_running_loop()

        def changed(sale_id: str) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._wake, sale_id)

        self._end = self._board.listen(changed)

    def close(self) -> None:
        """Let everybody go who waits."""
        self._closed = True
        self._end()
        for events in self._events.values():
            for event in events:
                event.set()

    async def another(self, sale_id: str, revision: int, seconds: float) -> SaleMessage | None:
        """Wait until a sale has another revision, or time is up.

        Returns:
            The newest word on it; ``None`` when nothing is known of it.

        Raises:
            Problem: Too many wait already.
        """
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + seconds
        with self._event_of(sale_id) as event:
            while True:
                event.clear()
                newest = self._board.newest(sale_id)
                if newest is None or newest.revision != revision or self._closed or loop.time() >= deadline_s:
                    return newest
                try:
                    async with asyncio.timeout_at(deadline_s):
                        await event.wait()
                except TimeoutError:
                    return self._board.newest(sale_id)

    @contextmanager
    def _event_of(self, sale_id: str) -> Iterator[asyncio.Event]:
        if self._count >= WAITERS_MAX:
            raise Problem(503, "too_many_wait", "Too many requests wait already.", retry_after_s=1)
        event = asyncio.Event()
        self._count += 1
        self._events.setdefault(sale_id, set()).add(event)
        try:
            yield event
        finally:
            self._count -= 1
            self._events[sale_id].discard(event)
            if not self._events[sale_id]:
                del self._events[sale_id]

    def _wake(self, sale_id: str) -> None:
        for event in self._events.get(sale_id, ()):
            event.set()


def _nothing() -> None:
    """Nobody listens yet."""
