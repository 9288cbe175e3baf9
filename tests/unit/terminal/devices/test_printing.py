"""From the settings to a printer that is served, and jobs that are told of on the painting thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from hardware.errors import HardwareError
from hardware.printing.errors import PrinterLost
from hardware.printing.job import PrintJob
from hardware.printing.setup import Cut, FlowControl, PrinterSetup, QrMode
from hardware.printing.status import PrinterState, PrinterStatus
from hardware.receipt import ReceiptLine
from terminal.devices.printing import TillPrinter, printer_setup
from terminal.settings import parse_settings
from terminal.settings.printer import PrinterSettings

JOB = PrintJob(job_id=UUID(int=7), lines=(ReceiptLine("Purchase"),))


class FakeWorker:
    """What a printer's thread does, without one; the test says what happens."""

    def __init__(
        self,
        _settings: PrinterSettings,
        *,
        on_status: Callable[[PrinterStatus], None],
        on_printed: Callable[[UUID], None],
        on_failed: Callable[[UUID, HardwareError], None],
    ) -> None:
        self.on_status, self.on_printed, self.on_failed = on_status, on_printed, on_failed
        self.jobs: list[PrintJob] = []
        self.is_full = False
        self.is_running = False

    @property
    def status(self) -> PrinterStatus:
        return PrinterStatus(device_id="printer", state=PrinterState.READY)

    def start(self) -> None:
        self.is_running = True

    def stop(self) -> None:
        self.is_running = False

    def print(self, job: PrintJob) -> bool:
        if not self.is_full:
            self.jobs.append(job)
        return not self.is_full

    def open_drawer(self) -> bool:
        return True


class Till:
    """A till's printer with its worker, and the painting thread's list of calls."""

    def __init__(self, settings: PrinterSettings) -> None:
        self.calls: list[Callable[[], None]] = []
        self.statuses: list[PrinterStatus] = []
        self.workers: list[FakeWorker] = []
        self.printer = TillPrinter(
            settings, deliver=self.calls.append, on_status=self.statuses.append, make_worker=self._make
        )

    def _make(self, settings: PrinterSettings, **sinks: Callable[..., None]) -> FakeWorker:
        self.workers.append(FakeWorker(settings, **sinks))
        return self.workers[-1]

    def paint(self) -> None:
        """The painting thread takes what was handed over."""
        calls, self.calls[:] = [*self.calls], []
        for call in calls:
            call()


def test_settings_become_the_printers_setup() -> None:
    """Each option reaches the driver under its own name."""
    settings = PrinterSettings(
        port="/dev/ttyUSB0",
        paper_mm=58,
        columns=33,
        code_page="cp1252",
        profile="TM-T20II",
        cut="partial",
        drawer_pin=5,
        logo="logo.png",
        qr="raster",
        baud=38_400,
        flow_control="rts_cts",
        double_byte="on",
    )
    assert printer_setup(settings) == PrinterSetup(
        target="/dev/ttyUSB0",
        paper_mm=58,
        columns=33,
        code_page="CP1252",
        profile="TM-T20II",
        cut=Cut.PARTIAL,
        drawer_pin=5,
        logo="logo.png",
        qr=QrMode.RASTER,
        baud=38_400,
        flow_control=FlowControl.RTS_CTS,
        double_byte=True,
    )


def test_the_defaults_are_the_drivers_own() -> None:
    """A port alone is enough for a printer."""
    assert printer_setup(PrinterSettings(port="COM3")) == PrinterSetup(target="COM3")


@pytest.mark.parametrize(("toml", "is_wrong"), [("0", False), ("16", False), ("64", False), ("8", True), ("65", True)])
def test_a_line_too_narrow_for_a_receipt_is_refused_with_the_settings(toml: str, *, is_wrong: bool) -> None:
    """Together with the range, and before anything is printed."""
    assert isinstance(parse_settings(f"[printer]\ncolumns = {toml}\n"), list) is is_wrong


def test_a_till_without_a_printer_still_knows_its_paper(tmp_path: Path) -> None:
    """For the preview and the PDF; nothing is started and nothing printed."""
    till = Till(PrinterSettings(paper_mm=58, pdf_folder=str(tmp_path)))
    printer = till.printer
    printer.start()
    assert (printer.has_printer, printer.columns, printer.paper_mm) == (False, 32, 58)
    assert (printer.pdf_folder, printer.status) == (tmp_path, None)
    assert not printer.print(JOB)
    assert not printer.open_drawer()
    printer.stop()
    assert not till.workers


@pytest.mark.parametrize("error", [None, PrinterLost("/dev/lp0")])
def test_what_became_of_a_job_is_told_on_the_painting_thread(error: HardwareError | None) -> None:
    """Once, and to whoever asked for that job."""
    till = Till(PrinterSettings(port="/dev/usb/lp0"))
    told: list[HardwareError | None] = []
    assert till.printer.print(JOB, told.append)
    worker = till.workers[0]
    for _ in range(2):
        if error is None:
            worker.on_printed(JOB.job_id)
        else:
            worker.on_failed(JOB.job_id, error)
    assert not told
    till.paint()
    assert told == [error]


def test_nobody_needs_to_listen() -> None:
    """A test print of the device screen is told of by the status alone."""
    till = Till(PrinterSettings(port="/dev/usb/lp0"))
    assert till.printer.print(JOB)
    till.workers[0].on_printed(JOB.job_id)
    till.paint()
    assert till.workers[0].jobs == [JOB]


def test_a_job_that_found_no_place_is_forgotten() -> None:
    """Its number may come again."""
    till = Till(PrinterSettings(port="/dev/usb/lp0"))
    till.workers[0].is_full = True
    told: list[HardwareError | None] = []
    assert not till.printer.print(JOB, told.append)
    till.workers[0].on_printed(JOB.job_id)
    till.paint()
    assert not told


def test_states_are_handed_over_and_the_drawer_is_the_workers() -> None:
    """The painting thread hears of every change in order."""
    till = Till(PrinterSettings(port="/dev/usb/lp0", drawer="purchase", automatic="rewards"))
    printer, worker = till.printer, till.workers[0]
    printer.start()
    assert worker.is_running
    states = [msgspec.structs.replace(worker.status, state=state) for state in PrinterState]
    for each in states:
        worker.on_status(each)
    assert not till.statuses
    till.paint()
    assert till.statuses == states
    assert (printer.opens_drawer, printer.open_drawer(), printer.automatic) == (True, True, "rewards")
    assert printer.pdf_folder is None
    printer.stop()
    assert not worker.is_running
