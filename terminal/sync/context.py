"""What the steps of one round share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from terminal.sync.errors import Stopped

if TYPE_CHECKING:
    from collections.abc import Callable

    from loyalty.ports import Clock
    from storage.replica import Replica
    from storage.store import Reader
    from terminal.sync.journal import JournalPort
    from terminal.sync.port import HeadOfficePort
    from terminal.sync.status import Progress


def _to_nobody(_progress: Progress | None) -> None:
    """Where nobody looks on, nothing is shown."""


def _goes_on() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Hooks:
    """How a round is watched and ended.

    Attributes:
        report: Hears how far a long task is, and ``None`` at its end.
        stopping: Whether to end between two calls.
    """

    report: Callable[[Progress | None], None] = field(default=_to_nobody)
    stopping: Callable[[], bool] = field(default=_goes_on)


@dataclass(frozen=True, slots=True)
class Round:
    """One round's world.

    Attributes:
        journal: The till's ledger.
        replica: Head office's state as this till holds it; written by nobody else.
        port: The line.
        clock: The machine's clock, uncorrected.
        hooks: See there.
    """

    journal: JournalPort
    replica: Replica
    port: HeadOfficePort
    clock: Clock
    hooks: Hooks

    @property
    def reader(self) -> Reader:
        """Reads of the ledger."""
        return self.journal.reader

    def go_on(self) -> None:
        """Between two calls: end here when the till is being closed.

        Raises:
            Stopped: It is.
        """
        if self.hooks.stopping():
            raise Stopped("the till is being closed")
