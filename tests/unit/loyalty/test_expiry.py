"""When points end: month ends, short months, the rule's first day, grace, and ids that can't be booked twice."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from loyalty.expiry import due, expiry_id, last_day
from loyalty.programme import Expiring, RoundTo
from loyalty.statement import Account, Lot

US_PER_DAY = 86_400_000_000
LONG_AGO = date(2000, 1, 1)


def moment(day: date) -> int:
    """Noon of a day, in microseconds since 1970 UTC."""
    return int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()) * 1_000_000


def day_of(at_us: int) -> date:
    """The day of a moment in a shop at Greenwich."""
    return datetime.fromtimestamp(at_us / 1e6, UTC).date()


def lot(earned: date, *, left: int = 10, returned: date | None = None, number: int = 1) -> Lot:
    """A lot earned on a day."""
    return Lot(UUID(int=number), moment(earned), 10, left, moment(returned) if returned else 0)


@pytest.mark.parametrize(
    ("earned", "months", "round_to", "last"),
    [
        (date(2026, 11, 21), 36, RoundTo.DAY, date(2029, 11, 21)),
        (date(2026, 11, 21), 36, RoundTo.MONTH_END, date(2029, 11, 30)),
        (date(2026, 11, 21), 36, RoundTo.YEAR_END, date(2029, 12, 31)),
        (date(2026, 1, 31), 1, RoundTo.DAY, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, RoundTo.MONTH_END, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, RoundTo.MONTH_END, date(2027, 1, 31)),
        (date(2026, 12, 1), 12, RoundTo.DAY, date(2027, 12, 1)),
    ],
)
def test_points_live_for_so_many_months_and_to_the_end_of_the_period(
    earned: date, months: int, round_to: RoundTo, last: date
) -> None:
    """Short months have no 31st; the last day itself still counts."""
    rule = Expiring(months=months, since=LONG_AGO, round_to=round_to)
    assert last_day(rule, lot(earned), day_of) == last


def test_points_from_before_the_rule_begin_their_time_with_it() -> None:
    """Switching expiry on gives everybody a full period."""
    rule = Expiring(months=12, since=date(2026, 6, 1), round_to=RoundTo.DAY)
    assert last_day(rule, lot(date(2020, 1, 1)), day_of) == date(2027, 6, 1)


def test_points_that_come_back_to_a_dead_lot_get_their_grace() -> None:
    """And those that come back to a living one lose nothing by it."""
    rule = Expiring(months=1, since=LONG_AGO, round_to=RoundTo.DAY, grace_days=30)
    assert last_day(rule, lot(date(2026, 1, 1), returned=date(2026, 5, 1)), day_of) == date(2026, 5, 31)
    rule = Expiring(months=12, since=LONG_AGO, round_to=RoundTo.DAY, grace_days=30)
    assert last_day(rule, lot(date(2026, 1, 1), returned=date(2026, 5, 1)), day_of) == date(2027, 1, 1)


def test_a_lot_is_due_on_the_day_after_its_last_day_and_the_soonest_comes_first() -> None:
    """On the last day itself the points can still be spent."""
    rule = Expiring(months=1, since=LONG_AGO, round_to=RoundTo.DAY)
    early, late = lot(date(2026, 1, 1), number=1), lot(date(2026, 1, 5), number=2)
    account = Account(20, (late, early))
    assert due(account, rule, date(2026, 2, 1), day_of) == ()
    assert [item.lot for item in due(account, rule, date(2026, 2, 2), day_of)] == [early]
    assert [item.last_day for item in due(account, rule, date(2026, 3, 1), day_of)] == [
        date(2026, 2, 1),
        date(2026, 2, 5),
    ]


def test_an_expiry_has_the_same_id_wherever_it_is_worked_out() -> None:
    """Another lot, day or count gives another; the id says that it is of our own making (version 8)."""
    first = expiry_id(UUID(int=1), date(2026, 1, 1), 0)
    assert first == expiry_id(UUID(int=1), date(2026, 1, 1), 0)
    others = {
        expiry_id(UUID(int=2), date(2026, 1, 1), 0),
        expiry_id(UUID(int=1), date(2026, 1, 2), 0),
        expiry_id(UUID(int=1), date(2026, 1, 1), 1),
    }
    assert first not in others
    assert len(others) == 3
    assert first.version == 8
