"""Scanners are started from the settings, found when they are plugged in, and told apart."""

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest

from hardware.discovery import MatchedTransport, PortInfo
from hardware.errors import DriverMissing
from hardware.hidline import HidTransport
from hardware.scans import DeviceState, DeviceStatus
from hardware.simulated import LoopbackLine, SimulatedScanner
from hardware.traffic import Traffic
from hardware.transport import SocketTransport
from terminal.devices.scanners import Scanners, scanner_transport, scanner_worker
from terminal.settings.scanner import FurtherScanner, ScannerSettings
from tests.fakes.hid import FakeHid, report
from tests.fakes.machine import EPSON, ZEBRA, Machine
from tests.fakes.serial_line import PATIENCE_S, Recorder

CARD = "2912345678904"
POLL_S = 0.005

on_ptys = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")


@pytest.fixture
def recorder() -> Recorder:
    """Collects what the scanners tell."""
    return Recorder()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A machine with nothing plugged in."""
    there = Machine(tmp_path)
    yield there
    there.close()


@contextmanager
def running(
    recorder: Recorder,
    machine: Machine | None = None,
    first: ScannerSettings | None = None,
    further: Sequence[FurtherScanner] = (),
    *,
    claimed: Sequence[str] = (),
    hid: FakeHid | None = None,
    poll_s: float = POLL_S,
    traffic: Traffic | None = None,
) -> Iterator[Scanners]:
    """Started scanners, stopped at the end whatever happens."""
    scanners = Scanners(
        first or ScannerSettings(),
        further,
        on_scan=recorder.on_scan,
        on_status=recorder.on_status,
        claimed=claimed,
        ports=machine.ports if machine else list,
        hid=lambda: hid,
        poll_s=poll_s,
        traffic=traffic,
    )
    scanners.start()
    try:
        yield scanners
    finally:
        scanners.stop()


def ready(recorder: Recorder) -> str:
    """The name of the next scanner that is ready."""
    return recorder.wait_for(DeviceState.READY).device_id


def test_an_address_is_taken_as_it_is_and_a_port_by_what_is_behind_it() -> None:
    """A network scanner has no USB identity to look for."""
    assert isinstance(scanner_transport(ScannerSettings(port="socket://127.0.0.1:7")), SocketTransport)
    assert isinstance(scanner_transport(ScannerSettings(port="hid://0c2e:0b61")), HidTransport)
    assert isinstance(scanner_transport(ScannerSettings(port="/dev/ttyACM0")), MatchedTransport)


def test_a_network_scanner_is_served(recorder: Recorder) -> None:
    """Settings to scan over a socket, with nothing between them but the worker."""
    line = LoopbackLine()
    settings = ScannerSettings(port=line.url, prefix="~", terminator="tab")
    with SimulatedScanner(line, "scanner") as scanner:
        worker = scanner_worker("counter", settings, on_scan=recorder.on_scan, on_status=recorder.on_status)
        worker.start()
        try:
            recorder.wait_for(DeviceState.READY)
            scanner.scan(f"~{CARD}", terminator=b"\t")
            scan = recorder.scan()
        finally:
            worker.stop()
    assert (scan.device_id, scan.text) == ("counter", CARD)


@on_ptys
def test_a_configured_scanner_under_another_name_is_the_same_scanner(recorder: Recorder, machine: Machine) -> None:
    """The name in the settings is gone for good; vendor, product and serial number lead to the new one."""
    scanner = machine.plug("left", serial="A1")
    with running(recorder, machine, ScannerSettings(port=machine.port("left"))):
        ready(recorder)
        scanner.scan("before")
        assert recorder.scan().text == "before"
        machine.unplug("left")
        recorder.wait_for(DeviceState.LOST)
        machine.replug("left")
        ready(recorder)
        scanner.scan("after")
        assert recorder.scan().text == "after"


@on_ptys
def test_what_is_plugged_in_is_served_within_two_seconds(recorder: Recorder, machine: Machine) -> None:
    """With the till's own interval: plugged in just after a look, it is found by the next one."""
    looked = threading.Event()

    class Watched(Machine):
        def ports(self) -> list[PortInfo]:
            found = machine.ports()
            looked.set()
            return found

    with running(recorder, Watched(Path()), poll_s=1.0):
        assert looked.wait(PATIENCE_S)
        plugged_at = monotonic()
        scanner = machine.plug("scanner")
        assert ready(recorder) == "scanner"
        scanner.scan(CARD)
        assert recorder.scan().text == CARD
        assert monotonic() - plugged_at < 2.0


@on_ptys
def test_several_known_scanners_are_taken_and_told_apart(recorder: Recorder, machine: Machine) -> None:
    """Whose a scan is, is said by name; the doctor sees ports, ids and counters."""
    left, right = machine.plug("left", serial="A1"), machine.plug("right", vid=ZEBRA)
    with running(recorder, machine) as scanners:
        assert {ready(recorder), ready(recorder)} == {"scanner", "scanner-2"}
        left.scan("111")
        right.scan("222")
        scans = {recorder.scan().text: "", recorder.scan().text: ""}
        views = {view.description: view for view in scanners.devices()}
    assert set(scans) == {"111", "222"}
    assert (views["left"].usb_id, views["right"].usb_id) == ("0C2E:0B61", "05E0:0B61")
    assert views["left"].maker.startswith("Honeywell")
    assert all(view.discovered and view.state is DeviceState.READY for view in views.values())
    assert [view.counters.scans for view in views.values()] == [1, 1]


@on_ptys
def test_what_is_no_known_scanner_is_left_alone(recorder: Recorder, machine: Machine) -> None:
    """A printer, an adapter with anything behind it, a modem: nobody's port is opened on a guess."""
    machine.plug("printer", vid=EPSON)
    machine.plug("adapter", vid=0x1A86)
    scanner = machine.plug("scanner")
    with running(recorder, machine) as scanners:
        ready(recorder)
        scanner.scan(CARD)
        recorder.scan()
        assert [view.description for view in scanners.devices()] == ["scanner"]


@on_ptys
@pytest.mark.parametrize("named_by", ["port", "link", "usb id"])
def test_a_port_of_another_device_is_not_taken(recorder: Recorder, machine: Machine, named_by: str) -> None:
    """A display of a maker who also makes scanners stays the display, however the settings spell its port."""
    display = machine.plug("display", vid=ZEBRA, pid=0x0001)
    scanner = machine.plug("scanner")
    spelled = {"port": machine.port("display"), "link": display.port, "usb id": "usb://05e0:0001"}
    claimed = ["", spelled[named_by]]
    with running(recorder, machine, claimed=claimed) as scanners:
        ready(recorder)
        scanner.scan(CARD)
        recorder.scan()
        assert [view.description for view in scanners.devices()] == ["scanner"]


@on_ptys
def test_a_configured_scanner_is_not_discovered_as_another_one(recorder: Recorder, machine: Machine) -> None:
    """It has its own settings; the rest is found by itself."""
    own, found = machine.plug("own", serial="A1"), machine.plug("found", serial="B2")
    further = FurtherScanner(port=machine.port("own"), name="left", terminator="tab")
    with running(recorder, machine, further=[further]) as scanners:
        assert {ready(recorder), ready(recorder)} == {"left", "scanner"}
        own.scan("111", terminator=b"\t")
        found.scan("222")
        assert {recorder.scan().device_id, recorder.scan().device_id} == {"left", "scanner"}
        machine.unplug("own")
        assert recorder.wait_for(DeviceState.LOST).device_id == "left"
        machine.replug("own")
        assert ready(recorder) == "left"
        assert len(scanners.devices()) == 2


@on_ptys
def test_a_discovered_scanner_under_another_name_is_the_same_scanner(recorder: Recorder, machine: Machine) -> None:
    """Plugged in elsewhere it keeps its name, its counters and its memory of the last code."""
    scanner = machine.plug("only", serial="A1")
    with running(recorder, machine) as scanners:
        for cycle in range(5):
            assert ready(recorder) == "scanner"
            scanner.scan(f"card-{cycle}")
            assert recorder.scan().text == f"card-{cycle}"
            machine.unplug("only")
            assert recorder.wait_for(DeviceState.LOST).device_id == "scanner"
            machine.replug("only")
        ready(recorder)
        (view,) = scanners.devices()
        assert (view.counters.losses, view.counters.scans, view.port) == (5, 5, machine.port("only"))
        assert view.error is not None


@on_ptys
def test_a_lost_twin_does_not_take_its_neighbours_port(recorder: Recorder, machine: Machine) -> None:
    """Two scanners of a model without serial numbers: the one that is left is not called busy by the other."""
    left, _right = machine.plug("left"), machine.plug("right")
    with running(recorder, machine) as scanners:
        names = {ready(recorder), ready(recorder)}
        machine.unplug("right")
        lost = recorder.wait_for(DeviceState.LOST).device_id
        left.scan(CARD)
        assert recorder.scan().device_id == (names - {lost}).pop()
        machine.replug("right")
        assert ready(recorder) == lost
        assert [view.counters.failed_opens for view in scanners.devices() if view.id != lost] == [0]


@on_ptys
def test_a_hundred_exchanges_leave_no_thread_and_no_descriptor(recorder: Recorder, machine: Machine) -> None:
    """Two scanners that are plugged in by turns: each is served, each is let go for the other, and nothing is left."""
    scanners_by_name = {"one": machine.plug("one", serial="A1"), "two": machine.plug("two", vid=ZEBRA)}
    machine.unplug("two")
    threads = threading.active_count()
    with running(recorder, machine, poll_s=0.001) as scanners:
        ready(recorder)
        served = threading.active_count()
        descriptors = 0
        for cycle in range(100):
            here, away = ("one", "two") if cycle % 2 == 0 else ("two", "one")
            scanners_by_name[here].scan(f"card-{cycle}")
            assert recorder.scan().text == f"card-{cycle}"
            assert [view.description for view in scanners.devices()] == [here]
            assert threading.active_count() == served
            descriptors = descriptors or open_descriptors()
            assert open_descriptors() == descriptors
            machine.unplug(here)
            recorder.wait_for(DeviceState.LOST)
            machine.replug(away, elsewhere=False)
            assert ready(recorder) == "scanner"
    assert threading.active_count() == threads
    assert recorder.rest() == []


@on_ptys
def test_a_scanner_that_is_exchanged_is_let_go(recorder: Recorder, machine: Machine) -> None:
    """The broken one does not stay on the screen as lost for the rest of the day."""
    machine.plug("broken", serial="A1")
    with running(recorder, machine) as scanners:
        ready(recorder)
        machine.unplug("broken")
        recorder.wait_for(DeviceState.LOST)
        new = machine.plug("new", vid=ZEBRA)
        recorder.wait_for(DeviceState.STOPPED)
        assert ready(recorder) == "scanner"
        new.scan(CARD)
        assert recorder.scan().text == CARD
        assert [view.description for view in scanners.devices()] == ["new"]


def test_a_hid_scanner_is_taken_like_any_other(recorder: Recorder) -> None:
    """It says of itself that it is a scanner."""
    hid = FakeHid()
    reports = hid.plug(b"/dev/hidraw7", vid=0x9999)
    with running(recorder, hid=hid) as scanners:
        ready(recorder)
        reports.put(report(CARD.encode()))
        scan = recorder.scan()
        (view,) = scanners.devices()
    assert (scan.text, scan.aim, view.port) == (CARD, "]E0", "hid://9999:0b61")


def test_a_configured_hid_scanner_without_driver_says_so(recorder: Recorder) -> None:
    """The optional part is not installed: a known error, and the till runs."""
    with running(recorder, first=ScannerSettings(port="hid://0c2e:0b61")):
        assert isinstance(recorder.wait_for(DeviceState.UNAVAILABLE).error, DriverMissing)


def test_hidapi_is_loaded_once(recorder: Recorder) -> None:
    """Looking for a module that is not there costs more than listing ports."""
    loaded: list[str] = []
    looks = threading.Semaphore(0)

    def ports() -> list[PortInfo]:
        looks.release()
        return []

    def load() -> None:
        loaded.append("hid")

    scanners = Scanners(
        ScannerSettings(), on_scan=recorder.on_scan, on_status=recorder.on_status, ports=ports, hid=load, poll_s=0.001
    )
    scanners.start()
    for _ in range(5):
        assert looks.acquire(timeout=PATIENCE_S)
    scanners.stop()
    assert loaded == ["hid"]


def test_off_means_that_nobody_listens_and_nothing_is_looked_for(recorder: Recorder) -> None:
    """Not a port is listed and not a thread is started."""

    def ports() -> list[PortInfo]:
        raise AssertionError

    before = threading.active_count()
    scanners = Scanners(
        ScannerSettings(port="off"), on_scan=recorder.on_scan, on_status=recorder.on_status, ports=ports
    )
    assert not scanners.listens
    scanners.start()
    assert (scanners.devices(), threading.active_count()) == ((), before)
    scanners.stop()


def test_two_scanners_with_one_port_are_refused(recorder: Recorder) -> None:
    """The settings file is refused before; nobody else starts them either."""
    further = FurtherScanner(port="/dev/ttyACM0")
    with pytest.raises(ValueError, match="same port"):
        Scanners(
            ScannerSettings(port="/dev/ttyACM0"), [further], on_scan=recorder.on_scan, on_status=recorder.on_status
        )


@on_ptys
def test_stopped_scanners_can_be_started_again(recorder: Recorder, machine: Machine) -> None:
    """The doctor takes the ports for a while and gives them back; nothing is left of the first time."""
    scanner = machine.plug("only")
    descriptors, threads = open_descriptors(), threading.active_count()
    with running(recorder, machine, traffic=Traffic()) as scanners:
        ready(recorder)
        scanners.stop()
        scanners.stop()
        assert (scanners.devices(), threading.active_count()) == ((), threads)
        scanners.start()
        ready(recorder)
        scanner.scan(CARD)
        assert recorder.scan().text == CARD
    assert (open_descriptors(), threading.active_count()) == (descriptors, threads)


def open_descriptors() -> int:
    """How many files, pipes and ports this process holds."""
    return len(list(Path("/dev/fd").iterdir()))


@on_ptys
def test_a_beep_goes_to_a_scanner_whose_maker_the_port_tells(recorder: Recorder, machine: Machine) -> None:
    """The USB id is known once the port is open; an unknown scanner on a named port stays unanswered."""
    known, unknown = machine.plug("known"), machine.plug("unknown", vid=0x1A86)
    settings = ScannerSettings(port=machine.port("known"), beep="on")
    further = FurtherScanner(port=machine.port("unknown"), beep="on")
    with running(recorder, machine, settings, [further]) as scanners:
        ready(recorder)
        ready(recorder)
        known.scan("111")
        unknown.scan("222")
        recorder.scan()
        recorder.scan()
        assert known.answer() == b"\x16\x07\r"
        assert unknown.answer(timeout_s=0) == b""
        answers = {view.description: view.counters.answers for view in scanners.devices()}
        assert answers == {"known": 1, "unknown": 0}


def test_a_scanner_that_was_never_there_is_seen_by_the_doctor(recorder: Recorder, tmp_path: Path) -> None:
    """With the port of the settings, its state and why."""
    port = str(tmp_path / "none")
    with running(recorder, first=ScannerSettings(port=port)) as scanners:
        missing: DeviceStatus = recorder.wait_for(DeviceState.UNAVAILABLE)
        (view,) = scanners.devices()
    assert (view.id, view.port, view.usb_id, view.discovered) == ("scanner", port, "", False)
    assert (view.state, view.error) == (DeviceState.UNAVAILABLE, missing.error)
