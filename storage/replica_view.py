"""Reading the replica beside the sync thread that writes it: one connection a thread, opened when it is needed.

Whether the till has joined a head office is told by one object that store and readers share, so that a till that
stands alone pays nothing for the question.
"""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import msgspec

from loyalty.replica import REPLICA, REPLICA_APPLICATION_ID, REPLICA_PAGE_SIZE, REPLICA_VERSION
from storage.connection import open_in_memory, open_reader
from storage.errors import Damaged, NotALedger, ReadOnlyDisk
from storage.exchange import HeadOfficeRow
from storage.migrations import object_problems

if TYPE_CHECKING:
    from pathlib import Path

    from loyalty.ports import Clock
    from storage.connection import Database


class Joined(msgspec.Struct, frozen=True):
    """A joined till: its head office, and the key that opens the people in its answers."""

    head_office: HeadOfficeRow
    profile_key: bytes


class Belonging:
    """Where this till belongs; shared by a store and all its readers.

    Attributes:
        joined: ``None`` while the till stands alone. Replaced as a whole, so any thread may look.
        telling: Whether changes become edits; looked at by the writing thread alone.
        clock: Time, for points that are past their last day.
    """

    __slots__ = ("clock", "joined", "telling")

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.joined: Joined | None = None
        self.telling = False


class ReplicaView:
    """One thread's connection to the replica.

    The sync thread may put another file in place; it is noticed by its identity. A file that is missing or can't be
    read counts as empty: the till works on with what it knows itself, and the sync thread fills it again.

    A read may ask for the connection again while it still goes by the one it got first. So that one stays open until
    the file has changed once more.
    """

    __slots__ = ("_before", "_database", "_identity", "_path", "belonging")

    def __init__(self, path: Path, belonging: Belonging) -> None:
        self._path = path
        self._before: Database | None = None
        self._database: Database | None = None
        self._identity: tuple[int, int] | None = None
        self.belonging = belonging

    def database(self) -> Database:
        """The replica's connection.

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
                self._put(opened or empty_replica())
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

    def _opened(self) -> Database | None:
        with ExitStack() as opened:
            try:
                database = opened.enter_context(closing(open_reader(self._path)))
                usable = is_replica(database)
            except (Damaged, NotALedger, ReadOnlyDisk):
                return None
            if usable:
                opened.pop_all()
                return database
        return None


def is_replica(database: Database) -> bool:
    """Whether a file says that it is a replica of this layout."""
    found = (database.value("PRAGMA application_id"), database.value("PRAGMA user_version"))
    return found == (REPLICA_APPLICATION_ID, REPLICA_VERSION)


def empty_replica() -> Database:
    """What stands for a replica that isn't there."""
    database = open_in_memory()
    for statement in REPLICA:
        database.run(statement)
    return database


def layout_problems(database: Database) -> list[str]:
    """What differs from the replica's layout as it is now."""
    problems = object_problems(database, REPLICA, kinds=("table", "index", "trigger", "view"), steps=False)
    for name, wanted in (("user_version", REPLICA_VERSION), ("page_size", REPLICA_PAGE_SIZE)):
        found = database.value(f"PRAGMA {name}")
        if found != wanted:
            problems.append(f"{database.name}: {name} is {found}, not {wanted}")
    return problems
