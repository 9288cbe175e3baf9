"""Ratings: one id a booking, and what a day's stars come to."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.encoding import encode
from loyalty.feedback import Ratings, feedback_id, tally
from loyalty.records import STARS_MAX, Feedback
from loyalty.statement import movements
from loyalty.totals import day_totals
from tests.unit.loyalty.building import DAY, MEMBER

BOOKING = UUID(int=0xB)
HEAD: dict[str, Any] = {
    "record_id": feedback_id(BOOKING),
    "member_id": MEMBER,
    "at_us": 1_795_000_000_000_000,
    "business_day": DAY,
    "utc_offset_min": 60,
    "programme_version": 7,
    "command_digest": "",
}


def test_a_booking_has_one_rating_wherever_it_is_given() -> None:
    """The id is worked out from the booking, so a second rating is the first one's id; no two bookings share one."""
    assert feedback_id(BOOKING) == feedback_id(UUID(int=0xB))
    assert feedback_id(BOOKING) != feedback_id(UUID(int=0xC))


def test_the_id_is_a_uuid_of_version_8() -> None:
    """RFC 9562, 5.8: made by an own rule, and marked as such."""
    assert (feedback_id(BOOKING).version, feedback_id(BOOKING).variant) == (8, "specified in RFC 4122")


def test_a_rating_moves_nothing() -> None:
    """No points, and no sum of the day: a report counts stars by themselves."""
    record = Feedback(**HEAD, booking_id=BOOKING, stars=5)
    assert movements(record) == ()
    assert not any(msgspec.structs.astuple(day_totals(record)))


@pytest.mark.parametrize("stars", [0, STARS_MAX + 1, -1])
def test_other_than_one_to_five_stars_never_reach_the_disk(stars: int) -> None:
    """The journal refuses a number of stars nobody can give."""
    with pytest.raises(ValueError, match="journal record"):
        encode(Feedback(**HEAD, booking_id=BOOKING, stars=stars))


def test_no_rating_has_no_average() -> None:
    """A mean of nothing is not zero stars."""
    assert (tally([]).count, tally([]).average_hundredths) == (0, None)


def test_stars_are_counted_one_by_one() -> None:
    """Each number of stars has its own count."""
    ratings = tally([5, 1, 5, 4, 2])
    assert ratings == Ratings((1, 1, 0, 1, 2))
    assert (ratings.count, ratings.average_hundredths) == (5, 340)


def test_half_a_hundredth_is_rounded_up() -> None:
    """Seven times four and once five stars: 4.125."""
    assert tally([4] * 7 + [5]).average_hundredths == 413


@given(st.lists(st.integers(1, STARS_MAX), min_size=1, max_size=200))
def test_the_average_is_the_mean_to_the_hundredth(stars: list[int]) -> None:
    """Never further from the exact mean than half a hundredth."""
    average = tally(stars).average_hundredths
    assert average is not None
    assert abs(Fraction(average, 100) - Fraction(sum(stars), len(stars))) <= Fraction(1, 200)
