"""What the restoring window can ask for. The restoring service satisfies it by shape; the presenter knows no thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from uuid import UUID

    from loyalty.outcomes import Refused
    from storage.types import CashierRow
    from terminal.app.restoring_copies import Checked, Found
    from terminal.app.restoring_plans import Findings, Plan, Restored, Step, Stopped
    from terminal.sync.recover import NotRecovered, RecoverCommand, Recovered, RecoverStep


class RestoreActions(Protocol):
    """Everything here returns at once.

    Exactly one of ``done`` and ``failed`` is called later, on the painting thread; a no is a value for ``done``,
    ``failed`` gets what broke. One thing is done after the other, in the order in which it was asked for.
    """

    def examine(
        self,
        report: Callable[[int, int], None],
        done: Callable[[Findings], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Find out what is wrong, what can still be read, and which copies there are."""
        ...

    def check(self, path: Path, done: Callable[[Checked], None], failed: Callable[[Exception], None]) -> None:
        """Look at every page of a copy, and who may decide by it."""
        ...

    def look_at(self, path: Path, done: Callable[[Found | None], None], failed: Callable[[Exception], None]) -> None:
        """Read a file that somebody chose; ``None`` when it is no copy of a ledger."""
        ...

    def authorise(
        self,
        managers: Sequence[CashierRow],
        manager_id: UUID | None,
        pin: str,
        done: Callable[[Refused | None], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Check a manager's PIN; ``None`` when it is right."""
        ...

    def carry_out(
        self,
        plan: Plan,
        report: Callable[[Step], None],
        done: Callable[[Restored | Stopped], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Do it; ``report`` is called on the painting thread as well."""
        ...

    def recover(
        self,
        command: RecoverCommand,
        report: Callable[[RecoverStep, int, int], None],
        done: Callable[[Recovered | NotRecovered], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Make the till again from head office and the black box; ``report`` is called on the painting thread."""
        ...

    def stop_work(self) -> None:
        """End what is under way while nothing has been changed, or the proof at its end."""
        ...

    def bundle(self, folder: Path, done: Callable[[Path], None], failed: Callable[[Exception], None]) -> None:
        """Write what support needs, without personal data, as a new file in a folder."""
        ...
