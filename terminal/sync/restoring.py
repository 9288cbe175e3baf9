"""The restoring service with the line to head office: what a copy does not give back comes from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from terminal.app.restoring_service import RestoringService
from terminal.sync.keys import system_keyring
from terminal.sync.recover import recover

if TYPE_CHECKING:
    from collections.abc import Callable

    from terminal.sync.recover import NotRecovered, RecoverCommand, Recovered, RecoverStep


class FullRestoringService(RestoringService):
    """Satisfies ``terminal.presenters.restore_port.RestoreActions``."""

    def recover(
        self,
        command: RecoverCommand,
        report: Callable[[RecoverStep, int, int], None],
        done: Callable[[Recovered | NotRecovered], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """See ``RestoreActions``."""

        def tell(step: RecoverStep, count: int, total: int) -> None:
            self.deliver(lambda: report(step, count, total))

        def work() -> Recovered | NotRecovered:
            return recover(
                self.directory,
                command,
                clock=self.clock,
                ids=self.ids,
                keyring=system_keyring(),
                progress=tell,
            )

        self.order(work, done, failed)
