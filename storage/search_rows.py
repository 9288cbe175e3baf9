"""Writing people into a search index, some at a time; ``loyalty.searching`` says what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty.searching import Indexed, keys_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.connection import Database

SEARCH_ROWS: Final = ("search_member", "search_key")
"""The tables of an index."""

_OLD: Final = "SELECT n, words, others FROM search_member WHERE member_id = ?"
_LOWEST: Final = "SELECT ifnull(min(n), 0) FROM search_member"
_NO_KEY: Final = "DELETE FROM search_key WHERE key = ? AND n = ?"
_KEY: Final = "INSERT INTO search_key(key, n) VALUES (?, ?)"
_MEMBER: Final = "INSERT INTO search_member(n, member_id, words, others) VALUES (?, ?, ?, ?)"


def put_people(database: Database, people: Iterable[tuple[bytes, Indexed | None]]) -> None:
    """Replace what the index knows of people, inside a transaction; with nothing to know they only go.

    Each gets the next lower number, so that who changed last is found first. The keys are written in their order,
    because the index then grows page by page.
    """
    lowest = int(database.value(_LOWEST))
    gone: list[tuple[str, int]] = []
    numbers: list[tuple[int]] = []
    rows: list[tuple[int, bytes, str, str]] = []
    for member, wanted in dict(people).items():
        old = database.one(_OLD, (member,))
        if old is not None:
            found = Indexed(*old[1:])
            if found == wanted:
                continue
            gone += ((key, old[0]) for key in keys_of(found))
            numbers.append((old[0],))
        if wanted is not None:
            lowest -= 1
            rows.append((lowest, member, *wanted))
    database.many(_NO_KEY, sorted(gone))
    database.many("DELETE FROM search_member WHERE n = ?", numbers)
    database.many(_MEMBER, rows)
    database.many(_KEY, sorted((key, n) for n, _, words, others in rows for key in keys_of(Indexed(words, others))))
