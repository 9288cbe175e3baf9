"""What screens can ask of the receipt printer; its owner satisfies it by shape, and the presenters know no port."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hardware.errors import HardwareError
    from hardware.printing.job import PrintJob
    from terminal.settings.printer import Automatic


class PrintActions(Protocol):
    """Everything here returns at once; how the printing goes is told by its status, on the painting thread.

    Without a printer ``has_printer`` is false and nothing is printed; the paper's width is known all the same, for the
    preview and the PDF.
    """

    @property
    def has_printer(self) -> bool:
        """Whether a printer is set up; it may be unplugged or out of paper for now."""
        ...

    @property
    def columns(self) -> int:
        """Characters to the line of the paper."""
        ...

    @property
    def paper_mm(self) -> int:
        """Width of the paper, in millimetres."""
        ...

    @property
    def automatic(self) -> Automatic:
        """Which bookings print a receipt by themselves."""
        ...

    @property
    def opens_drawer(self) -> bool:
        """Whether the cash drawer on the printer opens after a purchase."""
        ...

    @property
    def pdf_folder(self) -> Path | None:
        """Where receipts are saved as PDF; ``None`` for where the reports go."""
        ...

    def print(self, job: PrintJob, told: Callable[[HardwareError | None], None] | None = None) -> bool:
        """Queue a receipt; it is printed as soon as the printer can.

        Args:
            job: The piece of paper.
            told: Hears on the painting thread when it is printed, or why it was given up.

        Returns:
            False when too many receipts wait already; then ``told`` hears nothing.
        """
        ...

    def open_drawer(self) -> bool:
        """Open the cash drawer without printing.

        Returns:
            False when the printer can't do it now: a drawer does not open minutes later by itself.
        """
        ...
