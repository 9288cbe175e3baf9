"""Making a whole search index at once, aside: what a million people need is sorted first and written once.

Following one change after the other would touch a page for nearly every key, and write a hundred times as much.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from contextlib import closing
from typing import TYPE_CHECKING, Final

from loyalty.searching import SEARCH_TABLES, Indexed, keys_of
from storage.connection import open_new

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from storage.connection import Database

ROWS_AT_ONCE: Final = 5_000
"""How many people are held in memory."""

PARTS: Final = 64
"""Into how many parts the keys are divided, in their order: one is sorted in memory at a time."""

SAMPLED: Final = 2_000
"""Of how many people the keys say where the parts begin."""

_PERSON: Final = "INSERT INTO search_member(n, member_id, words, others) VALUES (?, ?, ?, ?)"


def build(
    database: Database,
    scratch: Path,
    people: Iterable[tuple[bytes, Indexed]],
    progress: Callable[[int], None] | None = None,
) -> int:
    """Fill an index that has its tables and nothing in them.

    Args:
        database: The index, its settings fit for a file that nobody would miss.
        scratch: A file that is free and may be deleted afterwards; it takes about as much room as the index.
        people: In the order in which they are to be found among equals, each once.
        progress: Gets how many people have been read.

    Returns:
        How many people.
    """
    count = 0
    with closing(open_new(scratch)) as keys:
        for setting in ("journal_mode = OFF", "synchronous = OFF"):
            keys.one(f"PRAGMA {setting}")
        keys.run("BEGIN")
        starts: list[str] | None = None
        for batch in _batches(people):
            rows = [(n, member, *row) for n, (member, row) in enumerate(batch, count + 1)]
            database.many(_PERSON, rows)
            pairs = [(key, n) for n, _, words, others in rows for key in keys_of(Indexed(words, others))]
            if starts is None:
                starts = _starts([key for key, n in pairs if n <= SAMPLED])
                for part in range(len(starts) + 1):
                    keys.run(f"CREATE TABLE part_{part}(key TEXT, n INTEGER)")
            _set_aside(keys, starts, pairs)
            count += len(rows)
            if progress:
                progress(count)
        for part in range(len(starts) + 1 if starts is not None else 0):
            sorted_part = keys.each(f"SELECT key, n FROM part_{part} ORDER BY key, n")  # noqa: S608 - names of our own
            database.many("INSERT INTO search_key(key, n) VALUES (?, ?)", sorted_part)
    return count


def _starts(keys: list[str]) -> list[str]:
    """Where the parts but the first begin, so that each has about as many keys."""
    keys.sort()
    return sorted({keys[index * len(keys) // PARTS] for index in range(1, PARTS)}) if keys else []


def _set_aside(keys: Database, starts: list[str], pairs: list[tuple[str, int]]) -> None:
    parts: list[list[tuple[str, int]]] = [[] for _ in range(len(starts) + 1)]
    for pair in pairs:
        parts[bisect_right(starts, pair[0])].append(pair)
    for part, rows in enumerate(parts):
        if rows:
            keys.many(f"INSERT INTO part_{part} VALUES (?, ?)", rows)  # noqa: S608 - names of our own


def _batches(people: Iterable[tuple[bytes, Indexed]]) -> Iterator[list[tuple[bytes, Indexed]]]:
    iterator = iter(people)
    while batch := list(itertools.islice(iterator, ROWS_AT_ONCE)):
        yield batch


def make_tables(database: Database, *, indexes: bool) -> None:
    """Make the tables of an index, or what is sorted once when all rows are there."""
    for statement in SEARCH_TABLES:
        if statement.startswith("CREATE INDEX") is indexes:
            database.run(statement)
