"""Reading a file that may be thrown away and put in place anew, beside the thread that writes it."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from storage.connection import open_reader
from storage.errors import Damaged, NotALedger, ReadOnlyDisk

if TYPE_CHECKING:
    from pathlib import Path

    from storage.connection import Database


class FileView:
    """One thread's connection, opened when it is needed.

    Another file in place is noticed by its identity. A file that is missing or can't be read counts as empty: the till
    works on with what it knows without it, and whoever writes the file fills it again.

    A read may ask for the connection again while it still goes by the one it got first. So that one stays open until
    the file has changed once more.
    """

    __slots__ = ("_before", "_database", "_identity", "_path")

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before: Database | None = None
        self._database: Database | None = None
        self._identity: tuple[int, int] | None = None

    def database(self) -> Database:
        """The connection.

        Raises:
            Busy: Somebody holds the file longer than the till waits.
        """
        try:
            found = self._path.stat()
            identity = (found.st_dev, found.st_ino)
        except OSError:
            identity = None
        if self._database is None or identity != self._identity:
            opened = self._opened() if identity else None
            if self._database is None or opened or self._identity:  # an empty one stands for every file of no use
                self._put(opened or self.empty())
            # While one is held open its number is its own; one that can't be used may leave it to its successor.
            self._identity = identity if opened else None
        assert self._database is not None, "it was just put there"
        return self._database

    def close(self) -> None:
        """Close the connections; closing twice is allowed."""
        for database in (self._before, self._database):
            if database is not None:
                database.close()
        self._before = self._database = None

    def _put(self, database: Database) -> None:
        """Go by another connection from now on."""
        if self._before is not None:
            self._before.close()
        self._before, self._database = self._database, database

    def is_usable(self, database: Database) -> bool:
        """Whether a file is what it must be."""
        raise NotImplementedError

    def empty(self) -> Database:
        """What stands for a file that isn't there."""
        raise NotImplementedError

    def _opened(self) -> Database | None:
        with ExitStack() as opened:
            try:
                database = opened.enter_context(closing(open_reader(self._path)))
                usable = self.is_usable(database)
            except (Damaged, NotALedger, ReadOnlyDisk):
                return None
            if usable:
                opened.pop_all()
                return database
        return None
