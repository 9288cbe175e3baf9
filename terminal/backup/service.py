"""The copies of an open till: three threads that know of each other only through the board.

One takes copies on this disk, one keeps the second place up to date, one feeds the black box. A place that hangs, a
stick that is pulled out, a disk that is full stops its own thread and nothing else, and no sale waits for any of them.
"""

from __future__ import annotations

import threading
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
from terminal.backup.places import volumes
from terminal.backup.status import Trouble
from terminal.settings.backup import BackupSettings

if TYPE_CHECKING:
    from uuid import UUID

    from loyalty.ports import Clock
    from terminal.backup.box import Box
    from terminal.backup.places import Volume
    from terminal.backup.status import BackupStatus

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
        deliver: Hands a call over to the painting thread.
        keep: Writes another second place into the settings; called on a thread of its own.
        make_box: Makes the black box of a data directory in a folder; called on its thread.
        same_disk: Tells whether two folders share a disk.
        plugged_in: Finds what would do as a second place.
        first_copy_s: How long the first copy waits after the start, in seconds.
    """

    deliver: Callable[[Callable[[], None]], None]
    keep: Callable[[Path], None]
    make_box: Callable[[Path, Path], Box]
    same_disk: Callable[[Path, Path], bool] = on_same_disk
    plugged_in: Callable[[Path, Callable[[Path, Path], bool]], tuple[Volume, ...]] = volumes
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
        means: Means,
    ) -> None:
        self._directory = directory
        self._terminal_id = terminal_id
        self._clock = clock
        self._bug = bug
        self._means = means
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
        self._second: _Second | None = self._make_second(settings)
        self._errand_box: Errand | None = None
        if settings.black_box:
            folder = Path(settings.black_box).expanduser()
            keeper = BoxKeeper(directory, folder, board, means.make_box, means.same_disk)
            self._errand_box = Errand("black-box", keeper.turn, bug, keeper.end)
        self._asides: list[threading.Thread] = []
        self._is_looking = False
        self._stopped = False

    @property
    def status(self) -> BackupStatus:
        """How the copies are."""
        return self._board.status

    def start(self) -> None:
        """Begin."""
        for errand in self._errands():
            errand.start()

    def stop(self) -> None:
        """End within ``STOP_S``, whatever hangs; stopping twice is allowed."""
        self._stopped = True
        errands = self._errands()
        for errand in errands:
            errand.ask_to_stop()
        deadline_s = time.monotonic() + STOP_S
        for errand in errands:
            errand.stop(max(0.0, deadline_s - time.monotonic()))
        for thread in self._asides:
            thread.join(max(0.0, deadline_s - time.monotonic()))

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

    def look_for_places(self, done: Callable[[tuple[Volume, ...]], None]) -> None:
        """Find what is plugged in and would do as a second place; ``done`` is called on the painting thread.

        It is not called while an earlier look hangs, or when the till is closed first.
        """

        def look() -> None:
            try:
                found = self._means.plugged_in(self._directory, self._means.same_disk)
            finally:
                self._is_looking = False
            self._deliver(lambda: done(found))

        if not self._is_looking:
            self._is_looking = True
            self._aside(look)

    def use_place(self, folder: Path, done: Callable[[], None], failed: Callable[[Exception], None]) -> None:
        """Keep the copies there too from now on, and write that into the settings; begins with a copy."""

        def use() -> None:
            try:
                self._means.keep(folder)
            except Exception as error:  # noqa: BLE001 - delivered, and a bug reaches the crash handler there
                self._deliver(partial(failed, error))
            else:
                self._deliver(partial(self._follow, folder, done))

        self._aside(use)

    # -- on the painting thread

    def _follow(self, folder: Path, done: Callable[[], None]) -> None:
        """The settings have another second place: leave the old one to its thread, which ends with its next step."""
        second, self._second = self._second, None
        if second is not None:
            second.errand.ask_to_stop()
        self._board.change_elsewhere(count=0, trouble=None, detail="", damaged=())
        self._second = self._make_second(BackupSettings(second_folder=str(folder)))
        assert self._second is not None, "a folder was named"
        self._second.errand.start()
        self.back_up_now()
        done()

    def _deliver(self, call: Callable[[], None]) -> None:
        if not self._stopped:
            self._means.deliver(call)

    def _aside(self, work: Callable[[], None]) -> None:
        """Do something that may hang on a thread that nobody waits for."""
        self._asides = [thread for thread in self._asides if thread.is_alive()]
        thread = threading.Thread(target=self._guarded, args=(work,), name="backup-places", daemon=True)
        self._asides.append(thread)
        thread.start()

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - written down there
            self._bug(error)

    # -- on the threads

    def _turn_here(self) -> float:
        rest_s = self._here.turn(self._errand_here.pause)
        self._tell_what_hangs()
        return rest_s

    def _took(self) -> None:
        """A copy was taken here, or could not be: the second place is next."""
        second = self._second
        if second is None:
            self._board.change(asked=False)
            return
        if self._board.status.asked:
            second.copies.ask()
        second.errand.wake()

    def _tell_what_hangs(self) -> None:
        """Say of a place that answers nothing what no thread of its own can say."""
        if self._second is not None and self._second.errand.silent_s > HANGS_S:
            self._board.change_elsewhere(trouble=Trouble.NO_ANSWER)
            self._board.change(asked=False)
        if self._errand_box is not None and self._errand_box.silent_s > HANGS_S:
            self._board.change_box(trouble=Trouble.NO_ANSWER)

    # -- parts

    def _errands(self) -> list[Errand]:
        second = self._second.errand if self._second is not None else None
        return [errand for errand in (self._errand_here, second, self._errand_box) if errand is not None]

    def _make_second(self, settings: BackupSettings) -> _Second | None:
        folder = folder_elsewhere(self._directory, settings, self._terminal_id, self._clock)
        if folder is None:
            return None
        copies = CopiesElsewhere(
            self._directory,
            folder,
            self._board,
            self._clock,
            is_vouched_for=settings.second_is == "elsewhere",
            same_disk=self._means.same_disk,
        )
        errand = Errand("backup-elsewhere", lambda: copies.turn(errand.pause), self._bug)
        return _Second(copies, errand)


@dataclass(frozen=True, slots=True)
class _Second:
    """The second place and its thread."""

    copies: CopiesElsewhere
    errand: Errand


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
