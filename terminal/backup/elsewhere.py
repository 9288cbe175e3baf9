"""Copies in the second place: a stick that comes and goes, a share that hangs, a folder on this disk after all."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from storage.errors import CopyStopped, StorageError
from terminal.backup.folder import made, trouble_of
from terminal.backup.here import LOOK_S
from terminal.backup.status import Phase, Running, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from loyalty.ports import Clock
    from storage.backup import Pause
    from storage.rotation import BackupCopy
    from terminal.backup.board import Board
    from terminal.backup.folder import CopyFolder

PLACE: Final = "elsewhere"

DIRECT_US: Final = 3_600_000_000
"""How often a copy is taken there directly while none can be on this disk, in microseconds."""


class CopiesElsewhere:
    """Keeps the second place up to date whenever it can be reached; runs on one thread, its ``turn`` again and again.

    Args:
        directory: The data directory.
        folder: Where the copies go.
        board: Where the status is put together.
        clock: Time.
        is_vouched_for: Whether the shop says that it is elsewhere, whatever the till makes of it.
        same_disk: Tells whether two folders share a disk.
    """

    def __init__(
        self,
        directory: Path,
        folder: CopyFolder,
        board: Board,
        clock: Clock,
        *,
        is_vouched_for: bool,
        same_disk: Callable[[Path, Path], bool],
    ) -> None:
        self._directory = directory
        self._folder = folder
        self._board = board
        self._clock = clock
        self._is_vouched_for = is_vouched_for
        self._same_disk = same_disk
        self._asked = threading.Event()
        self._seen: tuple[object, ...] | None = None
        board.change_elsewhere(folder=str(folder.path))

    def ask(self) -> None:
        """Bring it up to date now, whatever is known of it; from any thread."""
        self._asked.set()

    def turn(self, pause: Pause) -> float:
        """Carry the newest copy there if it can be reached and lacks it.

        Args:
            pause: Gives way to sales; may raise ``CopyStopped``.

        Returns:
            How long to rest, in seconds.
        """
        is_asked = self._asked.is_set()
        self._asked.clear()
        trouble: Trouble | None
        detail = ""
        try:
            trouble = place_trouble(self._folder.path, self._directory, self._shares_disk)
            if trouble is None:
                self._visit(pause, is_asked=is_asked)
        except CopyStopped:
            raise
        except (StorageError, OSError) as error:
            trouble, detail = self._trouble(error), str(error)
        if trouble is not None:
            self._seen = None
        self._board.change_elsewhere(trouble=trouble, detail=detail)
        if is_asked:
            self._board.change(asked=False)
        return LOOK_S

    def _shares_disk(self, folder: Path) -> bool:
        return not self._is_vouched_for and self._same_disk(folder, self._directory)

    def _trouble(self, error: StorageError | OSError) -> Trouble:
        """A stick that was pulled out in the middle answers with anything: look whether it is there at all."""
        try:
            gone = place_trouble(self._folder.path, self._directory, self._shares_disk)
        except OSError:
            gone = Trouble.NOT_THERE
        return gone or trouble_of(error)

    def _visit(self, pause: Pause, *, is_asked: bool) -> None:
        """Do what is to be done there; nothing when that was done and nothing has changed since."""
        here = self._board.newest_here
        if here is not None and not here.path.exists():  # somebody has deleted it; the next one comes when it is due
            here = None
        self._folder.make(parents=False)
        self._folder.leave_erasures()
        takes_itself = self._takes_itself(is_asked=is_asked)
        seen = (here, self._folder.path.stat().st_mtime_ns)
        if seen == self._seen and not is_asked and not takes_itself:
            self._look_after(pause)
            return
        own = self._folder.own()
        newest = next((copy for copy in own if copy.number), None)
        if takes_itself:
            newest = self._take(pause)
        elif here is not None and all(copy.path.name != here.path.name for copy in own):
            newest = self._carry(here, pause)
        if newest is not None:
            self._count(newest, pause)
        count = self._folder.thin()
        self._board.change_elsewhere(count=count, damaged=self._folder.damaged())
        self._seen = (here, self._folder.path.stat().st_mtime_ns)

    def _takes_itself(self, *, is_asked: bool) -> bool:
        """Whether a copy is taken there directly, because none can be on this disk: a disk that is full, for one."""
        status = self._board.status
        newest = status.elsewhere.newest
        if status.here.trouble in (None, Trouble.BUSY, Trouble.BAD_COPY) or status.holds_all(newest):
            return False
        return is_asked or newest is None or not 0 <= self._clock.now_us() - newest.made_at_us < DIRECT_US

    def _carry(self, copy: BackupCopy, pause: Pause) -> BackupCopy:
        self._board.change(running=Running(Phase.CARRYING))
        try:
            arrived = self._folder.receive(copy, pause)
        finally:
            self._board.change(running=None)
        self._board.remember(made(arrived))
        return arrived

    def _take(self, pause: Pause) -> BackupCopy:
        self._board.change(running=Running(Phase.CARRYING))
        try:
            taken = self._folder.take(pause=pause)
        finally:
            self._board.change(running=None)
        self._board.remember(made(taken))
        return taken

    def _count(self, newest: BackupCopy, pause: Pause) -> None:
        """Let the newest copy there count; one that was not checked in this till's memory is checked first."""
        self._board.number_elsewhere = newest.number
        if not self._board.is_remembered(made(newest)):
            self._folder.check(newest, pause)
            self._board.remember(made(newest))

    def _look_after(self, pause: Pause) -> None:
        """Once a day read an older copy through."""
        now_us = self._clock.now_us()
        last = self._board.wants_looking_after(PLACE, now_us)
        if last is not None:
            self._board.looked_after(PLACE, self._folder.look_after(last, pause), now_us)
            self._board.change_elsewhere(damaged=self._folder.damaged())


def place_trouble(folder: Path, directory: Path, shares_disk: Callable[[Path], bool]) -> Trouble | None:
    """What keeps a folder from being a second place, before anything is written there.

    The folder itself is made where the one above it is there. A stick's own folder is missing while it is not plugged
    in, or lies on this disk as an empty one: nothing is written there, or the copies would be hidden below the stick.

    Args:
        folder: The folder.
        directory: The data directory.
        shares_disk: Tells whether a folder that is there is on the till's own disk.

    Raises:
        OSError: The place does not answer as a folder does.
    """
    there = folder if folder.exists() else folder.parent
    if not there.is_dir() or not directory.is_dir():
        return Trouble.NOT_THERE
    return Trouble.SAME_DISK if shares_disk(there) else None
