"""The copies of an open till: three threads that know of each other only through the board.

One takes copies on this disk, one keeps the second place up to date, one feeds the black box. A place that hangs, a
stick that is pulled out, a disk that is full stops its own thread and nothing else, and no sale waits for any of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from terminal.backup.board import Board
from terminal.backup.box import BoxKeeper
from terminal.backup.disks import same_disk as on_same_disk
from terminal.backup.elsewhere import CopiesElsewhere
from terminal.backup.errand import Errand
from terminal.backup.folder import CopyFolder
from terminal.backup.here import FIRST_COPY_S, CopiesHere
from terminal.backup.status import Trouble

if TYPE_CHECKING:
    from uuid import UUID

    from loyalty.ports import Clock
    from terminal.backup.box import Box
    from terminal.backup.status import BackupStatus
    from terminal.settings.backup import BackupSettings

DEFAULT_FOLDER: Final = "backups"
"""Where the copies are among the till's data unless the settings say otherwise."""

LOCK_HERE: Final = "backups.lock"
LOCK_ELSEWHERE: Final = "backups-elsewhere.lock"

STOP_S: Final = 2.0
"""How long the end of the till waits for these threads, in seconds; what hangs is left to the end of the process."""

HANGS_S: Final = 30.0
"""From when on a place that has answered nothing counts as one that hangs, in seconds: a step is a megabyte."""


@dataclass(frozen=True, slots=True)
class Means:
    """What the copies are made with.

    Attributes:
        make_box: Makes the black box of a data directory in a folder; called on its thread.
        same_disk: Tells whether two folders share a disk.
        first_copy_s: How long the first copy waits after the start, in seconds.
    """

    make_box: Callable[[Path, Path], Box]
    same_disk: Callable[[Path, Path], bool] = on_same_disk
    first_copy_s: float = FIRST_COPY_S


class BackupService:
    """Runs from ``start`` to ``stop``.

    Args:
        directory: The data directory.
        settings: The till's settings.
        terminal_id: Whose ledger it is.
        clock: Time.
        told: Takes every new status; called on any of the threads, in order, and must cost nothing.
        bug: Takes a mistake of ours, to write it down; called on one of the threads.
        means: What the copies are made with.
    """

    def __init__(
        self,
        directory: Path,
        settings: BackupSettings,
        terminal_id: UUID,
        clock: Clock,
        *,
        told: Callable[[BackupStatus], None],
        bug: Callable[[Exception], None],
        means: Means | None = None,
    ) -> None:
        means = means or Means(_real_box)
        self._board = board = Board(directory, told)
        self._here = CopiesHere(
            directory,
            folder_here(directory, settings, terminal_id, clock),
            board,
            clock,
            every_minutes=settings.every_minutes,
            may_make_parents=not settings.folder,
            took=self._took,
            first_copy_s=means.first_copy_s,
        )
        self._errand_here = Errand("backup", self._turn_here, bug, self._here.end)
        self._elsewhere: CopiesElsewhere | None = None
        self._errands = [self._errand_here]
        self._errand_elsewhere = self._errand_box = None
        second = folder_elsewhere(directory, settings, terminal_id, clock)
        if second is not None:
            vouched = settings.second_is == "elsewhere"
            self._elsewhere = elsewhere = CopiesElsewhere(
                directory, second, board, clock, is_vouched_for=vouched, same_disk=means.same_disk
            )
            self._errand_elsewhere = errand = Errand("backup-elsewhere", lambda: elsewhere.turn(errand.pause), bug)
            self._errands.append(errand)
        if settings.black_box:
            keeper = BoxKeeper(directory, Path(settings.black_box).expanduser(), board, means.make_box, means.same_disk)
            self._errand_box = Errand("black-box", keeper.turn, bug, keeper.end)
            self._errands.append(self._errand_box)

    @property
    def status(self) -> BackupStatus:
        """How the copies are."""
        return self._board.status

    def start(self) -> None:
        """Begin."""
        for errand in self._errands:
            errand.start()

    def stop(self) -> None:
        """End within ``STOP_S``, whatever hangs; stopping twice is allowed."""
        for errand in self._errands:
            errand.ask_to_stop()
        deadline_s = time.monotonic() + STOP_S
        for errand in self._errands:
            errand.stop(max(0.0, deadline_s - time.monotonic()))

    def nudge(self) -> None:
        """Something was booked; costs the caller nothing."""
        self._errand_here.wake()
        if self._errand_box is not None:
            self._errand_box.wake()

    def back_up_now(self) -> None:
        """Take a copy now, and carry it to the second place; returns at once, the status tells how it goes."""
        self._board.change(asked=True)
        self._here.ask()
        self._errand_here.wake()

    # -- on the threads

    def _turn_here(self) -> float:
        rest_s = self._here.turn(self._errand_here.pause)
        self._tell_what_hangs()
        return rest_s

    def _took(self) -> None:
        """A copy was taken here, or could not be: the second place is next."""
        if self._elsewhere is None or self._errand_elsewhere is None:
            self._board.change(asked=False)
            return
        if self._board.status.asked:
            self._elsewhere.ask()
        self._errand_elsewhere.wake()

    def _tell_what_hangs(self) -> None:
        """Say of a place that answers nothing what no thread of its own can say."""
        places = (
            (self._errand_elsewhere, partial(self._board.change_elsewhere, trouble=Trouble.NO_ANSWER)),
            (self._errand_box, partial(self._board.change_box, trouble=Trouble.NO_ANSWER)),
        )
        for errand, tell in places:
            if errand is not None and errand.silent_s > HANGS_S:
                tell()
                self._board.change(asked=False)


def folder_here(directory: Path, settings: BackupSettings, terminal_id: UUID, clock: Clock) -> CopyFolder:
    """The folder of the copies on this disk."""
    path = Path(settings.folder).expanduser() if settings.folder else directory / DEFAULT_FOLDER
    return CopyFolder(directory, path, terminal_id, clock, LOCK_HERE)


def folder_elsewhere(directory: Path, settings: BackupSettings, terminal_id: UUID, clock: Clock) -> CopyFolder | None:
    """The second place, ``None`` when the settings name none."""
    if not settings.second_folder:
        return None
    path = Path(settings.second_folder).expanduser()
    return CopyFolder(directory, path, terminal_id, clock, LOCK_ELSEWHERE)


def _real_box(directory: Path, folder: Path) -> Box:
    from storage.blackbox import BlackBox  # needed only where the settings name one

    return BlackBox(directory, folder)
