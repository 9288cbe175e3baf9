"""The long poll: one question to the database for all who wait, and no thread held by any of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from headoffice.api.problems import Answered
from headoffice.errors import HeadOfficeError
from loyalty.wire import ProblemCode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from uuid import UUID

    from headoffice.api.logs import Log
    from headoffice.api.metrics import Metrics
    from headoffice.api.settings import ApiSettings
    from loyalty.feed import Cursor

ANSWER_S_MAX: Final = 10.0
"""How long the database may take for the first answer, in seconds, however short a till wants to wait."""

PAUSE_AFTER_ERROR_S: Final = 1.0
"""How long to leave a database alone that did not answer, in seconds."""


class Newest:
    """Knows the feed's newest step while somebody wants to know it, and wakes whoever waits for a newer one.

    It asks a few times a second and only while somebody waits, in a thread of its own, so that a burst of uploads does
    not keep the others from hearing of them. Everything else happens on the event loop.
    """

    def __init__(self, ask: Callable[[], Cursor], settings: ApiSettings, metrics: Metrics, log: Log) -> None:
        """Prepare; nothing is asked yet.

        Args:
            ask: Asks the database.
            settings: How often to ask, and how many may wait.
            metrics: Where the number of those who wait is shown.
            log: Where a database that does not answer is noted.
        """
        self._ask = ask
        self._settings = settings
        self._metrics = metrics
        self._log = log
        self._waiting: Counter[UUID] = Counter()
        self._wanted = asyncio.Event()
        self._asked = asyncio.Event()
        self._news = asyncio.Event()
        self._newest: Cursor | None = None
        self._closed = False

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Ask as long as this lasts."""
        with ThreadPoolExecutor(1, thread_name_prefix="newest") as thread:
            task = asyncio.create_task(self._poll(thread))
            try:
                yield
            finally:
                self.close()
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    def close(self) -> None:
        """Let everybody go who waits, and nobody wait from now on: the server wants to stop."""
        self._closed = True
        self._wake()

    async def wait(self, terminal_id: UUID, n: int, seconds: float) -> Cursor:
        """Wait until the newest step is another than ``n``.

        A newest step below ``n`` ends the wait too: head office was put back, and the till has to hear of it.

        Args:
            terminal_id: Who waits.
            n: The step the till knows.
            seconds: How long at most.

        Returns:
            The newest step, which may be the one that the till knows.

        Raises:
            Answered: If too many wait, the database does not answer, or the server is stopping.
        """
        with self._one_more(terminal_id):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ANSWER_S_MAX):
                    await self._asked.wait()
                async with asyncio.timeout(seconds):
                    while not self._closed and self._newest is not None and self._newest.n == n:
                        await self._news.wait()
            if self._newest is None:
                raise Answered(ProblemCode.UNAVAILABLE, "The database does not answer.", retry_after_s=1)
            return self._newest

    @contextlib.contextmanager
    def _one_more(self, terminal_id: UUID) -> Iterator[None]:
        if self._closed:
            raise Answered(ProblemCode.UNAVAILABLE, "Head office is stopping.", retry_after_s=1)
        if self._waiting[terminal_id] >= self._settings.waiters_per_terminal_max:
            raise Answered(ProblemCode.RATE_LIMITED, "This till waits already.", retry_after_s=1)
        if self._waiting.total() >= self._settings.waiters_max:
            raise Answered(ProblemCode.UNAVAILABLE, "Too many tills wait.", retry_after_s=1)
        self._waiting[terminal_id] += 1
        self._metrics.waiting.inc()
        self._wanted.set()
        try:
            yield
        finally:
            self._metrics.waiting.dec()
            self._waiting[terminal_id] -= 1
            if not self._waiting[terminal_id]:
                del self._waiting[terminal_id]
            if not self._waiting:
                self._wanted.clear()
                self._asked.clear()  # what was heard grows old while nobody asks

    async def _poll(self, thread: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        answers = True
        while True:
            await self._wanted.wait()
            try:
                newest = await loop.run_in_executor(thread, self._ask)
            except HeadOfficeError as error:
                if answers:
                    self._log.warning("feed unknown", reason=error.code)
                answers = False
                await self._unknown()
                continue
            except Exception as error:  # noqa: BLE001 - a bug here must not leave everybody waiting for ever
                self._log.bug(error)
                await self._unknown()
                continue
            answers = True
            changed = newest != self._newest
            self._hear(newest)
            if changed:
                self._wake()
            await asyncio.sleep(self._settings.poll_interval_s)

    async def _unknown(self) -> None:
        """Tell all who wait that there is nothing to wait for, and leave the database alone for a while."""
        self._hear(None)
        self._wake()
        await asyncio.sleep(PAUSE_AFTER_ERROR_S)

    def _hear(self, newest: Cursor | None) -> None:
        """Remember an answer; one that came when nobody waited any more would be old for the next who does."""
        self._newest = newest
        if self._wanted.is_set():
            self._asked.set()

    def _wake(self) -> None:
        """Wake all who wait now; who comes later waits for the next news."""
        self._news.set()
        self._news = asyncio.Event()
        if self._closed:
            self._news.set()
            self._asked.set()
