"""The ledger of one data directory: making it, opening it with every check, and the one place that writes."""

from __future__ import annotations

import contextlib
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self
from uuid import UUID

from storage import migrations, sqlite
from storage.connection import open_frozen, open_reader, open_writer
from storage.create import create_files
from storage.directory import read_programme
from storage.errors import AffectedSqlite, Damaged, DiskFailed, MissingLedger, StorageError
from storage.files import (
    KEY_FILE,
    LEDGER_FILE,
    OPEN_MARK,
    PROGRAMME_KEY_BYTES,
    VAULT_FILE,
    check_header,
    log_bytes,
    log_path,
    os_errors,
    sync_directory,
    write_durably,
)
from storage.journal import check_tail
from storage.lock import take_lock
from storage.schema import JOURNAL, LEDGER, LEDGER_APPLICATION_ID, SCHEMA_VERSION, VAULT_APPLICATION_ID
from storage.tombstones import erase, missing_from, read_tombstones, write_tombstones
from storage.types import Shop
from storage.unit import Reader, Unit
from storage.vault import catch_up

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from loyalty.ports import Clock, Ids
    from loyalty.programme import Programme
    from storage.connection import Database

__all__ = ["Reader", "Store", "Unit", "create_store", "open_store"]

CHECKPOINT_RECORDS: Final = 200
"""After how many appended records a checkpoint is worth its two syncs: about 2,000 pages, 8 MiB of log."""


def create_store(
    directory: Path,
    *,
    shop_name: str,
    till_name: str,
    currency: str,
    programme_text: str,
    clock: Clock,
    ids: Ids,
) -> Store:
    """Make the data directory of a new till and open it.

    Args:
        directory: Where; made when it does not exist. It may hold other files.
        shop_name: The shop's name.
        till_name: The till's name in the shop.
        currency: ISO 4217 code.
        programme_text: The first programme, as TOML without mistakes.
        clock: Time.
        ids: Fresh ids.

    Returns:
        The open store, its journal holding the genesis record and the programme's adoption.

    Raises:
        AlreadyExists: There is a ledger already.
        ValueError: The programme has mistakes; the caller checks and shows them first.
        StorageError: It can't be written. Nothing is left behind.
    """
    _refuse_affected_sqlite()
    create_files(
        directory,
        shop_name=shop_name,
        till_name=till_name,
        currency=currency,
        programme_text=programme_text,
        clock=clock,
        ids=ids,
    )
    return open_store(directory, clock=clock, ids=ids)


def open_store(directory: Path, *, clock: Clock, ids: Ids, writable: bool = True) -> Store:
    """Open a data directory after every quick check: headers, lock, settings, triggers, the last links of the chain.

    Args:
        directory: Where.
        clock: Time.
        ids: Fresh ids.
        writable: Whether to take the till's lock and write; otherwise reading works beside an open till.

    Raises:
        MissingLedger: There is none.
        TillOpen: Another process has it open for writing.
        StorageError: Any other known reason; nothing was changed on disk.
    """
    directory = Path(directory)
    with os_errors(str(directory)):
        check_files(directory)
    if writable:
        _refuse_affected_sqlite()
    with ExitStack() as stack:
        if writable:
            stack.callback(take_lock(directory).release)
            _check_contents(directory)
        return Store(directory, clock=clock, ids=ids, writable=writable, held=stack.pop_all())


def _refuse_affected_sqlite() -> None:
    if sqlite.is_affected(sqlite.version()):
        raise AffectedSqlite(f"SQLite {sqlite.version()} has the WAL-reset fault; install pysqlite3")


def check_files(directory: Path) -> None:
    """Everything that can be told without opening a database."""
    ledger, vault = directory / LEDGER_FILE, directory / VAULT_FILE
    if not ledger.exists():
        raise MissingLedger(f"{ledger} does not exist")
    check_header(ledger, LEDGER_APPLICATION_ID)
    if not vault.exists():
        raise Damaged(f"{vault} is missing; put it back or restore a backup")
    check_header(vault, VAULT_APPLICATION_ID)
    key = directory / KEY_FILE
    if not key.exists() or key.stat().st_size != PROGRAMME_KEY_BYTES:
        raise Damaged(f"{key} is missing or cut off; put it back, card numbers mean other accounts without it")
    if (directory / OPEN_MARK).exists() and not log_path(ledger).exists():
        raise Damaged(f"{log_path(ledger)} is missing: the last run was not ended and its newest records stood there")


def _check_contents(directory: Path) -> None:
    """Look into both files without leaving a trace, before a writing connection could change anything."""
    for name, statements in ((LEDGER_FILE, LEDGER), (VAULT_FILE, ())):
        path = directory / name
        database = open_reader(path) if log_bytes(path) else open_frozen(path)
        with contextlib.closing(database):
            if database.value("PRAGMA user_version") != SCHEMA_VERSION:
                continue  # an older layout is checked after its migration
            migrations.check_objects(database, statements)
            if name == LEDGER_FILE:
                check_ledger(database)


def check_ledger(database: Database) -> None:
    """The start checks of the ledger file: guards, the journal's table, the last links of the chain.

    Raises:
        Damaged: One does not hold.
    """
    migrations.check_objects(database, JOURNAL)
    check_tail(database)


class Store:
    """An open data directory. Writes belong to the thread that opened it; every other thread asks for a reader.

    Attributes:
        directory: The data directory.
        shop: Whose it is.
        programme: The rules in force.
        programme_key: The secret that gives unknown cards their account ids.
        writable: Whether it may write.
    """

    def __init__(self, directory: Path, *, clock: Clock, ids: Ids, writable: bool, held: ExitStack) -> None:
        self.directory = directory
        self.writable = writable
        self._clock = clock
        self._ids = ids
        self._held = held
        self._unit_open = False
        self._failed: str | None = None
        self._appended_since_checkpoint = 0
        try:
            self.programme_key = (directory / KEY_FILE).read_bytes()
            opened = open_writer if writable else open_reader
            self._ledger = opened(directory / LEDGER_FILE)
            held.callback(self._ledger.close)
            self._vault = opened(directory / VAULT_FILE)
            held.callback(self._vault.close)
            if writable:
                self._begin_writing()
            else:
                check_ledger(self._ledger)
            self.shop = self._read_shop()
            self.programme = self._read_programme()
        except BaseException:
            held.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def reader(self) -> Reader:
        """New connections for reading, for the calling thread; to be closed by it."""
        ledger = open_reader(self.directory / LEDGER_FILE)
        try:
            return Reader(ledger, open_reader(self.directory / VAULT_FILE))
        except BaseException:
            ledger.close()
            raise

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """One transaction on the writing connection: commits on normal exit, rolls back when anything is raised.

        When it has returned, everything written in it is on the disk.

        Raises:
            DiskFailed: The disk failed, now or in an earlier unit: the store writes no more until it is opened anew.
            StorageError: Nothing of it was written.
        """
        unit = Unit(self._ledger, self._vault, self._clock)
        with self.exclusive():
            yield unit
            if unit.tombstones:
                write_tombstones(self.directory, unit.tombstones)
        self._appended_since_checkpoint += unit.appended
        if unit.profiles_changed:
            self._follow_profiles(erased=bool(unit.tombstones))
        if unit.programme_changed:
            self.programme = self._read_programme()

    @contextmanager
    def exclusive(self) -> Iterator[Database]:
        """One transaction on the writing connection itself, for work inside this package; all else uses ``unit``."""
        if self._failed:
            raise DiskFailed(self._failed)
        if not self.writable or self._unit_open:
            raise ValueError("Only a writable store has a unit of work, and one at a time")
        self._unit_open = True
        try:
            with self._ledger.transaction():
                yield self._ledger
        except DiskFailed as error:
            self._failed = error.support
            raise
        finally:
            self._unit_open = False

    def checkpoint(self, *, now: bool = False) -> bool:
        """Move the log into the file when it has grown; to be called between sales. Cheap while there is nothing to do.

        Args:
            now: Do it in any case, and empty the log.

        Returns:
            Whether a checkpoint ran.
        """
        if not self.writable or self._failed:
            return False
        if not now and self._appended_since_checkpoint < CHECKPOINT_RECORDS:
            return False
        for database in (self._ledger, self._vault):
            database.one("PRAGMA wal_checkpoint(TRUNCATE)" if now else "PRAGMA wal_checkpoint(PASSIVE)")
        self._appended_since_checkpoint = 0
        return True

    def close(self) -> None:
        """Checkpoint, close the connections and give the lock back; closing twice is allowed."""
        try:
            if self.writable and not self._failed:
                self.checkpoint(now=True)
                if not log_bytes(self.directory / LEDGER_FILE):
                    (self.directory / OPEN_MARK).unlink(missing_ok=True)
        finally:
            self.writable = False
            self._held.close()

    def _begin_writing(self) -> None:
        """Migrate, replay erasures the database does not know, and leave the mark that tells a crash."""
        for database, layout in ((self._ledger, migrations.LEDGER_LAYOUT), (self._vault, migrations.VAULT_LAYOUT)):
            if migrations.bring_up_to_date(database, layout):
                check_ledger(self._ledger)
        self._ledger.one("SELECT seq FROM journal LIMIT 1")  # the log file exists from the first read on
        with os_errors(OPEN_MARK):
            write_durably(self.directory / OPEN_MARK, b"")
            sync_directory(self.directory)
        missing = missing_from(self._ledger, read_tombstones(self.directory))
        if missing:
            with self._ledger.transaction():
                for tombstone in missing:
                    erase(self._ledger, tombstone)
        self._follow_profiles(erased=bool(missing))

    def _follow_profiles(self, *, erased: bool) -> None:
        """Bring keys and search terms up to date; when that fails, the commit stands and the next start catches up."""
        with contextlib.suppress(StorageError):
            catch_up(self._vault, self._ledger)
            if erased:
                self.checkpoint(now=True)

    def _read_shop(self) -> Shop:
        row = self._ledger.one("SELECT name, till_name, currency, terminal_id, created_at_us FROM shop")
        if row is None:
            raise Damaged("The shop's own row is missing")
        return Shop(row[0], row[1], row[2], UUID(bytes=row[3]), row[4])

    def _read_programme(self) -> Programme:
        """The newest version that was adopted."""
        document = self._ledger.value("SELECT document FROM programme ORDER BY version DESC LIMIT 1")
        if document is None:
            raise Damaged("No programme is stored")
        return read_programme(document)
