"""One thread per printer: takes jobs, brings them to the paper, and finds the printer again when it is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hardware.printing.status import PrinterState, PrinterStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from hardware.errors import HardwareError
    from hardware.printing.job import PrintJob
    from hardware.printing.setup import PrinterSetup

PRINT_JOBS_MAX: Final = 50
"""Most jobs that wait; a printer that is gone for long must not fill the memory."""


class PrinterWorker:
    """Serves one printer from ``start`` to ``stop``.

    The sinks are called on the printer's own thread and must only hand over: queue the value and return.
    """

    def __init__(
        self,
        device_id: str,
        setup: PrinterSetup,
        *,
        on_status: Callable[[PrinterStatus], None],
        on_printed: Callable[[UUID], None],
        on_failed: Callable[[UUID, HardwareError], None],
    ) -> None:
        """Wire the worker; nothing is opened before ``start``.

        Args:
            device_id: The till's name for the printer.
            setup: How it is set up.
            on_status: Takes changes of its state and of the number of jobs that wait.
            on_printed: Takes the id of each job that came out.
            on_failed: Takes the id of a job that was given up, and why.
        """
        self.device_id = device_id
        self._setup = setup
        self._on_status = on_status
        self._on_printed = on_printed
        self._on_failed = on_failed

    @property
    def status(self) -> PrinterStatus:
        """How the printer is doing now; any thread may ask."""
        return PrinterStatus(device_id=self.device_id, state=PrinterState.STARTING)

    def start(self) -> None:
        """Begin serving; a worker is started once."""
        raise NotImplementedError

    def stop(self) -> None:
        """End the thread and close the line; may be called twice and before ``start``. What waits is not printed."""
        raise NotImplementedError

    def print(self, job: PrintJob) -> bool:
        """Queue a job and return at once, from any thread.

        Returns:
            False when ``PRINT_JOBS_MAX`` jobs wait already, or the worker has stopped.
        """
        raise NotImplementedError(job)

    def cancel_waiting(self) -> tuple[UUID, ...]:
        """Forget the jobs that wait; one that is on the paper already is finished.

        Returns:
            The jobs that will not be printed; nothing more is said about them.
        """
        raise NotImplementedError

    def open_drawer(self) -> bool:
        """Open the drawer without printing, and return at once.

        Returns:
            False when the printer can't do it now: a drawer does not open minutes later by itself.
        """
        raise NotImplementedError
