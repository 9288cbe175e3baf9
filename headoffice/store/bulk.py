"""Many rows in one statement: COPY and columns as arrays on PostgreSQL, executemany on SQLite."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from psycopg.errors import UniqueViolation
from sqlalchemy import any_, bindparam, literal_column, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import UserDefinedType

from headoffice.store.arrays import BinaryArray, array, placeholder
from headoffice.store.copying import copied

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy import Column, ColumnElement, Connection, Table

    Rows = Sequence[tuple[Any, ...]]


class _Encoded(UserDefinedType[BinaryArray]):
    """An array that is in PostgreSQL's binary format already: it goes to the driver as it is."""

    cache_ok = True


def among(connection: Connection, column: Column[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """The condition that a column has one of many values, as one parameter where the database can."""
    if connection.dialect.name == "postgresql":
        return column == any_(bindparam(None, array(column, list(values)), type_=_Encoded()))
    return column.in_(list(values))


def insert(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Insert rows; ``columns`` names what stands in them."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table, columns, rows)
    else:
        connection.execute(table.insert(), [dict(zip(columns, row, strict=True)) for row in rows])


def _copy(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Hand rows to PostgreSQL's COPY, which writes a page at a time and not row by row."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(_copy_sql(table, tuple(columns))) as target:
        target.write(copied([table.c[name] for name in columns], rows))


def insert_new(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> set[Any]:
    """Insert the rows whose key, the first column, is not there yet.

    That none is there is the rule, and tried first: to be ready for each costs PostgreSQL half as much again.

    Returns:
        The keys that were inserted. Another transaction that is inserting one of them is waited for.
    """
    if not rows:
        return set()
    key = table.c[columns[0]]
    if connection.dialect.name == "postgresql":
        try:
            with connection.begin_nested():
                _copy(connection, table, columns, rows)
        except UniqueViolation:
            sql = f"{_insert_sql(table, tuple(columns))} ON CONFLICT ({key.name}) DO NOTHING RETURNING {key.name}"
            return {row[0] for row in connection.exec_driver_sql(sql, _arrays(table, columns, rows)).all()}
        return {row[0] for row in rows}
    there = set(connection.scalars(select(key).where(among(connection, key, [row[0] for row in rows]))))
    new = {row[0]: row for row in rows if row[0] not in there}
    insert(connection, table, columns, list(new.values()))
    return set(new)


def insert_or_lock(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> set[Any]:
    """Insert the rows whose key, the first column, is not there yet, and lock those that are, all in one order.

    On PostgreSQL a condition that is never true keeps the row that is there as it is, but locked (manual of INSERT, ON
    CONFLICT). SQLite has one writer.

    Returns:
        The keys that were inserted.
    """
    if connection.dialect.name != "postgresql":
        return insert_new(connection, table, columns, rows)
    if not rows:
        return set()
    key = columns[0]
    sql = f"{_insert_sql(table, tuple(columns))} ON CONFLICT ({key}) DO UPDATE SET {key} = excluded.{key} WHERE false"
    result = connection.exec_driver_sql(f"{sql} RETURNING {key}", _arrays(table, columns, rows))
    return {row[0] for row in result.all()}


def insert_or_change(
    connection: Connection, table: Table, columns: Sequence[str], rows: Rows, changing: Mapping[str, str], *, only: str
) -> int:
    """Insert rows, or change and lock those whose key, the first column, is there.

    Args:
        connection: In a writing transaction.
        table: Where.
        columns: What stands in the rows.
        rows: In the order in which everybody locks them.
        changing: By column, what it becomes; ``excluded`` stands for the row that would have been inserted.
        only: Rows that do not meet this are locked on PostgreSQL, and stay as they are.

    Returns:
        How many were inserted or changed.
    """
    if not rows:
        return 0
    if connection.dialect.name == "postgresql":
        sql = _insert_or_change_sql(table, tuple(columns), tuple(changing.items()), only)
        return connection.exec_driver_sql(sql, _arrays(table, columns, rows)).rowcount
    there: dict[Any, Any] = {name: literal_column(rule) for name, rule in changing.items()}
    key = table.c[columns[0]]
    statement = sqlite.insert(table).on_conflict_do_update(index_elements=[key], set_=there, where=text(only))
    return connection.execute(statement, [dict(zip(columns, row, strict=True)) for row in rows]).rowcount


def update(connection: Connection, table: Table, keys: Sequence[str], columns: Sequence[str], rows: Rows) -> None:
    """Set ``columns`` of the rows named by ``keys``; each row holds its keys and then the values."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        sql = _update_sql(table, tuple(keys), tuple(columns))
        connection.exec_driver_sql(sql, _arrays(table, (*keys, *columns), rows))
        return
    statement = table.update().values({name: bindparam(f"new_{name}") for name in columns})
    for name in keys:
        statement = statement.where(table.c[name] == bindparam(f"key_{name}"))
    names = [f"key_{name}" for name in keys] + [f"new_{name}" for name in columns]
    connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])


def add(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Add to the numbers of rows, or insert them where they are not there yet; the key is the table's.

    Every row names the same columns in the same order.
    """
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        columns = tuple(rows[0])
        arrays = _arrays(table, columns, [tuple(row.values()) for row in rows])
        connection.exec_driver_sql(_add_sql(table, columns), arrays)
        return
    statement = sqlite.insert(table)
    keys = [column.name for column in table.primary_key]
    added = {column.name: column + statement.excluded[column.name] for column in table.c if column.name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=added), rows)


def _arrays(table: Table, columns: Sequence[str], rows: Rows) -> tuple[BinaryArray, ...]:
    return tuple(array(table.c[name], values) for name, values in zip(columns, zip(*rows, strict=True), strict=True))


@lru_cache(maxsize=64)
def _copy_sql(table: Table, columns: tuple[str, ...]) -> str:
    return f"COPY {table.name}({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"


@lru_cache(maxsize=64)
def _insert_sql(table: Table, columns: tuple[str, ...]) -> str:
    return f"INSERT INTO {table.name}({', '.join(columns)}) SELECT * FROM {_unnest(table, columns)}"  # noqa: S608 - our own names


@lru_cache(maxsize=64)
def _add_sql(table: Table, columns: tuple[str, ...]) -> str:
    keys = [column.name for column in table.primary_key]
    added = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in columns if name not in keys)
    return f"{_insert_sql(table, columns)} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {added}"


@lru_cache(maxsize=64)
def _insert_or_change_sql(
    table: Table, columns: tuple[str, ...], changing: tuple[tuple[str, str], ...], only: str
) -> str:
    setting = ", ".join(f"{name} = {rule}" for name, rule in changing)
    conflict = f"ON CONFLICT ({columns[0]}) DO UPDATE SET {setting} WHERE {only}"
    return f"{_insert_sql(table, columns)} {conflict}"


@lru_cache(maxsize=64)
def _update_sql(table: Table, keys: tuple[str, ...], columns: tuple[str, ...]) -> str:
    names = keys + columns
    setting = ", ".join(f"{name} = given.{name}" for name in columns)
    same = " AND ".join(f"{table.name}.{name} = given.{name}" for name in keys)
    source = f"{_unnest(table, names)} AS given({', '.join(names)})"
    return f"UPDATE {table.name} SET {setting} FROM {source} WHERE {same}"  # noqa: S608 - our own names


def _unnest(table: Table, columns: Iterable[str]) -> str:
    """One array parameter a column."""
    return f"unnest({', '.join(placeholder(table.c[name]) for name in columns)})"
