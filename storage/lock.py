"""One process per data directory: the operating system's lock on a small file, which dies with its owner."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from storage.errors import ReadOnlyDisk, TillOpen, known_error
from storage.files import PRIVATE_FILE

if TYPE_CHECKING:
    from pathlib import Path

    from filelock import BaseFileLock

LOCK_FILE = "till.lock"


class DirectoryLock:
    """A directory's lock that was taken."""

    __slots__ = ("_lock",)

    def __init__(self, lock: BaseFileLock) -> None:
        self._lock = lock

    def release(self) -> None:
        """Give it back; one that a failing disk does not take back dies with this process."""
        with contextlib.suppress(OSError):
            self._lock.release()


def take_lock(directory: Path) -> DirectoryLock:
    """Take the directory's lock; give it back with ``release()``.

    Raises:
        TillOpen: Another process, or another store of this one, has it.
        ReadOnlyDisk: The lock file can't be made or opened.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(directory / LOCK_FILE, mode=PRIVATE_FILE, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise TillOpen(f"{directory / LOCK_FILE} is held by another process") from error
    except OSError as error:
        raise known_error(error, str(directory / LOCK_FILE)) or ReadOnlyDisk(str(error)) from error
    return DirectoryLock(lock)
