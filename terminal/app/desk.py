"""The storage thread: owns the writing connection and runs use cases and longer reads one after the other.

The thread that paints hands work over and gets each result delivered back on itself, so it never waits for the disk.
"""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from storage.errors import Busy
from terminal.app.till import Till

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from loyalty.ports import Clock, Ids
    from loyalty.programme import Programme
    from storage.store import Reader, Store
    from storage.types import Shop

CALL_POLL_S: Final = 0.5
"""How often a waiting thread looks whether the storage thread still lives, in seconds."""

C = TypeVar("C")
R = TypeVar("R")

JOBS_MAX: Final = 256
"""How many jobs may wait; far above what one cashier can cause, so reaching it is a bug."""


class Desk(Protocol):
    """What presenters use to reach the ledger.

    ``reader`` belongs to the painting thread and is for point look-ups only; everything longer goes through ``read``.
    """

    @property
    def reader(self) -> Reader:
        """Point look-ups on the painting thread."""
        ...

    @property
    def programme(self) -> Programme:
        """The rules in force."""
        ...

    @property
    def programme_key(self) -> bytes:
        """The secret behind the accounts of unknown cards."""
        ...

    @property
    def shop(self) -> Shop:
        """Whose till this is."""
        ...

    def book(
        self,
        use_case: Callable[[Till, C], R],
        command: C,
        done: Callable[[R], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Run a use case in order with all others; exactly one of ``done`` and ``failed`` is called later."""
        ...

    def read(
        self, query: Callable[[Reader], R], done: Callable[[R], None], failed: Callable[[Exception], None]
    ) -> None:
        """Run a longer read; exactly one of ``done`` and ``failed`` is called later."""
        ...


@dataclass(frozen=True, slots=True)
class _Job:
    """Work, and how its result goes home."""

    work: Callable[[Till, Reader], Callable[[], None]]
    failed: Callable[[Exception], None]


class StorageThread:
    """The real desk: one thread, one writing connection.

    Args:
        open_store: Opens the store; called on the storage thread, a connection belongs to the thread that made it.
        clock: Time for the records.
        ids: Ids for the records.
        deliver: Hands a call over to the painting thread.

    Attributes:
        on_breakage: Hears of what broke outside any job; raises unless it was replaced.
        on_booked: Called on the storage thread when a use case has run; it must cost nothing.
    """

    def __init__(
        self,
        open_store: Callable[[], Store],
        clock: Clock,
        ids: Ids,
        deliver: Callable[[Callable[[], None]], None],
    ) -> None:
        self._open_store = open_store
        self._clock = clock
        self._ids = ids
        self._deliver = deliver
        self._jobs: queue.Queue[_Job | None] = queue.Queue(JOBS_MAX)
        self._opened: queue.Queue[Store | BaseException] = queue.Queue(1)
        self._thread = threading.Thread(target=self._run, name="storage")
        self._store: Store | None = None
        self._reader: Reader | None = None
        self.on_breakage: Callable[[Exception], None] = _raise
        self.on_booked: Callable[[], None] = _nobody_waits

    def start(self) -> None:
        """Open the store and begin to work.

        Raises:
            StorageError: If the store can't be opened; the thread has ended then.
        """
        self._thread.start()
        opened = self._opened.get()
        if isinstance(opened, BaseException):
            self._thread.join()
            raise opened
        self._store = opened
        try:
            self._reader = opened.reader()
        except BaseException:
            self.stop()
            raise

    def finish(self) -> None:
        """Do the work that waits, close the store and end the thread; results are still handed over."""
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join()

    def stop(self) -> None:
        """Finish, and give the reader back; stopping twice is allowed."""
        self.finish()
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    @property
    def reader(self) -> Reader:
        """Point look-ups on the thread that called ``start``."""
        assert self._reader is not None, "start() comes first"
        return self._reader

    @property
    def programme(self) -> Programme:
        """The rules in force."""
        return self._started.programme

    @property
    def programme_key(self) -> bytes:
        """The secret behind the accounts of unknown cards."""
        return self._started.programme_key

    @property
    def shop(self) -> Shop:
        """Whose till this is."""
        return self._started.shop

    @property
    def directory(self) -> Path:
        """The data directory."""
        return self._started.directory

    @property
    def store(self) -> Store:
        """The open store; other threads ask it for readers only, its writing connection is this thread's."""
        return self._started

    def call(self, work: Callable[[Till], R]) -> R:
        """Run a piece of writing in order with all use cases, and wait for it; for threads that do not paint.

        Raises:
            StorageError: What the work raised, or that the till was closed before its turn came.
        """
        result: Future[R] = Future()

        def job(till: Till, _reader: Reader) -> Callable[[], None]:
            try:
                result.set_result(work(till))
            except Exception as error:  # noqa: BLE001 - raised again where the result is waited for
                result.set_exception(error)
            return _nobody_waits

        self._jobs.put_nowait(_Job(job, result.set_exception))
        while True:
            try:
                return result.result(CALL_POLL_S)
            except TimeoutError:
                if not self._thread.is_alive() and not result.done():
                    raise Busy("the till was closed before its turn came") from None

    @property
    def _started(self) -> Store:
        assert self._store is not None, "start() comes first"
        return self._store

    def book(
        self,
        use_case: Callable[[Till, C], R],
        command: C,
        done: Callable[[R], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Run a use case on the storage thread."""

        def work(till: Till, _reader: Reader) -> Callable[[], None]:
            result = use_case(till, command)
            self.on_booked()
            return lambda: done(result)

        self._jobs.put_nowait(_Job(work, failed))

    def read(
        self, query: Callable[[Reader], R], done: Callable[[R], None], failed: Callable[[Exception], None]
    ) -> None:
        """Run a longer read on the storage thread."""

        def work(_till: Till, reader: Reader) -> Callable[[], None]:
            result = query(reader)
            return lambda: done(result)

        self._jobs.put_nowait(_Job(work, failed))

    def _run(self) -> None:
        with ExitStack() as opened:
            try:
                store = opened.enter_context(self._open_store())
                reader = opened.enter_context(closing(store.reader()))
            except BaseException as error:  # noqa: BLE001 - raised again by start() on the thread that can show it
                opened.close()
                self._opened.put(error)
                return
            self._opened.put(store)
            till = Till(store, self._clock, self._ids)
            while (job := self._jobs.get()) is not None:
                self._do(job, till, reader)
                if self._jobs.empty():
                    self._checkpoint(store)

    def _do(self, job: _Job, till: Till, reader: Reader) -> None:
        """Run one job; a failure goes home like a result, and the thread lives on."""
        try:
            home = job.work(till, reader)
        except Exception as error:  # noqa: BLE001 - delivered, and a bug reaches the crash handler there
            self._deliver(partial(job.failed, error))
        else:
            self._deliver(home)

    def _checkpoint(self, store: Store) -> None:
        """Move the log into the file: between sales, never in one. What the records say is on disk either way."""
        try:
            store.checkpoint()
        except Exception as error:  # noqa: BLE001 - as above
            self._deliver(partial(self.on_breakage, error))


def _nobody_waits() -> None:
    """Nothing hears of it."""


def _raise(error: Exception) -> None:
    raise error
