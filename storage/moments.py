"""How far a ledger, or a copy of one, had come: enough to tell whether a copy would hold anything new."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import msgspec

from storage.connection import open_frozen, open_reader
from storage.files import LEDGER_FILE
from storage.journal import head

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from storage.connection import Database


class Moment(msgspec.Struct, frozen=True):
    """A place in the life of a ledger.

    Attributes:
        epoch: The epoch of the last record.
        records: Its seq.
        people: How many changes of people there were; they are no records.
        closes: How many days were closed.
    """

    epoch: UUID
    records: int
    people: int
    closes: int


class LedgerWatch:
    """Looks at a ledger again and again, beside the open till; for one thread."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / LEDGER_FILE
        self._database: Database | None = None

    def look(self) -> Moment:
        """How far it is now.

        Raises:
            StorageError: It can't be read; the next look tries again.
        """
        if self._database is None:
            self._database = open_reader(self._path)
        try:
            return _moment(self._database)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of it; closing twice is allowed."""
        database, self._database = self._database, None
        if database is not None:
            database.close()


def moment_of_copy(path: Path) -> Moment:
    """How far the ledger was when a copy of it was taken.

    Raises:
        StorageError: It can't be read.
    """
    with closing(open_frozen(path)) as copy:
        return _moment(copy)


def _moment(database: Database) -> Moment:
    last = head(database)
    people = database.value("SELECT max(stamp) FROM profile_change")
    closes = database.value("SELECT max(number) FROM day_close")
    return Moment(last.epoch, last.seq, people or 0, closes or 0)
