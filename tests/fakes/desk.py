"""Desks for tests: the real use cases on a real store, without a thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeVar

from loyalty.ports import Clock, Ids
from loyalty.programme import Programme
from storage.store import Reader, Store
from storage.types import Shop
from terminal.app.till import Till

C = TypeVar("C")
R = TypeVar("R")


class InlineDesk:
    """Satisfies ``terminal.app.desk.Desk``: work waits until ``work`` is called, or is done at once.

    Attributes:
        held: Whether work waits, so that a test can look at the moment between Enter and the disk's answer.
        breaks_with: When set, the next booking fails with it before anything is written.
    """

    def __init__(self, store: Store, clock: Clock, ids: Ids) -> None:
        self._till = Till(store, clock, ids)
        self._jobs: deque[Callable[[], None]] = deque()
        self.reader: Reader = store.reader()
        self.held = False
        self.breaks_with: Exception | None = None

    @property
    def programme(self) -> Programme:
        return self._till.programme

    @property
    def programme_key(self) -> bytes:
        return self._till.store.programme_key

    @property
    def shop(self) -> Shop:
        return self._till.store.shop

    def book(
        self,
        use_case: Callable[[Till, C], R],
        command: C,
        done: Callable[[R], None],
        failed: Callable[[Exception], None],
    ) -> None:
        def job() -> None:
            broken, self.breaks_with = self.breaks_with, None
            if broken is not None:
                failed(broken)
            else:
                done(use_case(self._till, command))

        self._add(job)

    def read(
        self, query: Callable[[Reader], R], done: Callable[[R], None], failed: Callable[[Exception], None]
    ) -> None:
        def job() -> None:
            with self._till.store.unit() as unit:
                result = query(unit)
            done(result)

        self._add(job)

    def _add(self, job: Callable[[], None]) -> None:
        self._jobs.append(job)
        if not self.held:
            self.work()

    def work(self) -> None:
        """Do what waits, including what that causes."""
        while self._jobs:
            self._jobs.popleft()()

    def close(self) -> None:
        """Give the reader back."""
        self.reader.close()


class ManualSchedule:
    """Satisfies the scheduling port: time passes when a test says so."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, Callable[[], None]]] = []
        self._now_ms = 0

    def __call__(self, delay_ms: int, call: Callable[[], None]) -> Callable[[], None]:
        entry = (self._now_ms + delay_ms, call)
        self._waiting.append(entry)

        def cancel() -> None:
            if entry in self._waiting:
                self._waiting.remove(entry)

        return cancel

    def pass_ms(self, duration_ms: int) -> None:
        """Let time pass and run what falls due, in order."""
        self._now_ms += duration_ms
        for entry in sorted((entry for entry in self._waiting if entry[0] <= self._now_ms), key=lambda entry: entry[0]):
            if entry in self._waiting:
                self._waiting.remove(entry)
                entry[1]()
