"""The restoring service without its thread: what is asked for is done at once, or when a test says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from loyalty.outcomes import Refused
from loyalty.ports import Clock, Ids
from storage.errors import StorageError
from storage.types import CashierRow
from terminal.app.restoring import carry_out, examine
from terminal.app.restoring_copies import Checked, Found, check, look_at
from terminal.app.restoring_gate import Gate
from terminal.app.restoring_plans import Findings, Plan, Restored, Step, Stopped
from terminal.settings.backup import BackupSettings
from terminal.sync.recover import NotRecovered, RecoverCommand, Recovered, RecoverStep

R = TypeVar("R")


class InlineRestoring:
    """Satisfies ``RestoreActions`` on a real directory.

    Attributes:
        holds: Whether answers wait for ``release``, as they do while the thread works.
        steps: What the work told of itself.
        stops: Whether somebody asked for the work to end.
        commands: What head office was asked for.
        recovered: What head office answers.
    """

    def __init__(
        self,
        directory: Path,
        error: StorageError | None,
        clock: Clock,
        ids: Ids,
        settings: BackupSettings | None = None,
    ) -> None:
        self.directory = directory
        self.error = error
        self.settings = settings or BackupSettings()
        self.holds = False
        self.steps: list[Step] = []
        self.stops = False
        self.commands: list[RecoverCommand] = []
        self.recovered: Recovered | NotRecovered = Recovered(records=0)
        self.bundles: list[Path] = []
        self._clock = clock
        self._ids = ids
        self._gate = Gate(clock)
        self._waiting: list[Callable[[], None]] = []

    def release(self) -> None:
        """Give the answers that wait."""
        waiting, self._waiting = self._waiting, []
        for answer in waiting:
            answer()

    def examine(
        self,
        report: Callable[[int, int], None],
        done: Callable[[Findings], None],
        failed: Callable[[Exception], None],
    ) -> None:
        now_us = self._clock.now_us()
        self._do(lambda: examine(self.directory, self.settings, self.error, now_us, report), done, failed)

    def check(self, path: Path, done: Callable[[Checked], None], failed: Callable[[Exception], None]) -> None:
        self._do(lambda: check(path), done, failed)

    def look_at(self, path: Path, done: Callable[[Found | None], None], failed: Callable[[Exception], None]) -> None:
        self._do(lambda: look_at(path), done, failed)

    def authorise(
        self,
        managers: Sequence[CashierRow],
        manager_id: UUID | None,
        pin: str,
        done: Callable[[Refused | None], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._do(lambda: self._gate.refusal(managers, manager_id, pin), done, failed)

    def carry_out(
        self,
        plan: Plan,
        report: Callable[[Step], None],
        done: Callable[[Restored | Stopped], None],
        failed: Callable[[Exception], None],
    ) -> None:
        def tell(step: Step) -> None:
            self.steps.append(step)
            report(step)

        def work() -> Restored | Stopped:
            return carry_out(plan, self.directory, clock=self._clock, ids=self._ids, tell=tell, stop=lambda: self.stops)

        self._do(work, done, failed)

    def recover(
        self,
        command: RecoverCommand,
        report: Callable[[RecoverStep, int, int], None],
        done: Callable[[Recovered | NotRecovered], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self.commands.append(command)
        report(RecoverStep.FETCHING, 1, 4)
        self._do(lambda: self.recovered, done, failed)

    def stop_work(self) -> None:
        self.stops = True

    def bundle(self, folder: Path, done: Callable[[Path], None], failed: Callable[[Exception], None]) -> None:
        self.bundles.append(folder)
        self._do(lambda: folder / "support.zip", done, failed)

    def _do(self, work: Callable[[], R], done: Callable[[R], None], failed: Callable[[Exception], None]) -> None:
        def answer() -> None:
            try:
                result = work()
            except Exception as error:  # noqa: BLE001 - handed over like a result, as the service does
                failed(error)
            else:
                done(result)

        if self.holds:
            self._waiting.append(answer)
        else:
            answer()
