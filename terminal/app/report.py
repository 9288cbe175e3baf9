"""Reports as figures under their documented names; see ``docs/cli.md`` for the definitions."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import msgspec

from loyalty.money import decimal_text
from loyalty.records import DayTotals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from loyalty.programme import Programme
    from storage.store import Reader
    from storage.types import DayReport

PERIOD_DAYS_MAX: Final = 3_660
"""The longest period, in days: ten years."""

Figures = dict[str, "int | str | None"]
"""Counts and points as integers, money and rates in percent as decimal strings, ``None`` for a rate of nothing."""


class Assumptions(msgspec.Struct, frozen=True):
    """What the liability assumes.

    Attributes:
        point_value: Points and what they are worth in cents, by the programme in force.
        breakage_percent: The share of open points nobody will redeem, from the settings.
        as_of: The day the open points are of.
    """

    points: int
    value_cents: int
    breakage_percent: int
    as_of: date

    def liability_cents(self, open_points: int) -> int:
        """Open points in money, rounded half-even to the cent at the end; debts in sum are no claim of the shop."""
        kept = Fraction(100 - self.breakage_percent, 100)
        return round(Fraction(max(0, open_points) * self.value_cents, self.points) * kept)


class PeriodReport(msgspec.Struct, frozen=True):
    """The days of a period in sum.

    Attributes:
        first: First day.
        last: Last day, included.
        totals: Their sums, reversals on the day they were made.
        days: The days on which something happened.
        open_points: At the end of the last day.
    """

    first: date
    last: date
    totals: DayTotals
    days: tuple[DayReport, ...]
    open_points: int


def assumptions(programme: Programme, breakage_percent: int, as_of: date) -> Assumptions:
    """What the liability of a report assumes."""
    value = programme.point_value
    return Assumptions(value.points, value.value_cents, breakage_percent, as_of)


def period_report(reader: Reader, first: date, last: date) -> PeriodReport:
    """Add up the business days of a period, both ends included."""
    span = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    reports = [reader.day_report(day) for day in span]
    return PeriodReport(
        first,
        last,
        summed(report.totals for report in reports),
        tuple(report for report in reports if report.totals != DayTotals()),
        reports[-1].open_points,
    )


def summed(totals: Iterable[DayTotals]) -> DayTotals:
    """The sums of several days."""
    sums: dict[str, int] = dict.fromkeys(DayTotals.__struct_fields__, 0)
    for each in totals:
        for name, value in msgspec.structs.asdict(each).items():
            sums[name] += value
    return DayTotals(**sums)


def figures(totals: DayTotals, open_points: int, assumed: Assumptions) -> Figures:
    """The figures of a day or a period.

    Purchases count on the day they were made and reversals on theirs, so closed days never change; ``reversed`` says
    how much was undone.
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
        "average_order_value": average(totals.revenue_cents, totals.sales),
        "average_order_value_members": average(totals.member_revenue_cents, totals.member_sales),
        "average_order_value_anonymous": average(anonymous_cents, anonymous),
        "member_share": percent(totals.member_sales, totals.sales),
        "points_issued": totals.points_issued,
        "points_redeemed": totals.points_redeemed,
        "points_reversed": totals.points_taken_back,
        "points_returned": totals.points_returned,
        "points_adjusted": totals.points_adjusted,
        "redemptions": totals.redemptions,
        "redemption_rate": percent(totals.points_redeemed, totals.points_issued),
        "new_members": totals.new_members,
        "open_points": open_points,
        "liability": decimal_text(assumed.liability_cents(open_points)),
    }


def assumptions_document(assumed: Assumptions) -> Mapping[str, object]:
    """What the liability assumes, for scripts and under a report."""
    return {
        "points": assumed.points,
        "value": decimal_text(assumed.value_cents),
        "breakage": str(assumed.breakage_percent),
        "as_of": assumed.as_of.isoformat(),
    }


def percent(part: int, whole: int) -> str | None:
    """A share in percent, rounded half-even to two decimals; ``None`` of nothing."""
    return _rounded(Fraction(part * 100, whole)) if whole else None


def average(cents: int, count: int) -> str | None:
    """A mean amount, rounded half-even to the cent; ``None`` of nothing."""
    return _rounded(Fraction(cents, count * 100)) if count else None


def _rounded(value: Fraction) -> str:
    """Exact until here; rounded once, half to even as ``Fraction`` does, so that many figures drift neither way."""
    return decimal_text(round(value * 100))
