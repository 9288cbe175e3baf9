"""What the doctor sees of a scanner's frames: shapes, times and no card number."""

import pytest

from hardware.frames import FrameParser, FrameSettings, Terminator
from hardware.traffic import GAPS_MAX, HEARD_BYTES_MAX, TRAFFIC_MAX, Listening, Traffic, TrafficEntry

CARD = "2912345678904"
MS = 1_000_000


class Line:
    """A parser and its listener, fed as a worker feeds them."""

    def __init__(self, settings: FrameSettings | None = None) -> None:
        self.traffic = Traffic()
        self.parser = FrameParser(settings)
        self._listening = Listening("counter", self.traffic)

    def read(self, data: bytes, t_ms: int) -> None:
        self._listening.heard(data, t_ms * MS)
        outcomes = self.parser.feed(data, t_ms / 1000)
        if outcomes:
            self._listening.made(outcomes)

    @property
    def last(self) -> TrafficEntry:
        return self.traffic.entries()[-1]


def test_an_entry_shows_what_frames_the_code_and_hides_the_code() -> None:
    """Prefix, identifier and terminator are what a set-up is found by."""
    line = Line(FrameSettings(prefix=b"\x02", terminators=frozenset({Terminator.ETX})))
    line.read(f"\x02]E0{CARD}\x03".encode(), 1000)
    assert line.last == TrafficEntry(
        device_id="counter",
        text="*********8904",
        hex="02 5d 45 30 ** ** ** ** ** ** ** ** ** 38 39 30 34 03",
        aim="]E0",
        at_ns=1000 * MS,
    )


@pytest.mark.parametrize(("end", "shown"), [(b"\r", "0d"), (b"\n", "0a"), (b"\r\n", "0d 0a")])
def test_the_terminator_that_was_sent_is_shown(end: bytes, shown: str) -> None:
    """All newlines are taken for the same; the doctor tells which one it was."""
    line = Line()
    line.read(b"12345678" + end, 1000)
    assert line.last.hex == "** ** ** ** 35 36 37 38 " + shown


def test_the_lf_of_a_cr_lf_that_comes_late_is_not_the_next_codes() -> None:
    """A read may end between the two."""
    line = Line()
    line.read(b"12345678\r", 1000)
    line.read(b"\n", 1001)
    line.read(b"87654321\r\n", 2000)
    assert line.last.hex == "** ** ** ** 34 33 32 31 0d 0a"
    assert not line.last.gaps_ms


def test_gaps_between_the_reads_of_one_frame_are_kept() -> None:
    """A wireless scanner that stalls shows in them."""
    line = Line()
    line.read(b"2912", 1000)
    line.read(b"3456", 1003)
    line.read(b"78904\r", 1150)
    assert line.last.gaps_ms == (3, 147)
    line.read(b"111\r", 5000)
    assert not line.last.gaps_ms


def test_two_codes_in_one_read_are_two_entries() -> None:
    """Each with its own bytes."""
    line = Line()
    line.read(b"11111111\r22222222\r", 1000)
    assert [entry.hex for entry in line.traffic.entries()] == [
        "** ** ** ** 31 31 31 31 0d",
        "** ** ** ** 32 32 32 32 0d",
    ]


def test_what_was_refused_shows_its_control_characters_only() -> None:
    """They say what is wrong; the digits around them may be a card's."""
    line = Line()
    line.read(b"2912\x01345\r", 1000)
    assert (line.last.text, line.last.rejected) == ("", "control_character")
    assert line.last.hex == "** ** ** ** 01 ** ** ** 0d"


def test_a_payment_card_leaves_no_digit() -> None:
    """Not even its last four."""
    line = Line()
    line.read(b"4111111111111111\r", 1000)
    assert "31" not in line.last.hex
    assert "1" not in line.last.text


def test_flow_control_inside_a_code_does_not_uncover_it() -> None:
    """The frame's bytes are not found among those that were read; they are masked all the same."""
    line = Line()
    line.read(b"29123\x1345678904\r", 1000)
    assert line.last.hex == "** ** ** ** ** ** ** ** ** 38 39 30 34"


def test_memory_is_bounded_whatever_is_sent() -> None:
    """A babbling line fills neither the bytes, nor the gaps, nor the list."""
    line = Line()
    for number in range(2_000):
        line.read(b"A" * 100, number)
    assert len(line._listening._heard) <= HEARD_BYTES_MAX
    assert len(line._listening._gaps_ms) <= GAPS_MAX
    for number in range(2 * TRAFFIC_MAX):
        line.read(f"\r{number:08d}\r".encode(), 10_000 + number)
    assert len(line.traffic.entries()) == TRAFFIC_MAX
    assert line.last.hex.endswith("30 30 39 39 0d")


def test_a_long_code_is_shortened() -> None:
    """The doctor's table is not as wide as a QR code."""
    line = Line()
    line.read(b"7" * 300 + b"\r", 1000)
    assert " .. " in line.last.hex
    assert len(line.last.hex) < 200
