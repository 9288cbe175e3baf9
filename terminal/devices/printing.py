"""From the settings to a receipt printer that is served: the one place that turns them into a setup and a thread."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from hardware.receipt import WIDTH_58_MM, WIDTH_80_MM

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from hardware.errors import HardwareError
    from hardware.printing.job import PrintJob
    from hardware.printing.setup import PrinterSetup
    from hardware.printing.status import PrinterStatus
    from hardware.printing.worker import PrinterWorker
    from terminal.settings.printer import Automatic, PrinterSettings

DEVICE_ID: Final = "printer"
"""The till's name for its receipt printer."""

_USUAL_COLUMNS: Final = {58: WIDTH_58_MM, 80: WIDTH_80_MM}


def printer_setup(settings: PrinterSettings) -> PrinterSetup:
    """The printer as its driver wants it described.

    Args:
        settings: Its port, which must not be empty, and how it prints.
    """
    from hardware.printing.setup import Cut, FlowControl, PrinterSetup, QrMode

    assert settings.port, "an empty port means that there is no printer"
    return PrinterSetup(
        target=settings.port,
        paper_mm=settings.paper_mm,
        columns=settings.columns or None,
        code_page=settings.code_page.upper(),
        profile=settings.profile,
        cut=Cut(settings.cut),
        drawer_pin=settings.drawer_pin,
        logo=settings.logo,
        qr=QrMode(settings.qr),
        double_byte=settings.double_byte == "on",
        baud=settings.baud,
        flow_control=FlowControl(settings.flow_control),
    )


def printer_worker(
    settings: PrinterSettings,
    *,
    on_status: Callable[[PrinterStatus], None],
    on_printed: Callable[[UUID], None],
    on_failed: Callable[[UUID, HardwareError], None],
) -> PrinterWorker:
    """Wire a printer; nothing is opened before its ``start``. The sinks are called on its thread."""
    from hardware.printing.worker import PrinterWorker

    return PrinterWorker(
        DEVICE_ID, printer_setup(settings), on_status=on_status, on_printed=on_printed, on_failed=on_failed
    )


class Worker(Protocol):
    """What is used of ``hardware.printing.worker.PrinterWorker``."""

    @property
    def status(self) -> PrinterStatus:
        """How the printer is doing now; any thread may ask."""
        ...

    def start(self) -> None:
        """Begin serving."""
        ...

    def stop(self) -> None:
        """End the thread."""
        ...

    def print(self, job: PrintJob) -> bool:
        """Queue a job; ``False`` when too many wait."""
        ...

    def open_drawer(self) -> bool:
        """Open the drawer; ``False`` when that can't be done now."""
        ...


class TillPrinter:
    """The receipt printer of a till, or the paper of one without; satisfies ``presenters.print_port.PrintActions``.

    A port that can't be a printer's is no error here: the printer's status says so with what to do, like everything
    else that keeps a printer from printing, and the till opens all the same.

    Args:
        settings: The printer.
        deliver: Hands a call over to the painting thread.
        on_status: Hears there of changes of the printer's state and of the number of receipts that wait.
        make_worker: Wires the printer's thread.
    """

    def __init__(
        self,
        settings: PrinterSettings,
        *,
        deliver: Callable[[Callable[[], None]], None],
        on_status: Callable[[PrinterStatus], None],
        make_worker: Callable[..., Worker] = printer_worker,
    ) -> None:
        self._settings = settings
        self._deliver = deliver
        self._listeners: dict[UUID, Callable[[HardwareError | None], None]] = {}
        self._guard = threading.Lock()
        self._worker: Worker | None = None
        if settings.port:
            self._worker = make_worker(
                settings,
                on_status=lambda status: deliver(partial(on_status, status)),
                on_printed=lambda job_id: self._finished(job_id, None),
                on_failed=self._finished,
            )

    @property
    def has_printer(self) -> bool:
        """Whether a printer is set up; it may be unplugged or out of paper for now."""
        return self._worker is not None

    @property
    def status(self) -> PrinterStatus | None:
        """How the printer is doing now, ``None`` without one; any thread may ask."""
        return self._worker.status if self._worker else None

    @property
    def columns(self) -> int:
        """Characters to the line of the paper."""
        return self._settings.columns or _USUAL_COLUMNS[self._settings.paper_mm]

    @property
    def paper_mm(self) -> int:
        """Width of the paper, in millimetres."""
        return self._settings.paper_mm

    @property
    def automatic(self) -> Automatic:
        """Which bookings print a receipt by themselves."""
        return self._settings.automatic

    @property
    def opens_drawer(self) -> bool:
        """Whether the cash drawer on the printer opens after a purchase."""
        return self._settings.drawer == "purchase"

    @property
    def pdf_folder(self) -> Path | None:
        """Where receipts are saved as PDF; ``None`` for where the reports go."""
        return Path(self._settings.pdf_folder).expanduser() if self._settings.pdf_folder else None

    def start(self) -> None:
        """Begin to serve the printer, if there is one."""
        if self._worker:
            self._worker.start()

    def stop(self) -> None:
        """Let go of the printer; what waits is not printed. Stopping twice is allowed."""
        if self._worker:
            self._worker.stop()

    def print(self, job: PrintJob, told: Callable[[HardwareError | None], None] | None = None) -> bool:
        """Queue a receipt and return at once; ``told`` hears on the painting thread what became of it.

        Returns:
            False when too many receipts wait already, or there is no printer; then ``told`` hears nothing.
        """
        if self._worker is None:
            return False
        if told is not None:
            with self._guard:  # before it is queued: the printer's thread may be quicker than this one
                self._listeners[job.job_id] = told
        if self._worker.print(job):
            return True
        with self._guard:
            self._listeners.pop(job.job_id, None)
        return False

    def open_drawer(self) -> bool:
        """Open the cash drawer without printing; ``False`` when that can't be done now."""
        return self._worker is not None and self._worker.open_drawer()

    def _finished(self, job_id: UUID, error: HardwareError | None) -> None:
        """On the printer's thread: a job came out, or was given up."""
        with self._guard:
            told = self._listeners.pop(job_id, None)
        if told is not None:
            self._deliver(partial(told, error))
