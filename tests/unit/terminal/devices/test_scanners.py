"""A scanner's settings become its line and its frames."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from hardware.discovery import MatchedTransport, PortInfo
from hardware.frames import Terminator
from hardware.scans import DeviceState
from hardware.simulated import LoopbackLine, SimulatedScanner, simulated_scanner
from hardware.transport import SocketTransport
from terminal.devices.scanner_setup import NEWLINES, frame_settings
from terminal.devices.scanners import scanner_transport, scanner_worker
from terminal.settings.scanner import ScannerSettings
from tests.fakes.serial_line import Recorder

if TYPE_CHECKING:
    from pathlib import Path

CARD = "2912345678904"


@pytest.mark.parametrize("newline", ["cr", "lf", "crlf"])
def test_all_newlines_mean_the_same(newline: str) -> None:
    """Which of them a scanner sends is nothing a shop should need to know."""
    settings = ScannerSettings(terminator=newline)  # type: ignore[arg-type] # each is one of the literals
    assert frame_settings(settings).terminators == NEWLINES


@pytest.mark.parametrize("other", ["tab", "etx", "none"])
def test_another_terminator_is_the_only_one(other: str) -> None:
    """A scanner set to end with a tab may have newlines in its codes."""
    settings = ScannerSettings(terminator=other)  # type: ignore[arg-type] # each is one of the literals
    assert frame_settings(settings).terminators == {Terminator(other)}


def test_the_prefix_is_sent_as_bytes() -> None:
    """The setting is text, the line is not."""
    assert frame_settings(ScannerSettings(prefix="~")).prefix == b"~"


def test_a_url_is_taken_as_it_is_and_a_port_by_what_is_behind_it() -> None:
    """A network scanner has no USB identity to look for."""
    assert isinstance(scanner_transport(ScannerSettings(port="socket://127.0.0.1:7")), SocketTransport)
    assert isinstance(scanner_transport(ScannerSettings(port="/dev/ttyACM0")), MatchedTransport)


def test_a_network_scanner_is_served() -> None:
    """Settings to scan over a socket, with nothing between them but the worker."""
    line, recorder = LoopbackLine(), Recorder()
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


@pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")
def test_a_scanner_replugged_under_another_name_is_the_same_scanner(tmp_path: Path) -> None:
    """The name in the settings is gone for good; vendor, product and serial number lead to the new one."""
    recorder, plugged = Recorder(), list[PortInfo]()
    first, second = (simulated_scanner(tmp_path, name) for name in ("first", "second"))

    def listed(scanner: SimulatedScanner) -> list[PortInfo]:
        return [PortInfo(port=os.path.realpath(scanner.port), vid=0x0C2E, pid=0x0B61, serial="A1")]

    plugged += listed(first)
    settings = ScannerSettings(port=plugged[0].port)
    with first, second:
        worker = scanner_worker(
            "counter", settings, on_scan=recorder.on_scan, on_status=recorder.on_status, ports=lambda: list(plugged)
        )
        worker.start()
        try:
            recorder.wait_for(DeviceState.READY)
            first.scan("before")
            assert recorder.scan().text == "before"
            plugged.clear()
            first.unplug()
            recorder.wait_for(DeviceState.LOST)
            plugged += listed(second)
            recorder.wait_for(DeviceState.READY)
            second.scan("after")
            assert recorder.scan().text == "after"
        finally:
            worker.stop()
