"""The doctor of an open till on real pseudo-terminals: scanners are paused while their lines are listened to."""

from __future__ import annotations

import os
import pty
import queue
import sys
import threading
import tty
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from hardware.counters import DeviceView
from hardware.discovery import PortInfo
from hardware.errors import DeviceLost
from hardware.findings import DeviceKind, Finding
from hardware.scans import DeviceState
from hardware.speeds import Framing
from hardware.traffic import TrafficEntry
from hardware.transport import Parity
from hardware.wizard import TEST_TEXT, Capture, Verdict, deduce
from terminal.app.doctor import DoctorService, Ward
from terminal.app.keep_settings import Kept, NotKept
from terminal.devices.doctor import Ear, Listening, attached, configured, ears
from terminal.errors import FileUnwritable
from terminal.settings import SETTINGS_FILE, Settings
from terminal.settings.scanner import FurtherScanner, ScannerSettings
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.fake_machine import FakeMachine
from tests.fakes.hid import newland_report, report
from tests.fakes.serial_line import PATIENCE_S, ScriptedLine, ScriptedTransport

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")


class Scanner:
    """A scanner on a pseudo-terminal."""

    def __init__(self) -> None:
        self.end, self._till = pty.openpty()
        tty.setraw(self.end)
        tty.setraw(self._till)
        self.port = os.ttyname(self._till)

    def send(self, data: bytes) -> None:
        """Read a code."""
        os.write(self.end, data)

    def close(self) -> None:
        """Give it back."""
        os.close(self.end)
        os.close(self._till)


@pytest.fixture
def scanner() -> Iterator[Scanner]:
    """A scanner that is plugged in."""
    made = Scanner()
    yield made
    made.close()


class FakeScanners:
    """Satisfies ``ServedScanners``: notes when it is started and stopped."""

    def __init__(self, port: str, log: list[str], name: str = "first") -> None:
        self.port = port
        self._log = log
        self._name = name

    def start(self) -> None:
        self._log.append(f"{self._name} started")

    def stop(self) -> None:
        self._log.append(f"{self._name} stopped")

    def devices(self) -> tuple[DeviceView, ...]:
        return (DeviceView(id="scanner", port=self.port, state=DeviceState.READY),)


class Till:
    """A doctor with a painting thread that is this test: ``turn`` runs what was delivered to it."""

    def __init__(self, directory: Path, port: str) -> None:
        self.log: list[str] = []
        self.calls: queue.Queue[Callable[[], None]] = queue.Queue()
        self.broken: list[Exception] = []
        self.frames: tuple[TrafficEntry, ...] = ()
        clock = FakeClock()
        directory.mkdir()
        self.directory = directory
        settings = Settings(scanner=ScannerSettings(port=port))
        ward = Ward(
            FakeScanners(port, self.log),
            lambda: self.frames,
            make_scanners=lambda new: FakeScanners(new.scanner.port, self.log, f"by {new.scanner.terminator}"),
        )
        self.service = DoctorService(
            directory,
            settings,
            ward,
            deliver=self.calls.put,
            broke=self.broken.append,
            clock=clock,
            ids=SeededIds(1, clock),
            machine=FakeMachine(directory / "machine"),
        )

    def turn(self) -> None:
        """The painting thread does the next thing, waited for."""
        self.calls.get(timeout=PATIENCE_S)()


@pytest.fixture
def till(tmp_path: Path, scanner: Scanner) -> Iterator[Till]:
    """A till whose scanner is served."""
    made = Till(tmp_path / "till", scanner.port)
    yield made
    made.service.stop()
    assert made.broken == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("doctor", "ear-"))]


def failed(error: Exception) -> None:
    """Nothing may break here."""
    raise error


def test_a_scan_is_heard_byte_for_byte_while_the_scanners_are_paused(till: Till, scanner: Scanner) -> None:
    """With its terminator, which no frame would show; afterwards the scanners are served again."""
    heard: list[Capture] = []
    till.service.listen(heard.append, None)
    till.turn()
    scanner.send(b"]C0" + TEST_TEXT.encode() + b"\r\n")
    till.turn()
    till.service.stop_listening()
    till.turn()
    (capture,) = heard
    assert (capture.device_id, capture.port, capture.baud) == ("scanner", scanner.port, 9_600)
    found = deduce(capture)
    assert (found.verdict, found.aim, found.terminator) == (Verdict.UNDERSTOOD, "]C0", "crlf")
    assert till.log == ["first stopped", "first started"]


def test_listening_at_another_speed_pauses_the_scanners_once(till: Till, scanner: Scanner) -> None:
    """The second ear replaces the first."""
    heard: list[Capture] = []
    till.service.listen(heard.append, None)
    till.service.listen(heard.append, Framing(19_200, 8, Parity.NONE))
    till.turn()
    till.turn()
    scanner.send(TEST_TEXT.encode() + b"\r")
    till.turn()
    assert [capture.baud for capture in heard] == [19_200]
    assert till.log == ["first stopped"]


def test_a_scan_that_arrives_after_the_end_is_nobodys(till: Till, scanner: Scanner) -> None:
    """Whoever stopped listening must not be called any more."""
    heard: list[Capture] = []
    till.service.listen(heard.append, None)
    till.turn()
    scanner.send(TEST_TEXT.encode() + b"\r")
    late = till.calls.get(timeout=PATIENCE_S)
    till.service.stop_listening()
    late()
    till.turn()
    assert heard == []


def test_stopping_what_never_began_does_nothing(till: Till) -> None:
    """Every screen that opens says so, whether or not somebody listens."""
    till.service.stop_listening()
    assert till.log == []


def test_a_till_that_closes_lets_go_of_everything(till: Till) -> None:
    """In the middle of the wizard."""
    till.service.listen(lambda _capture: None, None)
    till.turn()
    till.service.stop()
    assert till.log[-1] == "first stopped"
    till.service.examine(failed, failed)  # type: ignore[arg-type]
    assert till.calls.empty()


def test_devices_are_examined_on_the_doctors_thread(till: Till) -> None:
    """And told on the painting thread."""
    found: list[tuple[Finding, ...]] = []
    till.service.examine(found.append, failed)
    till.turn()
    assert {finding.device for finding in found[0]} >= {"scanner"}


def test_a_scanner_that_typed_counts_as_attached(till: Till) -> None:
    """It has no port; that it was heard is all there is to know."""
    assert [device.kind for device in till.service.devices()] == [DeviceKind.SCANNER]
    till.frames = (TrafficEntry(device_id="keyboard", text="***", hex=""),)
    assert [device.kind for device in till.service.devices()] == [DeviceKind.SCANNER, DeviceKind.KEYBOARD]


def test_changed_settings_are_in_use_at_once(till: Till) -> None:
    """The scanners are served anew by what was written."""
    changes = till.service.changes("scanner", "", {"terminator": "tab"})
    kept: list[Kept | NotKept] = []
    till.service.keep(changes, kept.append, failed)
    till.turn()
    (outcome,) = kept
    assert isinstance(outcome, Kept)
    assert outcome.in_use
    assert 'terminator = "tab"' in (till.directory / SETTINGS_FILE).read_text("utf-8")
    assert till.log == ["first stopped", "by tab started"]


def test_settings_of_typing_scanners_wait_for_the_next_start(till: Till) -> None:
    """Their part sits in the window."""
    kept: list[Kept | NotKept] = []
    till.service.keep({"wedge.layout": "us"}, kept.append, failed)
    till.turn()
    assert isinstance(kept[0], Kept)
    assert not kept[0].in_use
    assert till.log == []


def test_settings_with_a_mistake_leave_the_scanners_alone(till: Till) -> None:
    """Nothing was written, so nothing is served anew."""
    kept: list[Kept | NotKept] = []
    till.service.keep({"scanner.terminator": "bell"}, kept.append, failed)
    till.turn()
    assert isinstance(kept[0], NotKept)
    assert till.log == []


def test_files_are_written_into_the_folder(till: Till, tmp_path: Path) -> None:
    """The support file and the test barcode, each under a name of its own."""
    written: list[Path] = []
    till.service.bundle(tmp_path, written.append, failed)
    till.service.sheet(tmp_path, "Scannen Sie einen dieser Codes – für Ä Ö Ü.", written.append, failed)
    till.turn()
    till.turn()
    support, sheet = written
    assert "findings.json" in zipfile.ZipFile(support).namelist()
    assert sheet.read_bytes().startswith(b"%PDF")


def test_a_folder_that_is_not_there_is_said_to_whoever_asked(till: Till, tmp_path: Path) -> None:
    """On the painting thread, as an error of its kind."""
    errors: list[Exception] = []
    till.service.bundle(tmp_path / "missing", lambda _path: None, errors.append)
    till.turn()
    assert isinstance(errors[0], FileUnwritable)


def test_what_breaks_while_nobody_waits_is_a_bug(till: Till) -> None:
    """It reaches the crash handler and does not end the thread."""

    def no_ports() -> list[object]:
        raise RuntimeError("ports")

    till.service._machine.ports = no_ports  # type: ignore[assignment]
    till.service.listen(lambda _capture: None, None)
    till.turn()
    assert [str(error) for error in till.broken] == ["ports"]
    till.broken.clear()


# -- what can be listened to -------------------------------------------------------------------------------------------


def test_every_line_that_could_be_a_scanners_has_an_ear(tmp_path: Path) -> None:
    """Those that are served, by their own settings, and ports nobody has; the printer's port is left alone."""
    machine = FakeMachine(tmp_path)
    for port, link in (("/dev/ttyUSB0", ""), ("/dev/ttyUSB1", "/dev/serial/by-id/usb-x"), ("/dev/ttyUSB2", "")):
        machine.plug_in(PortInfo(port=port, vid=0x0403, pid=0x6001, by_id=link))
    settings = Settings(scanners=(FurtherScanner(name="left", port="/dev/ttyUSB0", baud=4_800),))
    settings = with_printer(settings, "/dev/ttyUSB2")
    found = ears(settings, (DeviceView(id="left", port="/dev/ttyUSB0"),), machine.ports())
    assert [(ear.device_id, ear.port, ear.settings.baud) for ear in found] == [
        ("left", "/dev/ttyUSB0", 4_800),
        ("/dev/ttyUSB1", "/dev/serial/by-id/usb-x", 9_600),
    ]


def with_printer(settings: Settings, printer_port: str) -> Settings:
    """The same settings with a printer."""
    return msgspec.structs.replace(settings, printer=msgspec.structs.replace(settings.printer, port=printer_port))


def test_a_line_that_is_not_there_is_tried_again(scanner: Scanner) -> None:
    """And the others are heard meanwhile."""
    heard: queue.Queue[Capture] = queue.Queue()
    lines = [
        Ear(device_id=port, port=port, settings=ScannerSettings()) for port in ("/dev/does-not-exist", scanner.port)
    ]
    listening = Listening(lines, heard.put)
    listening.start()
    try:
        scanner.send(TEST_TEXT.encode() + b"\t")
        assert heard.get(timeout=PATIENCE_S).data.endswith(b"\t")
    finally:
        listening.stop()
        listening.stop()


@pytest.mark.parametrize(
    ("port", "sent", "aim"),
    [
        ("hid://0c2e:0b61", report(TEST_TEXT.encode(), b"]C0"), "]C0"),
        ("hid://1eab:0003", newland_report(TEST_TEXT.encode()), ""),
    ],
)
def test_a_hid_scanner_is_heard_by_its_reports(port: str, sent: bytes, aim: str) -> None:
    """Its reports say where a code begins and ends; each maker's in its own layout."""
    heard: queue.Queue[Capture] = queue.Queue()
    clock_ns = iter(range(0, 10**12, 10**9))
    line = ScriptedLine()
    for data in (sent, b"", b""):
        line.script.put(data)
    ear = Ear(device_id="scanner", port=port, settings=ScannerSettings())
    transport = ScriptedTransport(line)
    listening = Listening([ear], heard.put, transport=lambda _ear, _framing: transport, clock_ns=lambda: next(clock_ns))
    listening.start()
    try:
        capture = heard.get(timeout=PATIENCE_S)
    finally:
        listening.stop()
    assert capture.framed
    assert capture.baud == 0
    assert (deduce(capture).verdict, deduce(capture).aim) == (Verdict.UNDERSTOOD, aim)
    assert line.closed == 1


def test_a_line_that_hangs_up_is_opened_again() -> None:
    """Somebody plugs the scanner in anew while the wizard waits; half a code from before is not glued to the next."""
    heard: queue.Queue[Capture] = queue.Queue()
    clock_ns = iter(range(0, 10**12, 10**9))
    first, second = ScriptedLine(), ScriptedLine()
    first.script.put(b"half")
    first.script.put(DeviceLost("/dev/ttyACM0"))
    for data in (TEST_TEXT.encode() + b"\r", b"", b""):
        second.script.put(data)
    transport = ScriptedTransport(first, second)
    ear = Ear(device_id="scanner", port="/dev/ttyACM0", settings=ScannerSettings())
    listening = Listening([ear], heard.put, transport=lambda _ear, _framing: transport, clock_ns=lambda: next(clock_ns))
    listening.start()
    try:
        assert heard.get(timeout=PATIENCE_S).data == TEST_TEXT.encode() + b"\r"
    finally:
        listening.stop()


def test_a_port_another_program_has_open_is_not_listened_to(till: Till, tmp_path: Path) -> None:
    """The payment terminal beside the till belongs to the register's software."""
    port = tmp_path / "ttyUSB9"
    port.touch()
    machine = till.service._machine
    assert isinstance(machine, FakeMachine)
    machine.plug_in(PortInfo(port=str(port), vid=0x0403, pid=0x6001))
    machine.run(4711, "register", str(port))
    listened: list[str] = []
    till.service._make_listening = lambda lines, *_rest: note(listened, lines)
    till.service.listen(lambda _capture: None, None)
    till.turn()
    assert listened == [till.service.devices()[0].port]


def note(listened: list[str], lines: Sequence[Ear]) -> Listening:
    """Nobody listens; which lines would be is noted."""
    listened += [ear.port for ear in lines]
    return Listening((), lambda _capture: None)


def test_devices_of_a_till_that_is_not_running_come_from_its_settings() -> None:
    """Scanners that would be found by themselves are named as the till would name them."""
    ports = [PortInfo(port=f"/dev/ttyACM{place}", vid=0x0C2E, pid=1) for place in range(2)]
    found = configured(Settings(), ports, lambda vid: vid == 0x0C2E)
    assert [device.device_id for device in found] == ["scanner", "scanner-2"]
    assert configured(Settings(scanner=ScannerSettings(port="off")), ports, lambda _vid: True) == ()
    shop = with_printer(Settings(scanner=ScannerSettings(port="COM3")), "network://10.0.0.9")
    assert [device.kind for device in configured(shop, [], lambda _vid: False)] == [
        DeviceKind.SCANNER,
        DeviceKind.PRINTER,
    ]


def test_a_till_without_printer_and_display_shows_its_scanners_alone() -> None:
    """With what the scanners' own words are."""
    view = DeviceView(id="scanner", port="/dev/ttyACM0", usb_id="0C2E:0B61", maker="Honeywell", state=DeviceState.LOST)
    (device,) = attached(Settings(), (view,), None, None)
    assert (device.usb_id, device.description, device.state) == ("0C2E:0B61", "Honeywell", DeviceState.LOST)
