"""The repeat policy: one code held in front of the scanner is one scan."""

from hypothesis import given
from hypothesis import strategies as st

from hardware.policy import REMEMBERED_MAX, REPEAT_WINDOW_S, RepeatPolicy


def test_the_same_code_within_the_window_is_one_scan() -> None:
    """The second reading of a card that is still there is dropped and counted."""
    policy = RepeatPolicy()
    assert policy.is_new("111", 0.0)
    assert not policy.is_new("111", REPEAT_WINDOW_S * 0.99)
    assert (policy.counters.passed, policy.counters.repeats) == (1, 1)


def test_the_same_code_after_the_window_is_a_new_scan() -> None:
    """A card shown again on purpose counts."""
    policy = RepeatPolicy()
    assert policy.is_new("111", 0.0)
    assert policy.is_new("111", REPEAT_WINDOW_S)


def test_a_held_trigger_stays_one_scan_however_long() -> None:
    """Every repeat starts the window anew: ten seconds of reading are one scan."""
    policy = RepeatPolicy()
    assert [policy.is_new("111", 0.5 * i) for i in range(20)] == [True] + [False] * 19


def test_two_codes_in_view_are_two_scans() -> None:
    """A card with a barcode and a QR code read in turns does not scan for ever."""
    policy = RepeatPolicy()
    assert [policy.is_new(code, 0.1 * i) for i, code in enumerate(["A", "B"] * 10)] == [True, True] + [False] * 18


def test_another_code_is_new_at_once() -> None:
    """The next customer need not wait."""
    policy = RepeatPolicy()
    assert policy.is_new("111", 0.0)
    assert policy.is_new("222", 0.0)


def test_memory_is_bounded_and_keeps_the_newest() -> None:
    """A day's codes are not collected, and the code seen last is still known."""
    policy = RepeatPolicy()
    for i in range(1000):
        assert policy.is_new(str(i), 0.0)
    assert len(policy._t_last_by_code) == REMEMBERED_MAX
    assert not policy.is_new("999", 0.1)


@given(st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 8)), max_size=40))
def test_a_code_passes_exactly_when_it_was_not_seen_within_the_window(events: list[tuple[str, int]]) -> None:
    """The rule in one sentence, held against a plain restatement; quarters of a second are exact in binary."""
    policy = RepeatPolicy(window_s=1.0)
    seen: dict[str, int] = {}
    quarters = 0
    for code, pause in events:
        quarters += pause
        assert policy.is_new(code, quarters / 4) == (code not in seen or quarters - seen[code] >= 4)
        seen[code] = quarters


def test_a_clock_that_begins_anew_loses_no_scan() -> None:
    """The clock of the machine's keys starts again after 49.7 days; the next card is not a repeat of the future."""
    policy = RepeatPolicy()
    assert policy.is_new("111", 4_294_967.0)
    assert policy.is_new("111", 0.1)
    assert not policy.is_new("111", 0.2)
