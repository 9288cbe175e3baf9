"""The storage thread: orders kept, failures brought home, and an end that leaves nothing behind."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from loyalty.sale import Basket
from storage.errors import DiskFull, StorageError
from storage.store import Reader, Store, open_store
from terminal.app.desk import StorageThread
from terminal.app.earn import EarnCommand, Earned, earn
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.counter import ANNA, Counter

WAIT_S = 60


class Rig:
    """A storage thread on the bakery's ledger whose results are taken by hand."""

    def __init__(self, directory: Path) -> None:
        Counter(directory).close()
        self.directory = directory
        self.clock = FakeClock()
        self.ids = SeededIds(5, self.clock)
        self.home: queue.Queue[Callable[[], None]] = queue.Queue()

    def open(self) -> Store:
        return open_store(self.directory, clock=self.clock, ids=self.ids)

    def desk(self, open_now: Callable[[], Store] | None = None) -> StorageThread:
        return StorageThread(open_now or self.open, self.clock, self.ids, self.home.put)

    def result(self) -> None:
        """Take the next result home."""
        self.home.get(timeout=WAIT_S)()


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A closed till's data directory and the parts of a desk."""
    return Rig(tmp_path / "till")


def test_work_is_done_in_order_and_on_one_thread_that_is_not_the_callers(rig: Rig) -> None:
    """Every write and every long read happens on the storage thread; results come back through the bridge."""
    desk = rig.desk()
    desk.start()
    seen: list[object] = []
    threads: set[int] = set()

    def balance(reader: Reader) -> int:
        threads.add(threading.get_ident())
        row = reader.card(ANNA)
        return reader.account(row.member_id).balance if row else 0

    command = EarnCommand(rig.ids.record_id(), ANNA, Basket(1_000))
    desk.read(balance, seen.append, seen.append)
    desk.book(earn, command, lambda outcome: seen.append(type(outcome)), seen.append)
    desk.read(balance, seen.append, seen.append)
    for _ in range(3):
        rig.result()
    desk.stop()
    assert seen == [1284, Earned, 1294]
    assert len(threads) == 1
    assert threads.isdisjoint({threading.get_ident()})


def test_what_fails_comes_home_and_the_thread_lives_on(rig: Rig) -> None:
    """A known error and a bug alike are delivered; the next job is served."""
    desk = rig.desk()
    desk.start()
    failed: list[Exception] = []

    def fail(_reader: Reader) -> None:
        raise DiskFull("no room")

    desk.read(fail, lambda _: None, failed.append)
    desk.read(lambda reader: reader.head().seq, lambda seq: failed.append(RuntimeError(str(seq))), failed.append)
    rig.result()
    rig.result()
    desk.stop()
    assert [type(error) for error in failed] == [DiskFull, RuntimeError]


def test_a_store_that_can_not_be_opened_is_told_and_leaves_no_thread(rig: Rig) -> None:
    """The second till on a data directory: one error, nothing keeps running."""
    before = threading.active_count()
    with rig.open():
        with pytest.raises(StorageError):
            rig.desk().start()
        assert threading.active_count() == before


@pytest.mark.parametrize("failing_reader", [1, 2])
def test_a_start_that_fails_half_way_gives_the_ledger_back(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, failing_reader: int
) -> None:
    """No file handles left for a reader: the error is told, the thread ends, and the lock is free again."""
    calls = 0
    real = Store.reader

    def reader(self: Store) -> Reader:
        nonlocal calls
        calls += 1
        if calls == failing_reader:
            raise DiskFull("no room for a shared memory file")
        return real(self)

    before = threading.active_count()
    monkeypatch.setattr(Store, "reader", reader)
    with pytest.raises(DiskFull):
        rig.desk().start()
    monkeypatch.undo()
    assert threading.active_count() == before
    with rig.open() as store:
        assert store.writable


def test_what_waits_is_done_before_the_thread_ends(rig: Rig) -> None:
    """Closing the window right after Enter loses nothing, and the result still comes home."""
    desk = rig.desk()
    desk.start()
    done: list[object] = []
    for _ in range(5):
        desk.book(earn, EarnCommand(rig.ids.record_id(), ANNA, Basket(1_000)), done.append, done.append)
    desk.finish()
    desk.stop()
    while not rig.home.empty():
        rig.result()
    assert len(done) == 5
    with rig.open() as store:
        reader = store.reader()
        row = reader.card(ANNA)
        assert row is not None
        assert reader.account(row.member_id).balance == 1284 + 50
        reader.close()
