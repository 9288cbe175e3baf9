"""A printer's thread on real lines: the network, a serial port, a device node, a file."""

import errno
import fcntl
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from hardware.printing.encode import receipt_bytes
from hardware.printing.errors import (
    NotAPrinter,
    PrinterBlocked,
    PrinterBusy,
    PrinterDenied,
    PrinterError,
    PrinterLost,
    PrinterMissing,
    PrinterUnreachable,
)
from hardware.printing.lines import PrinterTransport
from hardware.printing.ports import DescriptorLine, DeviceTransport
from hardware.printing.queue import PRINT_JOBS_MAX
from hardware.printing.setup import FlowControl, PrinterSetup, QrMode
from hardware.printing.simulated import PrinterCondition, SimulatedPrinter, simulated_printer
from hardware.printing.simulated_ends import NetworkEnd, PtyEnd
from hardware.printing.status import PrinterState
from hardware.printing.transports import printer_transport
from hardware.receipt import LaidOutLine, ReceiptLine, lay_out
from hardware.scans import DeviceState
from hardware.simulated import simulated_scanner
from hardware.transport import transport_for
from tests.fakes.printer import (
    BRISK,
    ENGLISH_LINES,
    GERMAN_LINES,
    PATIENCE_S,
    PrinterRecorder,
    print_job,
    printing,
)
from tests.fakes.serial_line import Recorder, serving

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")

REPLUGS = 30
SCANS = 50
NOBODY = 65534
BRISK_AND_PATIENT = replace(BRISK, stall_max_s=3600.0, finish_s=3600.0)


@pytest.fixture
def recorder() -> PrinterRecorder:
    """Collects what the worker tells."""
    return PrinterRecorder()


@pytest.fixture(params=["network", "pty"])
def printer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SimulatedPrinter]:
    """A printer that is plugged in, on either kind of line."""
    end = NetworkEnd() if request.param == "network" else PtyEnd(tmp_path / "printer")
    with SimulatedPrinter(end) as plugged:
        yield plugged
        assert plugged.problems == ()


@contextmanager
def unprivileged() -> Iterator[None]:
    """Without root's right to open everything; a till does not run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def failure_of(opening: Callable[[], PrinterTransport]) -> PrinterError:
    """Why a printer cannot be opened."""
    with pytest.raises(PrinterError) as failed:
        opening().open()
    return failed.value


def transport(target: str) -> PrinterTransport:
    """The way to a printer."""
    return printer_transport(PrinterSetup(target=target))


def open_descriptors() -> int:
    """How many descriptors this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_receipts_come_out_as_they_were_laid_out(printer: SimulatedPrinter, recorder: PrinterRecorder) -> None:
    """German and English, with a code, a cut each, and the drawer once."""
    setup = PrinterSetup(target=printer.target)
    with printing(recorder, setup) as worker:
        worker.print(print_job(*GERMAN_LINES, qr="SKR1GERMAN", drawer=True))
        worker.print(print_job(*ENGLISH_LINES))
        german, english = printer.wait_for_papers(2, PATIENCE_S)
    for paper, lines in ((german, GERMAN_LINES), (english, ENGLISH_LINES)):
        assert [LaidOutLine(row.text, strong=row.strong) for row in paper.rows] == lay_out(lines, setup.width)
        assert paper.is_cut
    assert [code.content for code in german.codes] == ["SKR1GERMAN"]
    assert (len(german.pulses), len(english.pulses)) == (1, 0)


def test_a_receipt_larger_than_every_buffer_comes_out_whole(
    printer: SimulatedPrinter, recorder: PrinterRecorder
) -> None:
    """Partial writes are gone on with where they ended: a code in dots is many times what a line takes at once."""
    setup = PrinterSetup(target=printer.target, qr=QrMode.RASTER)
    job = print_job(*[ReceiptLine(f"Artikel {number}", right="1,00 €") for number in range(500)], qr="SKR1" + "A" * 486)
    assert len(receipt_bytes(job, setup)) > 40_000
    with printing(recorder, setup) as worker:
        worker.print(job)
        (paper,) = printer.wait_for_papers(1, PATIENCE_S)
        recorder.next_printed()
    assert [row.text for row in paper.rows] == [line.text for line in lay_out(job.lines, setup.width)]
    assert len(paper.pictures) == 1


@pytest.mark.parametrize(
    ("condition", "state"),
    [
        (PrinterCondition(paper_out=True), PrinterState.PAPER_OUT),
        (PrinterCondition(cover_open=True), PrinterState.COVER_OPEN),
        (PrinterCondition(offline=True), PrinterState.OFFLINE),
    ],
)
def test_what_stops_the_printer_shows_while_it_is_idle(
    printer: SimulatedPrinter, recorder: PrinterRecorder, condition: PrinterCondition, state: PrinterState
) -> None:
    """Before the next receipt, which waits and comes out when a person has put it right."""
    with printing(recorder, PrinterSetup(target=printer.target)) as worker:
        recorder.wait_for(PrinterState.READY)
        printer.set(condition)
        recorder.wait_for(state)
        job = print_job()
        worker.print(job)
        recorder.wait_for(state, waiting=1)
        assert printer.papers == ()
        printer.set()
        recorder.wait_for(PrinterState.READY, waiting=0)
        assert recorder.next_printed() == job.job_id


def test_a_roll_that_ends_soon_still_prints(printer: SimulatedPrinter, recorder: PrinterRecorder) -> None:
    """It is shown, and nothing waits."""
    printer.set(PrinterCondition(paper_low=True))
    with printing(recorder, PrinterSetup(target=printer.target)) as worker:
        recorder.wait_for(PrinterState.PAPER_LOW)
        worker.print(print_job())
        recorder.next_printed()


def test_a_silent_printer_prints(printer: SimulatedPrinter, recorder: PrinterRecorder) -> None:
    """One without a way back, or without the commands."""
    printer.set(PrinterCondition(silent=True))
    with printing(recorder, PrinterSetup(target=printer.target), timing=replace(BRISK, answer_s=0.01)) as worker:
        recorder.wait_for(PrinterState.READY)
        worker.print(print_job())
        printer.wait_for_papers(1, PATIENCE_S)
        recorder.next_printed()


def test_switched_off_in_mid_receipt_it_starts_over_when_it_is_back(
    printer: SimulatedPrinter, recorder: PrinterRecorder
) -> None:
    """The torn half and the whole receipt, which says that it is the second; the drawer opens once."""
    job = print_job(*GERMAN_LINES, drawer=True, again_lines=(ReceiptLine("Zweiter Versuch"),))
    printer.set(PrinterCondition(hang_up_after_bytes=90))
    with printing(recorder, PrinterSetup(target=printer.target)) as worker:
        worker.print(job)
        lost = recorder.wait_for(PrinterState.UNAVAILABLE)
        assert lost.error is not None
        assert lost.waiting == 1
        printer.plug()
        half, whole = printer.wait_for_papers(2, PATIENCE_S)
        assert recorder.next_printed() == job.job_id
    assert not half.is_cut
    assert whole.text.startswith("Zweiter Versuch\n")
    assert whole.is_cut
    assert len(half.pulses) + len(whole.pulses) == 1


def test_a_printer_that_is_not_there_gets_its_receipts_when_it_comes(
    printer: SimulatedPrinter, recorder: PrinterRecorder
) -> None:
    """In their order; until then the till says how many wait."""
    printer.unplug()
    jobs = [print_job(ReceiptLine(str(number))) for number in range(5)]
    with printing(recorder, PrinterSetup(target=printer.target)) as worker:
        for job in jobs:
            worker.print(job)
        recorder.wait_for(PrinterState.UNAVAILABLE, waiting=5)
        printer.plug()
        papers = printer.wait_for_papers(5, PATIENCE_S)
        assert [recorder.next_printed() for _ in jobs] == [job.job_id for job in jobs]
    assert [paper.text for paper in papers] == ["0", "1", "2", "3", "4"]


def test_unplugged_and_plugged_in_again_and_again_nothing_is_lost_doubled_or_leaked(
    printer: SimulatedPrinter, recorder: PrinterRecorder
) -> None:
    """One receipt per plug, each exactly once, and as many threads and descriptors at the end as at the start."""
    with printing(recorder, PrinterSetup(target=printer.target)) as worker:
        worker.print(print_job(ReceiptLine("first")))
        recorder.next_printed()
        threads, descriptors = threading.active_count(), open_descriptors()
        for number in range(REPLUGS):
            printer.unplug()
            job = print_job(ReceiptLine(str(number)))
            worker.print(job)
            printer.plug()
            assert recorder.next_printed() == job.job_id
        assert threading.active_count() == threads
        # At this moment a line may be open or not; a leak would be one for every plug.
        assert open_descriptors() < descriptors + REPLUGS // 2
    assert [paper.text for paper in printer.papers] == ["first", *map(str, range(REPLUGS))]
    assert recorder.failed.empty()


def test_a_printer_that_never_reads_delays_no_scan_and_no_end(
    printer: SimulatedPrinter, recorder: PrinterRecorder, tmp_path: Path
) -> None:
    """Receipts pile up behind it; cards are read as ever, printing returns at once, and the till can be closed."""
    printer.set(PrinterCondition(blocked=True))
    scans = Recorder()
    setup = PrinterSetup(target=printer.target, qr=QrMode.RASTER)
    large = print_job(qr="SKR1" + "A" * 486)
    timing = replace(BRISK_AND_PATIENT, answer_s=0.01)
    with (
        printing(recorder, setup, timing=timing) as worker,
        simulated_scanner(tmp_path, "scanner") as scanner,
        serving(transport_for(scanner.port), scans),
    ):
        for _ in range(10):
            worker.print(replace(large, job_id=print_job().job_id))
        shown = recorder.wait_for(PrinterState.OFFLINE)
        assert isinstance(shown.error, PrinterBlocked)
        scans.wait_for(DeviceState.READY)
        for number in range(SCANS):
            scanner.scan(f"card-{number}")
            assert worker.print(print_job()) is (number + 10 < PRINT_JOBS_MAX)
            assert scans.scan().text == f"card-{number}"
        assert printer.papers == ()


def test_the_next_scan_is_not_behind_a_receipt_being_printed(
    printer: SimulatedPrinter, recorder: PrinterRecorder, tmp_path: Path
) -> None:
    """Both at once for a while: every receipt comes out and every card arrives, in order."""
    scans = Recorder()
    with (
        printing(recorder, PrinterSetup(target=printer.target)) as worker,
        simulated_scanner(tmp_path, "scanner") as scanner,
        serving(transport_for(scanner.port), scans),
    ):
        scans.wait_for(DeviceState.READY)
        for number in range(SCANS):
            assert worker.print(print_job(ReceiptLine(str(number))))
            scanner.scan(f"card-{number}")
            assert scans.scan().text == f"card-{number}"
            recorder.next_printed()
    assert [paper.text for paper in printer.papers] == [str(number) for number in range(SCANS)]


def test_two_tills_share_a_network_printer(recorder: PrinterRecorder) -> None:
    """Each lets go of it after its receipt, so that neither waits for the other's closing time."""
    other = PrinterRecorder()
    with SimulatedPrinter(NetworkEnd()) as printer:
        setup = PrinterSetup(target=printer.target)
        with printing(recorder, setup) as ours, printing(other, setup) as theirs:
            for _ in range(5):
                ours.print(print_job(ReceiptLine("ours")))
                theirs.print(print_job(ReceiptLine("theirs")))
                recorder.next_printed()
                other.next_printed()
        assert sorted(paper.text for paper in printer.papers) == ["ours"] * 5 + ["theirs"] * 5


def test_a_port_in_use_is_busy_and_served_when_it_is_free(tmp_path: Path, recorder: PrinterRecorder) -> None:
    """Another program's lock on the port."""
    with simulated_printer(tmp_path) as printer:
        holder = os.open(printer.target, os.O_RDWR | os.O_NOCTTY)
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with printing(recorder, PrinterSetup(target=printer.target)):
            assert isinstance(recorder.wait_for(PrinterState.UNAVAILABLE).error, PrinterBusy)
            os.close(holder)
            recorder.wait_for(PrinterState.READY)


def test_why_a_port_cannot_be_opened_is_told_by_cause(tmp_path: Path) -> None:
    """Missing, a folder, forbidden, a file that is no port."""
    assert isinstance(failure_of(lambda: transport(str(tmp_path / "nothing"))), PrinterMissing)
    assert isinstance(failure_of(lambda: transport(str(tmp_path))), NotAPrinter | PrinterBusy | PrinterMissing)
    plain = tmp_path / "plain"
    plain.touch()
    assert isinstance(failure_of(lambda: transport(str(plain))), NotAPrinter)
    assert isinstance(failure_of(lambda: transport("file:///nowhere/receipts.bin")), PrinterMissing)
    assert isinstance(failure_of(lambda: transport(tmp_path.as_uri())), NotAPrinter)
    assert isinstance(failure_of(lambda: transport("/dev/usb/lp99")), PrinterMissing)
    plain.chmod(0)
    with unprivileged():
        assert isinstance(failure_of(lambda: transport(plain.as_uri())), PrinterDenied)
        assert isinstance(failure_of(lambda: DeviceTransport(str(plain))), PrinterDenied)


def test_why_a_host_cannot_be_reached_is_told(recorder: PrinterRecorder) -> None:
    """Nobody listens, no such name, a name that cannot be one."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert isinstance(failure_of(lambda: transport(f"127.0.0.1:{port}")), PrinterUnreachable)
    assert isinstance(failure_of(lambda: transport("network://printer.invalid:9100")), PrinterUnreachable)
    assert isinstance(failure_of(lambda: transport(f"network://{'a' * 70}:9100")), NotAPrinter)


def test_a_file_takes_receipts_one_behind_the_other(tmp_path: Path, recorder: PrinterRecorder) -> None:
    """What is in it stays, nobody else may read it, and it is no printer that could be asked."""
    path = tmp_path / "receipts.bin"
    setup = PrinterSetup(target=path.as_uri())
    jobs = [print_job(ReceiptLine("a")), print_job(ReceiptLine("b"))]
    for job in jobs:
        with printing(recorder, setup) as worker:
            worker.print(job)
            assert recorder.next_printed() == job.job_id
    assert path.read_bytes() == b"".join(receipt_bytes(job, setup) for job in jobs)
    assert path.stat().st_mode & 0o077 == 0


def test_a_device_node_is_asked_and_printed_on(tmp_path: Path) -> None:
    """The node of the system's printer driver: bytes in both directions, and its end is a loss."""
    with simulated_printer(tmp_path) as printer:
        line = DeviceTransport(printer.target).open()
        assert line.write(b"\x10\x04\x01") == 3
        assert line.read(PATIENCE_S) == b"\x12"
        printer.unplug()
        with pytest.raises(PrinterLost):
            line.read(PATIENCE_S)
        with pytest.raises(PrinterLost):
            line.write(b"a")
        line.close()
        line.close()


def test_an_empty_usb_packet_is_no_loss() -> None:
    """Printers send some when they have nothing to say, and the system's driver hands each on as an empty read."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours.setblocking(False)
    line = DescriptorLine(ours.detach(), "/dev/usb/lp0", listens=True)
    with theirs:
        theirs.send(b"")
        assert line.read(PATIENCE_S) == b""
        theirs.send(b"\x12")
        assert line.read(PATIENCE_S) == b"\x12"
    line.close()


def test_a_device_node_of_one_direction_is_written_to_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parallel ports and some USB printers do not open for reading."""
    path = tmp_path / "lp0"
    path.touch()
    really_open = os.open

    def one_way(name: str, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_RDWR:
            raise OSError(errno.EINVAL, "one way")
        return really_open(name, flags, mode)

    monkeypatch.setattr(os, "open", one_way)
    line = DeviceTransport(str(path)).open()
    assert not line.listens
    assert line.write(b"abc") == 3
    assert line.read(PATIENCE_S) == b""
    line.close()
    assert path.read_bytes() == b"abc"


@pytest.mark.parametrize("flow_control", FlowControl)
def test_a_serial_port_opens_with_every_flow_control(tmp_path: Path, flow_control: FlowControl) -> None:
    """Speed and flow control of the set-up reach the port."""
    with simulated_printer(tmp_path) as printer:
        setup = PrinterSetup(target=printer.target, baud=115_200, flow_control=flow_control)
        line = printer_transport(setup).open()
        assert line.write(b"\x10\x04\x04") == 3
        assert line.read(PATIENCE_S) == b"\x12"
        line.close()
