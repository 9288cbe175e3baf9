"""Days in figures, under the names that scripts and the manager's reports share; formulas are ``loyalty.kpi``'s."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from loyalty import kpi
from loyalty.money import decimal_text

if TYPE_CHECKING:
    from datetime import date

    from loyalty.kpi import Assumptions, Exact, PeriodFacts
    from loyalty.programme import Programme
    from loyalty.records import DayTotals

FigureValues = dict[str, int | str | None]
"""Counts and points as integers, money and rates in percent as decimal strings, ``None`` for a rate of nothing."""


def assumptions(programme: Programme, breakage_percent: int) -> Assumptions:
    """What the liability assumes: the programme's worth of a point, and the share of points nobody will redeem."""
    value = programme.point_value
    return kpi.Assumptions(value.points, value.value_cents, Decimal(breakage_percent) / 100)


def assumptions_document(assumed: Assumptions, as_of: date) -> dict[str, object]:
    """What the liability assumes, dated, for scripts and under a report."""
    return {
        "points": assumed.value_points,
        "value": decimal_text(assumed.value_cents),
        "breakage": f"{assumed.breakage * 100:.2f}",
        "as_of": as_of.isoformat(),
    }


def day_figures(totals: DayTotals, open_points: int, assumed: Assumptions) -> FigureValues:
    """The figures of a business day.

    Purchases count on the day they were made and reversals on theirs, so a closed day never changes; ``reversed`` says
    how much was undone on it.

    Args:
        totals: The day's sums.
        open_points: All points open at its end.
        assumed: For the liability.
    """
    anonymous = totals.sales - totals.member_sales
    anonymous_cents = totals.revenue_cents - totals.member_revenue_cents
    return {
        "sales": totals.sales,
        "member_sales": totals.member_sales,
        "anonymous_sales": anonymous,
        "revenue": decimal_text(totals.revenue_cents),
        "revenue_members": decimal_text(totals.member_revenue_cents),
        "revenue_anonymous": decimal_text(anonymous_cents),
        "reversed": decimal_text(totals.reversed_cents),
        "average_order_value": _text(kpi.mean_cents(totals.revenue_cents, totals.sales)),
        "average_order_value_members": _text(kpi.mean_cents(totals.member_revenue_cents, totals.member_sales)),
        "average_order_value_anonymous": _text(kpi.mean_cents(anonymous_cents, anonymous)),
        "member_share": _text(kpi.percent(totals.member_sales, totals.sales)),
        "points_issued": totals.points_issued,
        "points_redeemed": totals.points_redeemed,
        "points_reversed": totals.points_taken_back,
        "points_returned": totals.points_returned,
        "points_adjusted": totals.points_adjusted,
        "redemptions": totals.redemptions,
        "redemption_rate": _text(kpi.percent(totals.points_redeemed, totals.points_issued)),
        "new_members": totals.new_members,
        "open_points": open_points,
        "liability": _text(kpi.liability(open_points, assumed)),
    }


def period_figures(facts: PeriodFacts, assumed: Assumptions) -> FigureValues:
    """The figures of a period; a sale that is fully undone by now does not count in it, whenever it was undone."""
    figures = msgspec.structs.asdict(kpi.figures(facts, assumed))
    figures.pop("ladder")  # five counts of their own, not a figure
    return {
        "member_sales": facts.member_sales,
        "anonymous_sales": facts.anonymous_sales,
        "customers": facts.customers,
        **{name: str(value) if isinstance(value, Decimal) else value for name, value in figures.items()},
    }


def _text(figure: Exact) -> str | None:
    rounded = kpi.rounded(figure)
    return None if rounded is None else str(rounded)
