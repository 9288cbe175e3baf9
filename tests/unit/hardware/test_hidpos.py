"""Reports of HID-POS scanners become codes, and broken ones do not."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.frames import AimMode, Frame, Rejected, RejectReason
from hardware.hidpos import DATA_BYTES, GAP_S, REPORT_BYTES, ReportParser
from hardware.profiles import ReportLayout
from tests.fakes.hid import newland_report, report

CARD = "2912345678904"

FIRST_OF_TWO = b"\x02\x38]Q0" + b"M1PASSENGER/ANNA      EABCDEF LHRDURAK 3542 052Y003D23  " + b"s\x00\x01"
"""A report as the manual of a reader prints it (Access-IS LSR118, B.1.1), with its maker's letter in byte 61."""


def texts(outcomes: list[Frame | Rejected]) -> list[str]:
    """The codes, and the reasons where there is none."""
    return [each.text if isinstance(each, Frame) else each.reason.name for each in outcomes]


def test_one_report_is_one_code_with_its_identifier() -> None:
    """The scanner says the kind by itself; no terminator and no pause is needed."""
    (frame,) = ReportParser().feed(report(CARD.encode()), 1.0)
    assert frame == Frame(CARD, f"]E0{CARD}".encode(), "]E0", 1.0)


def test_a_recorded_report_is_read() -> None:
    """The layout is that of real devices, not only of our own fake."""
    assert len(FIRST_OF_TWO) == REPORT_BYTES
    reader = ReportParser()
    assert reader.feed(FIRST_OF_TWO, 1.0) == []
    (frame,) = reader.feed(b"\x02\x04]Q0 100" + bytes(52) + b"s\x00\x00", 1.001)
    assert isinstance(frame, Frame)
    assert (frame.aim, frame.text[:16], frame.text[-6:], len(frame.text)) == ("]Q0", "M1PASSENGER/ANNA", "   100", 60)


def test_a_long_code_comes_in_several_reports() -> None:
    """Each says whether it goes on; the parts are joined without anything between them."""
    text = "0123456789" * 15
    parts = [text[start : start + DATA_BYTES].encode() for start in range(0, len(text), DATA_BYTES)]
    reader = ReportParser()
    outcomes = [
        reader.feed(report(part, aim=b"]Q1", goes_on=part is not parts[-1]), 1.0 + index / 1000)
        for index, part in enumerate(parts)
    ]
    assert [texts(each) for each in outcomes] == [[], [], [text]]
    assert reader.is_idle


def test_newlands_reports_have_their_data_further_in_front() -> None:
    """Read in the usual layout their first three characters would be taken for an identifier."""
    reader = ReportParser(ReportLayout.NEWLAND)
    (frame,) = reader.feed(newland_report(CARD.encode()), 1.0)
    assert frame == Frame(CARD, CARD.encode(), "", 1.0)


@pytest.mark.parametrize("length", [57, 60, 255])
def test_a_length_that_does_not_fit_is_refused(length: int) -> None:
    """What stands behind the data is no data."""
    broken = bytearray(report(CARD.encode()))
    broken[1] = length
    assert texts(ReportParser().feed(bytes(broken), 1.0)) == ["LINE_NOISE"]


@pytest.mark.parametrize("length", [1, 2, 5, 63])
def test_a_report_that_is_too_short_is_refused(length: int) -> None:
    """Half a report may be half a number."""
    assert texts(ReportParser().feed(report(CARD.encode())[:length], 1.0)) == ["LINE_NOISE"]


def test_a_report_of_another_kind_is_no_code_and_no_complaint() -> None:
    """Triggers and states have ids of their own."""
    reader = ReportParser()
    assert reader.feed(report(CARD.encode(), report_id=4), 1.0) == []
    assert reader.counters.noise == 1


def test_a_code_that_does_not_go_on_is_given_up() -> None:
    """Its second half, when it comes after all, is another code; it is not joined to the first."""
    reader = ReportParser()
    assert reader.feed(report(b"29123", goes_on=True), 1.0) == []
    assert reader.feed(b"", 1.0 + GAP_S / 2) == []
    assert reader.feed(b"", 1.0 + GAP_S) == [Rejected(RejectReason.TIMEOUT, 5, 1.0 + GAP_S)]
    assert reader.is_idle
    assert reader.feed(b"", 9.0) == []


def test_a_code_that_has_begun_is_thrown_away_with_its_device() -> None:
    """Unplugged in mid-code: what the scanner sends after it comes back begins anew."""
    reader = ReportParser()
    reader.feed(report(b"29123", goes_on=True), 1.0)
    assert reader.reset() == 5
    assert texts(reader.feed(report(b"45678904"), 1.1)) == ["45678904"]


def test_a_code_that_the_machine_slept_through_is_given_up() -> None:
    """Nobody knows what came while it slept."""
    reader = ReportParser()
    assert reader.interrupt(1.0) == []
    reader.feed(report(b"29123", goes_on=True), 1.0)
    assert texts(reader.interrupt(1.1)) == ["TIMEOUT"]


def test_parts_of_two_codes_are_not_joined() -> None:
    """The identifier says that a report belongs to another code."""
    reader = ReportParser()
    reader.feed(report(b"29123", goes_on=True), 1.0)
    assert texts(reader.feed(report(b"45678904", aim=b"]C0"), 1.0)) == ["LINE_NOISE"]
    assert texts(reader.feed(report(b"222"), 1.0)) == ["222"]


def test_a_code_without_end_costs_no_memory() -> None:
    """A scanner that always goes on is refused once it stops; what it sent meanwhile is not kept."""
    reader = ReportParser(length_bytes_max=100)
    for _ in range(1_000):
        assert reader.feed(report(b"7" * DATA_BYTES, goes_on=True), 1.0) == []
        assert len(reader._data) <= 100
    assert texts(reader.feed(report(b"7"), 1.0)) == ["TOO_LONG"]
    assert texts(reader.feed(report(b"222"), 1.0)) == ["222"]


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        (b"29\x0034", "CONTROL_CHARACTER"),
        (b"29\x1b[31m", "CONTROL_CHARACTER"),
        (b"   ", "NO_DATA"),
        (b"M\xfcller", "Müller"),
        (b"0012345\r\n", "0012345"),
        (b"801812\x1d21XY", "801812\x1d21XY"),
    ],
)
def test_the_rules_for_text_are_those_of_a_serial_line(data: bytes, verdict: str) -> None:
    """Control characters are refused, both encodings are read, a suffix is taken off, GS stays."""
    assert texts(ReportParser().feed(report(data), 1.0)) == [verdict]


def test_an_empty_report_is_counted() -> None:
    """Some scanners send one when nothing was read."""
    reader = ReportParser()
    assert reader.feed(report(b""), 1.0) == []
    assert reader.counters.empty == 1


def test_an_identifier_can_be_demanded_or_left_out() -> None:
    """Some devices fill its place with zeros."""
    nothing = report(CARD.encode(), aim=b"\0\0\0")
    assert texts(ReportParser().feed(nothing, 1.0)) == [CARD]
    assert texts(ReportParser(aim=AimMode.ALWAYS).feed(nothing, 1.0)) == ["AIM_MISSING"]
    (frame,) = ReportParser(aim=AimMode.NEVER).feed(report(CARD.encode()), 1.0)
    assert isinstance(frame, Frame)
    assert frame.aim == ""


ANY_REPORT = st.one_of(
    st.binary(min_size=1, max_size=80),
    st.builds(report, st.binary(max_size=DATA_BYTES), goes_on=st.booleans()),
)


@pytest.mark.parametrize("make", [ReportParser, lambda: ReportParser(ReportLayout.NEWLAND)])
@given(reads=st.lists(st.tuples(ANY_REPORT, st.floats(0, 1)), max_size=20))
def test_whatever_arrives_no_text_holds_a_control_character(
    make: Callable[[], ReportParser], reads: list[tuple[bytes, float]]
) -> None:
    """Any bytes in any report at any time: no crash, bounded memory, and what comes out can be shown."""
    reader = make()
    t = 1.0
    for data, pause_s in reads:
        t += pause_s
        for outcome in reader.feed(data, t):
            if isinstance(outcome, Frame):
                assert outcome.text.strip()
                assert all(unicodedata.category(each) != "Cc" for each in outcome.text.replace("\x1d", ""))
        assert len(reader._data) <= 512
