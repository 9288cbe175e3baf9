"""A table that a disk has changed, made what was written again out of a copy; its checksum says when it is."""

from __future__ import annotations

from contextlib import suppress
from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

from loyalty.checksums import CHECKSUM_MASK
from storage import checksums, sqlite
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from storage.checksums import Column, Sum
    from storage.connection import Database, Row

_PUT_BACK: Final = frozenset({"shop", "programme", "card", "member_profile", "cashier", "tombstone", "head_office"})
"""Tables whose rows are put back where nobody can tell which were deleted on purpose; a note or an edit is not."""

TRIED_TOGETHER_MAX: Final = 12
"""Of so many rows every choice is tried, some thousands."""

_CARDS: Final = "SELECT card_ref, number, number_reversed FROM card"


class _Found(NamedTuple):
    """A row of the copy that the damaged table has not, or has otherwise.

    Attributes:
        row: As the copy has it.
        more: By how many rows the table would have more with it.
        change: By how much its sum would be another one.
    """

    row: Row
    more: int
    change: int


def sound_tables(copy: Database) -> frozenset[str]:
    """Which tables of a copy are what was written, as far as the copy can tell; none when it can't be read."""
    try:
        return frozenset(checksums.LEDGER_CHECKED) - checksums.problems(copy).keys()
    except StorageError:
        return frozenset()


def mend(part: Database, table: str, wanted: Sum, copy: Database) -> bool:
    """Mend one table.

    Rows that were changed, or that are gone, are told by the checksum: with the copy's in their place it fits again.
    Where nothing fits, rows that are gone are put back, as far as the copy has them, and no other is touched: what was
    changed since the copy, a blocked card among it, is newer than what the copy knows.

    Args:
        part: A guarded ledger that holds the table's rows as the disk gave them.
        table: Which.
        wanted: What its rows came to when they were written.
        copy: A copy of the same ledger whose table is sound.

    Returns:
        Whether the table is what was written.
    """
    if table == "card":
        _drop_contradictory_cards(part)
    if checksums.told_of(part, table) == wanted:
        return True
    columns = checksums.columns_of(part, table)
    try:
        checksums.let_it_count(copy)
        found = _compared(part, table, columns, copy)
    except (sqlite.OperationalError, StorageError):  # of a layout without it, or not to be read
        return False
    now = checksums.told_of(part, table)
    assert now is not None, "it is guarded"
    lacking, gap = wanted.rows - now.rows, (wanted.sum - now.sum) & CHECKSUM_MASK
    rows = _fitting(found, lacking, gap)
    if not rows and lacking > 0 and table in _PUT_BACK:
        rows = [one for one in found if one.more]
    put = _put(table, columns)
    for one in rows:
        with suppress(sqlite.IntegrityError):  # another row has its number, or its type is of an earlier layout
            part.run(put, one.row)
    return checksums.told_of(part, table) == wanted


def _drop_contradictory_cards(part: Database) -> None:
    """A card whose number is not what it is backwards would be told as damage at every scan, and for ever."""
    gone = [(ref,) for ref, number, backwards in part.each(_CARDS) if backwards != number[::-1]]
    part.many("DELETE FROM card WHERE card_ref = ?", gone)


def _compared(part: Database, table: str, columns: list[Column], copy: Database) -> list[_Found]:
    names = ", ".join(column.name for column in columns)
    key = " AND ".join(f"{column.name} IS ?" for column in columns if column.in_key)
    places = [index for index, column in enumerate(columns) if column.in_key]
    digest = checksums.digest(table, columns)
    mine = f"SELECT {digest} FROM {table} WHERE {key}"  # noqa: S608 - names of our own, here and below
    found: list[_Found] = []
    for *row, theirs in copy.each(f"SELECT {names}, {digest} FROM {table}"):  # noqa: S608
        own = part.value(mine, [row[place] for place in places])
        if own != theirs:
            found.append(_Found(tuple(row), int(own is None), (theirs - (own or 0)) & CHECKSUM_MASK))
    return found


def _fitting(found: list[_Found], lacking: int, gap: int) -> Sequence[_Found]:
    """Which rows make rows and sum what they were: any choice of a few; of many one, all of a kind, or all."""
    several: Iterable[Sequence[_Found]]
    if len(found) <= TRIED_TOGETHER_MAX:
        several = (some for size in range(1, len(found) + 1) for some in combinations(found, size))
    else:
        missing, changed = [each for each in found if each.more], [each for each in found if not each.more]
        several = (*([each] for each in found), missing, changed, found)
    for some in several:
        if (sum(each.more for each in some), sum(each.change for each in some) & CHECKSUM_MASK) == (lacking, gap):
            return some
    return []


def _put(table: str, columns: list[Column]) -> str:
    """The statement that puts a row in the place of the one with its key."""
    names, marks = ", ".join(column.name for column in columns), ", ".join("?" * len(columns))
    key = ", ".join(column.name for column in columns if column.in_key)
    others = ", ".join(f"{column.name} = excluded.{column.name}" for column in columns if not column.in_key)
    return f"INSERT INTO {table}({names}) VALUES ({marks}) ON CONFLICT({key}) DO UPDATE SET {others}"  # noqa: S608
