"""Copies on this disk: when one is due, and what came of it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from storage.errors import Busy, CopyStopped, StorageError
from storage.moments import LedgerWatch, moment_of_copy
from terminal.backup.folder import ROOM_FOR_SALES_BYTES, made, trouble_of
from terminal.backup.status import Phase, Running

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from loyalty.ports import Clock
    from storage.backup import Pause
    from storage.moments import Moment
    from terminal.backup.board import Board
    from terminal.backup.folder import CopyFolder

US_PER_S: Final = 1_000_000
S_PER_MIN: Final = 60

LOOK_S: Final = 60.0
"""How often the threads of the copies look around although nobody has called them, in seconds."""

FIRST_COPY_S: Final = 60.0
"""How long after the start of the till the first copy waits, in seconds: the first customers come first."""

RETRY_S: Final = 300.0
"""How long a copy that failed is not tried again, in seconds."""

BUSY_S: Final = 15.0
"""The same while another one is being taken by hand."""

PLACE: Final = "here"


class CopiesHere:
    """Decides and takes; runs on one thread, its ``turn`` again and again.

    Args:
        directory: The data directory.
        folder: Where the copies go.
        board: Where the status is put together.
        clock: Time.
        every_minutes: How often a copy is due while something is booked; 0 only when a day is closed.
        may_make_parents: Whether the folders above are the till's own to make.
        took: Called after every try, unless another one has to end first.
        first_copy_s: See ``FIRST_COPY_S``.
    """

    def __init__(
        self,
        directory: Path,
        folder: CopyFolder,
        board: Board,
        clock: Clock,
        *,
        every_minutes: int,
        may_make_parents: bool,
        took: Callable[[], None],
        first_copy_s: float = FIRST_COPY_S,
    ) -> None:
        self._folder = folder
        self._board = board
        self._clock = clock
        self._every_s = every_minutes * S_PER_MIN if every_minutes else None
        self._may_make_parents = may_make_parents
        self._took = took
        self._watch = LedgerWatch(directory)
        self._asked = threading.Event()
        self._held: Moment | None = None
        self._has_looked = False
        self._taken_s = float("-inf")
        self._not_before_s = time.monotonic() + first_copy_s

    def ask(self) -> None:
        """Take one now; from any thread."""
        self._asked.set()

    def turn(self, pause: Pause) -> float:
        """Take a copy if one is due.

        Args:
            pause: Gives way to sales; may raise ``CopyStopped``.

        Returns:
            How long to rest, in seconds.
        """
        try:
            moment = self._watch.look()
            self._board.came_to(moment)
            if not self._has_looked:
                self._look_first()
        except StorageError:  # in use, or worse, which the ledger's own watch tells
            return BUSY_S
        rest_s = self._rest_s(moment)
        if self._asked.is_set() or rest_s <= 0:
            self._take(moment, pause)
            return min(LOOK_S, max(BUSY_S, self._not_before_s - time.monotonic()))
        self._look_after(pause)
        return min(LOOK_S, rest_s)

    def end(self) -> None:
        """Let go of the ledger."""
        self._watch.close()

    def _look_first(self) -> None:
        """Go on where the last run of the till, or the command line, has left off."""
        self._has_looked = True
        copies = self._folder.own()
        numbered = [copy for copy in copies if copy.number]
        if numbered:
            newest = numbered[0]
            age_s = (self._clock.now_us() - newest.made_at_us) / US_PER_S
            if age_s >= 0:  # else the clock was wrong then or is now
                self._taken_s = max(self._taken_s, time.monotonic() - age_s)
            self._held = moment_of_copy(newest.path)
            self._board.newest_here = newest
        self._board.change_here(
            folder=str(self._folder.path),
            newest=made(numbered[0]) if numbered else None,
            count=len(copies),
            damaged=self._folder.damaged(),
        )

    def _rest_s(self, moment: Moment) -> float:
        """How long until a copy is due, in seconds; 0 or less when it is."""
        held, now_s = self._held, time.monotonic()
        if held == moment:
            return LOOK_S
        due_s = float("inf") if self._every_s is None else self._taken_s + self._every_s
        if held is None or held.epoch != moment.epoch or moment.closes > held.closes:
            due_s = float("-inf")
        return max(due_s, self._not_before_s) - now_s

    def _take(self, moment: Moment, pause: Pause) -> None:
        is_asked = self._asked.is_set()
        self._asked.clear()
        try:
            if not is_asked and self._was_taken_meanwhile(moment):
                return
            self._folder.make(parents=self._may_make_parents)
            self._board.change(running=Running(Phase.COPYING))
            copy = self._folder.take(
                pause=pause,
                progress=self._show_progress,
                above=self._board.number_elsewhere,
                room_left_bytes=ROOM_FOR_SALES_BYTES,
            )
            self._held, self._taken_s = moment_of_copy(copy.path), time.monotonic()
            self._board.newest_here = copy
            self._board.change_here(newest=made(copy), trouble=None, detail="")
            self._board.change_here(count=self._folder.thin())
        except CopyStopped:
            raise
        except (StorageError, OSError) as error:
            self._not_before_s = time.monotonic() + (BUSY_S if isinstance(error, Busy) else RETRY_S)
            self._board.change_here(trouble=trouble_of(error), detail=str(error))
            if isinstance(error, Busy) and is_asked:
                self._asked.set()
                return
        finally:
            self._board.change(running=None)
        self._took()

    def _was_taken_meanwhile(self, moment: Moment) -> bool:
        """Whether the command line has just taken the copy that is due."""
        newest = next((copy for copy in self._folder.own() if copy.number), None)
        if newest is None or newest == self._board.newest_here:
            return False
        self._look_first()
        return self._held == moment

    def _look_after(self, pause: Pause) -> None:
        """Once a day read an older copy through: one that nobody reads may have turned bad long ago."""
        now_us = self._clock.now_us()
        last = self._board.wants_looking_after(PLACE, now_us)
        if last is None or time.monotonic() < self._not_before_s:
            return
        try:
            number = self._folder.look_after(last, pause)
            self._board.looked_after(PLACE, number, now_us)
            self._board.change_here(damaged=self._folder.damaged())
        except CopyStopped:
            raise
        except (StorageError, OSError):  # not the time for it; the next copy says what is wrong with the place
            self._not_before_s = time.monotonic() + RETRY_S

    def _show_progress(self, done: int, total: int) -> None:
        self._board.change(running=Running(Phase.COPYING, 100 * done // total if total else 0))
