"""Putting another ledger in a ledger's place, so that a power cut at any moment leaves the one or the other.

Names reach the disk in any order, so each step is on the disk before the next one is taken. A log that outlived its
ledger would be read as the new one's; a ledger that lost its log would be older than what it says.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from storage.checks import check_files
from storage.connection import open_writer
from storage.errors import StorageError
from storage.files import (
    LEDGER_FILE,
    OPEN_MARK,
    TIP_FILE,
    link_or_copy,
    log_bytes,
    log_path,
    sync_directory,
    write_durably,
)

if TYPE_CHECKING:
    from pathlib import Path

    from storage.types import Head


def swap(part: Path, directory: Path, started: Head) -> None:
    """Set the old ledger aside and move the new one in.

    A ledger that still opens takes its log in first, so that it is one file: after a cut it stands there as it was, or
    the new one does. One that does not open keeps its log, and the mark says that it is missing while both change
    their names; a cut then leaves what says so, and another restore mends it.

    Args:
        part: The new ledger, one file without a log, on the disk.
        directory: The data directory, its lock held.
        started: The new ledger's last record; its epoch names the old one.
    """
    ledger, mark = directory / LEDGER_FILE, directory / OPEN_MARK
    aside = directory / f"ledger.before-{started.epoch.hex[:8]}.sqlite"
    try:
        if ledger.exists():
            is_one_file = _take_log_in(directory)
            if not is_one_file:
                write_durably(mark, b"")
            _set_aside(ledger, aside)
            if not is_one_file:
                ledger.unlink()
                sync_directory(directory)
        tip = directory / TIP_FILE  # where the old journal ended must not be held against the new one
        for leftover in (log_path(ledger), ledger.with_name(f"{LEDGER_FILE}-shm"), mark, tip):
            leftover.unlink(missing_ok=True)
        sync_directory(directory)
        part.replace(ledger)
    except BaseException:
        if ledger.exists():
            _take_back(ledger, aside)
        raise
    sync_directory(directory)


def _take_log_in(directory: Path) -> bool:
    """End the old ledger as a till does, log into file and mark away; gives whether that could be done."""
    try:
        check_files(directory)
        with closing(open_writer(directory / LEDGER_FILE)) as old:
            old.one("PRAGMA wal_checkpoint(TRUNCATE)")
            if log_bytes(directory / LEDGER_FILE):
                return False
            (directory / OPEN_MARK).unlink(missing_ok=True)
            sync_directory(directory)
    except StorageError:
        return False
    return True


def _set_aside(ledger: Path, aside: Path) -> None:
    """Give the old ledger its second name; its log follows it there, so that both can be found together."""
    link_or_copy(ledger, aside)
    if log_bytes(ledger):
        log_path(ledger).replace(log_path(aside))
    sync_directory(ledger.parent)


def _take_back(ledger: Path, aside: Path) -> None:
    """Leave the old ledger one name: a second one of a ledger in use would be a trap."""
    if log_bytes(aside):
        log_path(aside).replace(log_path(ledger))
    aside.unlink(missing_ok=True)
