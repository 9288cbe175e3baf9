"""Stars for a booking: the first tap counts, within half an hour, and nobody's points move."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from loyalty.feedback import RATING_WINDOW_S, Ratings, feedback_id
from loyalty.records import Feedback
from loyalty.sale import Basket, RewardRequest
from terminal.app.earn import EarnCommand, Earned, earn
from terminal.app.rate import NotRated, NotRatedReason, RateCommand, Rated, rate
from terminal.app.redeem import RedeemCommand, Redeemed, redeem
from terminal.app.till import Till
from tests.fakes.ledger import LedgerOfTests, card_number

if TYPE_CHECKING:
    from tests.fakes.clock import FakeClock

ANNA = card_number(1)
CASHIER = UUID(int=0xC)


@pytest.fixture
def clock(ledger: LedgerOfTests) -> FakeClock:
    """Its time."""
    return ledger.clock


@pytest.fixture
def sale(till: Till) -> Earned:
    """Anna bought something for 60 euro."""
    done = earn(till, EarnCommand(till.ids.record_id(), ANNA, Basket(6_000)))
    assert isinstance(done, Earned)
    return done


def ratings(till: Till) -> Ratings:
    """Today's stars."""
    with till.store.reader() as reader:
        return reader.ratings(till.clock.business_day(till.clock.now_us()))


def test_the_first_tap_is_written_for_the_bookings_member(till: Till, sale: Earned) -> None:
    """The record names the booking, its member, who was at the till, and the stars; it holds no text."""
    done = rate(till, RateCommand(sale.record.record_id, 4, CASHIER))
    assert isinstance(done, Rated)
    assert not done.repeated
    record = done.record
    assert (record.booking_id, record.stars, record.cashier_id) == (sale.record.record_id, 4, CASHIER)
    assert record.member_id == sale.record.member_id
    with till.store.reader() as reader:
        stored = reader.record(feedback_id(sale.record.record_id))
    assert stored is not None
    assert stored.record == record


@pytest.mark.parametrize("second", [4, 1])
def test_a_second_tap_changes_nothing(till: Till, sale: Earned, second: int) -> None:
    """The same stars again are a retry, other ones a second thought; the first answer stays, and is given back."""
    first = rate(till, RateCommand(sale.record.record_id, 4))
    again = rate(till, RateCommand(sale.record.record_id, second))
    assert isinstance(first, Rated)
    assert again == Rated(first.record, repeated=True)
    assert ratings(till).counts == (0, 0, 0, 1, 0)


def test_a_reward_without_a_purchase_can_be_rated(till: Till, sale: Earned) -> None:
    """Whoever comes for the free coffee has an opinion too."""
    del sale
    done = redeem(till, RedeemCommand(till.ids.record_id(), ANNA, RewardRequest("coffee")))
    assert isinstance(done, Redeemed)
    assert isinstance(rate(till, RateCommand(done.record.record_id, 5)), Rated)


def test_only_bookings_of_this_till_can_be_rated(till: Till, sale: Earned) -> None:
    """An unknown id is refused, and so is a record that is no booking, such as a rating itself."""
    unknown = NotRated(NotRatedReason.BOOKING_UNKNOWN)
    assert rate(till, RateCommand(UUID(int=1), 5)) == unknown
    rated = rate(till, RateCommand(sale.record.record_id, 5))
    assert isinstance(rated, Rated)
    assert rate(till, RateCommand(rated.record.record_id, 5)) == unknown


@pytest.mark.parametrize(("late_s", "is_taken"), [(0, True), (1, False)])
def test_a_tap_after_half_an_hour_means_another_visit(
    till: Till, sale: Earned, clock: FakeClock, late_s: int, *, is_taken: bool
) -> None:
    """To the second."""
    clock.advance(seconds=RATING_WINDOW_S + late_s)
    done = rate(till, RateCommand(sale.record.record_id, 5))
    assert isinstance(done, Rated) if is_taken else done == NotRated(NotRatedReason.TOO_LATE)


def test_a_clock_that_was_put_back_does_not_silence_the_customer(till: Till, sale: Earned, clock: FakeClock) -> None:
    """A booking from the future, as it then looks, is a fresh one."""
    clock.advance(minutes=-10)
    assert isinstance(rate(till, RateCommand(sale.record.record_id, 5)), Rated)


@pytest.mark.parametrize("stars", [0, 6])
def test_stars_out_of_range_are_a_bug_and_are_not_written(till: Till, sale: Earned, stars: int) -> None:
    """No button gives them, so nothing is said to anybody; the journal stays clean."""
    with pytest.raises(ValueError, match="journal record"):
        rate(till, RateCommand(sale.record.record_id, stars))
    assert ratings(till).count == 0


def test_a_rating_moves_no_points_and_no_sums(till: Till, sale: Earned) -> None:
    """Balance and day are as before."""
    with till.store.reader() as reader:
        day = till.clock.business_day(till.clock.now_us())
        before = (reader.account(sale.record.member_id or UUID(int=0)), reader.day_report(day))
        rate(till, RateCommand(sale.record.record_id, 1))
        assert (reader.account(sale.record.member_id or UUID(int=0)), reader.day_report(day)) == before
        head = reader.stored(reader.head().seq)
    assert head is not None
    assert isinstance(head.record, Feedback)
