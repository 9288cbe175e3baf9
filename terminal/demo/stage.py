"""What the demo is lent by the composition root: a till on a shop and a line, and the loop its window runs in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from terminal.presenters.shell import ShellPresenter
    from terminal.ui.bridge import Bridge
    from terminal.ui.window import MainWindow
    from texts.i18n import Texts


class RunningTill(Protocol):
    """A till with all its threads, as far as the demo needs to know it."""

    @property
    def shell(self) -> ShellPresenter:
        """Which screen is on, and what it shows."""

    @property
    def window(self) -> MainWindow:
        """What a cashier works with."""

    @property
    def bridge(self) -> Bridge:
        """The way of other threads to the window's."""

    def stop(self) -> None:
        """Finish the writing that waits and close the ledger."""


class StartTill(Protocol):
    """Starts a till whose window is not shown yet."""

    def __call__(self, directory: Path, port: str, texts: Texts, crashed: Callable[[Exception], None]) -> RunningTill:
        """Build it, start its threads, and send it what nobody catches in this process.

        Args:
            directory: The shop's data directory.
            port: The scanner's.
            texts: The language.
            crashed: Takes a bug, to write it down.

        Raises:
            StorageError: If the ledger can't be opened; nothing keeps running then.
        """
        ...


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demo plays.

    Attributes:
        start_till: Starts a till.
        run_window: Runs the window's loop until it is closed.
        has_display: Whether a window can be shown.
    """

    start_till: StartTill
    run_window: Callable[[], object]
    has_display: Callable[[], bool]
