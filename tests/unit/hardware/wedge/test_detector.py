"""Tests for what tells a scanner that types from a person who types."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hardware.frames import SCAN_LENGTH_MAX, RejectReason
from hardware.wedge.detector import (
    HICCUP_MS,
    LATE_END_MS,
    LENGTH_MIN,
    SCAN_MS,
    TYPING_MS,
    Fate,
    WedgeDetector,
    WedgeRules,
)
from hardware.wedge.layouts import Layout
from hardware.wedge.reading import LayoutChoice, Reader
from hardware.wedge.strokes import Key, KeyStroke, Modifier
from tests.fakes.keyboard import CARD, SPACE_PLACE, Desk, detector, end_of, every, is_member, stroke_of, typed

PERSON_MS_MIN = 40
"""Nobody types faster for long: the record is some 300 words a minute, five characters each."""

WORD_LENGTH_MAX = 30

codes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-./ ", min_size=LENGTH_MIN, max_size=30).filter(
    lambda text: len(set(text)) > 1 and bool(text.strip())
)
words = st.text("abcdefghijklmnopqrstuvwxyz0123456789 ", min_size=1, max_size=WORD_LENGTH_MAX).filter(
    lambda text: not is_member(text)
)
ends = st.sampled_from([Key.ENTER, Key.TAB, None])


def rolling() -> st.SearchStrategy[list[int]]:
    """A person's pauses: never fast for long, but two fingers may come down nearly together now and then."""
    alone = st.integers(PERSON_MS_MIN, 2_000).map(lambda pause: [pause])
    together = st.tuples(st.integers(0, 20), st.integers(90, 2_000)).map(list)
    rhythm = st.lists(st.one_of(alone, alone, together), min_size=1, max_size=8)
    return rhythm.map(lambda parts: [pause for part in parts for pause in part] * WORD_LENGTH_MAX)


@given(code=codes, gaps=st.lists(st.integers(0, SCAN_MS), min_size=61, max_size=61), end=ends)
def test_a_scan_is_always_taken_and_leaves_nothing_behind(code: str, gaps: list[int], end: Key | None) -> None:
    """Whatever the rhythm, as long as no key takes more than 35 ms; also with the focus on a button."""
    for on_a_button in (False, True):
        desk = Desk(detector(), on_a_button=on_a_button)
        desk.press(*typed(code, gaps, end=end))
        desk.wait()
        assert desk.codes == [code]
        assert desk.shown == []


@given(text=words, gaps=rolling(), end=ends, on_a_button=st.booleans())
def test_a_person_is_never_taken_for_a_scan(text: str, gaps: list[int], end: Key | None, on_a_button: bool) -> None:
    """All keys arrive, each once, in order, at any speed at which people type."""
    desk = Desk(detector(), on_a_button=on_a_button)
    strokes = typed(text, gaps, end=end)
    desk.press(*strokes)
    desk.wait()
    assert desk.scans == []
    assert desk.shown == strokes


@given(
    parts=st.lists(st.tuples(st.booleans(), words, codes, rolling(), ends), min_size=1, max_size=4),
    stalled=st.booleans(),
)
def test_scans_and_typing_in_any_order_are_kept_apart(
    parts: list[tuple[bool, str, str, list[int], Key | None]], stalled: bool
) -> None:
    """The same when a busy window sees everything at once and no timer ran in between: the keys' own times count."""
    desk = Desk(detector())
    expected_codes, expected_keys, t_ms = [], [], 1_000
    for is_scan, word, code, gaps, end in parts:
        strokes = typed(code if is_scan else word, every(3) if is_scan else gaps, start_ms=t_ms, end=end)
        if stalled:
            desk.deliver(*strokes)
        else:
            desk.press(*strokes)
        if is_scan:
            expected_codes.append(code)
        else:
            expected_keys += strokes
        t_ms = strokes[-1].t_ms + LATE_END_MS + 1
    desk.wait()
    assert desk.codes == expected_codes
    assert desk.shown == expected_keys


@given(pause=st.integers(SCAN_MS + 1, TYPING_MS - 1), end=ends)
def test_between_the_speeds_a_members_number_decides(pause: int, end: Key | None) -> None:
    """A slow radio scanner is as fast as a person who runs over the keys."""
    desk = Desk(detector())
    desk.press(*typed(CARD, every(pause), end=end))
    desk.wait()
    assert desk.codes == [CARD]

    other = typed("4006381333931", every(pause), end=end)
    desk = Desk(detector())
    desk.press(*other)
    desk.wait()
    assert desk.scans == []
    assert desk.shown == other


@given(pause=st.integers(TYPING_MS, 400))
def test_a_members_number_typed_by_hand_is_typed(pause: int) -> None:
    """80 ms or more from key to key is a person, whatever is typed."""
    desk = Desk(detector())
    strokes = typed(CARD, every(pause))
    desk.press(*strokes)
    desk.wait()
    assert desk.scans == []
    assert desk.shown == strokes


@given(pause=st.integers(20, TYPING_MS - 1), key=st.sampled_from("0123456789abc"))
def test_a_key_just_before_a_scan_stays_the_persons(pause: int, key: str) -> None:
    """The half-typed amount keeps its last digit though the scan follows within a moment."""
    own = typed(key, (), end=None)
    desk = Desk(detector())
    desk.press(*own, *typed(CARD, every(4), start_ms=own[-1].t_ms + pause))
    assert desk.codes == [CARD]
    assert desk.shown == own


def test_space_before_a_scan_is_played_though_it_was_held() -> None:
    """A person pressed a button with Space and then scanned at once: both happen."""
    space = KeyStroke(1_000, SPACE_PLACE, " ")
    desk = Desk(detector(), on_a_button=True)
    desk.press(space, *typed(CARD, every(4), start_ms=1_060))
    assert desk.codes == [CARD]
    assert desk.shown == [space]


def test_space_on_a_button_waits_until_it_is_known() -> None:
    """It could be the first character of a code; after 80 ms of silence it is a person's."""
    watched = detector()
    space = KeyStroke(1_000, SPACE_PLACE, " ")
    assert watched.press(space, acts=True).fate is Fate.HOLD
    assert watched.deadline_ms == 1_000 + TYPING_MS
    assert not watched.silence(1_000 + TYPING_MS - 1).clear
    assert watched.silence(1_000 + TYPING_MS).release == 1
    assert watched.deadline_ms is None


def test_what_stands_behind_a_held_key_waits_with_it() -> None:
    """Nothing overtakes: "a b" typed with the focus on a button never becomes "ab "."""
    watched = detector()
    assert watched.press(KeyStroke(1_000, SPACE_PLACE, " "), acts=True).fate is Fate.HOLD
    assert watched.press(stroke_of(30, Modifier.NONE, 1_050)).fate is Fate.HOLD
    assert watched.press(end_of(Key.ENTER, 1_110)).release == 2


def test_the_rest_of_a_scan_is_not_shown_once_it_is_known() -> None:
    """Six keys at a scanner's speed prove it; a long code does not run over the screen."""
    desk = Desk(detector())
    seen = 0
    for stroke in typed(CARD, every(2), end=None):
        desk.press(stroke)
        seen = max(seen, len(desk.shown))
    desk.wait()
    assert desk.codes == [CARD]
    assert seen == LENGTH_MIN - 1


@given(
    code=codes,
    place=st.integers(LENGTH_MIN, 30),
    hiccup=st.integers(TYPING_MS, HICCUP_MS - 1),
    asked=st.booleans(),
    end=ends,
)
def test_a_scanner_that_stumbles_is_not_cut_in_two(
    code: str, place: int, hiccup: int, asked: bool, end: Key | None
) -> None:
    """Half a card number may be somebody else's card; once it is known that a scanner types, a pause is its own."""
    gaps = [3] * 31
    gaps[place - 1] = hiccup
    assume(place < len(code) and len({stroke.scan_code for stroke in typed(code[:place], every(3), end=None)}) > 1)
    desk = Desk(detector())
    strokes = typed(code, gaps, end=end)
    if asked:
        desk.press(*strokes)
    else:
        desk.deliver(*strokes)
    desk.wait()
    assert desk.codes == [code]
    assert desk.shown == []


def test_a_person_behind_a_card_that_is_whole_is_heard() -> None:
    """A member's number without terminator is over after 80 ms; a digit typed then is a person's."""
    strokes = typed(CARD, every(3), end=None)
    digit = stroke_of(2, Modifier.NONE, strokes[-1].t_ms + TYPING_MS)
    desk = Desk(detector())
    desk.press(*strokes, digit)
    desk.wait()
    assert desk.codes == [CARD]
    assert desk.shown == [digit]


@pytest.mark.parametrize("says_so", [True, False])
@pytest.mark.parametrize("delay_ms", [100, 150, 660])
def test_a_key_that_is_held_down_is_never_a_scan(says_so: bool, delay_ms: int) -> None:
    """The keyboard waits and then repeats at 30 characters a second; whether the platform says so or not."""
    times = [1_000, *(1_000 + delay_ms + 33 * number for number in range(40))]
    strokes = [KeyStroke(t_ms, 2, "1", repeated=says_so and t_ms > 1_000) for t_ms in times]
    desk = Desk(detector())
    desk.press(*strokes)
    desk.wait()
    assert desk.scans == []
    assert desk.shown == strokes


def test_equal_keys_of_one_moment_are_no_repetition() -> None:
    """A server that was busy gives them the same time, and the platform then says that the key is held down."""
    strokes = [
        KeyStroke(each.t_ms, each.scan_code, each.text, repeated=number > 0 and each.text == CARD[number - 1])
        for number, each in enumerate(typed(CARD, every(20), end=None))
    ]
    assert any(stroke.repeated for stroke in strokes)
    desk = Desk(detector())
    desk.press(*strokes, end_of(Key.ENTER, strokes[-1].t_ms + 1))
    assert desk.codes == [CARD]
    assert desk.shown == []


def test_keys_without_a_time_are_a_persons() -> None:
    """Tests and programs make events without a time; they come as fast as a machine can send them."""
    strokes = [KeyStroke(0, 2 + number % 10, str(number % 10)) for number in range(20)]
    desk = Desk(detector())
    desk.press(*strokes)
    assert desk.scans == []
    assert desk.shown == strokes


def test_a_function_key_ends_a_row_and_passes() -> None:
    """F9 right behind fast keys still undoes; what stood before it is judged alone."""
    keys = typed(CARD, every(5), end=None)
    function = KeyStroke(keys[-1].t_ms + 5, 67, "", key=Key.OTHER)
    desk = Desk(detector())
    desk.press(*keys, function)
    assert desk.codes == [CARD]
    assert desk.shown == [function]


def test_shift_does_not_part_a_code() -> None:
    """Scanners press Shift for every capital letter."""
    desk = Desk(detector())
    for stroke in typed("KD-4711-X", every(8)):
        desk.press(KeyStroke(stroke.t_ms, 42, "", key=Key.MODIFIER), stroke)
    assert desk.codes == ["KD-4711-X"]


def test_a_short_code_needs_to_be_a_members() -> None:
    """A register's key for "000" sends three fast keys; so speed alone needs six."""
    strokes = typed("5000", every(2))
    desk = Desk(detector())
    desk.press(*strokes)
    assert desk.shown == strokes


def test_a_code_longer_than_any_is_refused_and_bounded() -> None:
    """512 characters are kept; the rest is swallowed until the code is over."""
    watched = detector()
    desk = Desk(watched)
    desk.press(*typed("AB" * SCAN_LENGTH_MAX, every(1)))
    assert [found.rejected for found in desk.scans] == [RejectReason.TOO_LONG]
    assert len(desk.scans[0].strokes) == SCAN_LENGTH_MAX
    assert desk.shown == []
    desk.press(*typed(CARD, every(5), start_ms=100_000))
    assert desk.codes == [CARD]


def test_typing_without_a_pause_is_bounded_too() -> None:
    """Keys 60 ms apart for a minute are typing in rows of 512."""
    watched = detector()
    strokes = typed("ab" * SCAN_LENGTH_MAX, every(60), end=None)
    desk = Desk(watched)
    desk.press(*strokes)
    desk.wait()
    assert desk.scans == []
    assert desk.shown == strokes


def test_a_clock_that_begins_anew_parts_codes() -> None:
    """The X server's 32 bits of milliseconds wrap after 49 days."""
    first = typed("12", every(5), start_ms=2**32 - 10, end=None)
    desk = Desk(detector())
    desk.deliver(*first, *typed(CARD, every(5), start_ms=1))
    assert desk.codes == [CARD]
    assert desk.shown == first


def test_a_lost_press_of_a_dead_key_still_counts() -> None:
    """The machine keeps a dead key's press to compose a letter; its release tells that it was pressed."""
    code = "A=B-1234"
    strokes = [
        KeyStroke(each.t_ms, each.scan_code, each.text, each.modifiers, each.key, seen=bool(each.text))
        for each in typed(code, every(5), host=Layout.DE)
    ]
    assert [each.seen for each in strokes].count(False) == 1
    watched = detector()
    found = [watched.press(stroke).found for stroke in strokes]
    assert [each.reading.text for each in found if each is not None and each.reading is not None] == [code]


@given(
    code=codes,
    layout=st.sampled_from([Layout.US, Layout.DE, Layout.FR]),
    host=st.sampled_from([Layout.US, Layout.DE, Layout.FR]),
)
def test_a_set_layout_reads_the_code_on_any_machine(code: str, layout: Layout, host: Layout) -> None:
    """The keys are the right ones even where this machine makes other characters of them."""
    desk = Desk(detector(LayoutChoice(layout.value)))
    strokes = typed(code, every(4), layout=layout, host=host)
    assume(len({stroke.scan_code for stroke in strokes}) > 1)
    desk.press(*strokes)
    assert desk.codes == [code]


@pytest.mark.parametrize("text", ["1", "123", "ABC1", "ABC123"])
def test_numbers_shorter_than_any_card_are_typing_even_if_a_rule_would_take_them(text: str) -> None:
    """A person rolls over a few keys; what is behind the scanner's prefix counts, not the row."""
    reader = Reader(LayoutChoice.AUTO, lambda _text: True, "ABC" if text.startswith("ABC") else "")
    desk = Desk(WedgeDetector(WedgeRules(), reader))
    strokes = typed(text, every(60))
    desk.press(*strokes)
    desk.wait()
    assert (desk.scans, desk.shown) == ([], strokes)


def test_the_slowest_average_of_a_scan_is_still_a_scan() -> None:
    """At most 35 ms: exactly that is taken, a millisecond more is not."""
    for pause_ms, codes in ((SCAN_MS, ["4006381333931"]), (SCAN_MS + 1, [])):
        desk = Desk(detector())
        desk.press(*typed("4006381333931", every(pause_ms)))
        desk.wait()
        assert desk.codes == codes


def test_a_held_key_does_not_continue_a_row_after_its_first_wait() -> None:
    """X11 calls a scanner's second equal key a repetition; a keyboard repeats only after a long wait."""
    first = typed("12", every(TYPING_MS), end=None)
    held = [KeyStroke(first[-1].t_ms + TYPING_MS + 33 * number, 3, "2", repeated=True) for number in range(10)]
    desk = Desk(detector())
    desk.deliver(*first, *held)
    assert (desk.scans, desk.shown) == ([], [*first, *held])
    assert desk.detector.deadline_ms is None


def test_a_key_that_only_its_release_told_of_is_never_held() -> None:
    """There is no press to be played again, so nothing may be counted as held for it."""
    box = detector()
    places = [2, 3, 4, 5, 6, 7, 8, 9]
    fates = [box.press(KeyStroke(1_000 + 5 * n, place, "", seen=False)).fate for n, place in enumerate(places)]
    assert fates == [Fate.PASS] * len(places)
    assert box.silence(10_000).release == 0
