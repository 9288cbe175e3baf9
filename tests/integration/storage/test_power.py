"""What was acknowledged is there after any end, what was not is whole or absent, and a full disk books nothing."""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from loyalty.directory import Profile
from storage import connection
from storage.errors import DiskFailed, DiskFull, StorageError
from storage.store import CHECKPOINT_RECORDS, open_store
from storage.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.connection import Database
    from tests.fakes.ledger import LedgerOfTests

KILLS = 10
ROOT = Path(__file__).parents[3]
WRITER = Path(__file__).with_name("writer.py")


def acknowledged_until_killed(directory: Path, seed: int, count: int) -> list[UUID]:
    """Run the writer, kill it right after its ``count``-th acknowledgement, and give all it had acknowledged."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(WRITER), str(directory), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        lines = [process.stdout.readline() for _ in range(count)]
        process.kill()
        lines += process.stdout.readlines()
    return [UUID(line.strip()) for line in lines if line.endswith("\n")]


def sell(ledger: LedgerOfTests, count: int, acknowledged: list[UUID] | None = None) -> None:
    """Book sales one by one and note each when its commit has returned."""
    for number in range(count):
        sale = ledger.sale(ledger.member(number))
        ledger.append(sale)
        if acknowledged is not None:
            acknowledged.append(sale.record_id)


def test_ten_kills_lose_no_acknowledged_sale(ledger: LedgerOfTests) -> None:
    """Killed between statements, in a commit or in a checkpoint: every printed id is there, verify is content."""
    ledger.close()
    chance = random.Random(7)
    acknowledged: list[UUID] = []
    for kill in range(KILLS):
        acknowledged += acknowledged_until_killed(ledger.directory, seed=100 + kill, count=chance.randrange(1, 60))
        with open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids) as store, store.reader() as reader:
            missing = [record_id for record_id in acknowledged if reader.record(record_id) is None]
            assert missing == []
            assert reader.count() >= 2 + len(acknowledged)
        result = verify(ledger.directory)
        assert result.problems == ()
    assert len(acknowledged) > KILLS


def test_a_unit_that_fails_half_way_leaves_nothing(ledger: LedgerOfTests) -> None:
    """Two records and a card: all or none, and the next unit works."""

    def failing() -> None:
        with ledger.store.unit() as unit:
            unit.append(ledger.sale(ledger.member()))
            unit.put_profile(ledger.member(), Profile("Anna"))
            raise RuntimeError("printer on fire")

    with pytest.raises(RuntimeError, match="printer"):
        failing()
    with ledger.store.reader() as reader:
        assert reader.count() == 2
        assert reader.profile(ledger.member()) is None
        assert reader.search("anna") == []
    ledger.append(ledger.sale(ledger.member()))
    assert verify(ledger.directory).ok


def test_one_unit_at_a_time(ledger: LedgerOfTests) -> None:
    """A unit inside a unit would commit too early."""
    with ledger.store.unit() as outer:
        with pytest.raises(ValueError, match="one at a time"), ledger.store.unit():
            pass
        outer.append(ledger.sale(None))
    with ledger.store.reader() as reader:
        assert reader.count() == 3


def test_a_full_disk_books_nothing(ledger: LedgerOfTests) -> None:
    """The file may not grow: the sale is refused, nothing of it stays, and with room again the till goes on."""
    database = ledger.store._ledger
    pages = database.value("PRAGMA page_count")
    database.one(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFull) as caught:
        sell(ledger, 200)
    assert "Nothing was booked" in caught.value.cashier
    with ledger.store.reader() as reader:
        booked = reader.count()
    database.one("PRAGMA max_page_count = 1000000")
    ledger.append(ledger.sale(ledger.member()))
    result = verify(ledger.directory)
    assert (result.records, result.problems) == (booked + 1, ())


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file of this process may grow beyond 300 KiB meanwhile."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300 * 1024, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("small_files")
def test_a_write_that_the_disk_refuses_stops_the_till(ledger: LedgerOfTests) -> None:
    """The log can't grow: the sale fails with a disk error, later sales are refused at once, nothing half is there."""
    acknowledged: list[UUID] = []
    with pytest.raises(StorageError) as caught:
        sell(ledger, 200, acknowledged)
    assert isinstance(caught.value, DiskFailed | DiskFull)
    assert acknowledged
    if isinstance(caught.value, DiskFailed):
        with pytest.raises(DiskFailed), ledger.store.unit():
            pass
        assert not ledger.store.checkpoint(now=True)
    ledger.close()
    with ledger.reopen().reader() as reader:
        assert reader.count() == 2 + len(acknowledged)
    assert verify(ledger.directory).ok


def test_a_failed_sync_is_never_retried(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an fsync error nobody knows what is on the disk, so the store writes no more."""
    run = connection.Database.run

    def failing(database: Database, sql: str, parameters: tuple[object, ...] = ()) -> int:
        if sql == "COMMIT":
            raise DiskFailed("fsync: input/output error")
        return run(database, sql, parameters)

    with monkeypatch.context() as patch:
        patch.setattr(connection.Database, "run", failing)
        with pytest.raises(DiskFailed):
            ledger.append(ledger.sale(None))
    with pytest.raises(DiskFailed, match="input/output"):
        ledger.append(ledger.sale(None))
    assert not ledger.store.checkpoint(now=True)
    ledger.store.close()
    assert (ledger.directory / "ledger.open").exists(), "this was no clean end"
    assert ledger.reopen().shop.till_name == "Kasse 1"


@pytest.mark.parametrize("closing", [True, False])
def test_a_failed_checkpoint_stops_the_till(
    ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch, *, closing: bool
) -> None:
    """The log keeps what the file could not take; the lock is given back all the same, and the next start recovers."""
    ledger.append(ledger.sale(ledger.member()))
    one = connection.Database.one

    def failing(database: Database, sql: str, parameters: tuple[object, ...] = ()) -> object:
        if "wal_checkpoint" in sql:
            raise DiskFailed("fsync: input/output error")
        return one(database, sql, parameters)

    with monkeypatch.context() as patch:
        patch.setattr(connection.Database, "one", failing)
        with pytest.raises(DiskFailed):
            ledger.close() if closing else ledger.store.checkpoint(now=True)
    if not closing:
        with pytest.raises(DiskFailed):
            ledger.append(ledger.sale(None))
    ledger.close()
    assert (ledger.directory / "ledger.sqlite-wal").stat().st_size > 0
    with ledger.reopen().reader() as reader:
        assert reader.account(ledger.member()).balance == 10


def test_checkpoints_run_between_sales_and_only_when_worth_it(ledger: LedgerOfTests) -> None:
    """Nothing to do costs nothing; enough records move the log into the file; closing empties it."""
    assert not ledger.store.checkpoint()
    ledger.append(*(ledger.sale(None) for _ in range(CHECKPOINT_RECORDS)))
    size = (ledger.directory / "ledger.sqlite").stat().st_size
    assert ledger.store.checkpoint()
    assert (ledger.directory / "ledger.sqlite").stat().st_size > size
    assert not ledger.store.checkpoint()
    assert ledger.store.checkpoint(now=True)
    assert (ledger.directory / "ledger.sqlite-wal").stat().st_size == 0


def test_a_log_a_reader_still_needs_keeps_the_mark(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Closing can't empty the log under a reader's feet; then the log and its mark stay for the next start."""
    ledger.store._ledger.one("PRAGMA busy_timeout = 1")
    with ledger.store.reader() as reader:
        reader._ledger.run("BEGIN")
        assert reader.count() == 2
        ledger.append(ledger.sale(None))
        ledger.store.close()
        assert (ledger.directory / "ledger.open").exists()
        shutil.copytree(ledger.directory, tmp_path / "copy")
        reader._ledger.run("COMMIT")
    assert ledger.reopen().reader().count() == 3


def test_search_follows_at_the_next_start_when_the_vault_fails(
    ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sale that is on disk is not unmade by a search index that can't be written."""

    def broken(*_: object) -> None:
        raise DiskFull("vault")

    with monkeypatch.context() as patch:
        patch.setattr("storage.store.catch_up", broken)
        with ledger.store.unit() as unit:
            unit.put_profile(ledger.member(), Profile("Anna Müller"))
    with ledger.store.reader() as reader:
        assert reader.search("anna") == []
        assert reader.profile(ledger.member()) is not None
    with ledger.reopen().reader() as reader:
        assert [hit.name for hit in reader.search("anna")] == ["Anna Müller"]


def test_a_reader_whose_second_file_fails_closes_the_first(
    ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No connection is left behind."""
    opened: list[Database] = []

    def noted(ledger: Path, vault: Path) -> Database:
        opened.append(connection.open_pair(ledger, vault))
        return opened[0]

    def refuse(_: Path) -> Database:
        raise DiskFailed("vault")

    monkeypatch.setattr("storage.store.open_pair", noted)
    monkeypatch.setattr("storage.store.open_reader", refuse)
    with pytest.raises(DiskFailed):
        ledger.store.reader()
    with pytest.raises(Exception, match="closed"):
        opened[0].one("SELECT 1")
