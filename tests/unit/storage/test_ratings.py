"""A day's ratings: of that day only, whatever was closed before or after, and beside everything else a ledger holds."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from loyalty.feedback import Ratings, feedback_id
from loyalty.records import Feedback
from storage.errors import RecordConflict
from storage.rebuild import rebuild
from storage.verify import verify

if TYPE_CHECKING:
    from storage.store import Reader
    from tests.fakes.ledger import LedgerOfTests


def rating(ledger: LedgerOfTests, stars: int, member_id: UUID | None = None, booking: int = 0) -> Feedback:
    """So many stars for a booking; each one for another unless told otherwise."""
    booking_id = UUID(int=booking) if booking else ledger.ids.record_id()
    header = ledger.header(member_id) | {"record_id": feedback_id(booking_id)}
    return Feedback(**header, booking_id=booking_id, stars=stars)


def test_a_day_without_ratings_has_none(ledger: LedgerOfTests, reader: Reader) -> None:
    """Sales alone are no opinion."""
    ledger.append(ledger.sale(ledger.member()))
    assert reader.ratings(ledger.clock.today()) == Ratings()


def test_stars_count_on_their_own_day(ledger: LedgerOfTests, reader: Reader) -> None:
    """Yesterday's, before its close, today's and tomorrow's are told apart, closed or not."""
    ledger.append(rating(ledger, 1), rating(ledger, 5))
    first = ledger.clock.today()
    ledger.append(ledger.day_close(1))
    ledger.clock.advance(days=1)
    ledger.append(rating(ledger, 3))
    second = ledger.clock.today()
    ledger.append(ledger.day_close(2))
    ledger.clock.advance(days=1)
    ledger.append(rating(ledger, 4), rating(ledger, 4))
    assert reader.ratings(first) == Ratings((1, 0, 0, 0, 1))
    assert reader.ratings(second) == Ratings((0, 0, 1, 0, 0))
    assert reader.ratings(ledger.clock.today()) == Ratings((0, 0, 0, 2, 0))


def test_a_booking_is_rated_once(ledger: LedgerOfTests, reader: Reader) -> None:
    """The journal itself refuses a second rating, even by a caller who has not looked."""
    ledger.append(rating(ledger, 5, booking=7))
    with pytest.raises(RecordConflict):
        ledger.append(rating(ledger, 1, booking=7))
    assert reader.ratings(ledger.clock.today()).counts == (0, 0, 0, 0, 1)


def test_a_rating_needs_no_member(ledger: LedgerOfTests, reader: Reader) -> None:
    """A purchase without a card may be rated too."""
    ledger.append(rating(ledger, 2, member_id=None), rating(ledger, 3, member_id=ledger.member()))
    assert reader.ratings(ledger.clock.today()).count == 2


def test_ratings_move_nobody_and_the_ledger_proves_it(ledger: LedgerOfTests, reader: Reader) -> None:
    """Verify holds with ratings in the journal, before and after everything was made anew."""
    member = ledger.member()
    ledger.append(ledger.sale(member, 1_000), rating(ledger, 4, member_id=member))
    before = reader.day_report(ledger.clock.today())
    assert reader.account(member).balance == 10
    assert verify(ledger.directory).ok
    rebuild(ledger.store)
    assert verify(ledger.directory).ok
    assert reader.day_report(ledger.clock.today()) == before
    assert reader.ratings(ledger.clock.today()).count == 1
