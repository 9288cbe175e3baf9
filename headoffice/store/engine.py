"""Connections to head office's database, SQLite or PostgreSQL, and the two kinds of transaction on them.

Work that writes is done in one transaction and, where the database gave it up because of another one, done again whole.
Work that reads sees one state of everything.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

import psycopg
from sqlalchemy import create_engine, event, exc, make_url, text
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from headoffice.errors import DatabaseAway, StandbyDatabase
from headoffice.store import arrays
from headoffice.store.migrate import is_newest, migrate
from storage.sqlite import choose_driver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

__all__ = ["Database", "migrate", "open_engine"]

Result = TypeVar("Result")

BUSY_TIMEOUT_MS: Final = 5_000
"""How long a connection to SQLite waits for another process, in milliseconds."""

CACHE_KIB: Final = 32_768
"""Page cache of each connection to SQLite, in KiB."""

POOL_SIZE: Final = 8
POOL_OVERFLOW: Final = 8
POOL_WAIT_S: Final = 10
"""Connections kept, opened beyond that under load, and how long a request waits for one, in seconds."""

STATEMENT_TIMEOUT_MS: Final = 60_000
"""After this long PostgreSQL gives a statement up, in milliseconds; a lock is never waited for longer either."""

ATTEMPTS_MAX: Final = 8
RETRY_WAIT_MAX_S: Final = 0.5
"""How often a transaction is done again after a deadlock or a serialization failure, and the longest wait before."""

GIVEN_UP: Final = frozenset({"40001", "40P01"})
"""SQLSTATE of what may simply be done again: serialization failure and deadlock (PostgreSQL manual, appendix A)."""

READ_ONLY: Final = frozenset({"25006", "0A000"})
"""SQLSTATE of a write where only reading is possible, and of asking a standby for a transaction that writes."""

REST_S: Final = 1.0
"""After so many seconds without work a connection to PostgreSQL may be dead and nobody would know."""

_RESTS_SINCE: Final = "stammkunde_rests_since"
_WRITES: Final = "stammkunde_writes"
_SQLITE_SETTINGS: Final = (
    ("busy_timeout", BUSY_TIMEOUT_MS),
    ("foreign_keys", 1),
    ("trusted_schema", 0),
    ("synchronous", 2),  # FULL: what was acknowledged survives a power cut
    ("fullfsync", 1),  # macOS: through the drive's own cache
    ("checkpoint_fullfsync", 1),
    ("secure_delete", 1),  # what is erased is overwritten with zeros
    ("cache_size", -CACHE_KIB),
)


def open_engine(url: str) -> Engine:
    """Connect to a database; nothing is asked of it before the first use.

    Args:
        url: ``sqlite:///path`` or ``postgresql://user@host/name``.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, module=choose_driver(), connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    options = f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC"
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_timeout=POOL_WAIT_S,
        connect_args={"options": options, "application_name": "stammkunde-headoffice"},
    )
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", _look_alive)
    return engine


def _prepare_postgresql(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection
    arrays.register(connection)


def _note_rest(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info[_RESTS_SINCE] = time.monotonic()


def _look_alive(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:  # noqa: ANN401 - the driver's
    """Ask a connection that has rested for an answer; a dead one is replaced, and so are all others as old as it.

    A question for every transaction, as SQLAlchemy would ask it, is a tenth of what head office asks for a batch.
    """
    if time.monotonic() - record.info.get(_RESTS_SINCE, 0) < REST_S:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as error:
        raise exc.InvalidatePoolError from error


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by us, see below
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    for name, value in _SQLITE_SETTINGS:
        cursor.execute(f"PRAGMA {name} = {value}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """``IMMEDIATE`` for writers: what reads first and writes later fails at once when another commits in between."""
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Database:
    """One database, shared by all threads of a process.

    Attributes:
        engine: SQLAlchemy's.
        dialect: ``sqlite`` or ``postgresql``.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.dialect = engine.dialect.name
        self._one_writer = threading.Lock()  # SQLite has one writer; in a queue it is faster than in its busy loop

    def bring_up_to_date(self) -> None:
        """Bring it to the newest layout; a standby must have it already.

        Raises:
            DatabaseAway: The database does not answer.
            NewerDatabase: A newer program made it.
            StandbyDatabase: It has an older layout, which only the database it follows can change.
        """
        if self.is_standby():
            with self.snapshot() as connection:
                if not is_newest(connection):
                    raise StandbyDatabase("its layout is older than this program's")
            return
        with _known_errors():
            migrate(self.engine)

    def is_standby(self) -> bool:
        """Whether it only follows another database (PostgreSQL manual, 9.27.4).

        Raises:
            DatabaseAway: The database does not answer.
        """
        if self.dialect != "postgresql":
            return False
        with self.snapshot() as connection:
            return bool(connection.scalar(text("SELECT pg_is_in_recovery()")))

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that writes: commits on normal exit, rolls back when anything is raised.

        Raises:
            DatabaseAway: The database does not answer.
            StandbyDatabase: It takes no writes.
        """
        with _known_errors():
            if self.dialect != "sqlite":
                with self.engine.begin() as connection:
                    yield connection
                return
            with self._one_writer, self.engine.connect() as connection:
                connection.execution_options(**{_WRITES: True})
                with connection.begin():
                    yield connection

    def transact(self, work: Callable[[Connection], Result], *, durable: bool = True) -> Result:
        """Do work in one writing transaction, and all of it again when the database gave the transaction up.

        Args:
            work: Must leave nothing behind outside the database, because it may run more than once.
            durable: ``False`` for what may be forgotten when PostgreSQL is cut off within the next second: it need
                not wait for the disk (manual, synchronous_commit).

        Raises:
            DatabaseAway: The database does not answer, or gave up ``ATTEMPTS_MAX`` times.
        """
        retrying = Retrying(
            retry=retry_if_exception(_is_given_up),
            stop=stop_after_attempt(ATTEMPTS_MAX),
            wait=wait_random_exponential(multiplier=0.01, max=RETRY_WAIT_MAX_S),
            reraise=True,
        )
        result: Result = retrying(self._once, work, durable)
        return result

    def _once(self, work: Callable[[Connection], Result], durable: bool) -> Result:  # noqa: FBT001 - called by name above
        with self.write() as connection:
            if not durable and self.dialect == "postgresql":
                connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")
            return work(connection)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees one state of everything and can't write.

        Raises:
            DatabaseAway: The database does not answer.
        """
        with _known_errors(), self.engine.connect() as connection:
            if self.dialect == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin() as transaction:
                yield connection
                transaction.rollback()

    def close(self) -> None:
        """Close all connections; closing twice is allowed."""
        self.engine.dispose()


class _GivenUp(DatabaseAway):
    """The database gave a transaction up because of another one; it may be done again."""


def _is_given_up(error: BaseException) -> bool:
    return isinstance(error, _GivenUp)


@contextmanager
def _known_errors() -> Iterator[None]:
    """Turn the driver's errors that are nobody's bug into ours."""
    try:
        yield
    except exc.DBAPIError as error:
        _explain(error, error.orig, lost=error.connection_invalidated)
        raise
    except psycopg.Error as error:  # of what goes to the driver without a detour
        _explain(error, error, lost=False)
        raise
    except exc.TimeoutError as error:
        raise DatabaseAway(f"No connection within {POOL_WAIT_S} s") from error


def _explain(error: Exception, cause: Any, *, lost: bool) -> None:  # noqa: ANN401 - the driver's error
    state = getattr(cause, "sqlstate", None)
    if state in GIVEN_UP:
        raise _GivenUp(f"The transaction was given up: {state}") from error
    if state in READ_ONLY:
        raise StandbyDatabase(str(cause)) from error
    away = (exc.OperationalError, exc.InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
    if lost or isinstance(error, away):
        raise DatabaseAway(f"{type(cause).__name__} {state or ''}: {cause}".strip()) from error
