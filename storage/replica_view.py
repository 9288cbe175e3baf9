"""Reading the replica beside the sync thread that writes it: one connection a thread, opened when it is needed.

Whether the till has joined a head office is told by one object that store and readers share, so that a till that
stands alone pays nothing for the question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from loyalty.replica import REPLICA, REPLICA_APPLICATION_ID, REPLICA_PAGE_SIZE, REPLICA_VERSION
from storage.connection import open_in_memory
from storage.exchange import HeadOfficeRow
from storage.file_view import FileView
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


class ReplicaView(FileView):
    """One thread's connection to the replica; the sync thread may put another file in place.

    Attributes:
        belonging: Where the till belongs.
    """

    __slots__ = ("belonging",)

    def __init__(self, path: Path, belonging: Belonging) -> None:
        super().__init__(path)
        self.belonging = belonging

    def is_usable(self, database: Database) -> bool:
        """Whether a file says that it is a replica of this layout."""
        return is_replica(database)

    def empty(self) -> Database:
        """A replica of nothing."""
        return empty_replica()


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
