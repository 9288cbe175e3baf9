"""Every bad input that a line can bring, each with the tests that prove what becomes of it.

The table covers what comes over serial ports, sockets and HID. What a keyboard brings is proved in ``tests/ui/wedge``,
what a scan may interrupt on the screens beside them.

The tests below are those that go the whole way, on each kind of line: device, line, thread, parser, card rules.
"""

import logging
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

import pytest

from hardware.frames import FrameParser
from hardware.hidline import HidTransport
from hardware.hidpos import DATA_BYTES, ReportParser
from hardware.scans import DeviceState, Scan
from hardware.simulated import LoopbackLine, SimulatedScanner, simulated_scanner
from hardware.traffic import Traffic
from hardware.transport import transport_for
from loyalty.cards import CardRule, Check, MemberCard, NotOurs, classify, with_check_digit
from tests.fakes.hid import FakeHid, report
from tests.fakes.serial_line import Recorder, serving
from tests.source import ROOT, tree

PTY: Final = "tests/integration/hardware/test_scanner_on_pty.py"
HERE: Final = "tests/integration/hardware/test_bad_inputs.py"
ANSWERS: Final = "tests/integration/hardware/test_answers.py"
FRAMES: Final = "tests/unit/hardware/test_frames.py"
ANY_BYTES: Final = "tests/unit/hardware/test_any_bytes.py"
LETTERS: Final = "tests/unit/hardware/test_code_letters.py"
HID: Final = "tests/unit/hardware/test_hidpos.py"
HID_LINE: Final = "tests/unit/hardware/test_hidline.py"
WORKER: Final = "tests/unit/hardware/test_worker.py"
WORKER_ANSWERS: Final = "tests/unit/hardware/test_worker_answers.py"
LINES: Final = "tests/unit/hardware/test_transport.py"

TABLE: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "unplugged in mid-frame": (
        (PTY, "test_unplugged_in_mid_frame_the_half_is_thrown_away"),
        (PTY, "test_unplugged_in_the_same_moment_a_frame_is_whole_or_not_there"),
        (HID_LINE, "test_unplugged_in_mid_code_it_is_found_again_and_the_half_is_gone"),
    ),
    "unplugged right after a frame": (
        (PTY, "test_unplugged_right_after_a_frame_the_frame_counts_once"),
        (WORKER, "test_a_scanner_that_repeats_its_last_code_after_a_replug_has_not_scanned_twice"),
    ),
    "plugged in and out all the time": (
        (PTY, "test_five_hundred_replugs_lose_nothing_double_nothing_and_leak_nothing"),
    ),
    "port busy": (
        (PTY, "test_a_port_that_another_program_holds_is_busy_until_it_is_free"),
        (HID_LINE, "test_a_scanner_that_another_program_has_is_busy"),
    ),
    "port denied": (
        (PTY, "test_a_port_without_permission_is_denied"),
        (HID_LINE, "test_a_scanner_without_permission_is_denied"),
    ),
    "port missing": (
        (PTY, "test_a_scanner_plugged_in_late_is_found"),
        (LINES, "test_a_network_scanner_that_is_off_is_unreachable"),
        (HID_LINE, "test_another_device_is_never_opened"),
    ),
    "port is a directory": ((PTY, "test_what_is_no_port_is_named_as_such"),),
    "wrong baud": ((HERE, "test_at_the_wrong_speed_no_card_is_ever_read"),),
    "NULs": (
        (FRAMES, "test_nul_bytes_between_frames_are_noise"),
        (PTY, "test_every_bad_input_leaves_the_line_working"),
    ),
    "0xFF": ((FRAMES, "test_the_byte_of_an_idle_line_makes_the_frame_unclean"),),
    "Latin-1": ((FRAMES, "test_both_encodings_of_qr_codes_are_read"),),
    "10 kB without terminator": (
        (FRAMES, "test_ten_thousand_bytes_without_end_are_one_refusal"),
        (HID, "test_a_code_without_end_costs_no_memory"),
        (PTY, "test_every_bad_input_leaves_the_line_working"),
    ),
    "terminator only": ((FRAMES, "test_terminators_alone_are_counted_and_make_no_frame"),),
    "CRLF split over two reads": ((FRAMES, "test_cr_lf_split_over_two_reads_is_one_end"),),
    "GS 0x1D": (
        (FRAMES, "test_group_separators_stay_inside"),
        (HID, "test_the_rules_for_text_are_those_of_a_serial_line"),
    ),
    "XON/XOFF bytes": ((FRAMES, "test_flow_control_bytes_are_dropped_and_counted"),),
    "lone ]": ((FRAMES, "test_what_only_looks_like_an_identifier_stays_data"),),
    "false AIM": (
        (FRAMES, "test_what_only_looks_like_an_identifier_stays_data"),
        (FRAMES, "test_only_the_first_identifier_is_taken"),
    ),
    "leading zeros": ((HERE, "test_a_number_keeps_its_leading_zeros"),),
    "wrong check digit": ((HERE, "test_a_wrong_check_digit_is_no_card"),),
    "12- and 13-digit UPC": ((HERE, "test_a_upc_card_is_the_same_with_and_without_its_zero"),),
    "two scans in one read": ((FRAMES, "test_two_codes_in_one_read_are_two_frames"),),
    "one scan byte by byte": (
        (FRAMES, "test_one_code_byte_by_byte_is_one_frame"),
        (ANY_BYTES, "test_any_cutting_of_the_same_bytes_gives_the_same_outcomes"),
    ),
    "ACK/NAK resend": (
        (ANSWERS, "test_a_garbled_code_is_sent_again_and_read"),
        (ANSWERS, "test_a_code_that_is_sent_again_although_it_was_taken_is_one_scan"),
    ),
    "two scanners at once": (
        (PTY, "test_two_scanners_interleaved_a_thousand_times_keep_their_codes_apart"),
        (PTY, "test_a_second_worker_on_the_same_port_is_refused"),
    ),
    "scanner programming barcodes": ((HERE, "test_a_programming_barcode_is_a_code_like_any_other"),),
    "payment-card numbers": ((HERE, "test_a_payment_card_is_refused_and_leaves_no_trace"),),
    "URLs in QR codes": ((HERE, "test_a_url_is_nothing_but_an_unknown_code"),),
    "control characters in QR codes": (
        (HERE, "test_control_characters_never_reach_the_till"),
        (FRAMES, "test_invisible_and_direction_changing_characters_are_refused"),
    ),
    "suspend and resume": (
        (WORKER_ANSWERS, "test_a_machine_that_slept_in_mid_frame_makes_no_code_of_the_rest"),
        (WORKER_ANSWERS, "test_a_machine_that_slept_between_two_codes_goes_on_as_before"),
        (LETTERS, "test_a_machine_that_slept_in_mid_frame_makes_no_code_of_the_rest"),
        (HID, "test_a_code_that_the_machine_slept_through_is_given_up"),
    ),
    "exit during a blocked read": (
        (PTY, "test_stop_during_a_blocked_read_is_quick_and_frees_the_port"),
        (HERE, "test_the_till_ends_while_a_scanner_is_silent"),
    ),
    "a length that lies (HID)": (
        (HID, "test_a_length_that_does_not_fit_is_refused"),
        (HID, "test_a_report_that_is_too_short_is_refused"),
    ),
}
"""Each bad input with the files and names of its tests."""

RULES: Final = (
    CardRule(id="shop", prefix="29", length=13, check=Check.GS1),
    CardRule(id="upc", prefix="04", length=13, check=Check.GS1),
)
MEMBER: Final = with_check_digit("290000012345", Check.GS1)
UPC_A: Final = with_check_digit("40000012345", Check.GS1)
PAYMENT_CARD: Final = with_check_digit("411111111111111", Check.LUHN)

SENDERS_BAUD: Final = 9600
OTHER_BAUDS: Final = (1200, 2400, 4800, 19_200, 38_400, 57_600, 115_200)


@pytest.mark.parametrize("bad_input", TABLE)
def test_the_table_names_tests_that_exist(bad_input: str) -> None:
    """A test that was renamed or dropped does not leave its input unproved without a word."""
    for file, name in TABLE[bad_input]:
        functions = {getattr(node, "name", "") for node in tree(ROOT / file).body}
        assert name in functions, f"{file} has no {name}"


def test_every_test_below_is_in_the_table() -> None:
    """What is proved here is found through the table."""
    own = {name for tests in TABLE.values() for file, name in tests if file == HERE}
    below = {name for node in tree(ROOT / HERE).body if (name := getattr(node, "name", "")).startswith("test_")} - {
        "test_the_table_names_tests_that_exist",
        "test_every_test_below_is_in_the_table",
    }
    assert own == below


class Device(Protocol):
    """A scanner on any kind of line."""

    def send(self, text: str, aim: str = "") -> None: ...


class OnALine:
    """A scanner that sends lines."""

    def __init__(self, scanner: SimulatedScanner) -> None:
        self._scanner = scanner

    def send(self, text: str, aim: str = "") -> None:
        self._scanner.scan(text, aim)


class OnHid:
    """A scanner that sends reports."""

    def __init__(self, hid: FakeHid) -> None:
        self._reports = hid.plug(b"scanner")

    def send(self, text: str, aim: str = "") -> None:
        data = text.encode()
        parts = [data[start : start + DATA_BYTES] for start in range(0, len(data), DATA_BYTES)]
        for part in parts:
            self._reports.put(report(part, aim=aim.encode() or b"\0\0\0", goes_on=part is not parts[-1]))


class Till:
    """What the till hears, and what it makes of it."""

    def __init__(self, device: Device, recorder: Recorder, traffic: Traffic) -> None:
        self._device = device
        self._recorder = recorder
        self.traffic = traffic

    def scan(self, text: str, aim: str = "") -> Scan:
        """Scan a code and hear of it."""
        self._device.send(text, aim)
        return self._recorder.scan()

    def read(self, text: str, aim: str = "") -> MemberCard | NotOurs:
        """What the till takes a scanned code for."""
        scan = self.scan(text, aim)
        assert scan.rejected is None
        return classify(scan.text, RULES, symbology=scan.symbology.value if scan.symbology else None)


@pytest.fixture(params=["pty", "network", "hid"])
def till(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Till]:
    """A till with a scanner on each kind of line in turn."""
    with on_line(request.param, tmp_path) as there:
        yield there


@contextmanager
def on_line(kind: str, folder: Path) -> Iterator[Till]:
    """Serve a scanner on one kind of line."""
    recorder, traffic = Recorder(), Traffic()
    if kind == "hid":
        hid = FakeHid()
        device = OnHid(hid)
        with serving(HidTransport("hid://", lambda: hid), recorder, frames=ReportParser(), traffic=traffic):
            recorder.wait_for(DeviceState.READY)
            yield Till(device, recorder, traffic)
        return
    if kind == "pty" and sys.platform == "win32":
        pytest.skip("needs pseudo-terminals")
    made = simulated_scanner(folder) if kind == "pty" else SimulatedScanner(LoopbackLine(), "network")
    with made as scanner, serving(transport_for(scanner.port), recorder, traffic=traffic):
        recorder.wait_for(DeviceState.READY)
        yield Till(OnALine(scanner), recorder, traffic)


def test_a_number_keeps_its_leading_zeros(till: Till) -> None:
    """It is text from the line to the rule."""
    assert till.scan("0000000012345").text == "0000000012345"


def test_a_wrong_check_digit_is_no_card(till: Till) -> None:
    """One digit off is told as that, with and without an identifier."""
    wrong = MEMBER[:-1] + str((int(MEMBER[-1]) + 1) % 10)
    assert till.read(wrong) is NotOurs.CHECK_DIGIT
    assert isinstance(till.read(MEMBER, "]E0"), MemberCard)


def test_a_upc_card_is_the_same_with_and_without_its_zero(till: Till) -> None:
    """Scanners widen UPC-A to thirteen digits or do not; both are one member."""
    cards = [till.read(UPC_A, "]E0"), till.read(f"0{UPC_A}", "]E0")]
    assert cards == [MemberCard(f"0{UPC_A}", "upc")] * 2


@pytest.mark.parametrize(
    "text", ["N05000201", "{G1100/1}", "#99900031", "%%SPECCODE9%%", "~MCU\x1d3", "REVINF.", "TRGMOD1.", "C02", "ZZ"]
)
def test_a_programming_barcode_is_a_code_like_any_other(till: Till, text: str) -> None:
    """A scanner that does not keep it to itself sends text; nothing happens but that it is not known."""
    assert till.read(text) is NotOurs.UNKNOWN
    assert isinstance(till.read(MEMBER), MemberCard)


def test_a_payment_card_is_refused_and_leaves_no_trace(till: Till, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the log at its finest nor the doctor's list holds a digit of it, grouped or as a stripe's track."""
    caplog.set_level(logging.DEBUG)
    grouped = " ".join(PAYMENT_CARD[start : start + 4] for start in range(0, len(PAYMENT_CARD), 4))
    for text in (PAYMENT_CARD, grouped, f";{PAYMENT_CARD}=2512101?"):
        assert till.read(text) is NotOurs.PAYMENT_CARD
    till.scan(MEMBER)
    shown = " ".join(entry.text + entry.hex for entry in till.traffic.entries()[:3])
    assert "1111" not in caplog.text
    assert "1111" not in shown
    assert "31 31" not in shown


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/?card=" + MEMBER,
        "javascript:alert(1)",
        "file:///etc/passwd",
        "WIFI:S:shop;T:WPA;P:secret;;",
        "$(reboot)`reboot`;reboot",
        "{0}{member.__class__}%s%n",
        "<script>alert(1)</script>",
    ],
)
def test_a_url_is_nothing_but_an_unknown_code(till: Till, url: str, caplog: pytest.LogCaptureFixture) -> None:
    """It is not opened, not formatted, not run and not logged; a card number inside it is nobody's."""
    caplog.set_level(logging.DEBUG)
    assert till.read(url, "]Q1") is NotOurs.UNKNOWN
    assert url not in caplog.text


@pytest.mark.parametrize(
    "text", [f"\x1b[2J{MEMBER}", f"{MEMBER}\x07", f"{MEMBER[:6]}\x00{MEMBER[6:]}", f"\u202e{MEMBER}"]
)
def test_control_characters_never_reach_the_till(till: Till, text: str) -> None:
    """The whole code is refused; it is not cleaned into somebody's number."""
    scan = till.scan(text, "]Q1")
    assert (scan.rejected is not None, scan.text, scan.raw) == (True, "", b"")


def test_the_till_ends_while_a_scanner_is_silent(till: Till) -> None:
    """The fixture's end stops the thread in the middle of a read and asserts that it has ended."""
    assert till.scan(MEMBER).text == MEMBER


@pytest.mark.parametrize("baud", OTHER_BAUDS)
def test_at_the_wrong_speed_no_card_is_ever_read(baud: int) -> None:
    """What a receiver at another speed makes of the bits is refused or unknown, and the line recovers."""
    rng = random.Random(baud)
    assert at_another_speed(MEMBER.encode(), SENDERS_BAUD) == MEMBER.encode(), "at the right speed all is well"
    for _ in range(100):
        sent = with_check_digit(f"29{rng.randrange(10**10):010}", Check.GS1)
        parser = FrameParser()
        outcomes = parser.feed(at_another_speed(f"{sent}\r".encode(), baud), 1.0)
        outcomes += parser.tick(3.0)
        texts = [getattr(outcome, "text", "") for outcome in outcomes]
        assert not [text for text in texts if isinstance(classify(text, RULES), MemberCard)]
        (frame,) = parser.feed(f"{sent}\r".encode(), 5.0)
        assert getattr(frame, "text", "") == sent


def at_another_speed(data: bytes, baud: int) -> bytes:
    """What a UART receives when the other side sends at ``SENDERS_BAUD``: 8N1, sampled in the middle of each bit."""
    line: list[int] = [1] * 20
    for byte in data:
        line += [0, *(byte >> bit & 1 for bit in range(8)), 1]
    line += [1] * 20
    return bytes(_sampled(line, SENDERS_BAUD / baud))


def _sampled(line: Sequence[int], step: float) -> Iterator[int]:
    """Bytes as a receiver sees them whose bits are ``step`` of the sender's bits long."""
    at = 0.0
    while at + 10 * step < len(line):
        if line[int(at)]:
            at += min(step, 1) / 16  # a UART looks for the edge of the start bit sixteen times a bit
            continue
        bits = [line[int(at + (1.5 + bit) * step)] for bit in range(8)]
        yield sum(value << bit for bit, value in enumerate(bits))
        at += 9.5 * step
        while int(at) < len(line) and not line[int(at)]:
            at += step / 16  # without a stop bit it waits until the line is idle again
