"""The ledger's projections against a fold of its journal, row by row, inside SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from storage.schema import PROJECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.connection import Database, Row

DIFFERENCES_PER_TABLE_MAX: Final = 10
"""How many differing rows of one table are told."""


def differences(fold: Database) -> Iterator[str]:
    """Compare each projection with the fold: what is missing, what differs in which column, what does not belong.

    Args:
        fold: A connection to the fold, with the ledger attached as ``live``.

    Yields:
        A sentence for support for each difference, some of each table at most.
    """
    for table in PROJECTIONS:
        info = fold.all(f"SELECT name, pk FROM pragma_table_info('{table}') ORDER BY cid")  # noqa: S608 - names of our own
        names = [name for name, _ in info]
        key = [index for index, (_, pk) in enumerate(info) if pk]
        if not _is_same(fold, table, names, key):
            yield from _told(fold, table, names, key)


def _is_same(fold: Database, table: str, names: list[str], key: list[int]) -> bool:
    """Whether a projection has the rows of the fold and no others; the rows themselves never leave SQLite."""
    same_key = " AND ".join(f"found.{names[index]} = wanted.{names[index]}" for index in key)
    same = " AND ".join(f"found.{name} IS wanted.{name}" for index, name in enumerate(names) if index not in key)
    pairs = f"main.{table} wanted NOT INDEXED CROSS JOIN live.{table} found ON {same_key}"
    agreeing = fold.value(f"SELECT count(*) FROM {pairs} WHERE {same or 1}")  # noqa: S608 - names of our own, as below
    wanted = fold.value(f"SELECT count(*) FROM main.{table} NOT INDEXED")  # noqa: S608
    found = fold.value(f"SELECT count(*) FROM live.{table} NOT INDEXED")  # noqa: S608
    return bool(wanted == found == agreeing)


def _told(fold: Database, table: str, names: list[str], key: list[int]) -> Iterator[str]:
    where = " AND ".join(f"{names[index]} = ?" for index in key)
    told = False
    for row in fold.all(_difference("main", "live", table)):
        identity = [row[index] for index in key]
        found = fold.one(f"SELECT * FROM live.{table} WHERE {where}", identity)  # noqa: S608 - names of our own
        yield _row_problem(table, names, identity, row, found)
        told = True
    for row in fold.all(_difference("live", "main", table)):
        identity = [row[index] for index in key]
        if fold.one(f"SELECT 1 FROM main.{table} WHERE {where}", identity) is None:  # noqa: S608 - names of our own
            yield f"{table} {_shown(identity)} does not belong there"
            told = True
    if not told:
        yield f"{table}: a row stands there twice, or its rows are out of order"


def _difference(left: str, right: str, table: str) -> str:
    columns = f"SELECT * FROM {left}.{table} EXCEPT SELECT * FROM {right}.{table}"  # noqa: S608 - names of our own
    return f"{columns} LIMIT {DIFFERENCES_PER_TABLE_MAX}"


def _row_problem(table: str, names: list[str], identity: list[object], wanted: Row, found: Row | None) -> str:
    if found is None:
        return f"{table} {_shown(identity)} is missing"
    differing = [
        f"{name} is {_shown([is_now])}, should be {_shown([should])}"
        for name, is_now, should in zip(names, found, wanted, strict=True)
        if is_now != should
    ]
    return f"{table} {_shown(identity)}: {'; '.join(differing)}"


def _shown(values: list[object]) -> str:
    return " ".join(value.hex() if isinstance(value, bytes) else str(value) for value in values)
