"""A day in figures, by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.kpi import Assumptions
from loyalty.records import DayTotals
from loyalty.report import (
    COMPARED,
    WEEK,
    DayFigures,
    HourTotals,
    RewardTotals,
    assumptions_document,
    compare,
)

DAY = date(2026, 11, 21)
FIVE_EUROS = Assumptions(100, 500)
"""A hundred points are worth five euros."""


def _day(totals: DayTotals = DayTotals(), open_points: int = 0, day: date = DAY) -> DayFigures:  # noqa: B008 - frozen
    return DayFigures(day, totals, open_points, FIVE_EUROS)


def test_a_day_by_hand() -> None:
    """Three purchases, two with a card: 60.00 in all, 45.01 with a card."""
    totals = DayTotals(
        sales=3,
        member_sales=2,
        revenue_cents=6000,
        member_revenue_cents=4501,
        points_issued=45,
        points_redeemed=30,
        points_expired=7,
        new_members=1,
    )
    figures = _day(totals, 200)
    values = figures.values()
    assert values["average_order_value"] == "20.00"
    assert values["average_order_value_members"] == "22.50"  # 22.505 rounds to the even cent
    assert values["average_order_value_anonymous"] == "14.99"
    assert values["member_share"] == "66.67"
    assert values["redemption_rate"] == "66.67"
    assert values["points_expired"] == 7
    assert values["liability"] == "10.00"
    assert figures.liability_cents == 1000
    assert not figures.quiet


def test_a_figure_of_nothing_is_undefined() -> None:
    """A day without purchases has no average and no rates, and 0 would be a lie."""
    figures = _day()
    assert figures.quiet
    undefined = {name for name, value in figures.values().items() if value is None}
    assert undefined == {
        "average_order_value",
        "average_order_value_members",
        "average_order_value_anonymous",
        "member_share",
        "redemption_rate",
    }


def test_debts_are_no_negative_liability() -> None:
    """Members who owe points in sum owe the shop no money."""
    assert _day(open_points=-50).values()["liability"] == "0.00"


def test_breakage_lowers_the_liability_and_is_dated() -> None:
    """What nobody will redeem is not owed; the assumption stands beside the figure."""
    assumed = Assumptions(100, 500, Decimal("0.25"))
    assert DayFigures(DAY, DayTotals(), 200, assumed).liability_cents == 750
    assert assumptions_document(assumed, DAY) == {
        "points": 100,
        "value": "5.00",
        "breakage": "25.00",
        "as_of": "2026-11-21",
    }


def test_the_change_is_told_in_percent_of_the_week_before() -> None:
    """A fifth more points, half as much redeemed, and as many purchases."""
    today = _day(DayTotals(sales=4, points_issued=120, points_redeemed=50), 1_000)
    before = _day(DayTotals(sales=4, points_issued=100, points_redeemed=100), 900, DAY - WEEK)
    found = compare(today, before)
    assert found.changes["points_issued"] == 20
    assert found.changes["points_redeemed"] == -50
    assert found.changes["sales"] == 0
    assert found.changes["open_points"] == Fraction(100, 9)
    assert found.document() == {
        "day": DAY - WEEK,
        "figures": before.values(),
        "changes": dict.fromkeys(COMPARED)
        | {
            "sales": "0.00",
            "points_issued": "20.00",
            "points_redeemed": "-50.00",
            "open_points": "11.11",
            "liability": "11.11",
        },
    }


def test_nothing_and_debts_are_no_measure_of_growth() -> None:
    """From nothing to something is no percentage, and neither is from a debt to a balance."""
    changes = compare(_day(DayTotals(sales=4), 10), _day(open_points=-10, day=DAY - WEEK)).changes
    assert changes["sales"] is None
    assert changes["open_points"] is None


@pytest.mark.parametrize("days", [0, 6, 8, -7])
def test_only_the_same_weekday_a_week_before_is_compared(days: int) -> None:
    """A Saturday against a Friday would tell nothing about the shop."""
    with pytest.raises(ValueError, match="same weekday"):
        compare(_day(), _day(day=DAY - timedelta(days=days)))


def test_the_tills_of_a_store_add_up() -> None:
    """Totals, hours and rewards, whichever till has them; rates come from the sums and not from the tills' rates."""
    first = DayFigures(
        DAY,
        DayTotals(sales=2, member_sales=2, points_issued=30),
        30,
        FIVE_EUROS,
        (HourTotals(9, 10, 0, 1), HourTotals(11, 20, 0, 1)),
    )
    second = DayFigures(
        DAY,
        DayTotals(sales=2, points_redeemed=15, redemptions=1),
        -5,
        FIVE_EUROS,
        (HourTotals(8, 0, 15, 1), HourTotals(9, 0, 0, 1)),
        (RewardTotals("tea", 1, 15, 100),),
    )
    store = DayFigures.sum(DAY, FIVE_EUROS, [first, second, msgspec.structs.replace(second, hours=())])
    assert store.totals == DayTotals(sales=6, member_sales=2, points_issued=30, points_redeemed=30, redemptions=2)
    assert store.open_points == 20
    assert store.hours == (HourTotals(8, 0, 15, 1), HourTotals(9, 10, 0, 2), HourTotals(11, 20, 0, 1))
    assert store.rewards == (RewardTotals("tea", 2, 30, 200),)
    assert store.redemption_rate == 100


def test_a_store_without_tills_has_a_day_of_zeros() -> None:
    """A new store's page opens on its first morning."""
    assert DayFigures.sum(DAY, FIVE_EUROS, []) == _day()


def test_days_are_never_mixed() -> None:
    """The sum of two days is no day."""
    with pytest.raises(ValueError, match="do not belong"):
        DayFigures.sum(DAY, FIVE_EUROS, [_day(day=DAY - WEEK)])


@given(st.lists(st.integers(0, 1000), max_size=6))
def test_the_order_of_tills_makes_no_difference(points: list[int]) -> None:
    """Head office lists tills in any order."""
    parts = [_day(DayTotals(points_issued=each), each) for each in points]
    shuffled = sorted(parts, key=lambda part: part.totals.points_issued)
    assert DayFigures.sum(DAY, FIVE_EUROS, shuffled) == DayFigures.sum(DAY, FIVE_EUROS, parts)


def test_a_part_that_says_nothing_of_open_points_leaves_them_unknown() -> None:
    """Of one till of several; then there is no liability, no change, and no sum either."""
    part = msgspec.structs.replace(_day(open_points=200), open_points=None)
    assert (part.liability, part.liability_cents) == (None, None)
    assert (part.values()["open_points"], part.values()["liability"]) == (None, None)
    assert DayFigures.sum(DAY, FIVE_EUROS, [_day(open_points=5), part, _day(open_points=7)]).open_points is None
    before = msgspec.structs.replace(_day(open_points=100, day=DAY - WEEK), open_points=None)
    assert compare(part, before).changes["open_points"] is None
    assert compare(part, before).changes["liability"] is None
