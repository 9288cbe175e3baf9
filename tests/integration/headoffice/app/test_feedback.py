"""Ratings at head office: kept like every record, moving nobody, and proved with the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from loyalty.feedback import feedback_id
from loyalty.records import Feedback
from loyalty.wire import Verdict
from tests.fakes.headoffice import member, statement

if TYPE_CHECKING:
    from tests.fakes.headoffice import PretendTill
    from tests.fakes.office import TestedOffice

ANNA = member(1)
BEN = member(2)


def rating(till: PretendTill, booking_id: UUID, member_id: UUID | None, stars: int = 5) -> Feedback:
    """Stars for a booking."""
    header = till.header(member_id) | {"record_id": feedback_id(booking_id)}
    return Feedback(**header, booking_id=booking_id, stars=stars)


def test_a_rating_is_taken_and_moves_nothing(office: TestedOffice) -> None:
    """The balance is the sale's alone; a rating without a member is as good; everything holds afterwards."""
    office.publish(1)
    till = office.till()
    sale, cash = till.sale(ANNA, 5_000), till.sale(None, 700)
    till.append(sale, cash)
    till.push_all()
    before = statement(till.database, ANNA)
    positions = till.append(rating(till, sale.record_id, ANNA), rating(till, cash.record_id, None, 1))
    outcome = till.push(positions[0])
    assert list(outcome.verdicts) == [Verdict.BOOKED, Verdict.BOOKED]
    assert statement(till.database, ANNA).balance == before.balance == 50
    office.assert_sound()


def test_a_rating_of_somebody_joined_with_another_is_taken(office: TestedOffice) -> None:
    """The account it names is no more; the record stays what it was."""
    office.publish(1)
    till = office.till()
    sale = till.sale(ANNA, 5_000)
    till.append(sale, till.merge(ANNA, BEN), rating(till, sale.record_id, ANNA, 3))
    till.push_all()
    assert statement(till.database, BEN).balance == 50
    office.assert_sound()


def test_the_same_rating_again_is_known(office: TestedOffice) -> None:
    """A batch that is sent twice is one batch."""
    office.publish(1)
    till = office.till()
    sale = till.sale(ANNA, 5_000)
    till.append(sale, rating(till, sale.record_id, ANNA, 4))
    till.push_all()
    again = till.push()
    assert set(again.verdicts) == {Verdict.DUPLICATE}
    office.assert_sound()
