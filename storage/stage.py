"""A scratch table on the disk in which a file of any size can be sorted out before anything of it is booked.

It lies among the till's data, readable by its owner alone, and has no name any more as soon as it is open (on Windows:
until it is closed), so that a crash leaves no people's data behind.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from storage import sqlite
from storage.connection import Database
from storage.errors import ReadOnlyDisk
from storage.files import os_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CACHE_KIB: Final = 16_384
"""How much of it is kept in memory, in KiB."""

_PREFIX: Final = ".import-"
_ENDING: Final = ".sqlite"
_SETTINGS: Final = (
    ("journal_mode", "OFF"),
    ("synchronous", "OFF"),
    ("locking_mode", "EXCLUSIVE"),
    ("cache_size", f"-{CACHE_KIB}"),
)
_TABLES: Final = (
    "CREATE TABLE item(number INTEGER PRIMARY KEY, key TEXT NOT NULL, data BLOB NOT NULL) STRICT",
    "CREATE TABLE term(term TEXT NOT NULL, number INTEGER NOT NULL) STRICT",
)
_NEXT: Final = "SELECT number, key, data FROM item WHERE number > ? ORDER BY number LIMIT ?"
_TWICE: Final = "SELECT key FROM item WHERE key > ? GROUP BY key HAVING count(*) > 1 ORDER BY key LIMIT 1"
_SHARED: Final = """
SELECT number, first FROM (SELECT number, min(number) OVER (PARTITION BY term) AS first FROM term)
WHERE number > first GROUP BY number, first ORDER BY number LIMIT ?"""


class Item(NamedTuple):
    """One thing of a file.

    Attributes:
        number: Its place in the file; each another.
        key: What it is known by.
        data: The rest.
    """

    number: int
    key: str
    data: bytes


class Stage:
    """The scratch table; belongs to the thread that made it and is closed by it."""

    def __init__(self, directory: Path) -> None:
        """Make it.

        Args:
            directory: Where.

        Raises:
            StorageError: It can't be written.
        """
        with os_errors(str(directory)):
            for left in directory.glob(f"{_PREFIX}*{_ENDING}"):  # by a crash on Windows; one in use stays
                with suppress(OSError):
                    left.unlink()
            handle, name = tempfile.mkstemp(_ENDING, _PREFIX, directory)
            os.close(handle)
        self._path = Path(name)
        try:
            connection = sqlite.connect(name, isolation_level=None)
        except sqlite.Error as error:  # SQLite does not say why; nothing was booked
            raise ReadOnlyDisk(f"{name}: {error}") from error
        self._database = Database(connection, self._path.name)
        try:
            for setting, value in _SETTINGS:
                self._database.one(f"PRAGMA {setting} = {value}")
            for table in _TABLES:
                self._database.run(table)
        except BaseException:
            self.close()
            raise
        with suppress(OSError):  # Windows keeps the name of an open file
            self._path.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Throw it away."""
        self._database.close()
        with suppress(OSError):  # the next one removes what this disk would not; how the work ended is told, not this
            self._path.unlink(missing_ok=True)

    def put(self, items: Iterable[Item]) -> None:
        """Write things, over those that have their numbers.

        Raises:
            DiskFull: There is no room.
        """
        with self._database.transaction():
            self._database.many("INSERT OR REPLACE INTO item(number, key, data) VALUES (?, ?, ?)", items)

    def put_terms(self, terms: Iterable[tuple[str, int]]) -> None:
        """Write by what else things can be found, each with a thing's number."""
        with self._database.transaction():
            self._database.many("INSERT INTO term(term, number) VALUES (?, ?)", terms)

    def drop(self, numbers: Iterable[int]) -> None:
        """Take things out."""
        with self._database.transaction():
            self._database.many("DELETE FROM item WHERE number = ?", [(number,) for number in numbers])

    def count(self) -> int:
        """How many things there are."""
        return int(self._database.value("SELECT count(*) FROM item"))

    def repeated(self) -> Iterator[list[Item]]:
        """Things that have one key, by number; what is put or dropped meanwhile must have that key."""
        self._database.run("CREATE INDEX IF NOT EXISTS item_by_key ON item(key)")
        key = ""
        while found := self._database.value(_TWICE, (key,)):
            key = found
            rows = self._database.all("SELECT number, key, data FROM item WHERE key = ? ORDER BY number", (key,))
            yield [Item(*row) for row in rows]

    def alike(self, limit: int) -> list[tuple[int, int]]:
        """Things that share a term with an earlier one: number and the earliest one's number."""
        return self._database.all(_SHARED, (limit,))

    def batches(self, size: int) -> Iterator[list[Item]]:
        """All things by number, so many at a time; those of the batches before may be dropped meanwhile."""
        after = -1
        while rows := self._database.all(_NEXT, (after, size)):
            yield [Item(*row) for row in rows]
            after = rows[-1][0]
