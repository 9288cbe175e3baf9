"""Figures: the worked examples of their definitions, exact to the last cent, and nothing made of nothing."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.kpi import (
    Assumptions,
    Figures,
    Ladder,
    PeriodFacts,
    customer_lifetime_value,
    customer_value,
    figures,
    liability,
    lifespan_years,
    mean_cents,
    net_promoter_score,
    percent,
    ratio,
    retention_rate,
    rounded,
)

CENT_A_POINT = Assumptions(value_points=100, value_cents=100)


def test_retention_of_the_worked_example() -> None:
    """100 members at the start, 50 new, 125 at the end: 75 percent."""
    assert retention_rate(100, 125, 50) == 75


def test_churn_of_the_worked_example() -> None:
    """200 members, of whom 50 did not renew: 25 percent."""
    assert percent(50, 200) == 25


def test_average_order_value_of_the_worked_example() -> None:
    """500,000 euros in 5,000 sales: 100 euros."""
    assert mean_cents(50_000_000, 5_000) == 100


def test_purchase_frequency_of_the_worked_example() -> None:
    """5,000 sales of 1,000 customers: 5."""
    assert ratio(5_000, 1_000) == 5


def test_customer_value_of_the_worked_example() -> None:
    """5 purchases of 100 euros: 500 euros."""
    assert customer_value(Fraction(5), Fraction(100)) == 500


def test_repeat_customers_of_the_worked_example() -> None:
    """100 of 200 customers bought twice: 50 percent."""
    assert percent(100, 200) == 50


def test_lifetime_value_scales_the_period_to_a_year() -> None:
    """30 euros in 73 days are 150 a year; over a lifespan of a year and a half that is 225."""
    lifespan = lifespan_years(lapsed_days=2 * 365 + 365, lapsed_members=2)
    assert lifespan == Fraction(3, 2)
    assert customer_lifetime_value(Fraction(30), 365, lifespan) == 45
    assert customer_lifetime_value(Fraction(30), 73, lifespan) == 225


def test_liability_is_the_value_of_open_points_less_breakage() -> None:
    """1,999 points at a cent each, a quarter never redeemed; a shop that is owed points owes nothing."""
    assert liability(1999, CENT_A_POINT) == Fraction(1999, 100)
    assert liability(1999, Assumptions(100, 100, Decimal("0.25"))) == Fraction(1999 * 3, 400)
    assert liability(-5, CENT_A_POINT) == 0


def test_promoter_score_is_the_difference_of_two_shares() -> None:
    """Five of ten rate 9 or 10, two rate 6 or less: 30."""
    assert net_promoter_score(5, 2, 10) == 30
    assert net_promoter_score(0, 0, 0) is None


@pytest.mark.parametrize(
    ("exact", "shown"),
    [
        (Fraction(200, 3), "66.67"),
        (Fraction(125, 1000), "0.12"),
        (Fraction(135, 1000), "0.14"),
        (Fraction(-125, 1000), "-0.12"),
        (Fraction(5), "5.00"),
        (Fraction(0), "0.00"),
        (Fraction(10**12, 3), "333333333333.33"),
    ],
)
def test_a_figure_is_rounded_once_half_to_even(exact: Fraction, shown: str) -> None:
    """Two decimals always, exact ties to the even neighbour."""
    assert str(rounded(exact)) == shown


def test_figures_of_nothing_are_none_and_counts_are_zero() -> None:
    """A shop on its first morning shows dashes, not zeros or an error."""
    found = figures(PeriodFacts(days=1), CENT_A_POINT)
    undefined = {name for name in found.__struct_fields__ if getattr(found, name) is None}
    assert undefined == {
        "retention_rate",
        "churn_rate",
        "average_order_value",
        "average_order_value_members",
        "average_order_value_anonymous",
        "purchase_frequency",
        "customer_value",
        "customer_lifespan_years",
        "customer_lifetime_value",
        "repeat_customer_rate",
        "returning_customer_share",
        "acquisition_cost",
        "redemption_rate",
        "member_share",
        "net_promoter_score",
    }
    assert (found.points_issued, found.open_points, found.liability) == (0, 0, Decimal("0.00"))


def test_every_figure_is_taken_from_its_own_counts() -> None:
    """Counts that are all different, so that two of them exchanged would show."""
    facts = PeriodFacts(
        days=73,
        active_at_start=40,
        active_at_end=50,
        new_and_active_at_end=13,
        lost_members=7,
        new_members=16,
        member_sales=90,
        member_revenue_cents=180_000,
        anonymous_sales=30,
        anonymous_revenue_cents=30_000,
        customers=36,
        repeat_customers=27,
        returning_customers=18,
        lapsed_members=4,
        lapsed_days=2_920,
        points_issued=2000,
        points_redeemed=500,
        points_reversed=60,
        points_returned=70,
        points_adjusted=-80,
        points_expired=90,
        open_points=12_345,
        ladder=Ladder(1, 2, 3, 4),
    )
    assumptions = Assumptions(100, 100, Decimal("0.1"), acquisition_cost_cents=10_000)
    assert figures(facts, assumptions) == Figures(
        retention_rate=Decimal("92.50"),
        churn_rate=Decimal("17.50"),
        average_order_value=Decimal("17.50"),
        average_order_value_members=Decimal("20.00"),
        average_order_value_anonymous=Decimal("10.00"),
        purchase_frequency=Decimal("2.50"),
        customer_value=Decimal("50.00"),
        customer_lifespan_years=Decimal("2.00"),
        customer_lifetime_value=Decimal("500.00"),
        repeat_customer_rate=Decimal("75.00"),
        returning_customer_share=Decimal("50.00"),
        acquisition_cost=Decimal("6.25"),
        points_issued=2000,
        points_redeemed=500,
        points_expired=90,
        points_reversed=60,
        points_returned=70,
        points_adjusted=-80,
        redemption_rate=Decimal("25.00"),
        open_points=12_345,
        liability=Decimal("111.10"),  # 111.105, an exact tie, to the even cent
        member_share=Decimal("75.00"),
        new_members=16,
        net_promoter_score=None,
        ladder=Ladder(1, 2, 3, 4),
    )


def test_figures_are_written_as_decimal_strings() -> None:
    """The command line's JSON shows rates as strings, undefined ones as null, counts as numbers."""
    found = figures(PeriodFacts(days=1, member_sales=1, member_revenue_cents=250, customers=1), CENT_A_POINT)
    written = msgspec.to_builtins(found)
    assert (written["average_order_value"], written["member_share"]) == ("2.50", "100.00")
    assert (written["retention_rate"], written["new_members"], written["ladder"]["advocate"]) == (None, 0, None)


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_a_rounded_rate_is_never_further_than_half_a_cent_from_the_exact_one(part: int, whole: int) -> None:
    """Exact fractions in, one rounding out."""
    exact = percent(part, whole)
    shown = rounded(exact)
    assert exact is not None
    assert shown is not None
    assert abs(Fraction(shown) - exact) <= Fraction(1, 200)


def test_a_value_without_its_parts_is_none() -> None:
    """Customer value and lifetime value need both of their factors."""
    assert customer_value(None, Fraction(1)) is None
    assert customer_value(Fraction(1), None) is None
    assert customer_lifetime_value(None, 1, Fraction(1)) is None
    assert customer_lifetime_value(Fraction(1), 1, None) is None
