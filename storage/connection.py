"""Connections with the ledger's settings, each set and read back, and errors turned into the ledger's own.

SQL reaches the driver only through ``Database``: constant texts with parameters, which the driver keeps prepared.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

from storage import checksums, sqlite
from storage.errors import Damaged, DiskFailed, DiskFull, OutOfResources, ReadOnlyDisk, known_error
from storage.files import is_full, make_private

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

Row = tuple[Any, ...]

_FAILURES: Final = (sqlite.Error, MemoryError, UnicodeDecodeError)
"""What the driver raises; it has no error of its own for SQLite that finds no memory, nor for text that is none."""

_NO_ROOM_FOR_INDEX: Final = 10 | 19 << 8
"""SQLITE_IOERR_SHMSIZE."""

BUSY_TIMEOUT_MS: Final = 2_000
"""How long a connection waits for another one before it gives up, in milliseconds."""

CACHE_KIB: Final = 8_192
"""Page cache of the writing connection, in KiB; the operating system caches the file besides."""

STATEMENTS_CACHED: Final = 256
"""How many prepared statements a connection keeps."""

_COMMON_SETTINGS: Final = (
    ("busy_timeout", BUSY_TIMEOUT_MS),
    ("foreign_keys", 1),
    ("recursive_triggers", 1),
    ("trusted_schema", 0),
    ("cell_size_check", 1),
    ("mmap_size", 0),
)
_WRITER_SETTINGS: Final = (
    ("synchronous", 2),  # FULL: what was acknowledged survives a power cut
    ("fullfsync", 1),  # macOS: through the drive's own cache
    ("checkpoint_fullfsync", 1),
    ("secure_delete", 1),  # what is erased is overwritten with zeros
    ("wal_autocheckpoint", 0),  # checkpoints run between sales, never inside one
    ("cache_size", -CACHE_KIB),
)
_READER_SETTINGS: Final = (("query_only", 1),)
_REPLICA_SETTINGS: Final = (
    ("synchronous", 1),  # NORMAL: what a power cut takes of it is pulled again, and it is never damaged by one
    ("secure_delete", 1),
    ("cache_size", -CACHE_KIB),
)


class Database:
    """One connection that speaks the ledger's errors. Bound to the thread that opened it.

    Attributes:
        connection: The driver's connection, for its backup interface and for migrations.
        name: The file's name, for support sentences.
    """

    __slots__ = ("_cursor", "connection", "name")

    def __init__(self, connection: sqlite.Connection, name: str) -> None:
        self.connection = connection
        self._cursor = connection.cursor()  # for what gives no rows; one that gives some is let go of with them
        self.name = name

    def one(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        """The first row or ``None``."""
        try:
            row: Row | None = self.connection.execute(sql, parameters).fetchone()
        except _FAILURES as error:
            self._raise_known(error)
            raise
        return row

    def value(self, sql: str, parameters: Sequence[object] = ()) -> Any:  # noqa: ANN401 - a column of any type
        """The first column of the first row; ``None`` when there is no row."""
        row = self.one(sql, parameters)
        return row[0] if row else None

    def all(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """All rows; only for statements with a bounded result."""
        try:
            return self.connection.execute(sql, parameters).fetchall()
        except _FAILURES as error:
            self._raise_known(error)
            raise

    def each(self, sql: str, parameters: Sequence[object] = ()) -> Iterator[Row]:
        """Rows one by one, for walks over a whole table."""
        try:
            yield from self.connection.execute(sql, parameters)
        except _FAILURES as error:
            self._raise_known(error)
            raise

    def run(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Execute a statement and return how many rows it changed."""
        try:
            return self._cursor.execute(sql, parameters).rowcount
        except _FAILURES as error:
            self._raise_known(error)
            raise

    def many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Execute a statement for each row."""
        try:
            self.connection.executemany(sql, rows)
        except _FAILURES as error:
            self._raise_known(error)
            raise

    def copy_to(self, target: Database, *, pages: int, progress: Callable[[int, int, int], None]) -> None:
        """SQLite's online backup, ``pages`` at a time; ``progress`` gets a status, the pages left and all pages."""
        try:
            self.connection.backup(target.connection, pages=pages, progress=progress)
        except _FAILURES as error:
            self._raise_known(error)
            raise

    def transaction(self) -> Transaction:
        """One ``BEGIN IMMEDIATE`` transaction: commits on normal exit, rolls back when anything is raised."""
        return Transaction(self)

    def close(self) -> None:
        """Close the connection; closing twice is allowed."""
        self.connection.close()

    def _raise_known(self, error: Exception) -> None:
        known = known_error(error, self.name)
        if known:
            raise known from error


class Transaction:
    """A block of one transaction; a class, because every sale has one and a generator costs more.

    ``IMMEDIATE`` because a transaction that reads first and writes later fails at once, whatever the timeout, when
    somebody else committed in between.
    """

    __slots__ = ("_database",)

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.run("BEGIN IMMEDIATE")

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is not None:
            self._roll_back()
            return
        try:
            self._commit()
        except BaseException:
            self._roll_back()
            raise

    def _commit(self) -> None:
        """Commit; what leaves open whether it is on the disk counts as a failure of the disk.

        The log's index grows, and may find no room or memory, when the log itself was written and synced already.
        """
        try:
            self._database.run("COMMIT")
        except (DiskFull, OutOfResources) as error:
            cause = getattr(error.__cause__, "sqlite_errorcode", None)
            if cause == _NO_ROOM_FOR_INDEX or isinstance(error, OutOfResources):
                support = f"{self._database.name}: a commit that may or may not be on the disk: {error}"
                raise DiskFailed(support) from error
            raise

    def _roll_back(self) -> None:
        connection = self._database.connection
        if connection.in_transaction:  # some errors, a full disk among them, have rolled back already
            with contextlib.suppress(*_FAILURES):  # told is what came first; SQLite forgets the rest by itself
                connection.execute("ROLLBACK")


def open_writer(path: Path) -> Database:
    """The one writing connection of a file, in WAL mode with full durability.

    Raises:
        DiskFailed: A setting did not take effect, so the promise of durability can't be kept.
        StorageError: The file can't be opened.
    """
    return _opened(path, "mode=rw", (*_COMMON_SETTINGS, *_WRITER_SETTINGS), wal=True)


def open_reader(path: Path) -> Database:
    """A connection that can't write, beside the writing one."""
    return _opened(path, "mode=ro", (*_COMMON_SETTINGS, *_READER_SETTINGS), wal=False)


def open_replica_writer(path: Path) -> Database:
    """The connection that fills a replica, in WAL mode beside its readers.

    Raises:
        StorageError: The file can't be opened.
    """
    return _opened(path, "mode=rw", (*_COMMON_SETTINGS, *_REPLICA_SETTINGS), wal=True)


def open_private(path: Path) -> Database:
    """A writing connection to a file nobody else has open and nobody would miss; it leaves no log behind.

    Raises:
        StorageError: It can't be opened.
    """
    return _opened(path, "mode=rw", (*_COMMON_SETTINGS, ("synchronous", 0)), wal=False)


def open_in_memory() -> Database:
    """An empty database without a file."""
    return Database(sqlite.connect(":memory:", isolation_level=None), "memory")


def open_pair(ledger: Path, vault: Path) -> Database:
    """A connection that can't write, with the vault attached as ``vault``: one statement finds a person and the key.

    The settings and ``query_only`` hold for both files. Only for reading: a transaction that writes to two files in WAL
    mode is not one when the power goes.
    """
    database = open_reader(ledger)
    try:
        database.run("ATTACH DATABASE ? AS vault", (f"{vault.absolute().as_uri()}?mode=ro",))
    except BaseException:
        database.close()
        raise
    return database


def open_frozen(path: Path) -> Database:
    """A connection for a file that nobody has open: leaves no trace beside the file, takes no lock.

    Only for a file without a write-ahead log while the till's lock is held, or for a backup.
    """
    return _opened(path, "mode=ro&immutable=1", (*_COMMON_SETTINGS, *_READER_SETTINGS), wal=False)


def open_damaged(path: Path, *, frozen: bool) -> Database:
    """A connection for reading what can be read of a file, also of one that is shorter than its header says.

    SQLite refuses such a file at once, unless it may write the schema; nothing is written here all the same.

    Args:
        path: The file.
        frozen: Whether nobody has it open and no log belongs to it.
    """
    mode = "mode=ro&immutable=1" if frozen else "mode=ro"
    return _opened(path, mode, (("writable_schema", 1), *_COMMON_SETTINGS, *_READER_SETTINGS), wal=False)


def open_new(path: Path) -> Database:
    """A connection to a private file that is made by it, without the ledger's settings; for copies.

    Raises:
        StorageError: It can't be made, or is there already.
    """
    try:
        make_private(path)
        return Database(sqlite.connect(path, isolation_level=None), path.name)
    except OSError as error:
        raise known_error(error, str(path)) or ReadOnlyDisk(f"{path}: {error}") from error
    except sqlite.Error as error:
        raise known_error(error, str(path)) or Damaged(f"{path}: {error}") from error


def open_scratch(path: Path, live: Path) -> Database:
    """A throw-away database with a ledger attached for reading as ``live``, so that its journal can be folded aside.

    Raises:
        StorageError: It can't be made, or the ledger can't be attached.
    """
    try:
        connection = sqlite.connect(
            path.absolute().as_uri(), uri=True, isolation_level=None, cached_statements=STATEMENTS_CACHED
        )
    except sqlite.Error as error:  # SQLite does not say why it can't make it
        kind = DiskFull if is_full(path.parent) else ReadOnlyDisk
        raise kind(f"{path}: {error}") from error
    database = Database(connection, path.name)
    try:
        for name, value in (("journal_mode", "OFF"), ("synchronous", "OFF"), ("busy_timeout", BUSY_TIMEOUT_MS)):
            database.one(f"PRAGMA {name} = {value}")
        database.run("ATTACH DATABASE ? AS live", (f"{live.absolute().as_uri()}?mode=ro",))
    except BaseException:
        database.close()
        raise
    return database


def _opened(path: Path, mode: str, settings: Iterable[tuple[str, int]], *, wal: bool) -> Database:
    try:
        connection = sqlite.connect(
            f"{path.absolute().as_uri()}?{mode}", uri=True, isolation_level=None, cached_statements=STATEMENTS_CACHED
        )
    except sqlite.Error as error:
        raise known_error(error, str(path)) or Damaged(f"{path}: {error}") from error
    database = Database(connection, path.name)
    try:
        if wal:
            database.one("PRAGMA journal_mode = WAL")
        for name, wanted in settings:
            database.one(f"PRAGMA {name} = {wanted}")
        check_settings(database, settings, wal=wal)
        if "mode=rw" in mode:
            checksums.guard(database)
    except (DiskFailed, ReadOnlyDisk) as error:
        database.close()
        if "mode=rw" in mode and is_full(path.parent):
            raise DiskFull(error.support) from error
        raise
    except BaseException:
        database.close()
        raise
    return database


def check_settings(database: Database, settings: Iterable[tuple[str, int]], *, wal: bool) -> None:
    """Read settings back: SQLite ignores what it does not know or can't do, without a word.

    Raises:
        DiskFailed: One did not take effect.
    """
    for name, wanted in (*settings, *((("journal_mode", "wal"),) if wal else ())):
        found = database.value(f"PRAGMA {name}")
        if found != wanted:
            raise DiskFailed(f"{database.name}: setting {name} is {found!r}, not {wanted!r}")
