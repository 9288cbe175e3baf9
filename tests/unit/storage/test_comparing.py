"""Two ledgers' projections are held against each other row by row, and what differs is told by table and key."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage import sqlite
from storage.comparing import DIFFERENCES_PER_TABLE_MAX, differences
from storage.connection import open_scratch
from storage.schema import PROJECTION_TABLES, PROJECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.connection import Database
    from tests.fakes.ledger import LedgerOfTests


@pytest.fixture
def fold(ledger: LedgerOfTests, tmp_path: Path) -> Iterator[Database]:
    """The projections of a till with a little of everything, twice: as written and, to be changed, aside."""
    sale = ledger.sale(ledger.member(), 1_000, 10, ledger.reward())
    ledger.append(sale, ledger.reversal(sale, 300, 3), ledger.day_close())
    ledger.close()
    with closing(open_scratch(tmp_path / "fold.sqlite", ledger.directory / "ledger.sqlite")) as database:
        database.one("PRAGMA main.journal_mode = MEMORY")  # so that a change can be taken back
        for statement in PROJECTION_TABLES:
            database.run(statement)
        for table in PROJECTIONS:
            database.run(f"INSERT INTO main.{table} SELECT * FROM live.{table}")  # noqa: S608 - names of our own
        yield database


def test_equal_rows_are_no_difference(fold: Database) -> None:
    """Nothing is told."""
    assert all(fold.value(f"SELECT count(*) FROM {table}") for table in PROJECTIONS)  # noqa: S608 - names of our own
    assert list(differences(fold)) == []


@pytest.mark.parametrize("table", PROJECTIONS)
def test_each_column_counts(fold: Database, table: str) -> None:
    """Another value in any column of any table is told, be it a number, a text, an id, or nothing."""
    for (name,) in fold.all(f"SELECT name FROM pragma_table_info('{table}')"):  # noqa: S608 - names of our own
        changes = 0
        for other in (b"\0", "other", 97, None):
            fold.run("SAVEPOINT as_written")
            if _is_taken(fold, table, name, other):
                told = list(differences(fold))
                assert told, f"{name} = {other!r}"
                assert all(problem.startswith(f"{table} ") for problem in told)
                changes += 1
            fold.run("ROLLBACK TO as_written")
        assert changes, f"{name} takes no other value"


def _is_taken(fold: Database, table: str, name: str, other: object) -> bool:
    """Whether some row of a table takes a value of a column that it had not."""
    largest = f"{name} IS (SELECT max({name}) FROM main.{table})"  # noqa: S608 - names of our own
    sql = f"UPDATE main.{table} SET {name} = ?1 WHERE {name} IS NOT ?1 AND {largest}"  # noqa: S608 - as above
    try:
        return fold.run(sql, (other,)) > 0
    except sqlite.IntegrityError:
        return False


def test_not_every_difference_is_told(fold: Database) -> None:
    """A lost table fills no log."""
    fold.many("INSERT INTO main.reward_total VALUES (?, 'gold', 1, 1, 1)", [(str(day),) for day in range(30)])
    told = list(differences(fold))
    assert len(told) == DIFFERENCES_PER_TABLE_MAX
    assert all(problem.endswith("gold is missing") for problem in told)


def test_a_row_that_stands_there_twice_is_told(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Each is as it should be, but there is one too many; a damaged file can hold that."""
    ledger.append(ledger.redemption(ledger.member()))
    database = ledger.store._ledger
    database.run("ALTER TABLE reward_total RENAME TO before")
    database.run("CREATE TABLE reward_total AS SELECT * FROM before UNION ALL SELECT * FROM before")
    ledger.close()
    with closing(open_scratch(tmp_path / "fold.sqlite", ledger.directory / "ledger.sqlite")) as fold:
        for statement in PROJECTION_TABLES:
            fold.run(statement)
        for table in PROJECTIONS:
            fold.run(f"INSERT INTO main.{table} SELECT DISTINCT * FROM live.{table}")  # noqa: S608 - names of our own
        assert list(differences(fold)) == ["reward_total: a row stands there twice, or its rows are out of order"]
