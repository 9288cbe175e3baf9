"""Writing rows that may be there already, on both kinds of database."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection, Table
    from sqlalchemy.sql.dml import ReturningInsert


def upsert(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows, or replace all other columns of those whose key is there."""
    values = [dict(row) for row in rows]
    if not values:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    keys = [column.name for column in table.primary_key]
    rest = {name: statement.excluded[name] for name in values[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest), values)


def insert_missing(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless one stands in its way; of two transactions one waits for the other and finds its row.

    Returns:
        Whether it was inserted.
    """
    return connection.execute(_missing(table, connection.dialect.name), dict(row)).first() is not None


@lru_cache(maxsize=16)
def _missing(table: Table, dialect: str) -> ReturningInsert[Any]:
    insertion = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    statement: ReturningInsert[Any] = insertion.on_conflict_do_nothing().returning(*table.primary_key)
    return statement
