"""A printer for presenters: it remembers what it was given, and prints when a test says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hardware.errors import HardwareError
from hardware.printing.job import PrintJob
from terminal.settings.printer import Automatic


class FakePrintActions:
    """Satisfies ``terminal.presenters.print_port.PrintActions``.

    Attributes:
        jobs: What was queued, oldest first.
        drawers: How often the drawer was opened.
        is_full: Whether too many receipts wait already.
    """

    paper_mm = 80
    columns = 48

    def __init__(self, automatic: Automatic = "never", *, has_printer: bool = True, opens_drawer: bool = False) -> None:
        self.automatic: Automatic = automatic
        self.has_printer = has_printer
        self.opens_drawer = opens_drawer
        self.pdf_folder: Path | None = None
        self.jobs: list[PrintJob] = []
        self.drawers = 0
        self.is_full = False
        self._told: list[Callable[[HardwareError | None], None]] = []

    def print(self, job: PrintJob, told: Callable[[HardwareError | None], None] | None = None) -> bool:
        if self.is_full:
            return False
        self.jobs.append(job)
        self._told.append(told or _nobody)
        return True

    def open_drawer(self) -> bool:
        self.drawers += 1
        return True

    def finish(self, error: HardwareError | None = None) -> None:
        """Let the oldest job come out, or be given up."""
        self._told.pop(0)(error)


def _nobody(_error: HardwareError | None) -> None:
    """Nobody waits for it."""
