"""A bakery's Saturday in figures, for what is made of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from loyalty.kpi import Assumptions
from loyalty.records import DayTotals
from loyalty.report import WEEK, DayFigures, HourTotals, RewardTotals
from texts.report_paper import DayPaper

ASSUMED: Final = Assumptions(100, 500, Decimal("0.25"))

DAY: Final = DayFigures(
    date(2026, 11, 21),
    DayTotals(
        sales=212,
        member_sales=151,
        revenue_cents=285_340,
        member_revenue_cents=225_292,
        reversed_cents=1_250,
        points_issued=3_412,
        points_redeemed=1_900,
        redemptions=9,
        points_taken_back=46,
        points_returned=100,
        points_adjusted=-20,
        new_members=6,
        points_expired=75,
    ),
    482_190,
    ASSUMED,
    (HourTotals(7, 130, 0, 40), HourTotals(9, 2_400, 1_100, 100), HourTotals(19, 882, 800, 72)),
    (RewardTotals("coffee", 5, 1_500, 1_450), RewardTotals("pretzel", 4, 400, 320)),
)

WEEK_BEFORE: Final = DayFigures(
    DAY.day - WEEK,
    DayTotals(sales=198, member_sales=131, revenue_cents=265_340, points_issued=3_150, points_redeemed=2_300),
    480_000,
    ASSUMED,
)


def paper(**changed: Any) -> DayPaper:  # noqa: ANN401 - fields of the paper
    """The report of the second till."""
    fields: dict[str, Any] = {
        "store": "Bäckerei Morgenrot",
        "till": "Kasse 2",
        "figures": DAY,
        "before": WEEK_BEFORE,
        "reward_names": {"coffee": "Gratis Kaffee"},
        "made": "21.11.2026 18:04",
    }
    return DayPaper(**(fields | changed))
