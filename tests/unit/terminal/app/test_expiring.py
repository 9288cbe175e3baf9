"""Which points expire next, on a till that stands alone and on one that has joined head office."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec
import pytest

from loyalty.programme import Expiring, Programme, RoundTo, parse_programme
from loyalty.statement import Lot
from terminal.app.expiring import NextToExpire, next_to_expire
from tests.fakes.clock import FakeClock
from tests.fakes.counter import BAKERY

MEMBER = UUID(int=1)
DAY_US = 86_400_000_000


class FakeReader:
    """The two reads that are asked."""

    def __init__(self, lots: tuple[Lot, ...], told: dict[UUID, date] | None = None) -> None:
        self._lots = lots
        self._told = told or {}

    def lots(self, _member_id: UUID) -> tuple[Lot, ...]:
        return self._lots

    def told_last_days(self, _member_id: UUID) -> dict[UUID, date]:
        return self._told


@pytest.fixture
def clock() -> FakeClock:
    """Some day in November 2026."""
    return FakeClock()


def programme(months: int | None) -> Programme:
    """The bakery's, with or without an end of points."""
    found = parse_programme(BAKERY.read_text("utf-8"))
    assert isinstance(found, Programme)
    rule = Expiring(months, date(2020, 1, 1), RoundTo.YEAR_END) if months else None
    return msgspec.structs.replace(found, expiry=rule)


def lot(number: int, clock: FakeClock, days_ago: int, left: int) -> Lot:
    """Points of one purchase."""
    return Lot(UUID(int=number), clock.now_us() - days_ago * DAY_US, left, left)


def find(reader: FakeReader, rules: Programme, clock: FakeClock) -> NextToExpire | None:
    """What is asked in these tests."""
    return next_to_expire(reader, rules, clock, MEMBER)  # type: ignore[arg-type]


def test_all_points_of_the_soonest_day_count_together(clock: FakeClock) -> None:
    """Two purchases of one year end on one day; those of the next year are not spoken of."""
    lots = (lot(1, clock, 400, 30), lot(2, clock, 380, 12), lot(3, clock, 1, 500))
    assert find(FakeReader(lots), programme(24), clock) == NextToExpire(42, date(2027, 12, 31))


def test_head_offices_word_on_a_lot_comes_before_the_rule(clock: FakeClock) -> None:
    """Points that came back after their time live on for a while; only head office knows until when."""
    lots = (lot(1, clock, 400, 30), lot(2, clock, 1, 12))
    told = {UUID(int=1): date(2028, 3, 1)}
    assert find(FakeReader(lots, told), programme(12), clock) == NextToExpire(12, date(2027, 12, 31))
    assert find(FakeReader(lots[:1], told), programme(None), clock) == NextToExpire(30, date(2028, 3, 1))


def test_nothing_expires_without_points_or_without_a_rule(clock: FakeClock) -> None:
    """And what is over already waits to be written off; it is no news for the customer."""
    assert find(FakeReader(()), programme(12), clock) is None
    assert find(FakeReader((lot(1, clock, 1, 5),)), programme(None), clock) is None
    assert find(FakeReader((lot(1, clock, 2_000, 5),)), programme(12), clock) is None
