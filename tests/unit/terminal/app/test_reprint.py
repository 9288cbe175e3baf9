"""A booking taken from the journal once more is what it was when it was booked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loyalty.outcomes import Reason, Refused
from loyalty.records import ReversalReason
from loyalty.reversal import ReversalRequest
from loyalty.sale import RewardRequest
from terminal.app.close_day import CloseDayCommand, close_day
from terminal.app.enrol import EnrolCommand, Enrolled, enrol
from terminal.app.redeem import RedeemCommand, Redeemed, redeem
from terminal.app.reprint import NoReceipt, Reprint, reprint
from terminal.app.reverse import ReverseCommand, Reversed, reverse
from tests.fakes.counter import ANNA, NEW_CARD, Counter


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Counter]:
    """The bakery's counter."""
    made = Counter(tmp_path / "till")
    yield made
    made.close()


def test_each_kind_comes_back_with_its_own_balance(shop: Counter) -> None:
    """Whatever was booked behind it."""
    sale = shop.earn(ANNA, 2_345)
    coffee = redeem(shop.till, RedeemCommand(shop.ids.record_id(), ANNA, RewardRequest("coffee")))
    assert isinstance(coffee, Redeemed)
    request = ReversalRequest(sale.record.record_id)
    undone = reverse(shop.till, ReverseCommand(shop.ids.record_id(), request, ReversalReason.MISTAKE))
    assert isinstance(undone, Reversed)
    shop.earn(ANNA, 50_000)
    for booked in (sale, coffee, undone):
        assert reprint(shop.desk.reader, booked.record.record_id) == Reprint(booked)


def test_an_enrolment_has_a_receipt_while_its_person_is_known(shop: Counter) -> None:
    """The card and the name are not in the journal but in the erasable tables."""
    booked = enrol(shop.till, EnrolCommand(shop.ids.record_id(), NEW_CARD, "Cem Yıldız"))
    assert isinstance(booked, Enrolled)
    found = reprint(shop.desk.reader, booked.record.record_id)
    assert isinstance(found, Reprint)
    assert isinstance(found.booked, Enrolled)
    assert (found.booked.card, found.booked.profile, found.has_balance) == (NEW_CARD, booked.profile, False)


def test_what_has_no_receipt(shop: Counter) -> None:
    """A day close, and a number that this till never wrote."""
    closed = close_day(shop.till, CloseDayCommand())
    assert not isinstance(closed, Refused)
    record_id = closed.closes[-1].record_id
    assert reprint(shop.desk.reader, record_id) == NoReceipt(record_id)
    assert reprint(shop.desk.reader, shop.ids.record_id()) == Refused(Reason.RECORD_UNKNOWN)
