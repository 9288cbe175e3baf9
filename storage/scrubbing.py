"""Forgetting erased members also in the ledgers that were set aside in a data directory.

Such are the ledger as it was before its layout was changed, and the one that a restored copy took the place of. No
rotation ever deletes them, so an erasure follows them: card numbers and texts go, the journal is not touched and can
still be handed in. Copies in folders of copies are left as they were made; there the rotation is the bound.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final

import msgspec

from storage import sqlite
from storage.connection import open_frozen, open_reader, open_writer
from storage.errors import Damaged, NotALedger
from storage.files import PRIVATE_FILE, check_header, log_bytes, log_path, os_errors, sync_directory
from storage.schema import LEDGER_APPLICATION_ID
from storage.tombstones import erase, missing_from, read_tombstones

if TYPE_CHECKING:
    from pathlib import Path

    from storage.connection import Database
    from storage.tombstones import Tombstone

SET_ASIDE: Final = ("ledger.before-*.sqlite", "ledger.layout-*.sqlite")
"""What ledgers that were set aside are called; see ``storage.backup``."""

UPDATE_COPIES: Final = "ledger.layout-*.sqlite"

NO_EDITS_YET: Final = """CREATE TEMP TABLE edit(
  stamp INTEGER PRIMARY KEY, kind TEXT, subject BLOB, member_id BLOB, taken_at_us INTEGER
)"""
"""Stands for the table that the first layout did not have."""


class Scrubbed(msgspec.Struct, frozen=True):
    """What became of the ledgers that were set aside.

    Attributes:
        files: From which somebody was erased now.
        unreadable: Which are so broken that nobody can be erased from them; a person has to delete them.
    """

    files: tuple[Path, ...] = ()
    unreadable: tuple[Path, ...] = ()


def set_aside(directory: Path) -> list[Path]:
    """The ledgers that were set aside in a data directory, by name."""
    with os_errors(str(directory)):
        return sorted(path for pattern in SET_ASIDE for path in directory.glob(pattern))


def update_copies(directory: Path, before_s: float) -> list[Path]:
    """Copies from before an update that are older than a moment; all they hold is in the ledger, too.

    Args:
        directory: The data directory.
        before_s: The moment, in seconds since 1970.
    """
    with os_errors(str(directory)):
        return sorted(path for path in directory.glob(UPDATE_COPIES) if path.stat().st_mtime < before_s)


def scrub(directory: Path) -> Scrubbed:
    """Erase from the ledgers set aside whoever was erased from the directory since; safe to repeat and to interrupt.

    Raises:
        Damaged: The directory's own erasures can't be read.
        StorageError: The disk did not take it.
    """
    tombstones = read_tombstones(directory)
    files: list[Path] = []
    unreadable: list[Path] = []
    for path in set_aside(directory) if tombstones else []:
        try:
            check_header(path, LEDGER_APPLICATION_ID)
            missing = _missing(path, tombstones)
            if missing:
                _erase(path, missing)
                files.append(path)
        except (Damaged, NotALedger, sqlite.Error):  # a ledger is set aside also because it is broken
            unreadable.append(path)
    return Scrubbed(tuple(files), tuple(unreadable))


def _missing(path: Path, tombstones: list[Tombstone]) -> list[Tombstone]:
    with closing(open_reader(path) if log_bytes(path) else open_frozen(path)) as ledger:
        return missing_from(ledger, tombstones)


def _erase(path: Path, tombstones: list[Tombstone]) -> None:
    """Erase in one transaction, and leave one file without a log behind, with nothing of them in it."""
    with closing(open_writer(path)) as ledger:
        if not _has_edits(ledger):
            ledger.run(NO_EDITS_YET)
        with ledger.transaction():
            for tombstone in tombstones:
                erase(ledger, tombstone)
        ledger.one("PRAGMA wal_checkpoint(TRUNCATE)")
        ledger.one("PRAGMA journal_mode = DELETE")
    for leftover in (log_path(path), path.with_name(f"{path.name}-shm")):
        leftover.unlink(missing_ok=True)
    with os_errors(str(path)):
        path.chmod(PRIVATE_FILE)
        sync_directory(path.parent)


def _has_edits(ledger: Database) -> bool:
    return ledger.one("SELECT 1 FROM sqlite_schema WHERE name = 'edit'") is not None


def drop(path: Path) -> None:
    """Delete a copy with what may lie beside it.

    Raises:
        StorageError: It can't be deleted.
    """
    with os_errors(str(path)):
        for each in (log_path(path), path.with_name(f"{path.name}-shm"), path):
            each.unlink(missing_ok=True)
        sync_directory(path.parent)
