"""What the wizard listens to, and how: real pseudo-terminals, lines that are scripted, reports of HID scanners."""

from __future__ import annotations

import os
import pty
import queue
import sys
import tty
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hardware.counters import DeviceView
from hardware.discovery import PortInfo
from hardware.errors import DeviceLost
from hardware.findings import DeviceKind
from hardware.scans import DeviceState
from hardware.wizard import CAPTURE_BYTES_MAX, TEST_TEXT, Capture, Verdict, deduce
from terminal.devices.doctor import Ear, Listening, attached, configured, ears
from terminal.settings import Settings
from terminal.settings.scanner import FurtherScanner, ScannerSettings
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


def test_a_line_that_never_is_silent_is_judged_all_the_same() -> None:
    """A trigger that is held, or a device that is no scanner: as much as is looked at, again and again."""
    heard: queue.Queue[Capture] = queue.Queue()
    line = ScriptedLine()
    for _ in range(2 * CAPTURE_BYTES_MAX // 64):
        line.script.put(b"x" * 64)
    ear = Ear(device_id="scanner", port="/dev/ttyACM0", settings=ScannerSettings())
    transport = ScriptedTransport(line)
    listening = Listening([ear], heard.put, transport=lambda _ear, _framing: transport, clock_ns=lambda: 0)
    listening.start()
    try:
        assert [len(heard.get(timeout=PATIENCE_S).data) for _ in range(2)] == [CAPTURE_BYTES_MAX] * 2
    finally:
        listening.stop()


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
