"""Connections: transactions that are whole, and errors in the ledger's own words."""

from __future__ import annotations

import errno
import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

from storage import connection as connection_module
from storage import sqlite
from storage.connection import Database, open_frozen, open_new, open_pair, open_reader, open_scratch, open_writer
from storage.errors import Busy, Damaged, DiskFailed, DiskFull, NotALedger, ReadOnlyDisk, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.ledger import LedgerOfTests


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A writing connection to a file with one table and one row."""
    path = tmp_path / "x.sqlite"
    path.touch()
    with closing(open_writer(path)) as opened:
        opened.run("CREATE TABLE t(a INTEGER PRIMARY KEY) STRICT")
        opened.run("INSERT INTO t VALUES (1)")
        yield opened


def test_rows_values_and_counts(database: Database) -> None:
    """The small vocabulary every query uses."""
    assert database.one("SELECT a FROM t") == (1,)
    assert database.one("SELECT a FROM t WHERE a = 2") is None
    assert database.value("SELECT a FROM t") == 1
    assert database.value("SELECT a FROM t WHERE a = 2") is None
    database.many("INSERT INTO t VALUES (?)", [(2,), (3,)])
    assert list(database.each("SELECT a FROM t ORDER BY a")) == [(1,), (2,), (3,)]
    assert database.run("DELETE FROM t WHERE a > 1") == 2
    assert database.all("SELECT a FROM t") == [(1,)]


def test_mistakes_of_ours_stay_the_drivers(database: Database, tmp_path: Path) -> None:
    """A typo in SQL is a bug with a traceback, not a sentence for a cashier."""
    for call in (
        lambda: database.one("SELECT nope"),
        lambda: database.all("SELECT nope"),
        lambda: list(database.each("SELECT nope")),
        lambda: database.run("nope"),
        lambda: database.many("nope", []),
    ):
        with pytest.raises(sqlite.OperationalError):
            call()
    copy = open_new(tmp_path / "copy")
    copy.close()
    with pytest.raises(sqlite.Error):
        database.copy_to(copy, pages=1, progress=lambda *_: None)


def test_a_transaction_is_whole(database: Database) -> None:
    """Anything raised inside takes everything back, even when SQLite has rolled back already."""

    def failing(*statements: str) -> None:
        with database.transaction():
            for statement in statements:
                database.run(statement)
            raise KeyError

    with pytest.raises(KeyError):
        failing("INSERT INTO t VALUES (2)")
    with pytest.raises(KeyError):
        failing("INSERT INTO t VALUES (2)", "ROLLBACK")
    with database.transaction():
        database.run("INSERT INTO t VALUES (2)")
    assert database.value("SELECT count(*) FROM t") == 2


def test_a_second_writer_waits_and_is_told(database: Database, tmp_path: Path) -> None:
    """The lock keeps other tills out; a tool that writes all the same gets a plain error."""
    with closing(open_writer(tmp_path / "x.sqlite")) as other:
        other.one("PRAGMA busy_timeout = 1")
        with database.transaction(), pytest.raises(Busy):
            other.run("BEGIN IMMEDIATE")


@pytest.mark.parametrize("opens", [open_writer, open_reader, open_frozen])
def test_a_file_that_is_none_is_told(tmp_path: Path, opens: object) -> None:
    """Missing, or garbage."""
    assert callable(opens)
    with pytest.raises(ReadOnlyDisk):
        opens(tmp_path / "missing.sqlite")
    (tmp_path / "garbage").write_bytes(b"garbage" * 1000)
    with pytest.raises(NotALedger):
        opens(tmp_path / "garbage").one("SELECT * FROM sqlite_schema")


def test_a_place_that_is_no_file_is_told(tmp_path: Path) -> None:
    """Neither copies nor scratch databases can be made in a folder that does not exist."""
    with pytest.raises(ReadOnlyDisk):
        open_new(tmp_path / "no" / "x")
    with pytest.raises(ReadOnlyDisk):
        open_scratch(tmp_path / "scratch", tmp_path / "missing.sqlite")


def test_a_pair_reads_both_files_and_writes_neither(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """One connection for what a scan shows; without the second file there is none at all."""
    with closing(open_pair(ledger.directory / "ledger.sqlite", ledger.directory / "vault.sqlite")) as pair:
        assert pair.value("SELECT count(*) FROM vault.member_key") == 0
        for sql in ("DELETE FROM vault.member_key", "CREATE TABLE vault.x(a)", "DELETE FROM account"):
            with pytest.raises(ReadOnlyDisk):
                pair.run(sql)
        for name, wanted in (("trusted_schema", 0), ("query_only", 1), ("cell_size_check", 1), ("vault.mmap_size", 0)):
            assert pair.value(f"PRAGMA {name}") == wanted
    with pytest.raises(ReadOnlyDisk):
        open_pair(ledger.directory / "ledger.sqlite", tmp_path / "missing.sqlite")


def test_an_unexplained_refusal_is_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the driver says when it can't even open a file, the till must not go on."""

    def refuse(*_: object, **__: object) -> None:
        raise sqlite.OperationalError("?")

    monkeypatch.setattr(sqlite, "connect", refuse)
    for opens in (open_writer, open_new):
        with pytest.raises(Damaged):
            opens(tmp_path / "x")


def driver_error(code: int) -> sqlite.Error:
    """An error of SQLite's with its extended result code."""
    error = sqlite.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    return error


FULL = 13
IOERR_SHMSIZE = 10 | 19 << 8


@pytest.mark.parametrize(
    ("error", "told"),
    [(driver_error(IOERR_SHMSIZE), DiskFailed), (MemoryError(), DiskFailed), (driver_error(FULL), DiskFull)],
    ids=["no room for the log's index", "no memory for it", "no room for the log"],
)
def test_a_commit_that_may_be_on_the_disk_stops_the_till(
    tmp_path: Path, error: Exception, told: type[StorageError]
) -> None:
    """Without its index nobody knows whether the log holds it; without room in the log it is surely not there."""

    class FailingCursor(sqlite.Cursor):
        def execute(self, sql: str, *parameters: object) -> Self:
            if sql == "COMMIT":
                raise error
            return super().execute(sql, *parameters)  # type: ignore[arg-type]  # passed on

    class Failing(sqlite.Connection):
        def cursor(self) -> sqlite.Cursor:  # type: ignore[override]  # nobody asks for another factory
            return FailingCursor(self)

    connection = sqlite.connect(tmp_path / "x.sqlite", isolation_level=None, factory=Failing)
    with closing(Database(connection, "x.sqlite")) as database:
        with pytest.raises(told) as caught, database.transaction():
            database.run("CREATE TABLE t(a INTEGER) STRICT")
        assert type(caught.value) is told
        assert not connection.in_transaction


@pytest.mark.parametrize("full", [True, False])
def test_a_file_whose_log_can_not_be_made_is_told_by_the_room_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, full: bool
) -> None:
    """SQLite says only that something went wrong: it is the disk's fault, unless the disk is full."""
    path = tmp_path / "x.sqlite"
    path.touch()
    with closing(open_writer(path)) as database:
        database.run("CREATE TABLE t(a INTEGER) STRICT")
    (tmp_path / "x.sqlite-wal").mkdir()  # no log can be made in its place

    def refuse(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if full:
        monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(DiskFull if full else (DiskFailed, ReadOnlyDisk)):
        open_writer(path)


@pytest.mark.parametrize("full", [True, False])
def test_a_scratch_file_that_can_not_be_made_is_told_by_the_room_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, full: bool
) -> None:
    """SQLite does not say why; nothing is known about the ledger then."""
    monkeypatch.setattr(connection_module, "is_full", lambda _: full)
    with pytest.raises(DiskFull if full else ReadOnlyDisk):
        open_scratch(tmp_path / "no folder" / "fold.sqlite", tmp_path / "ledger.sqlite")
