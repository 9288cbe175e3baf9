"""``scan`` on a real line to a simulated scanner."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import IO, Final

import pytest

from hardware.discovery import PortInfo
from hardware.errors import HardwareError
from hardware.scans import DeviceState
from hardware.simulated import SimulatedScanner, simulated_scanner
from hardware.worker import ScannerWorker
from loyalty.cards import Check, with_check_digit
from terminal.devices import scanners
from tests.fakes.command_line import ANNA, CommandLine
from tests.source import ROOT

REPEAT_S: Final = 0.5
"""How long a scan may take to be printed before it is scanned again, in seconds; repeats within 0.7 s are one scan."""

PAYMENT_CARD = with_check_digit("411111111111111", Check.LUHN)


class Ready:
    """Does something once the command has opened the line: what came before is thrown away on opening."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def then(self, act: Callable[[], None]) -> None:
        """Act from the scanner's own thread when the line is open."""
        report = ScannerWorker._report

        def reported(worker: ScannerWorker, state: DeviceState, error: HardwareError | None = None) -> None:
            report(worker, state, error)
            if state is DeviceState.READY:
                act()

        self._monkeypatch.setattr(ScannerWorker, "_report", reported)


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch) -> Ready:
    """When the line is open."""
    return Ready(monkeypatch)


@pytest.fixture
def scanner(tmp_path: Path) -> Iterator[SimulatedScanner]:
    """A scanner that is plugged in."""
    with simulated_scanner(tmp_path) as plugged:
        yield plugged


def test_each_scan_is_one_json_line(empty: CommandLine, scanner: SimulatedScanner, ready: Ready) -> None:
    """A script reads them as they come; the keys are documented. No shop is needed."""
    ready.then(lambda: scanner.scan(ANNA, aim="]E0"))
    ran = empty.run("scan", "--port", scanner.port, "--seconds", "0.6")
    assert ran.code == 0
    assert json.loads(ran.out) == {
        "text": ANNA,
        "raw": f"]E0{ANNA}".encode().hex(),
        "aim": "]E0",
        "device": "scanner",
        "kind": "ean13",
        "rejected": None,
    }


def test_a_payment_card_goes_into_no_pipe(empty: CommandLine, scanner: SimulatedScanner, ready: Ready) -> None:
    """It is told that there was one, and not which."""
    ready.then(lambda: scanner.scan(PAYMENT_CARD))
    ran = empty.run("scan", "--port", scanner.port, "--seconds", "0.6")
    document = json.loads(ran.out)
    assert (document["text"], document["raw"], document["rejected"]) == ("", "", "payment_card")
    assert PAYMENT_CARD not in ran.out + ran.err


def test_what_is_no_code_says_why(empty: CommandLine, scanner: SimulatedScanner, ready: Ready) -> None:
    """Broken frames are shown, without their bytes."""
    ready.then(lambda: scanner.write(b"12\x01\x0234\r"))
    ran = empty.run("scan", "--port", scanner.port, "--seconds", "0.6")
    document = json.loads(ran.out)
    assert (document["text"], document["rejected"]) == ("", "control_character")


def test_a_scanner_that_is_not_there_is_a_known_error(empty: CommandLine, tmp_path: Path) -> None:
    """After the time given it is told that there was none."""
    ran = empty("scan", "--port", str(tmp_path / "none"), "--seconds", "0.3")
    assert ran.error == "port_missing"


def test_people_read_once_why_a_scanner_is_not_there(empty: CommandLine, tmp_path: Path) -> None:
    """The sentence comes when it is known, and not once more at the end."""
    ran = empty.said("scan", "--port", str(tmp_path / "none"), "--seconds", "0.3")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("M-222") == 1


def test_the_port_comes_from_the_settings(shop: CommandLine, scanner: SimulatedScanner, ready: Ready) -> None:
    """What the till listens to is what the command listens to."""
    (shop.directory / "settings.toml").write_text(f'[scanner]\nport = {json.dumps(scanner.port)}\nterminator = "lf"\n')
    ready.then(lambda: scanner.scan(ANNA, terminator=b"\n"))
    assert json.loads(shop.run("scan", "--seconds", "0.6").out)["text"] == ANNA


def test_where_the_settings_want_no_scanner_a_port_must_be_named(shop: CommandLine) -> None:
    """The message lists the ports of this machine."""
    (shop.directory / "settings.toml").write_text('[scanner]\nport = "off"\n')
    ran = shop.said("scan", "--seconds", "0.1")
    assert ran.code == 2
    assert "--port" in ran.err


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> list[PortInfo]:
    """The ports of the machine."""
    there: list[PortInfo] = []
    wired = partial(scanners.Scanners, ports=lambda: list(there), hid=lambda: None, poll_s=0.01)
    monkeypatch.setattr(scanners, "Scanners", wired)
    return there


def test_a_known_scanner_that_is_plugged_in_needs_no_settings(
    empty: CommandLine, scanner: SimulatedScanner, ready: Ready, plugged: list[PortInfo]
) -> None:
    """Plug in, scan, read."""
    plugged.append(PortInfo(port=os.path.realpath(scanner.port), vid=0x0C2E, pid=0x0B61))
    ready.then(lambda: scanner.scan(ANNA))
    document = json.loads(empty.run("scan", "--seconds", "0.6").out)
    assert (document["text"], document["device"]) == (ANNA, "scanner")


def test_without_any_scanner_people_read_which_ports_there_are(empty: CommandLine, plugged: list[PortInfo]) -> None:
    """A port that no known scanner has is not taken; it can be named."""
    plugged.append(PortInfo(port="/dev/ttyS0"))
    assert empty("scan", "--seconds", "0.05").error == "port_missing"
    ran = empty.said("scan", "--seconds", "0.05")
    assert ran.code == 1
    assert "--port" in ran.err


def test_all_scanners_of_the_settings_are_listened_to(shop: CommandLine, tmp_path: Path, ready: Ready) -> None:
    """Each scan says whose it is."""
    with ExitStack() as stack:
        left, right = (stack.enter_context(simulated_scanner(tmp_path, name)) for name in ("left", "right"))
        first, second = f'[scanner]\nport = "{left.port}"\n', f'[[scanners]]\nname = "right"\nport = "{right.port}"\n'
        (shop.directory / "settings.toml").write_text(f'{first}{second}terminator = "tab"\n')
        opened: list[str] = []

        def scan_when_both_are_open() -> None:
            opened.append("one more")
            if len(opened) == 2:
                left.scan(ANNA)
                right.scan(ANNA, terminator=b"\t")

        ready.then(scan_when_both_are_open)
        lines = shop.run("scan", "--seconds", "0.6").out.splitlines()
    assert sorted(json.loads(line)["device"] for line in lines) == ["right", "scanner"]


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is another signal there")
def test_ctrl_c_ends_it_quietly(empty: CommandLine, scanner: SimulatedScanner) -> None:
    """Without --seconds it runs until somebody stops it, and every scan so far has been printed."""
    # A shell that runs the tests in the background has its children ignore the signal; here it must count.
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    program = f"{heed}; from terminal.main import main; main()"
    command = [sys.executable, "-u", "-c", program, "--data", str(empty.directory), "scan", "--port", scanner.port]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = _first_line(process.stdout, scanner)
        process.send_signal(signal.SIGINT)
        try:
            rest, said = process.communicate(timeout=30)
        finally:
            process.kill()
    assert json.loads(line)["text"] == ANNA
    assert (process.returncode, rest, said) == (130, "", "")


def _first_line(output: IO[str], scanner: SimulatedScanner) -> str:
    """Scan until the first line is printed: what is scanned before the port is open is thrown away."""
    while not select.select([output], [], [], REPEAT_S)[0]:
        scanner.scan(ANNA)
    return output.readline()
