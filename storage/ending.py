"""How a store opens and closes so that mark and log tell the truth: no mark without a log, no log without a mark."""

from __future__ import annotations

import contextlib
from contextlib import ExitStack
from typing import TYPE_CHECKING

from storage.connection import open_reader
from storage.errors import StorageError
from storage.files import LEDGER_FILE, OPEN_MARK, log_bytes, os_errors, sync_directory, write_durably

if TYPE_CHECKING:
    from pathlib import Path


def begin_truthfully(directory: Path) -> None:
    """Leave the mark, when the log's name is sure to be on the disk: a mark without a log is told as a loss."""
    with os_errors(OPEN_MARK):
        sync_directory(directory)
        write_durably(directory / OPEN_MARK, b"")


def end_truthfully(directory: Path, held: ExitStack, *, writable: bool, failed: bool) -> None:
    """Close what a store holds.

    Closing the last connection that may write makes SQLite move the log into the file and delete it. So either the log
    is empty and the mark goes first, or a reading connection stays open until the writing one is gone.

    Args:
        directory: The data directory.
        held: Closes connections and gives the lock back; empty afterwards.
        writable: Whether the store could write.
        failed: Whether the disk had failed, so that the log must stay as it is.
    """
    with ExitStack() as last:
        last.push(held.pop_all())
        if writable and (directory / OPEN_MARK).exists():
            if failed or log_bytes(directory / LEDGER_FILE):
                _keep_log(directory, last)
            else:
                try:
                    with os_errors(OPEN_MARK):
                        (directory / OPEN_MARK).unlink()
                        sync_directory(directory)
                except (StorageError, OSError):  # the mark stays, or may come back: so does the log
                    _keep_log(directory, last)
                    raise


def _keep_log(directory: Path, last: ExitStack) -> None:
    """Let a reading connection outlive the writing one."""
    with contextlib.suppress(StorageError):
        witness = open_reader(directory / LEDGER_FILE)
        held = last.pop_all()
        last.callback(witness.close)
        last.push(held)
        witness.one("SELECT seq FROM journal LIMIT 1")
