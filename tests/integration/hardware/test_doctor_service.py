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

import pytest

from hardware.counters import DeviceView
from hardware.discovery import PortInfo
from hardware.findings import DeviceKind, Finding
from hardware.scans import DeviceState
from hardware.speeds import Framing
from hardware.traffic import TrafficEntry
from hardware.transport import Parity
from hardware.wizard import TEST_TEXT, Capture, Verdict, deduce
from terminal.app.doctor import DoctorService, Ward
from terminal.app.keep_settings import Kept, NotKept
from terminal.devices.doctor import Ear, Listening
from terminal.errors import FileUnwritable
from terminal.settings import SETTINGS_FILE, Settings
from terminal.settings.scanner import ScannerSettings
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.fake_machine import FakeMachine
from tests.fakes.serial_line import PATIENCE_S

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
