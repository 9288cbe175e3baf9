"""What a scan of the test barcode tells about the scanner: every way a shop's scanner can be set up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.frames import Terminator
from hardware.speeds import Framing, read_at
from hardware.transport import Parity
from hardware.wizard import TEST_TEXT, Capture, Deduced, RemarkCode, Verdict, deduce, shown
from loyalty.cards import looks_like_payment_card

TEXT = TEST_TEXT.encode()


def heard(data: bytes, *gaps_ms: int, baud: int = 9_600, framed: bool = False) -> Deduced:
    """What is deduced from bytes on a line."""
    return deduce(Capture(device_id="scanner", port="/dev/ttyS0", data=data, gaps_ms=gaps_ms, baud=baud, framed=framed))


def codes(deduced: Deduced) -> set[RemarkCode]:
    """What was noticed."""
    return {remark.code for remark in deduced.remarks}


def test_the_test_barcode_is_nobodys_card() -> None:
    """A scan of it that goes astray must not be refused as a payment card, or be a member's."""
    assert not looks_like_payment_card(TEST_TEXT)
    assert {"Y", "Z", "y", "z", "-", "_", "/", "a", "A", "+"} <= set(TEST_TEXT)


@pytest.mark.parametrize(
    ("end", "terminator"),
    [
        (b"\r", Terminator.CR),
        (b"\n", Terminator.LF),
        (b"\r\n", Terminator.CRLF),
        (b"\t", Terminator.TAB),
        (b"\x03", Terminator.ETX),
        (b"", Terminator.NONE),
    ],
)
def test_each_terminator_is_found(end: bytes, terminator: Terminator) -> None:
    """And becomes the setting; none is told with its cure."""
    deduced = heard(TEXT + end)
    assert deduced.verdict is Verdict.UNDERSTOOD
    assert deduced.terminator is terminator
    assert deduced.wanted()["terminator"] == terminator.value
    assert (RemarkCode.NO_TERMINATOR in codes(deduced)) is (terminator is Terminator.NONE)


@pytest.mark.parametrize(
    ("front", "prefix", "aim"),
    [
        (b"", "", ""),
        (b"]C0", "", "]C0"),
        (b"#", "#", ""),
        (b"SHOP]Q1", "SHOP", "]Q1"),
        (b"\x02", "\x02", ""),
        (b"\x02]C0", "\x02", "]C0"),
        (b"]", "]", ""),
    ],
)
def test_prefix_and_identifier_are_told_apart(front: bytes, prefix: str, aim: str) -> None:
    """A lone bracket is no identifier; STX may be a prefix."""
    deduced = heard(front + TEXT + b"\r")
    assert (deduced.prefix, deduced.aim) == (prefix, aim)
    assert deduced.wanted()["prefix"] == prefix
    assert (RemarkCode.AIM_ON in codes(deduced)) is bool(aim)
    assert deduced.is_usable


@pytest.mark.parametrize(
    ("letter", "maker"), [("D", "zebra"), ("P01", "zebra"), ("j", "honeywell"), ("s", "honeywell")]
)
def test_a_maker_s_letter_for_the_kind_of_barcode_is_no_prefix(letter: str, maker: str) -> None:
    """With a prefix "j" the next QR code, which comes with an "s", would be refused."""
    deduced = heard(letter.encode() + TEXT + b"\r")
    assert deduced.wanted()["code_letters"] == maker
    assert deduced.wanted()["prefix"] == ""


@pytest.mark.parametrize("front", [b"\x1b", b"\xe4", b"x" * 17, b"\x07"])
def test_a_prefix_no_setting_takes_is_told_with_its_cure(front: bytes) -> None:
    """It has to be switched off at the scanner; the till can't be set to it."""
    deduced = heard(front + TEXT + b"\r")
    assert RemarkCode.PREFIX_UNUSABLE in codes(deduced)
    assert not deduced.is_usable


def test_a_suffix_beside_the_terminator_is_told_with_its_cure() -> None:
    """No setting takes it off."""
    deduced = heard(TEXT + b"END\r")
    assert RemarkCode.SUFFIX in codes(deduced)
    assert deduced.terminator is Terminator.CR
    assert not deduced.is_usable


def test_a_held_trigger_is_one_finding() -> None:
    """What lies between two codes is one tail and one head, not a suffix."""
    deduced = heard(3 * (b"]C0" + TEXT + b"\r\n"), 2, 400, 3, 400)
    assert RemarkCode.TWICE in codes(deduced)
    assert RemarkCode.SUFFIX not in codes(deduced)
    assert (deduced.aim, deduced.terminator, deduced.gap_ms) == ("]C0", Terminator.CRLF, 0)


def test_pauses_inside_a_code_become_a_longer_wait() -> None:
    """With a margin, and never more than the setting takes."""
    assert heard(TEXT + b"\r", 2, 3, 199).gap_ms == 0
    assert heard(TEXT + b"\r", 2, 300).wanted()["gap_ms"] == 450
    assert heard(TEXT + b"\r", 2, 850).wanted()["gap_ms"] == 900


def test_flow_control_and_noise_do_no_harm() -> None:
    """XON and XOFF anywhere, zeros and 0xFF around the code, as a plug makes them."""
    deduced = heard(b"\x00\xff" + TEXT[:5] + b"\x13\x11" + TEXT[5:] + b"\r")
    assert deduced.verdict is Verdict.UNDERSTOOD
    assert {RemarkCode.FLOW_CONTROL, RemarkCode.NOISE} <= codes(deduced)
    assert deduced.prefix == ""


@pytest.mark.parametrize("parity", [Parity.EVEN, Parity.ODD])
def test_a_parity_bit_is_found_and_can_be_taken_over(parity: Parity) -> None:
    """Seven bits with parity look like text with some letters changed."""
    deduced = heard(read_at(TEXT + b"\r", Framing(9_600, 7, parity), 9_600))
    assert deduced.verdict is Verdict.DAMAGED
    assert deduced.framing == Framing(9_600, 7, parity)
    assert deduced.wanted()["parity"] == parity.name.lower()
    assert deduced.wanted()["data_bits"] == 7


def test_a_wrong_speed_is_found() -> None:
    """From the garbage alone."""
    deduced = heard(read_at(TEXT + b"\r", Framing(19_200), 9_600))
    assert deduced.verdict is Verdict.GARBAGE
    assert deduced.framing == Framing(19_200)
    assert codes(deduced) == {RemarkCode.WRONG_SPEED}


def test_garbage_without_an_explanation_proposes_the_next_speed() -> None:
    """And on a port without speed nothing is worked out at all."""
    for baud, proposed in ((9_600, "115200"), (115_200, "9600"), (0, "9600")):
        deduced = heard(b"\x80\xfe\x00\x9c\x81", baud=baud)
        assert deduced.framing is None
        (remark,) = deduced.remarks
        assert (remark.code, remark.values["baud"]) == (RemarkCode.UNKNOWN_SPEED, proposed)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (TEST_TEXT.swapcase(), RemarkCode.CASE_SWAPPED),
        (TEST_TEXT.upper(), RemarkCode.ALL_UPPER),
        (TEST_TEXT.lower(), RemarkCode.ALL_LOWER),
    ],
)
def test_a_scanner_that_changes_letters_is_told(text: str, code: RemarkCode) -> None:
    """Card numbers with letters would be other cards."""
    deduced = heard(text.encode() + b"\r")
    assert deduced.verdict is Verdict.DAMAGED
    assert code in codes(deduced)
    assert deduced.wanted().keys() == {*()}


def test_lost_characters_are_told() -> None:
    """A code of which a piece is missing is never taken for a set-up."""
    deduced = heard(TEXT[:9] + TEXT[12:] + b"\r")
    assert deduced.verdict is Verdict.DAMAGED
    assert codes(deduced) == {RemarkCode.CHARACTERS_LOST}


@pytest.mark.parametrize("data", [b"2900000000018\r", b"]E02900000000018\r\n", b"\x02HELLO\x03", b"WORLD"])
def test_another_code_is_no_garbage(data: bytes) -> None:
    """Somebody scans the bread on the counter; the scanner works."""
    assert heard(data).verdict is Verdict.OTHER_CODE
    assert heard(data).wanted() == {}


@pytest.mark.parametrize("data", [b"", b"\r\n", b"\r\r\r", b"\x00", b"\xff\xff", b"\x11\x13"])
def test_a_plug_that_touches_is_nothing(data: bytes) -> None:
    """The wizard goes on waiting."""
    assert heard(data).verdict is Verdict.NOTHING


def test_a_scanner_with_reports_of_its_own_needs_no_terminator() -> None:
    """A HID scanner says itself where a code ends."""
    deduced = heard(b"]C0" + TEXT, framed=True)
    assert deduced.terminator is None
    assert codes(deduced) == {RemarkCode.AIM_ON}
    assert "terminator" not in deduced.wanted()


@given(st.binary(max_size=200))
def test_whatever_comes_there_is_a_verdict(data: bytes) -> None:
    """Bytes of any kind, around the test barcode too, break nothing."""
    for each in (data, data + TEXT, TEXT + data):
        deduced = heard(each)
        assert deduced.verdict in Verdict
        assert all(isinstance(value, str | int) for value in deduced.wanted().values())


def test_bytes_are_shown_by_name() -> None:
    """In sentences for people, never as control characters."""
    assert shown(b"\x02K \x1b\xe4") == "<STX>K<SPACE><1B><E4>"
