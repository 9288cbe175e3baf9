"""Does what the restoring window asks for, beside the thread that paints.

Satisfies ``presenters.restore_port.RestoreActions``. One thread does one thing after the other.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from storage.errors import CopyStopped
from terminal.app.checkup import check_data
from terminal.app.files import write_file
from terminal.app.restoring import carry_out, examine
from terminal.app.restoring_copies import Checked, Found, check, look_at
from terminal.app.restoring_gate import Gate
from terminal.app.support_bundle import Support, bundle, bundle_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from uuid import UUID

    from loyalty.outcomes import Refused
    from loyalty.ports import Clock, Ids
    from storage.errors import StorageError
    from storage.types import CashierRow
    from terminal.app.restoring_plans import Findings, Plan, Restored, Step, Stopped
    from terminal.settings import Settings

R = TypeVar("R")


class RestoringService:
    """The work behind the restoring window.

    Args:
        directory: The data directory.
        settings: The till's settings.
        error: What kept the till from going on; ``None`` when a manager wants an older copy.
        clock: Time.
        ids: Fresh ids.
        deliver: Hands a call over to the painting thread.

    Attributes:
        directory: As above; so are the clock, the ids and ``deliver``.
    """

    def __init__(
        self,
        directory: Path,
        settings: Settings,
        error: StorageError | None,
        *,
        clock: Clock,
        ids: Ids,
        deliver: Callable[[Callable[[], None]], None],
    ) -> None:
        self.directory = directory
        self._settings = settings
        self._error = error
        self.clock = clock
        self.ids = ids
        self.deliver = deliver
        self._gate = Gate(clock)
        self._wants_stop = threading.Event()
        self._stopped = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="restoring")

    def stop(self) -> None:
        """End; what may be stopped is stopped, a ledger that is being put in place is put there to the end."""
        self._stopped = True
        self._wants_stop.set()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def examine(
        self,
        report: Callable[[int, int], None],
        done: Callable[[Findings], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """See ``RestoreActions``."""

        def progress(count: int, total: int) -> None:
            if self._stopped:
                raise CopyStopped("the window was closed")
            self.deliver(partial(report, count, total))

        self.order(
            lambda: examine(self.directory, self._settings.backup, self._error, self.clock.now_us(), progress),
            done,
            failed,
        )

    def check(self, path: Path, done: Callable[[Checked], None], failed: Callable[[Exception], None]) -> None:
        """See ``RestoreActions``."""
        self.order(lambda: check(path), done, failed)

    def look_at(self, path: Path, done: Callable[[Found | None], None], failed: Callable[[Exception], None]) -> None:
        """See ``RestoreActions``."""
        self.order(lambda: look_at(path), done, failed)

    def authorise(
        self,
        managers: Sequence[CashierRow],
        manager_id: UUID | None,
        pin: str,
        done: Callable[[Refused | None], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """See ``RestoreActions``."""
        self.order(lambda: self._gate.refusal(managers, manager_id, pin), done, failed)

    def carry_out(
        self,
        plan: Plan,
        report: Callable[[Step], None],
        done: Callable[[Restored | Stopped], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """See ``RestoreActions``."""
        self._wants_stop.clear()

        def work() -> Restored | Stopped:
            return carry_out(
                plan,
                self.directory,
                clock=self.clock,
                ids=self.ids,
                tell=lambda step: self.deliver(partial(report, step)),
                stop=self._wants_stop.is_set,
            )

        self.order(work, done, failed)

    def stop_work(self) -> None:
        """See ``RestoreActions``."""
        self._wants_stop.set()

    def bundle(self, folder: Path, done: Callable[[Path], None], failed: Callable[[Exception], None]) -> None:
        """See ``RestoreActions``."""
        self.order(lambda: self._write_bundle(folder), done, failed)

    def _write_bundle(self, folder: Path) -> Path:
        checkup = check_data(self.directory, clock=self.clock, ids=self.ids)
        now_us = self.clock.now_us()
        support = Support(at_us=now_us, settings=self._settings, findings=checkup.findings, counts=checkup.counts)
        file = folder / bundle_name(now_us)
        with suppress(OSError):  # whether the folder can be written shows at the file
            folder.mkdir(parents=True, exist_ok=True)
        write_file(file, bundle(self.directory, support))
        return file

    def order(self, job: Callable[[], R], done: Callable[[R], None], failed: Callable[[Exception], None]) -> None:
        """Do something on the working thread and say on the painting one what came of it."""

        def work() -> None:
            try:
                result = job()
            except Exception as error:  # noqa: BLE001 - whoever asked hears of everything that breaks
                self.deliver(partial(failed, error))
            else:
                self.deliver(partial(done, result))

        if not self._stopped:
            self._thread.submit(work)
