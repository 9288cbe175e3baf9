"""The shipped simulator keeps its own promises, also when nobody reads it."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hardware import simulated
from hardware.discovery import MatchedTransport, PortMatch
from hardware.errors import DeviceLost, HardwareError, LineBlocked
from hardware.simulated import LoopbackLine, PtyLine, SimulatedScanner, simulated_scanner
from hardware.transport import transport_for

needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")
LINES: dict[str, Callable[[Path], simulated.SimulatedLine]] = {
    "loopback": lambda _folder: LoopbackLine(),
    "pty": lambda folder: PtyLine(folder / "scanner"),
}
ALL_LINES = pytest.mark.parametrize("line", ["loopback", pytest.param("pty", marks=needs_pty)])


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of waiting in vain do not wait a second each."""
    monkeypatch.setattr(simulated, "WRITE_TIMEOUT_S", 0.05)


@ALL_LINES
def test_what_is_scanned_comes_out_at_the_other_end(line: str, tmp_path: Path) -> None:
    """Identifier, data and terminator, in this order and nothing else."""
    with SimulatedScanner(LINES[line](tmp_path), "counter") as scanner:
        end = transport_for(scanner.port).open()
        scanner.scan("2912345678904", aim="]E0", terminator=b"\r\n")
        assert end.receive() == b"]E02912345678904\r\n"
        end.close()


@ALL_LINES
def test_plugging_and_unplugging_twice_changes_nothing(line: str, tmp_path: Path) -> None:
    """The panel's button may be pressed twice; the port keeps its name."""
    with SimulatedScanner(LINES[line](tmp_path), "counter") as scanner:
        port = scanner.port
        scanner.plug()
        transport_for(port).open().close()
        scanner.unplug()
        scanner.unplug()
        with pytest.raises(HardwareError):
            transport_for(port).open()
        scanner.plug()
        assert scanner.port == port
        transport_for(port).open().close()


@ALL_LINES
def test_an_unplugged_scanner_cannot_scan(line: str, tmp_path: Path) -> None:
    """The panel says so; no byte is kept for later."""
    with SimulatedScanner(LINES[line](tmp_path), "counter") as scanner:
        scanner.unplug()
        with pytest.raises(DeviceLost):
            scanner.scan("111")


@ALL_LINES
def test_a_till_that_does_not_read_cannot_hang_the_simulator(line: str, tmp_path: Path) -> None:
    """Writing is bounded in time: what nobody takes is an error and not a frozen window."""
    with SimulatedScanner(LINES[line](tmp_path), "counter") as scanner, pytest.raises(LineBlocked):
        scanner.write(b"A" * 100_000_000)


@ALL_LINES
def test_unplugging_ends_a_line_that_is_open(line: str, tmp_path: Path) -> None:
    """The reader is told, also when it had not read a byte yet."""
    with SimulatedScanner(LINES[line](tmp_path), "counter") as scanner:
        end = transport_for(scanner.port).open()
        scanner.unplug()
        with pytest.raises(DeviceLost):
            end.receive()
        end.close()


def test_a_network_till_that_comes_back_takes_the_place_of_the_old_one() -> None:
    """After a restart of the till the simulator writes to the new connection, not into the old one."""
    with SimulatedScanner(LoopbackLine(), "counter") as scanner:
        first = transport_for(scanner.port).open()
        scanner.scan("111")
        assert first.receive() == b"111\r"
        second = transport_for(scanner.port).open()
        scanner.scan("222")
        assert second.receive() == b"222\r"
        with pytest.raises(DeviceLost):
            first.receive()
        first.close()
        second.close()


def test_a_network_till_that_let_go_is_noticed_and_may_come_back() -> None:
    """A restarted till is served again; what was written to the old one is an error as soon as the system knows."""
    with SimulatedScanner(LoopbackLine(), "counter") as scanner:
        first = transport_for(scanner.port).open()
        scanner.scan("111")
        first.close()
        with pytest.raises(LineBlocked):
            scanner.write(b"A" * 100_000_000)
        second = transport_for(scanner.port).open()
        scanner.scan("222")
        assert second.receive() == b"222\r"
        second.close()


@needs_pty
def test_a_scanner_remembered_by_its_link_is_opened_through_it(tmp_path: Path) -> None:
    """A port that no list of ports knows can be configured like any other."""
    with simulated_scanner(tmp_path) as scanner:
        end = MatchedTransport(PortMatch(port=scanner.port)).open()
        scanner.scan("111")
        assert end.receive() == b"111\r"
        end.close()


@needs_pty
def test_the_link_is_there_exactly_while_it_is_plugged(tmp_path: Path) -> None:
    """An old link of a crashed run is replaced; closing leaves the folder empty."""
    (tmp_path / "scanner").symlink_to(tmp_path / "stale")
    with simulated_scanner(tmp_path) as scanner:
        assert Path(scanner.port).is_char_device()
        assert os.listdir(tmp_path) == ["scanner"]  # noqa: PTH208 - names are the point
    assert list(tmp_path.iterdir()) == []
