"""The copies of a till for tests: real threads, a real ledger, and places that come and go as a test says."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from storage.blackbox import BlackBox
from terminal.backup.service import BackupService, Means
from terminal.settings.backup import BackupSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from terminal.backup.places import Volume
    from terminal.backup.status import BackupStatus
    from tests.fakes.ledger import LedgerOfTests

WAIT_S = 120.0
"""Far longer than anything takes; only a test that fails waits for so long, in seconds."""


class CopiesOfTests:
    """A service and what it has told.

    Attributes:
        bugs: Mistakes of ours that came up.
        kept: The second places written into the settings.
        refusal: Why the settings can't be written.
        own_disk: Folders that count as being on the till's own disk.
        volumes: What is plugged in.
    """

    def __init__(self, ledger: LedgerOfTests, *, first_copy_s: float = 0.0, **settings: object) -> None:
        self.ledger = ledger
        self.bugs: list[Exception] = []
        self.kept: list[Path] = []
        self.refusal: Exception | None = None
        self.own_disk: set[Path] = set()
        self.volumes: tuple[Volume, ...] = ()
        self._changed = threading.Condition()
        self.told: list[BackupStatus] = []
        self.service = BackupService(
            ledger.directory,
            BackupSettings(**settings),  # type: ignore[arg-type]
            ledger.store.shop.terminal_id,
            ledger.clock,
            told=self._tell,
            bug=self.bugs.append,
            means=Means(
                deliver=lambda call: call(),
                keep=self._keep,
                make_box=BlackBox,
                same_disk=lambda folder, _directory: folder in self.own_disk or folder.parent in self.own_disk,
                plugged_in=lambda _directory, _same_disk: self.volumes,
                first_copy_s=first_copy_s,
            ),
        )

    @property
    def status(self) -> BackupStatus:
        return self.service.status

    def _tell(self, status: BackupStatus) -> None:
        with self._changed:
            self.told.append(status)
            self._changed.notify_all()

    def _keep(self, folder: Path) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.kept.append(folder)

    def until(self, happened: Callable[[BackupStatus], object]) -> BackupStatus:
        """Wait for a status."""
        with self._changed:
            assert self._changed.wait_for(lambda: happened(self.service.status), WAIT_S), self.service.status
            return self.service.status

    def sell(self, count: int = 1) -> None:
        """Book, and poke the copies as the desk does."""
        self.ledger.append(*(self.ledger.sale(self.ledger.member()) for _ in range(count)))
        self.service.nudge()

    def back_up(self) -> BackupStatus:
        """Ask for a copy and wait until it has come to its end."""
        self.service.back_up_now()
        return self.until(lambda status: not status.asked and status.running is None)
