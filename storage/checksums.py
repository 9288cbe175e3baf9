"""Checksums of the tables that nothing else proves: cards, people, notes, cashiers, rules, and what head office said.

The journal has its chain and the projections are folded from it. SQLite's own checks see that a page is well formed,
not that it is the right one: a letter of a note, or two pages that changed places, go unnoticed by them.

Every writing connection keeps the checksums with triggers of its own, in the transaction that writes the row. They are
temporary ones: in those alone SQLite runs a function of the program's while the schema in the file is not trusted, and
any tool can still open the file.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from loyalty.checksums import CHECKSUM_MASK, row_checksum
from loyalty.replica import REPLICA_APPLICATION_ID, REPLICA_CHECKED
from storage.errors import Damaged, NotALedger
from storage.schema import (
    LEDGER,
    LEDGER_APPLICATION_ID,
    PROJECTIONS,
    VAULT,
    VAULT_APPLICATION_ID,
    expected,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from storage.connection import Database

_PROVED_OTHERWISE: Final = (*PROJECTIONS, "journal", "table_checksum")


def _unproved(statements: tuple[str, ...]) -> tuple[str, ...]:
    tables = (name for name, sql in expected(statements).items() if sql.startswith("CREATE TABLE"))
    return tuple(name for name in tables if name not in _PROVED_OTHERWISE)


LEDGER_CHECKED: Final = _unproved(LEDGER)
"""Tables that no journal can bring back: cards, people, programmes, whose till it is."""

VAULT_CHECKED: Final = _unproved(VAULT)

CHECKED: Final = {
    LEDGER_APPLICATION_ID: LEDGER_CHECKED,
    VAULT_APPLICATION_ID: VAULT_CHECKED,
    REPLICA_APPLICATION_ID: REPLICA_CHECKED,
}
"""Which tables have a checksum, by the file's ``application_id``."""

ROWS_PER_STEP: Final = 2_000
"""How many rows are looked at between two pauses, some milliseconds."""

_HAS_ANY: Final = "SELECT 1 FROM main.sqlite_schema WHERE name = 'table_checksum'"
_COLUMNS: Final = """SELECT tables.name, columns.name, columns.type, columns.pk
FROM main.sqlite_schema AS tables CROSS JOIN pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'"""
_PUT: Final = """INSERT INTO table_checksum(name, rows, sum) VALUES (?1, ?2, ?3)
ON CONFLICT(name) DO UPDATE SET rows = ?2, sum = ?3"""
_TRIGGER: Final = """CREATE TEMP TRIGGER {name} AFTER {event} ON main.{table} BEGIN
  UPDATE table_checksum SET rows = rows + {more}, sum = (sum + {change}) & {mask} WHERE name = '{table}';
END"""


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        name: What it is called.
        is_number: Whether numbers stand in it; texts and bytes are taken as bytes, as a disk may have left them.
        in_key: Whether it is of the primary key.
    """

    name: str
    is_number: bool
    in_key: bool


class Sum(NamedTuple):
    """What a table's rows come to: how many there are, and their digests modulo 2**62."""

    rows: int
    sum: int


def guard(database: Database) -> None:
    """Keep the checksums of a file that has them from now on, on this connection."""
    if database.one(_HAS_ANY) is None:
        return
    let_it_count(database)
    database.one("PRAGMA recursive_triggers = 1")  # or a row would be replaced without being taken away
    for table, columns in _checked(database).items():
        for trigger in _triggers(table, columns):
            database.run(trigger)


def begin(database: Database) -> None:
    """Take the rows that stand in a file for what was written, and keep its checksums from now on.

    For a file that was just made, or whose layout was just changed; inside its transaction.
    """
    if database.one(_HAS_ANY) is None:
        return
    let_it_count(database)
    checked = _checked(database)
    for name in [row[0] for row in database.all("SELECT name FROM table_checksum")]:
        if name not in checked:
            database.run("DELETE FROM table_checksum WHERE name = ?", (name,))
    for table, columns in checked.items():
        database.run(_PUT, (table, *_sum(_digests(database, table, columns))))
    for trigger in [row[0] for row in database.all("SELECT name FROM temp.sqlite_schema WHERE type = 'trigger'")]:
        database.run(f"DROP TRIGGER temp.{trigger}")
    guard(database)


def problems(
    database: Database, *, rows_max: int | None = None, pause: Callable[[], None] | None = None
) -> dict[str, str]:
    """Hold every table's rows against its checksum, all on one snapshot.

    Args:
        database: A connection outside a transaction.
        rows_max: Leaves out tables with more rows.
        pause: Called every ``ROWS_PER_STEP`` rows; what it raises ends the work.

    Returns:
        What is wrong, by table; nothing for a file of a layout that had no checksums.

    Raises:
        Damaged: The checksums can't be read.
    """
    if database.one(_HAS_ANY) is None:
        return {}
    let_it_count(database)
    database.run("BEGIN")
    try:
        kept = {name: Sum(rows, total) for name, rows, total in database.all("SELECT * FROM table_checksum")}
        found: dict[str, str] = {}
        for table, columns in _checked(database).items():
            wanted = kept.get(table)
            if wanted is None or not all(isinstance(value, int) for value in wanted):
                found[table] = f"{database.name}: {table} has no checksum"
            elif rows_max is None or wanted.rows <= rows_max:
                problem = _problem(_digests(database, table, columns), wanted, pause)
                if problem:
                    found[table] = f"{database.name}: {table}: {problem}"
        return found
    finally:
        if database.connection.in_transaction:  # an error of the disk may have ended it
            database.run("ROLLBACK")  # nothing was written; SQLite refuses to commit what has met a damaged page


def told_of(database: Database, table: str) -> Sum | None:
    """What a table's rows came to when they were written; ``None`` when nobody can tell."""
    row = database.one("SELECT rows, sum FROM table_checksum WHERE name = ?", (table,))
    return Sum(*row) if row and all(isinstance(value, int) for value in row) else None


def columns_of(database: Database, table: str) -> list[Column]:
    """A table's columns, in order."""
    return _checked(database)[table]


def _problem(digests: Iterator[int], wanted: Sum, pause: Callable[[], None] | None) -> str | None:
    try:
        with closing(cast("Generator[int]", digests)):
            found = _sum(digests, wanted.rows, pause)
    except (Damaged, NotALedger) as error:
        return error.support
    if found.rows != wanted.rows:
        return f"{wanted.rows} rows were written, and {found.rows} stand there"
    return None if found == wanted else "a row is not as it was written"


def _sum(digests: Iterator[int], rows_max: int | None = None, pause: Callable[[], None] | None = None) -> Sum:
    """What a table's rows come to; where there are more than a number, not all are counted."""
    rows = total = 0
    for each in digests:
        rows, total = rows + 1, total + each
        if rows_max is not None and rows > rows_max:
            break
        if pause and rows % ROWS_PER_STEP == 0:
            pause()
    return Sum(rows, total & CHECKSUM_MASK)


def _checked(database: Database) -> dict[str, list[Column]]:
    """The file's tables with a checksum; one that is missing is told by whoever checks the layout."""
    wanted = CHECKED.get(database.value("PRAGMA application_id"), ())
    found: dict[str, list[Column]] = {}
    for table, name, kind, place in database.all(_COLUMNS):
        found.setdefault(table, []).append(Column(name, is_number=kind == "INTEGER", in_key=place > 0))
    return {table: found[table] for table in wanted if table in found}


def let_it_count(database: Database) -> None:
    """Let statements of a connection work out the digest of a row, with what ``digest`` gives."""
    database.connection.create_function("row_checksum", -1, row_checksum, deterministic=True)


def _digests(database: Database, table: str, columns: list[Column]) -> Iterator[int]:
    for (found,) in database.each(f"SELECT {digest(table, columns)} FROM {table}"):  # noqa: S608 - names of our own
        yield found


def _triggers(table: str, columns: list[Column]) -> Iterator[str]:
    new, old = (digest(table, columns, row) for row in ("NEW.", "OLD."))
    for event, more, change in (("INSERT", 1, new), ("DELETE", -1, f"-{old}"), ("UPDATE", 0, f"{new} - {old}")):
        name = f"checksum_{table}_{event.lower()}"
        yield _TRIGGER.format(name=name, event=event, table=table, more=more, change=change, mask=CHECKSUM_MASK)


def digest(table: str, columns: list[Column], row: str = "") -> str:
    """The call that gives a row's digest, in SQL; ``row`` is empty, ``NEW.`` or ``OLD.``."""
    values = (f"{row}{name}" if is_number else f"CAST({row}{name} AS BLOB)" for name, is_number, _ in columns)
    return f"row_checksum('{table}', {', '.join(values)})"
