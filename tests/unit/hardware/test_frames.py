"""The frame parser: what is one clean frame becomes a code, and nothing else does."""

import pytest

from hardware.frames import (
    INTER_CHARACTER_TIMEOUT_S,
    RESYNC_SILENCE_S,
    SCAN_LENGTH_MAX,
    AimMode,
    Frame,
    FrameParser,
    FrameSettings,
    Rejected,
    RejectReason,
    Terminator,
)

CARD = "2912345678904"
SETTINGS = {
    "default": FrameSettings(),
    "cr": FrameSettings(terminators=frozenset({Terminator.CR})),
    "lf": FrameSettings(terminators=frozenset({Terminator.LF})),
    "crlf": FrameSettings(terminators=frozenset({Terminator.CRLF})),
    "stx-etx": FrameSettings(prefix=b"\x02", terminators=frozenset({Terminator.ETX})),
}


def parser(**settings: object) -> FrameParser:
    """A parser with some settings changed."""
    return FrameParser(FrameSettings(**settings))  # type: ignore[arg-type] # keyword by keyword, as the tests need


def texts(outcomes: list[Frame | Rejected]) -> list[str]:
    """The codes, and the reasons where there is none."""
    return [each.text if isinstance(each, Frame) else each.reason.name for each in outcomes]


@pytest.mark.parametrize("terminator", [b"\r", b"\n", b"\r\n"])
def test_a_line_is_one_code_whatever_its_end(terminator: bytes) -> None:
    """A scanner as it comes out of its box is understood without settings."""
    assert parser().feed(CARD.encode() + terminator, 1.0) == [Frame(CARD, CARD.encode(), "", 1.0)]


@pytest.mark.parametrize(
    ("terminator", "data"),
    [
        (Terminator.CR, b"\r"),
        (Terminator.LF, b"\n"),
        (Terminator.CRLF, b"\r\n"),
        (Terminator.TAB, b"\t"),
        (Terminator.ETX, b"\x03"),
    ],
)
def test_each_terminator_alone_ends_a_frame(terminator: Terminator, data: bytes) -> None:
    """Every terminator of the settings works, twice in a row, and leaves nothing behind."""
    reader = parser(terminators=frozenset({terminator}))
    assert texts(reader.feed((CARD.encode() + data) * 2, 1.0)) == [CARD, CARD]
    assert reader.is_idle
    assert reader.counters.empty == 0


def test_a_scanner_without_terminator_is_ended_by_silence() -> None:
    """With no terminator the pause after a code is its end, and the frame carries the time of its last byte."""
    reader = parser(terminators=frozenset({Terminator.NONE}))
    assert reader.feed(CARD.encode(), 0.0) == []
    assert reader.tick(INTER_CHARACTER_TIMEOUT_S / 2) == []
    assert reader.tick(INTER_CHARACTER_TIMEOUT_S) == [Frame(CARD, CARD.encode(), "", 0.0)]
    assert reader.tick(9.0) == []


def test_silence_also_shows_when_the_next_code_comes() -> None:
    """A pause between two reads separates codes even if nobody let time pass in between."""
    reader = parser(terminators=frozenset({Terminator.NONE}))
    reader.feed(b"111", 1.0)
    assert texts(reader.feed(b"222", 2.0)) == ["111"]


def test_leading_zeros_stay() -> None:
    """Card numbers are text; a zero in front is part of the number."""
    assert texts(parser().feed(b"0000123\r", 1.0)) == ["0000123"]


def test_two_codes_in_one_read_are_two_frames() -> None:
    """A fast cashier or a slow till puts two scans into one read."""
    assert texts(parser().feed(b"111\r222\r", 1.0)) == ["111", "222"]


def test_one_code_byte_by_byte_is_one_frame() -> None:
    """A slow line delivers single bytes, each within the time-out of the last."""
    reader = parser()
    outcomes = [reader.feed(bytes([byte]), 1.0 + 0.1 * i) for i, byte in enumerate(CARD.encode() + b"\r")]
    assert [texts(each) for each in outcomes if each] == [[CARD]]


def test_cr_lf_split_over_two_reads_is_one_end() -> None:
    """The LF of a CR LF may come with the next read, even much later, and is no empty frame."""
    reader = parser(terminators=frozenset({Terminator.CR}))
    assert texts(reader.feed(b"111\r", 1.0)) == ["111"]
    assert reader.feed(b"\n", 5.0) == []
    assert texts(reader.feed(b"222\r\n", 5.1)) == ["222"]
    assert reader.counters.empty == 0


def test_a_line_opened_inside_a_cr_lf_does_not_spoil_the_first_code() -> None:
    """The first byte after opening may be the LF of a scan nobody saw."""
    assert texts(parser(terminators=frozenset({Terminator.CR})).feed(b"\n111\r", 1.0)) == ["111"]


def test_terminators_alone_are_counted_and_make_no_frame() -> None:
    """An Enter on the scanner's own keys is not a scan."""
    reader = parser()
    assert reader.feed(b"\r\r\n\n", 1.0) == []
    assert reader.counters.empty == 3


def test_a_lone_cr_is_no_end_where_cr_lf_is_asked_for() -> None:
    """With CR LF as the only end, a CR among the data makes the frame unclean and not two codes."""
    reader = parser(terminators=frozenset({Terminator.CRLF}))
    assert texts(reader.feed(b"111\r222\r\n", 1.0)) == ["CONTROL_CHARACTER"]


@pytest.mark.parametrize("timeout_s", [INTER_CHARACTER_TIMEOUT_S, 0.5])
def test_part_of_a_frame_is_given_up_after_the_time_out(timeout_s: float) -> None:
    """Half a number followed by silence is refused once, with its length and without its text."""
    reader = parser(inter_character_timeout_s=timeout_s)
    reader.feed(b"2912345", 0.0)
    assert reader.tick(timeout_s * 0.99) == []
    assert reader.tick(timeout_s) == [Rejected(RejectReason.TIMEOUT, 7, timeout_s)]
    assert reader.tick(9.0) == []


def test_the_late_tail_of_a_broken_frame_is_no_code() -> None:
    """When a wireless scanner stalls inside a number, the number's end must not pass for a number of its own."""
    reader = parser()
    reader.feed(b"29123", 1.0)
    assert texts(reader.tick(1.3)) == ["TIMEOUT"]
    assert texts(reader.feed(b"45678904\r", 1.4)) == ["LATE_TAIL"]
    assert texts(reader.feed(b"222\r", 1.5)) == ["222"]


def test_a_late_tail_is_recognised_when_the_reader_itself_was_late() -> None:
    """The same when nobody let time pass: one read comes after the pause."""
    reader = parser()
    reader.feed(b"29123", 1.0)
    assert texts(reader.feed(b"45678904\r222\r", 1.4)) == ["TIMEOUT", "LATE_TAIL", "222"]


def test_a_code_long_after_a_broken_one_is_read() -> None:
    """A stray byte in the morning does not cost the first customer of the day a scan."""
    reader = parser()
    reader.feed(b"x", 1.0)
    assert texts(reader.feed(CARD.encode() + b"\r", 1.0 + RESYNC_SILENCE_S)) == ["TIMEOUT", CARD]


def test_ten_thousand_bytes_without_end_are_one_refusal() -> None:
    """A line that babbles costs one message and no memory, and the next terminator sets the parser right."""
    reader = parser()
    outcomes = [each for _ in range(100) for each in reader.feed(b"A" * 100, 1.0)]
    assert texts(outcomes) == ["TOO_LONG"]
    assert len(reader._pending) <= SCAN_LENGTH_MAX + 1
    assert reader.feed(b"\r", 1.0) == []
    assert texts(reader.feed(b"222\r", 1.0)) == ["222"]
    assert reader.counters.skipped == 10_000 - (SCAN_LENGTH_MAX + 2)


@pytest.mark.parametrize("name", ["cr", "lf", "crlf", "default"])
def test_the_longest_frame_is_read_and_one_byte_more_is_not(name: str) -> None:
    """The bound counts the frame's bytes, however the frame ends."""
    longest = b"7" * SCAN_LENGTH_MAX
    end = {"cr": b"\r", "lf": b"\n"}.get(name, b"\r\n")
    assert texts(FrameParser(SETTINGS[name]).feed(longest + end, 1.0)) == [longest.decode()]
    assert texts(FrameParser(SETTINGS[name]).feed(longest + b"7" + end, 1.0)) == ["TOO_LONG"]


def test_babble_ends_with_silence_where_no_terminator_is_sent() -> None:
    """Without terminators the pause is what sets the parser right."""
    reader = parser(terminators=frozenset({Terminator.NONE}), length_bytes_max=4)
    assert texts(reader.feed(b"123456789", 0.0)) == ["TOO_LONG"]
    assert reader.feed(b"22", INTER_CHARACTER_TIMEOUT_S) == []
    assert texts(reader.tick(2.0)) == ["22"]


def test_nul_bytes_between_frames_are_noise() -> None:
    """Plugging in makes NULs on many adapters; they cost nobody a scan."""
    reader = parser()
    assert texts(reader.feed(b"\x00\x00111\r\x00", 1.0)) == ["111"]
    assert reader.counters.noise == 3
    assert reader.is_idle


@pytest.mark.parametrize("byte", sorted(set(range(0x20)) - {0x0A, 0x0D, 0x11, 0x13, 0x1D} | {0x7F}))
def test_a_control_character_inside_makes_the_frame_unclean(byte: int) -> None:
    """A frame with a bit fallen over is refused; dropping the bad byte could turn it into another member's number."""
    assert texts(parser().feed(b"29" + bytes([byte]) + b"34\r", 1.0)) == ["CONTROL_CHARACTER"]


@pytest.mark.parametrize("text", ["12\u202e34", "12\u200b34", "12\u202834", "12\x8534", "\ufeff1234", "12\ue00034"])
def test_invisible_and_direction_changing_characters_are_refused(text: str) -> None:
    """A QR code cannot rearrange what the screen shows."""
    assert texts(parser().feed(text.encode() + b"\r", 1.0)) == ["CONTROL_CHARACTER"]


@pytest.mark.parametrize("data", [b"\xff\xff\r", b"29\xff34\r", b"\xff2934\r"])
def test_the_byte_of_an_idle_line_makes_the_frame_unclean(data: bytes) -> None:
    """0xFF is what a wrong speed or a loose plug makes of nothing."""
    assert texts(parser().feed(data, 1.0)) == ["LINE_NOISE"]


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"M\xfcller", "Müller"), ("Müller".encode(), "Müller"), ("20 €".encode(), "20 €")],
)
def test_both_encodings_of_qr_codes_are_read(data: bytes, text: str) -> None:
    """QR generators write UTF-8 or Latin-1, and no scanner says which."""
    assert texts(parser().feed(data + b"\r", 1.0)) == [text]


def test_group_separators_stay_inside() -> None:
    """GS stands between GS1 element strings and is data."""
    assert texts(parser().feed(b"]C1801812345\x1d21XY\r", 1.0)) == ["801812345\x1d21XY"]


def test_flow_control_bytes_are_dropped_and_counted() -> None:
    """XON and XOFF belong to the line and not to the code, even between CR and LF."""
    reader = parser(terminators=frozenset({Terminator.CR}))
    assert texts(reader.feed(b"\x1129\x1334\r\x11\n55\r", 1.0)) == ["2934", "55"]
    assert reader.counters.flow_control == 3


@pytest.mark.parametrize("aim", ["]E0", "]C1", "]Q3", "]d2", "]A0"])
def test_the_identifier_goes_into_its_own_field(aim: str) -> None:
    """What the scanner says about the barcode is not part of the number."""
    assert parser().feed(f"{aim}{CARD}\r".encode(), 1.0) == [Frame(CARD, f"{aim}{CARD}".encode(), aim, 1.0)]


@pytest.mark.parametrize("text", ["]", "]]", "]E", "]?012", "]E-12", "]y012", "1]E0", "E0123"])
def test_what_only_looks_like_an_identifier_stays_data(text: str) -> None:
    """A lone bracket or a false identifier is left as it is."""
    assert parser().feed(f"{text}\r".encode(), 1.0) == [Frame(text, text.encode(), "", 1.0)]


def test_only_the_first_identifier_is_taken() -> None:
    """A code cannot bring a second identifier along to pass for another kind of barcode."""
    (frame,) = parser().feed(b"]Q0]C1123\r", 1.0)
    assert isinstance(frame, Frame)
    assert (frame.aim, frame.text) == ("]Q0", "]C1123")


def test_identifiers_can_be_switched_off() -> None:
    """A scanner that sends none leaves codes that begin like one alone."""
    assert texts(parser(aim=AimMode.NEVER).feed(b"]E0123\r", 1.0)) == ["]E0123"]


def test_identifiers_can_be_demanded() -> None:
    """Where every frame must have one, a frame without is refused."""
    assert texts(parser(aim=AimMode.ALWAYS).feed(b"123\r]E0123\r", 1.0)) == ["AIM_MISSING", "123"]


@pytest.mark.parametrize("data", [b"]E0\r", b"   \r", b"\x1d\r"])
def test_a_frame_without_data_is_refused(data: bytes) -> None:
    """An identifier or blanks alone are no code."""
    assert texts(parser().feed(data, 1.0)) == ["NO_DATA"]


def test_a_configured_prefix_is_taken_off_and_demanded() -> None:
    """STX in front and ETX behind is the other common set-up; the identifier stands between prefix and data."""
    reader = FrameParser(SETTINGS["stx-etx"])
    assert texts(reader.feed(b"\x02]E0123\x03456\x03", 1.0)) == ["123", "PREFIX_MISSING"]


def test_reset_forgets_a_begun_frame_and_says_how_much() -> None:
    """What was half sent when the cable came out is not completed by what comes after."""
    reader = parser()
    reader.feed(b"29123", 1.0)
    assert reader.reset() == 5
    assert texts(reader.feed(b"222\r", 1.01)) == ["222"]


@pytest.mark.parametrize(
    "settings",
    [
        {"terminators": frozenset()},
        {"length_bytes_max": 0},
        {"length_bytes_max": 5000},
        {"inter_character_timeout_s": 0.0},
        {"inter_character_timeout_s": RESYNC_SILENCE_S},
        {"prefix": b"x" * 17},
        {"prefix": b"\r"},
        {"prefix": b"\t", "terminators": frozenset({Terminator.TAB})},
        {"prefix": b"\x11"},
    ],
)
def test_settings_that_could_never_read_a_frame_are_refused(settings: dict[str, object]) -> None:
    """A mistake in the settings shows when they are loaded and not at the counter."""
    with pytest.raises(ValueError, match="must"):
        parser(**settings)


def test_a_frame_shows_only_its_last_characters_in_logs() -> None:
    """Whoever logs a frame does not log a card number."""
    assert CARD not in repr(Frame(CARD, CARD.encode(), "", 1.0))
    assert CARD[-4:] in repr(Frame(CARD, CARD.encode(), "", 1.0))


@pytest.mark.parametrize(
    ("terminator", "outcome"), [(Terminator.CR, RejectReason.TIMEOUT.name), (Terminator.NONE, CARD[:6])]
)
def test_reads_that_bring_nothing_do_not_keep_a_frame_alive(terminator: Terminator, outcome: str) -> None:
    """A silent line is read ten times a second; half a code must not wait there for another scan to complete it."""
    line = parser(terminators=frozenset({terminator}))
    found = line.feed(CARD[:6].encode(), 1.0)
    for tenths in range(1, 6):
        found += line.feed(b"", 1.0 + tenths / 10)
    assert texts(found) == [outcome]


def test_a_late_tail_is_counted_whole_over_pauses() -> None:
    """The rest of a broken frame comes in drips: what is told of it is all of it."""
    line = parser()
    line.feed(CARD[:4].encode(), 1.0)
    assert texts(line.feed(b"", 1.5)) == [RejectReason.TIMEOUT.name]
    drips = [line.feed(each.encode(), 1.6 + 0.4 * number) for number, each in enumerate(CARD[4:8])]
    assert drips == [[]] * 4
    assert line.feed(b"\r", 3.0) == [Rejected(RejectReason.LATE_TAIL, 4, 3.0)]
