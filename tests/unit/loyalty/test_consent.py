"""Which record of a purpose counts: one order for all of them, whatever way they come."""

from __future__ import annotations

from datetime import date
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.consent import ConsentState, effective, said
from loyalty.records import Consent, Purpose

STATES = st.builds(
    ConsentState,
    purpose=st.sampled_from(Purpose),
    granted=st.booleans(),
    at_us=st.integers(0, 5),
    text_version=st.sampled_from(["1", "2", "a"]),
)


def email(*, granted: bool, at_us: int, text: str = "1") -> ConsentState:
    """A yes or no to e-mail."""
    return ConsentState(Purpose.EMAIL, granted, at_us, text)


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [
        (email(granted=True, at_us=1), email(granted=False, at_us=2), False),
        (email(granted=True, at_us=2), email(granted=False, at_us=2), False),
        (email(granted=True, at_us=3), email(granted=False, at_us=2), True),
    ],
    ids=["an older yes", "one moment", "a newer yes"],
)
def test_a_withdrawal_wins_over_any_yes_that_is_not_newer(
    first: ConsentState, second: ConsentState, counts: bool
) -> None:
    """Whichever of them is heard first."""
    for states in ((first, second), (second, first)):
        assert [state.granted for state in effective(states)] == [counts]


def test_an_older_yes_never_revives_what_was_withdrawn_in_between() -> None:
    """However late the records arrive, and however often."""
    states = [email(granted=True, at_us=3, text="2"), email(granted=False, at_us=2), email(granted=True, at_us=1)]
    assert effective(states) == effective(states[::-1]) == (states[0],)
    assert effective([*states[1:], *states[1:]]) == (states[1],)


def test_each_purpose_stands_for_itself() -> None:
    """In the order in which they are shown; nothing is said of the third."""
    profiling = ConsentState(Purpose.PROFILING, granted=False, at_us=1, text_version="1")
    assert effective([profiling, email(granted=True, at_us=1)]) == (email(granted=True, at_us=1), profiling)
    assert effective([]) == ()


def test_a_record_says_one_state() -> None:
    """Time, purpose, text and answer."""
    record = Consent(
        record_id=UUID(int=1),
        member_id=UUID(int=2),
        at_us=17,
        business_day=date(2026, 11, 22),
        utc_offset_min=60,
        programme_version=1,
        command_digest="",
        purpose=Purpose.SMS,
        text_version="2026-11",
        granted=True,
    )
    assert said(record) == ConsentState(Purpose.SMS, granted=True, at_us=17, text_version="2026-11")


@given(st.lists(STATES, max_size=8), st.lists(STATES, max_size=8), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_nor_grouping_makes_a_difference(
    ours: list[ConsentState], theirs: list[ConsentState], rng: Random
) -> None:
    """So tills, batches and merges may come in any order: it is the highest of a total order, purpose by purpose."""
    everything = [*ours, *theirs]
    shuffled = sorted(everything, key=lambda _: rng.random())
    assert effective(shuffled) == effective(everything)
    assert effective([*effective(ours), *effective(theirs)]) == effective(everything)
    assert effective([*everything, *everything]) == effective(everything)
    for state in everything:
        (counts,) = (one for one in effective(everything) if one.purpose is state.purpose)
        assert counts.at_us >= state.at_us
        assert not counts.granted or state.granted or counts.at_us > state.at_us
