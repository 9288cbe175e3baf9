"""The sync thread beside a real storage thread, with a head office in memory; tests wait for what it tells."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from loyalty.feed import Cursor, StatementItem
from loyalty.sale import Basket
from loyalty.wire import ProblemCode
from storage.doubt import doubt, is_doubted
from storage.store import open_store
from terminal.app.desk import StorageThread
from terminal.app.earn import EarnCommand, earn
from terminal.sync.errors import Away, HeadOfficeSaysNo
from terminal.sync.keys import KeyStore
from terminal.sync.status import SyncMode, SyncStatus
from terminal.sync.thread import STOP_TIMEOUT_S, Means, Outside, SyncThread
from tests.fakes.head_office_port import FakeHeadOffice
from tests.fakes.joined_till import JoinedTill
from tests.fakes.ledger import card_number

PATIENCE_S = 60
"""How long a test waits for what must come, in seconds; it mostly comes at once."""


class PatientOffice(FakeHeadOffice):
    """Keeps a till that waits until something has changed, or the line is hung up."""

    def __init__(self, till: JoinedTill) -> None:
        super().__init__(till.ledger.clock)
        self._changed = threading.Condition()
        self._hung_up = False

    def tell(self, item: StatementItem) -> None:
        """Something changed at another till."""
        with self._changed:
            self.feed.append(item)
            self._changed.notify_all()

    def wait(self, n: int, seconds: int) -> Cursor:
        with self._changed:
            if not self._changed.wait_for(lambda: self._hung_up or len(self.feed) > n, PATIENCE_S) or self._hung_up:
                raise Away("hung up")
        return super().wait(n, seconds)

    def hang_up(self) -> None:
        with self._changed:
            self._hung_up = True
            self._changed.notify_all()


class RunningSync:
    """A till with its storage thread and its sync thread."""

    def __init__(self, till: JoinedTill) -> None:
        self.till = till
        ledger = till.ledger
        till.close()
        self.office = PatientOffice(till)
        self.told: queue.Queue[SyncStatus] = queue.Queue()
        self.bugs: list[Exception] = []
        self.desk = StorageThread(
            lambda: open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids),
            ledger.clock,
            ledger.ids,
            lambda call: call(),
        )
        self.desk.start()
        means = Means(
            owner=self.desk,
            open_keys=lambda: KeyStore(ledger.directory, None),
            clock=ledger.clock,
            connect=lambda *_: self.office,
            serving=lambda: "",
            software=lambda: "tests",
        )
        outside = Outside(status=self.told.put, offset=lambda _ms: None, bug=self.bugs.append)
        self.thread = SyncThread(means, outside)
        self.desk.on_booked = self.thread.nudge

    def until(self, wanted: Callable[[SyncStatus], bool]) -> SyncStatus:
        """The first status told that is as wanted."""
        while True:
            status = self.told.get(timeout=PATIENCE_S)
            if wanted(status):
                return status

    def sell(self, cents: int = 1_000) -> None:
        """Book a sale on the storage thread; it is on disk when this returns."""
        ledger = self.till.ledger
        command = EarnCommand(ledger.ids.record_id(), card_number(1), Basket(cents))
        booked: queue.Queue[object] = queue.Queue()
        self.desk.book(earn, command, booked.put, booked.put)
        assert not isinstance(booked.get(timeout=PATIENCE_S), Exception)

    def close(self) -> None:
        self.thread.stop()
        self.desk.stop()
        assert not self.bugs


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningSync]:
    """A joined till; its sync thread is not started yet."""
    made = RunningSync(JoinedTill(tmp_path / "data"))
    yield made
    made.close()


def test_a_till_that_starts_hands_in_what_waits(running: RunningSync) -> None:
    """Nobody has to press anything."""
    running.thread.start()
    status = running.until(lambda status: status.mode is SyncMode.ONLINE and not status.waiting)
    assert status.caught_up
    assert running.office.records()


def test_a_sale_goes_up_at_once(running: RunningSync) -> None:
    """The storage thread only waves; the sync thread does the talking."""
    running.thread.start()
    before = running.until(lambda status: status.mode is SyncMode.ONLINE and not status.waiting)
    running.sell()
    after = running.until(lambda status: status.acked_seq > before.acked_seq and not status.waiting)
    assert len(running.office.records()) == after.acked_seq


def test_another_tills_sale_comes_down_at_once(running: RunningSync) -> None:
    """Told by the long poll: no pause, no question in between."""
    running.thread.start()
    running.until(lambda status: status.mode is SyncMode.ONLINE)
    running.office.tell(StatementItem(running.till.member(), balance=777))
    asked = running.office.calls.count("changes")
    running.told.put(SyncStatus())  # the status may look as before, so it is the account that is watched
    deadline = time.monotonic() + PATIENCE_S
    with running.desk.store.reader() as reader:
        while reader.account(running.till.member()).balance != 777:
            assert time.monotonic() < deadline
            threading.Event().wait(0.01)
    assert running.office.calls.count("changes") > asked


def test_without_a_line_the_till_is_offline_and_sells_on(running: RunningSync, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is counted for the pill, and nothing else happens."""

    def no_line(*_: object) -> NoReturn:
        raise Away("no line")

    monkeypatch.setattr(running.office, "hello", no_line)
    running.thread.start()
    waiting = running.until(lambda status: status.mode is SyncMode.OFFLINE and status.waiting > 0).waiting
    running.sell()
    assert running.until(lambda status: status.waiting > waiting).mode is SyncMode.OFFLINE


def test_a_replica_that_the_proof_doubts_is_fetched_anew(running: RunningSync) -> None:
    """While the till works: nobody has to start it again."""
    running.office.feed.append(StatementItem(running.till.member(), balance=777))
    running.thread.start()
    running.until(lambda status: status.mode is SyncMode.ONLINE and not status.waiting)
    asked = running.office.calls.count("changes")
    doubt(running.desk.store.directory)
    running.thread.ask()
    deadline = time.monotonic() + PATIENCE_S
    with running.desk.store.reader() as reader:
        while running.office.calls.count("changes") == asked or reader.account(running.till.member()).balance != 777:
            assert time.monotonic() < deadline
            threading.Event().wait(0.01)
    assert not is_doubted(running.desk.store.directory)


def test_a_till_that_was_shut_out_says_so(running: RunningSync) -> None:
    """Only a person can help, so it is a problem and not a pause."""
    running.office.fails["hello"] = HeadOfficeSaysNo(ProblemCode.REVOKED)
    running.thread.start()
    status = running.until(lambda status: status.mode is SyncMode.PROBLEM)
    assert status.problem is ProblemCode.REVOKED


def test_asked_for_it_tries_at_once(running: RunningSync) -> None:
    """Whoever has plugged the cable in again need not wait for the pause to end."""
    running.office.fails["hello"] = HeadOfficeSaysNo(ProblemCode.REVOKED)
    running.thread.start()
    running.until(lambda status: status.mode is SyncMode.PROBLEM)
    running.thread.ask()
    running.until(lambda status: status.mode is SyncMode.ONLINE)


def test_it_ends_at_once_although_it_waits_for_head_office(running: RunningSync) -> None:
    """The window closes when somebody closes it."""
    running.thread.start()
    running.until(lambda status: status.mode is SyncMode.ONLINE)
    began = time.monotonic()
    running.thread.stop()
    assert time.monotonic() - began < STOP_TIMEOUT_S
    assert not running.thread._thread.is_alive()


def test_a_bug_is_written_down_and_the_thread_lives(running: RunningSync) -> None:
    """Sync stands still and says so; the shop's day goes on."""
    running.office.fails["hello"] = ZeroDivisionError("a mistake of ours")
    running.thread.start()
    running.until(lambda status: status.mode is SyncMode.OFFLINE or status.mode is SyncMode.PROBLEM)
    running.thread.ask()
    running.until(lambda status: status.mode is SyncMode.ONLINE)
    assert [type(bug) for bug in running.bugs] == [ZeroDivisionError]
    running.bugs.clear()


def test_a_till_that_stands_alone_talks_to_nobody(tmp_path: Path) -> None:
    """It says so, once, and opens no line."""
    alone = RunningSync(JoinedTill(tmp_path / "data", join=False))
    alone.thread.start()
    assert alone.until(lambda _status: True).mode is SyncMode.ALONE
    alone.close()
    assert alone.office.calls == []
