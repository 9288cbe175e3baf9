"""A table that a disk has changed, made what was written again out of a copy; its checksum says when it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyalty.checksums import CHECKSUM_MASK
from storage import checksums, sqlite
from storage.errors import Damaged, NotALedger

if TYPE_CHECKING:
    from storage.checksums import Column
    from storage.connection import Database, Row


def sound_tables(copy: Database) -> frozenset[str]:
    """Which tables of a copy are what was written, as far as the copy can tell; none when it can't be read."""
    try:
        return frozenset(checksums.LEDGER_CHECKED) - checksums.problems(copy).keys()
    except (Damaged, NotALedger):
        return frozenset()


def mend(part: Database, table: str, wanted: checksums.Sum, copy: Database) -> bool:
    """Mend one table.

    One row that was changed, one that is gone, and all that are gone are told by the checksum: with the copy's row it
    fits again. Where nothing fits, rows that only the copy has are put beside the others, and no other is touched: what
    was changed since the copy, a blocked card among it, is newer than what the copy knows.

    Args:
        part: A guarded ledger that holds the table's rows as the disk gave them.
        table: Which.
        wanted: What its rows came to when they were written.
        copy: A copy of the same ledger whose table is sound.

    Returns:
        Whether the table is what was written.
    """
    columns = checksums.columns_of(part, table)
    checksums.let_it_count(copy)
    try:
        missing, changed = _compared(part, table, columns, copy)
    except (sqlite.OperationalError, Damaged, NotALedger):  # of a layout without it, or not to be read
        return False
    put = f"INTO {table} VALUES ({', '.join('?' * len(columns))})"
    found = checksums.told_of(part, table)
    assert found is not None, "it is guarded"
    gap, lacking = (wanted.sum - found.sum) & CHECKSUM_MASK, wanted.rows - found.rows
    one = [row for row, digest in missing if (lacking, digest) == (1, gap)]
    one += [row for row, digest in changed if (lacking, digest) == (0, gap)]
    if one:
        part.run(f"INSERT OR REPLACE {put}", one[0])
        return True
    part.many(f"INSERT OR IGNORE {put}", (row for row, _ in missing))
    return checksums.told_of(part, table) == wanted


def _compared(
    part: Database, table: str, columns: list[Column], copy: Database
) -> tuple[list[tuple[Row, int]], list[tuple[Row, int]]]:
    """The copy's rows that are missing with their digests, and those that differ with by how much the sum would."""
    names = ", ".join(column.name for column in columns)
    key = " AND ".join(f"{column.name} IS ?" for column in columns if column.in_key)
    places = [index for index, column in enumerate(columns) if column.in_key]
    digest = checksums.digest(table, columns)
    mine = f"SELECT {digest} FROM {table} WHERE {key}"  # noqa: S608 - names of our own, here and below
    missing: list[tuple[Row, int]] = []
    changed: list[tuple[Row, int]] = []
    for *row, theirs in copy.each(f"SELECT {names}, {digest} FROM {table}"):  # noqa: S608
        own = part.value(mine, [row[place] for place in places])
        if own is None:
            missing.append((tuple(row), theirs))
        elif own != theirs:
            changed.append((tuple(row), (theirs - own) & CHECKSUM_MASK))
    return missing, changed
