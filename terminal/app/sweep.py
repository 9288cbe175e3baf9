"""Going through what was kept long enough, in steps between which sales are booked; and doing it every day."""

from __future__ import annotations

import threading
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from storage import retention, scrubbing
from storage.errors import StorageError
from terminal.app.retention import (
    ForgetCommand,
    Forgotten,
    drop_files,
    forget_cashiers,
    forget_member,
    forget_texts,
    limits_of,
    old_cashiers,
    old_files,
    pages,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from uuid import UUID

    from loyalty.ports import Clock
    from terminal.app.retention import Limits
    from terminal.app.till import Till
    from terminal.settings.retention import RetentionSettings

R = TypeVar("R")

FIRST_LOOK_S: Final = 20 * 60.0
"""How long after the start the first sweep waits, in seconds; the proof of the whole ledger has begun before."""

LOOK_EVERY_S: Final = 3_600.0
"""How often a till that is always on looks whether a new day has begun, in seconds."""

STOP_TIMEOUT_S: Final = 1.0
"""How long the end of the till waits for the step that has begun, in seconds."""


class Ledger(Protocol):
    """Whoever has the ledger open."""

    def call(self, work: Callable[[Till], R]) -> R:
        """Do a piece of writing on the thread that may write, in order with the sales."""
        ...


class Sweeper:
    """Goes through everything that is due, a step at a time.

    Args:
        ledger: Whoever may write.
        directory: The data directory.
        limits: Since when.
        register_folder: Where a register leaves its files, if it does.
        stopping: Asked between two steps; what is left then is found by the next sweep.

    Attributes:
        gone: Whom it has forgotten so far, also when it could not go on.
    """

    def __init__(
        self,
        ledger: Ledger,
        directory: Path,
        limits: Limits,
        *,
        register_folder: Path | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._ledger = ledger
        self._directory = directory
        self._limits = limits
        self._register_folder = register_folder
        self._stopping = stopping
        self.gone: list[UUID] = []

    def members(self, *, with_points: bool = False) -> tuple[tuple[UUID, ...], int]:
        """Forget the members who are due, on a till that stands alone.

        Args:
            with_points: Also those with points left, which are lost then.

        Returns:
            Who was forgotten, and how many were not because of their points.

        Raises:
            StorageError: If the disk did not take it.
        """
        kept = 0
        before = self._limits.idle_before
        for idle in retention.idle_members(self._directory, before) if before else ():
            if self._stopping():
                break
            if idle.balance and not with_points:
                kept += 1
                continue
            command = ForgetCommand(idle, before or date.min, with_points)
            if self._ledger.call(partial(forget_member, command=command)) is True:
                self.gone.append(idle.member_id)
        return tuple(self.gone), kept

    def rest(self, *, cashiers: bool = True) -> Forgotten:
        """Delete old notes, people who left long ago, old files, and what set-aside ledgers hold of the erased.

        Args:
            cashiers: Whether people of the shop are this till's to forget.

        Raises:
            StorageError: If the disk did not take it.
        """
        texts = 0
        for page in pages(retention.old_texts(self._directory, self._limits.vouchers_before)):
            texts += self._ledger.call(partial(forget_texts, texts=page))
            if self._stopping():
                return Forgotten(texts=texts)
        people = old_cashiers(self._directory, self._limits) if cashiers else []
        if people:
            self._ledger.call(partial(forget_cashiers, cashiers=people))
        files = drop_files(old_files(self._directory, self._limits, self._register_folder))
        scrubbed = scrubbing.scrub(self._directory)
        return Forgotten(
            texts=texts, cashiers=len(people), files=files, scrubbed=scrubbed.files, unreadable=scrubbed.unreadable
        )


class RetentionWatch:
    """One thread that mostly sleeps: a sweep on every day on which the till is on.

    What can't be done now, because the disk is full or another program holds the file, is done on the next day.

    Args:
        ledger: Whoever may write.
        directory: The data directory.
        settings: How long things are kept.
        clock: The shop's time.
        register_folder: Where a register leaves its files, if it does.
        bug: Takes a mistake of ours, to write it down.
    """

    def __init__(
        self,
        ledger: Ledger,
        directory: Path,
        settings: RetentionSettings,
        clock: Clock,
        *,
        register_folder: Path | None,
        bug: Callable[[Exception], None],
    ) -> None:
        self._ledger = ledger
        self._directory = directory
        self._settings = settings
        self._clock = clock
        self._register_folder = register_folder
        self._bug = bug
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="retention", daemon=True)
        self._swept_on: date | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Stop watching; a step that has begun is ended, the others are found again tomorrow."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_TIMEOUT_S)

    def _watch(self) -> None:
        wait_s = FIRST_LOOK_S
        while not self._stopping.wait(wait_s):
            wait_s = LOOK_EVERY_S
            try:
                self.sweep()
            except (StorageError, OSError):
                continue
            except Exception as error:  # noqa: BLE001 - a mistake of ours must not end the till, and is written down
                self._bug(error)
                return

    def sweep(self) -> Forgotten | None:
        """Do what is due today; ``None`` when that was done already.

        Raises:
            StorageError: If the disk did not take it.
        """
        today = self._clock.business_day(self._clock.now_us())
        if today == self._swept_on:
            return None
        sweeper = Sweeper(
            self._ledger,
            self._directory,
            limits_of(self._settings, self._clock),
            register_folder=self._register_folder,
            stopping=self._stopping.is_set,
        )
        alone = self._ledger.call(_stands_alone)
        if alone and self._settings.inactive == "by_itself":
            sweeper.members()
        done = sweeper.rest(cashiers=alone)
        self._swept_on = today
        return done


def _stands_alone(till: Till) -> bool:
    return till.store.head_office is None
