"""One folder of copies of one till: they are taken, or carried there, thinned out, and looked after.

Everything here may be called by the open till and by the command line at once; a lock in the data directory keeps them
apart. Copies of other tills in the folder are never touched.
"""

from __future__ import annotations

import errno
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from storage import sqlite
from storage.backup import backup, check_copy, key_path, tombstones_of_till
from storage.carrying import carry
from storage.errors import (
    BlackBoxAway,
    BlackBoxFull,
    Busy,
    Damaged,
    DiskFull,
    NewerSchema,
    NotALedger,
    ReadOnlyDisk,
    StorageError,
)
from storage.files import (
    LEDGER_FILE,
    PRIVATE_FILE,
    check_header,
    log_bytes,
    make_directory,
    os_errors,
    sync_directory,
)
from storage.rotation import ENDING, BackupCopy, copies_in, file_name, keep, name_of_till, next_number, read_copy
from storage.schema import LEDGER_APPLICATION_ID
from storage.tombstones import leave_tombstones
from terminal.backup.status import Made, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from uuid import UUID

    from loyalty.ports import Clock
    from storage.backup import Pause

ROOM_FOR_SALES_BYTES: Final = 64 * 1024 * 1024
"""What a copy leaves free on the disk the till books on: the log of the database grows before it shrinks."""

DAMAGED_ENDING: Final = ".damaged"
"""What is added to the name of a copy that has turned bad: it counts no more, and nothing deletes it."""

GONE: Final = frozenset(
    {
        errno.ENOENT,
        errno.ENOTDIR,
        errno.ENODEV,
        errno.ENXIO,
        errno.ENOTCONN,
        errno.EHOSTDOWN,
        errno.EHOSTUNREACH,
        errno.ENETUNREACH,
        errno.ETIMEDOUT,
        getattr(errno, "ESTALE", errno.ENOENT),
    }
)
"""What the system answers when a stick was pulled out or another machine is off."""


class CopyFolder:
    """The copies of one till in one folder.

    Args:
        directory: The data directory.
        folder: Where the copies are; need not be there.
        terminal_id: Whose.
        clock: Time.
        lock: The name of the lock in the data directory.
    """

    def __init__(self, directory: Path, folder: Path, terminal_id: UUID, clock: Clock, lock: str) -> None:
        self.path = folder
        self._directory = directory
        self._terminal_id = terminal_id
        self._clock = clock
        self._lock = directory / lock
        self._part = folder / f".{name_of_till(terminal_id)}.part"

    def own(self) -> list[BackupCopy]:
        """The copies of this till, the one made last first; those by hand after those with a number."""
        copies = [copy for copy in copies_in(self.path) if copy.terminal_id == self._terminal_id]
        return sorted(copies, key=lambda copy: (copy.number, copy.made_at_us), reverse=True)

    def make(self, *, parents: bool) -> None:
        """Make the folder if it is missing; ``parents`` says whether those above it may be missing too.

        Raises:
            OSError: It can't be made.
        """
        make_directory(self.path, parents=parents)

    def take(
        self,
        *,
        pause: Pause | None = None,
        progress: Callable[[int, int], None] | None = None,
        above: int = 0,
        room_left_bytes: int = 0,
    ) -> BackupCopy:
        """Copy the ledger as it is now; when this returns, the copy was checked and is on the disk.

        Args:
            pause: Makes the copy give way to sales.
            progress: Told how many pages are done and how many there are.
            above: The number of the newest copy known elsewhere; this one gets a larger number.
            room_left_bytes: How much must stay free.

        Raises:
            CopyStopped: ``pause`` wanted it.
            StorageError: It can't be done; the copies there are as they were.
            OSError: The folder has gone, or failed in another way.
        """
        with self._alone():
            self._check_room(_bytes_of_ledger(self._directory), room_left_bytes)
            number = max(next_number(self.path, self._terminal_id), above + 1)
            target = self.path / file_name(self._terminal_id, self._clock.now_us(), number)
            backup(self._directory, target, progress, pause=pause, part=self._part, tombstones=self._tombstones)
            return _readable(target)

    def receive(self, copy: BackupCopy, pause: Pause) -> BackupCopy:
        """Carry a copy from another folder into this one under the name it has there.

        Raises:
            CopyStopped: ``pause`` wanted it.
            StorageError: It can't be done; the copies there are as they were.
            OSError: The folder has gone, or failed in another way.
        """
        with self._alone():
            self._check_room(copy.bytes, 0)
            target = self.path / copy.path.name
            leave_tombstones(self._directory, self._tombstones)
            carry(copy.path, target, part=self._part, pause=pause)
            return _readable(target)

    def leave_erasures(self) -> None:
        """Tell the copies there who was erased since they were taken.

        Raises:
            StorageError: It can't be written.
            OSError: The folder has gone, or failed in another way.
        """
        leave_tombstones(self._directory, self._tombstones)

    def thin(self) -> int:
        """Delete the copies that the rotation no longer wants; to be called after one was taken and checked.

        Returns:
            How many there are now.

        Raises:
            StorageError: One can't be deleted.
            OSError: The folder has gone, or failed in another way.
        """
        with self._alone(), os_errors(str(self.path)):
            copies = self.own()
            gone = keep(copies)
            for copy in gone:
                copy.path.unlink(missing_ok=True)
            for key in self.path.glob(f"{name_of_till(self._terminal_id)}-*{key_path(self.path).suffix}"):
                if not key.with_suffix("").exists() and not _damaged(key.with_suffix("")).exists():
                    key.unlink(missing_ok=True)
            if gone:
                sync_directory(self.path)
            return len(copies) - len(gone)

    def check(self, copy: BackupCopy, pause: Pause | None = None) -> None:
        """Read a copy there through.

        Raises:
            CopyStopped: ``pause`` wanted it.
            StorageError: It is not sound, or can't be read.
            OSError: The folder has gone.
        """
        with os_errors(str(copy.path)):
            check_copy(copy.path, pause)

    def look_after(self, last_number: int, pause: Pause) -> int:
        """Read one older copy through, another one each time; one that has turned bad is set aside.

        Args:
            last_number: The number of the copy that was looked after last.
            pause: Gives way to sales; may raise ``CopyStopped``.

        Returns:
            The number of this one; 0 when there is none.
        """
        numbered = sorted((copy for copy in self.own() if copy.number), key=lambda copy: copy.number)
        copy = next((each for each in numbered if each.number > last_number), numbered[0] if numbered else None)
        if copy is None:
            return 0
        with self._alone():
            try:
                check_copy(copy.path, pause)
            except (Damaged, NotALedger, sqlite.Error):
                with os_errors(str(copy.path)):
                    copy.path.rename(_damaged(copy.path))
        return copy.number

    def damaged(self) -> tuple[str, ...]:
        """The names of this till's copies that were set aside, and of those that can't be read as copies any more."""
        try:
            names = sorted(path.name for path in self.path.glob(f"{name_of_till(self._terminal_id)}-*"))
        except OSError:
            return ()
        return tuple(
            name
            for name in names
            if name.endswith(DAMAGED_ENDING) or (name.endswith(ENDING) and _is_broken(self.path / name))
        )

    @property
    def _tombstones(self) -> Path:
        return tombstones_of_till(self.path, self._terminal_id)

    def _check_room(self, wanted_bytes: int, left_bytes: int) -> None:
        """Refuse a copy that does not fit before a byte of it is written; older copies are never deleted for it.

        Raises:
            DiskFull: It does not fit.
            OSError: The folder is not there.
        """
        free = shutil.disk_usage(self.path).free
        if free < wanted_bytes + left_bytes:
            raise DiskFull(f"{self.path}: {free} bytes are free, the copy needs {wanted_bytes} and {left_bytes} more")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep the open till and the command line from growing a copy at the same place.

        Raises:
            Busy: The other one is at it.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self._lock, mode=PRIVATE_FILE, thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise Busy(f"{self._lock}: a copy is being taken already") from error
        except OSError as error:
            raise ReadOnlyDisk(f"{self._lock}: {error}") from error
        try:
            yield
        finally:
            lock.release()


def made(copy: BackupCopy) -> Made:
    """A copy as the status names it."""
    return Made(str(copy.path.parent), copy.path.name, copy.made_at_us, copy.records, copy.epoch, copy.bytes)


def trouble_of(error: StorageError | OSError) -> Trouble:
    """What an error means for a place of copies."""
    match error:
        case DiskFull() | BlackBoxFull():
            return Trouble.FULL
        case BlackBoxAway():
            return Trouble.NOT_THERE
        case ReadOnlyDisk() | PermissionError():
            return Trouble.READ_ONLY
        case Damaged() | NotALedger():
            return Trouble.BAD_COPY
        case Busy():
            return Trouble.BUSY
        case OSError() if error.errno in GONE:
            return Trouble.NOT_THERE
        case _:
            return Trouble.FAILED


def _bytes_of_ledger(directory: Path) -> int:
    ledger = directory / LEDGER_FILE
    with os_errors(str(ledger)):
        return ledger.stat().st_size + log_bytes(ledger)


def _readable(path: Path) -> BackupCopy:
    copy = read_copy(path)
    if copy is None:
        raise Damaged(f"{path}: can't be read back")
    return copy


def _damaged(path: Path) -> Path:
    return path.with_name(path.name + DAMAGED_ENDING)


def _is_broken(path: Path) -> bool:
    """Whether a file named as a copy is none any more; one of a newer program is left to that."""
    if read_copy(path) is not None:
        return False
    try:
        check_header(path, LEDGER_APPLICATION_ID)
    except NewerSchema:
        return False
    except (StorageError, OSError):
        pass
    return True
