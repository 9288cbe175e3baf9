"""What holds of the frame parser for any bytes, at any time, cut in any way, under any settings."""

import unicodedata
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hardware.frames import (
    RESYNC_SILENCE_S,
    AimMode,
    Frame,
    FrameParser,
    FrameSettings,
    Terminator,
)
from hardware.profiles import CODE_LETTERS

PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [b"\r", b"\n", b"\r\n", b"\t", b"\x03", b"\x02", b"\0", b"\xff", b"\x11", b"]E0", b"]", b"P01"]
        ),
        st.binary(max_size=8),
        st.text("0123456789äß€", max_size=8).map(str.encode),
    ),
    max_size=20,
).map(b"".join)

READS = st.lists(st.tuples(PIECES, st.floats(0, 1.5)), max_size=8)
"""Bytes, and the pause before them in seconds."""

SETTINGS = st.builds(
    FrameSettings,
    prefix=st.sampled_from([b"", b"\x02", b"~", b"]"]),
    terminators=st.frozensets(st.sampled_from(Terminator), min_size=1),
    length_bytes_max=st.sampled_from([1, 5, 20, 512]),
    inter_character_timeout_s=st.sampled_from([0.02, 0.2, 0.5, 0.9]),
    aim=st.sampled_from(AimMode),
    code_letters=st.sampled_from([{}, *CODE_LETTERS.values()]),
)


def cut_up(data: bytes, cuts: list[int]) -> list[bytes]:
    """The same bytes in several reads, empty ones among them."""
    edges = [0, *sorted(min(each, len(data)) for each in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


@given(reads=READS, cuts=st.lists(st.integers(0, 200), max_size=12), settings=SETTINGS)
def test_any_cutting_of_the_same_bytes_gives_the_same_outcomes(
    reads: list[tuple[bytes, float]], cuts: list[int], settings: FrameSettings
) -> None:
    """How the operating system groups bytes into reads changes nothing, whatever the pauses between them."""
    whole, cut = FrameParser(settings), FrameParser(settings)
    t, outcomes, outcomes_of_cut = 1.0, [], []
    for data, pause_s in reads:
        t += pause_s
        outcomes += whole.feed(data, t)
        outcomes_of_cut += [each for piece in cut_up(data, cuts) for each in cut.feed(piece, t)]
    assert outcomes_of_cut + cut.tick(t + 5) == outcomes + whole.tick(t + 5)
    assert cut.counters == whole.counters
    assert cut.is_idle
    assert whole.is_idle


@given(reads=READS, settings=SETTINGS, sleeps=st.sets(st.integers(0, 8)))
def test_no_text_ever_holds_a_control_character(
    reads: list[tuple[bytes, float]], settings: FrameSettings, sleeps: set[int]
) -> None:
    """Whatever arrives whenever, a code's text can be shown, and the parser's memory stays bounded."""
    reader = FrameParser(settings)
    t = 1.0
    for index, (data, pause_s) in enumerate(reads):
        t += pause_s
        outcomes = reader.interrupt(t) if index in sleeps else []
        for outcome in outcomes + reader.feed(data, t):
            if isinstance(outcome, Frame):
                assert outcome.text.strip()
                assert all(unicodedata.category(each) != "Cc" for each in outcome.text.replace("\x1d", ""))
                assert len(outcome.raw) <= settings.length_bytes_max
        assert len(reader._pending) <= settings.length_bytes_max + 1


@given(codes=st.lists(st.from_regex(r"[0-9A-Z]{1,20}", fullmatch=True), max_size=10), noise=PIECES)
def test_clean_codes_after_noise_and_a_pause_all_arrive(codes: list[str], noise: bytes) -> None:
    """Whatever the line did before, after a quiet second every clean code is read exactly once."""
    reader = FrameParser()
    reader.feed(noise, 1.0)
    data = "".join(f"{code}\r\n" for code in codes).encode()
    outcomes = [each for each in reader.feed(data, 1.0 + RESYNC_SILENCE_S) if isinstance(each, Frame)]
    assert [each.text for each in outcomes] == codes


@given(noise=PIECES, settings=SETTINGS)
def test_what_has_begun_is_over_after_a_quiet_second(noise: bytes, settings: FrameSettings) -> None:
    """Nothing a line brings keeps the parser from the next code for longer than that."""
    reader = FrameParser(settings)
    reader.feed(noise, 1.0)
    reader.tick(1.0 + RESYNC_SILENCE_S)
    assert reader.is_idle
