"""What the files say, read without the program: plain SQL on head office's and the tills' databases."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from storage import sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Row = tuple[Any, ...]


def rows(path: Path, sql: str, parameters: tuple[object, ...] = ()) -> list[Row]:
    """All rows of a query on a file that others have open."""
    with closing(sqlite.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(sql, parameters).fetchall()


def tables(path: Path) -> Iterator[tuple[str, list[Row]]]:
    """Every table of a file with all its rows."""
    with closing(sqlite.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        for (name,) in names:
            yield name, connection.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608 - names of our own


@dataclass(frozen=True)
class OfficeAccount:
    """One row of head office's accounts."""

    member_id: UUID
    merged_into: UUID | None
    balance: int
    sales: int
    revenue_cents: int
    region: str


@dataclass(frozen=True)
class OfficeFile:
    """Head office's database."""

    records: dict[UUID, bytes]
    waiting: list[UUID]
    accounts: dict[UUID, OfficeAccount]
    cards: dict[str, tuple[UUID, str]]
    entries: dict[UUID, int]
    erased: set[UUID]
    quarantined: int

    def root(self, member_id: UUID) -> UUID:
        """The account that stands for one."""
        account = self.accounts.get(member_id)
        return account.merged_into or member_id if account else member_id


def read_accounts(path: Path) -> dict[UUID, OfficeAccount]:
    """Head office's accounts."""
    accounts = {}
    for row in rows(path, "SELECT member_id, merged_into, balance, sales, revenue_cents, region FROM account"):
        member_id = _id(row[0])
        accounts[member_id] = OfficeAccount(member_id, _id(row[1]) if row[1] else None, *row[2:])
    return accounts


def read_office(path: Path) -> OfficeFile:
    """Read all of it."""
    accounts = read_accounts(path)
    entries = rows(path, "SELECT member_id, sum(points) FROM entry GROUP BY member_id")
    return OfficeFile(
        records={_id(row[0]): row[1] for row in rows(path, "SELECT record_id, payload FROM record")},
        waiting=[_id(row[0]) for row in rows(path, "SELECT record_id FROM record WHERE state <> 'booked'")],
        accounts=accounts,
        cards={row[0]: (_id(row[1]), row[2]) for row in rows(path, "SELECT number, member_id, status FROM card")},
        entries={_id(row[0]): row[1] for row in entries},
        erased={_id(row[0]) for row in rows(path, "SELECT member_id FROM tombstone")},
        quarantined=rows(path, "SELECT count(*) FROM quarantine")[0][0],
    )


def _id(text: str | bytes) -> UUID:
    return UUID(bytes=text) if isinstance(text, bytes) else UUID(text)
