"""The status of the copies, put together by several threads and told as a whole."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

import msgspec

from storage.errors import StorageError
from terminal.backup.memory import Memory, recall, remember_elsewhere, remember_looking
from terminal.backup.status import BackupStatus, Made, PlaceStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.moments import Moment
    from storage.rotation import BackupCopy

LOOK_AFTER_US: Final = 24 * 3_600_000_000
"""How often an older copy of each place is read through, in microseconds."""


class Board:
    """What the threads of the copies know of each other.

    Args:
        directory: The data directory.
        told: Takes every new status; called on any of the threads, in order, and must cost nothing.
    """

    def __init__(self, directory: Path, told: Callable[[BackupStatus], None]) -> None:
        self._directory = directory
        self._told = told
        self._lock = threading.Lock()
        self._status = BackupStatus(elsewhere=PlaceStatus(newest=recall(directory).elsewhere))
        self._newest_here: BackupCopy | None = None
        self._number_elsewhere = 0

    @property
    def status(self) -> BackupStatus:
        """The newest."""
        return self._status

    @property
    def newest_here(self) -> BackupCopy | None:
        """The newest good copy on this disk, to be carried to the second place."""
        return self._newest_here

    @newest_here.setter
    def newest_here(self, copy: BackupCopy | None) -> None:
        self._newest_here = copy

    @property
    def number_elsewhere(self) -> int:
        """The number of the newest copy in the second place; 0 while that is not known."""
        return self._number_elsewhere

    @number_elsewhere.setter
    def number_elsewhere(self, number: int) -> None:
        self._number_elsewhere = number

    def came_to(self, moment: Moment) -> None:
        """The ledger is as far as this."""
        self.change(records=moment.records, epoch=moment.epoch)

    def change(self, **fields: object) -> None:
        """Replace parts of the status; it is told when it is another one."""
        with self._lock:
            self._set(msgspec.structs.replace(self._status, **fields))

    def change_here(self, **fields: object) -> None:
        """Replace parts of the place on this disk."""
        with self._lock:
            here = msgspec.structs.replace(self._status.here, **fields)
            self._set(msgspec.structs.replace(self._status, here=here))

    def change_elsewhere(self, **fields: object) -> None:
        """Replace parts of the second place."""
        with self._lock:
            elsewhere = msgspec.structs.replace(self._status.elsewhere, **fields)
            self._set(msgspec.structs.replace(self._status, elsewhere=elsewhere))

    def change_box(self, **fields: object) -> None:
        """Replace parts of the black box."""
        with self._lock:
            box = msgspec.structs.replace(self._status.box, **fields)
            self._set(msgspec.structs.replace(self._status, box=box))

    def is_remembered(self, made: Made) -> bool:
        """Whether a copy off this disk was checked in an earlier run."""
        known = self._memory().elsewhere
        return known is not None and (known.file, known.records, known.epoch) == (made.file, made.records, made.epoch)

    def remember(self, made: Made) -> None:
        """A copy off this disk was checked: write it down, and show it.

        Where it can't be written down it is shown all the same, until the till is closed.
        """
        with self._lock:
            try:
                remember_elsewhere(self._directory, made)
            except StorageError:
                newest: Made | None = made
            else:
                newest = recall(self._directory).elsewhere
            elsewhere = msgspec.structs.replace(self._status.elsewhere, newest=newest)
            self._set(msgspec.structs.replace(self._status, elsewhere=elsewhere))

    def wants_looking_after(self, place: str, now_us: int) -> int | None:
        """Whether an older copy of a place is to be read through; gives the number of the last one, else ``None``."""
        memory = self._memory()
        since_us = now_us - memory.looked_after_us.get(place, 0)
        return memory.looked_after.get(place, 0) if not 0 <= since_us < LOOK_AFTER_US else None

    def looked_after(self, place: str, number: int, now_us: int) -> None:
        """An older copy of a place was read through.

        Raises:
            StorageError: That can't be written down.
        """
        with self._lock:
            remember_looking(self._directory, place, number, now_us)

    def _memory(self) -> Memory:
        with self._lock:
            return recall(self._directory)

    def _set(self, status: BackupStatus) -> None:
        if status != self._status:
            self._status = status
            self._told(status)
