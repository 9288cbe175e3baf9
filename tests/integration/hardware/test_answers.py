"""Handshake and beep over real lines: what the till writes back reaches the scanner, and never slows the next code."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.frames import RejectReason
from hardware.profiles import answers_of, profile_named
from hardware.scans import DeviceState
from hardware.simulated import LoopbackLine, SimulatedScanner, simulated_scanner
from hardware.transport import transport_for
from tests.fakes.serial_line import Recorder, serving

CARD = "2912345678904"
SHAKING = answers_of(profile_named("opticon"), beep=False, acknowledge=True)
BEEPING = answers_of(profile_named("datalogic"), beep=True, acknowledge=False)
ATTEMPTS = 3
"""How often a scanner sends a code until it gives up."""


@pytest.fixture
def recorder() -> Recorder:
    """Collects what the worker tells."""
    return Recorder()


@pytest.fixture(params=["pty", "network"])
def scanner(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SimulatedScanner]:
    """A scanner on each kind of line."""
    if request.param == "network":
        with SimulatedScanner(LoopbackLine(), "network") as plugged:
            yield plugged
        return
    if sys.platform == "win32":
        pytest.skip("needs pseudo-terminals")
    with simulated_scanner(tmp_path) as plugged:
        yield plugged


def send_until_acknowledged(scanner: SimulatedScanner, sendings: list[bytes]) -> list[bytes]:
    """Send as a scanner with handshake does: again after a NAK, until an ACK or the last attempt."""
    heard = []
    for data in sendings[:ATTEMPTS]:
        scanner.write(data)
        heard.append(scanner.answer())
        if heard[-1] == b"\x06":
            break
    return heard


def test_a_garbled_code_is_sent_again_and_read(scanner: SimulatedScanner, recorder: Recorder) -> None:
    """NAK, then the same code in full, then ACK: one scan."""
    with serving(transport_for(scanner.port), recorder, answers=SHAKING):
        recorder.wait_for(DeviceState.READY)
        garbled, whole = f"29\x01{CARD}\r".encode(), f"{CARD}\r".encode()
        assert send_until_acknowledged(scanner, [garbled, whole]) == [b"\x15", b"\x06"]
        assert [recorder.scan().rejected, recorder.scan().text] == [RejectReason.CONTROL_CHARACTER, CARD]
        assert recorder.rest() == []


def test_a_code_that_is_sent_again_although_it_was_taken_is_one_scan(
    scanner: SimulatedScanner, recorder: Recorder
) -> None:
    """The ACK was lost on the way: the resend within 700 ms is acknowledged and not served twice."""
    with serving(transport_for(scanner.port), recorder, answers=SHAKING):
        recorder.wait_for(DeviceState.READY)
        for _ in range(ATTEMPTS):
            scanner.scan(CARD)
            assert scanner.answer() == b"\x06"
        assert recorder.scan().text == CARD
        assert recorder.rest() == []


def test_a_beep_follows_each_scan(scanner: SimulatedScanner, recorder: Recorder) -> None:
    """The cashier hears that the till has it, not only that the scanner saw it."""
    with serving(transport_for(scanner.port), recorder, answers=BEEPING):
        recorder.wait_for(DeviceState.READY)
        scanner.scan("111")
        assert scanner.answer() == b"\x01"
        scanner.write(b"2\x01\r")
        assert recorder.scan().text == "111"
        assert recorder.scan().rejected is RejectReason.CONTROL_CHARACTER
        scanner.scan("222")
        assert scanner.answer() == b"\x01"


def test_without_being_asked_the_till_is_silent(scanner: SimulatedScanner, recorder: Recorder) -> None:
    """Not a byte goes to the scanner by default."""
    with serving(transport_for(scanner.port), recorder):
        recorder.wait_for(DeviceState.READY)
        for text in ("111", "222", "333"):
            scanner.scan(text)
            assert recorder.scan().text == text
        assert scanner.answer(timeout_s=0) == b""
