"""Retention and value figures of a period, from counts the ledger delivers.

Everything is exact rational arithmetic; a figure is rounded once, half to even, when it is handed out. A figure of
nothing (no customers, nobody active at the start) is ``None``, never 0.

Definitions: a *counted sale* is not wholly reversed; *customers* are the members with a counted sale in the period;
a member is *active* at a moment when a counted sale or the enrolment lies in the window before it.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final

import msgspec

DAYS_PER_YEAR: Final = 365
"""A year of lifespan and of lifetime value, in days; leap days are below what two decimals show."""

INACTIVE_AFTER_DAYS: Final = 180
"""How long a member counts as active after the last counted sale or the enrolment, unless the shop sets another."""

DIGITS: Final = 2
"""Decimals of every figure that is not a count: rates in percent, money in currency units."""

Exact = Fraction | None
"""A figure before rounding; ``None`` where it is not defined."""


class Ladder(msgspec.Struct, frozen=True):
    """How many members stand on each step of the loyalty ladder; each member on the highest only.

    Attributes:
        suspect: Berührter: a card was handed out and nobody enrolled.
        prospect: Interessent: enrolled, no counted sale.
        customer: Käufer: one counted sale.
        client: Stammkunde: two or more.
        advocate: Fürsprecher: referred somebody who bought, or rated 9 or 10; ``None`` while that is not recorded.
    """

    suspect: int = 0
    prospect: int = 0
    customer: int = 0
    client: int = 0
    advocate: int | None = None


class PeriodFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the ledger counts for a period. Money in cents, time in days, points whole.

    Attributes:
        days: Business days of the period, both ends included.
        active_at_start: Members active the instant before the first day.
        active_at_end: Members active the last instant of the last day.
        new_and_active_at_end: Those of them who enrolled inside the period.
        lost_members: Members active at the start and not at the end.
        new_members: Members who enrolled inside the period.
        member_sales: Counted sales with a card.
        member_revenue_cents: What they came to, less what was reversed of them.
        anonymous_sales: Counted sales without a card.
        anonymous_revenue_cents: What they came to, less what was reversed of them.
        customers: Members with a counted sale in the period.
        repeat_customers: Those with two or more in the period.
        returning_customers: Those with a counted sale before the period.
        lapsed_members: Members enrolled by the end, not active at the end, who ever bought.
        lapsed_days: Days from enrolment to the last counted sale, summed over them.
        points_issued: Awarded in the period.
        points_redeemed: Spent in the period.
        points_reversed: Awarded points taken back in the period.
        points_returned: Spent points given back in the period.
        points_adjusted: Net sum of corrections in the period.
        points_expired: Expired in the period.
        open_points: All points open at the end; debts count against them.
        ladder: The ladder at the end.
    """

    days: int
    active_at_start: int = 0
    active_at_end: int = 0
    new_and_active_at_end: int = 0
    lost_members: int = 0
    new_members: int = 0
    member_sales: int = 0
    member_revenue_cents: int = 0
    anonymous_sales: int = 0
    anonymous_revenue_cents: int = 0
    customers: int = 0
    repeat_customers: int = 0
    returning_customers: int = 0
    lapsed_members: int = 0
    lapsed_days: int = 0
    points_issued: int = 0
    points_redeemed: int = 0
    points_reversed: int = 0
    points_returned: int = 0
    points_adjusted: int = 0
    points_expired: int = 0
    open_points: int = 0
    ladder: Ladder = Ladder()


class Assumptions(msgspec.Struct, frozen=True):
    """What a period's figures assume beside the ledger; a report shows them.

    Attributes:
        value_points: So many points ...
        value_cents: ... are worth so much, in cents.
        breakage: The share of open points expected never to be redeemed, 0 to 1.
        acquisition_cost_cents: What winning the period's new members cost, ``None`` when nobody entered it.
    """

    value_points: int
    value_cents: int
    breakage: Decimal = Decimal(0)
    acquisition_cost_cents: int | None = None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """A period's figures under the names reports use.

    Rates are in percent and money in currency units, rounded half to even to two decimals; ``None`` is undefined.
    """

    retention_rate: Decimal | None
    churn_rate: Decimal | None
    average_order_value: Decimal | None
    average_order_value_members: Decimal | None
    average_order_value_anonymous: Decimal | None
    purchase_frequency: Decimal | None
    customer_value: Decimal | None
    customer_lifespan_years: Decimal | None
    customer_lifetime_value: Decimal | None
    repeat_customer_rate: Decimal | None
    returning_customer_share: Decimal | None
    acquisition_cost: Decimal | None
    points_issued: int
    points_redeemed: int
    points_expired: int
    points_reversed: int
    points_returned: int
    points_adjusted: int
    redemption_rate: Decimal | None
    open_points: int
    liability: Decimal
    member_share: Decimal | None
    new_members: int
    net_promoter_score: Decimal | None
    ladder: Ladder


def figures(facts: PeriodFacts, assumptions: Assumptions) -> Figures:
    """Compute every figure of a period."""
    sales = facts.member_sales + facts.anonymous_sales
    revenue_cents = facts.member_revenue_cents + facts.anonymous_revenue_cents
    per_member_sale = mean_cents(facts.member_revenue_cents, facts.member_sales)
    value = customer_value(ratio(facts.member_sales, facts.customers), per_member_sale)
    lifespan = lifespan_years(facts.lapsed_days, facts.lapsed_members)
    cost_cents = assumptions.acquisition_cost_cents
    return Figures(
        retention_rate=rounded(retention_rate(facts.active_at_start, facts.active_at_end, facts.new_and_active_at_end)),
        churn_rate=rounded(percent(facts.lost_members, facts.active_at_start)),
        average_order_value=rounded(mean_cents(revenue_cents, sales)),
        average_order_value_members=rounded(per_member_sale),
        average_order_value_anonymous=rounded(mean_cents(facts.anonymous_revenue_cents, facts.anonymous_sales)),
        purchase_frequency=rounded(ratio(facts.member_sales, facts.customers)),
        customer_value=rounded(value),
        customer_lifespan_years=rounded(lifespan),
        customer_lifetime_value=rounded(customer_lifetime_value(value, facts.days, lifespan)),
        repeat_customer_rate=rounded(percent(facts.repeat_customers, facts.customers)),
        returning_customer_share=rounded(percent(facts.returning_customers, facts.customers)),
        acquisition_cost=None if cost_cents is None else rounded(mean_cents(cost_cents, facts.new_members)),
        points_issued=facts.points_issued,
        points_redeemed=facts.points_redeemed,
        points_expired=facts.points_expired,
        points_reversed=facts.points_reversed,
        points_returned=facts.points_returned,
        points_adjusted=facts.points_adjusted,
        redemption_rate=rounded(percent(facts.points_redeemed, facts.points_issued)),
        open_points=facts.open_points,
        liability=_rounded(liability(facts.open_points, assumptions)),
        member_share=rounded(percent(facts.member_sales, sales)),
        new_members=facts.new_members,
        net_promoter_score=None,
        ladder=facts.ladder,
    )


def ratio(part: int, whole: int) -> Exact:
    """``part / whole``; ``None`` of nothing."""
    return Fraction(part, whole) if whole else None


def percent(part: int, whole: int) -> Exact:
    """``part / whole`` in percent; ``None`` of nothing."""
    return Fraction(100 * part, whole) if whole else None


def mean_cents(total_cents: int, count: int) -> Exact:
    """The mean of a sum in cents, in currency units; ``None`` of nothing."""
    return Fraction(total_cents, 100 * count) if count else None


def retention_rate(active_at_start: int, active_at_end: int, new_and_active_at_end: int) -> Exact:
    """(active at end - new and active at end) / active at start, in percent.

    Members who were inactive at the start and came back count at the end, so it can exceed 100.
    """
    return percent(active_at_end - new_and_active_at_end, active_at_start)


def customer_value(purchase_frequency: Exact, average_order_value_members: Exact) -> Exact:
    """What a customer spends in the period, in currency units: frequency times mean sale."""
    if purchase_frequency is None or average_order_value_members is None:
        return None
    return purchase_frequency * average_order_value_members


def lifespan_years(lapsed_days: int, lapsed_members: int) -> Exact:
    """The mean time from enrolment to the last counted sale of members no longer active, in years."""
    return ratio(lapsed_days, lapsed_members * DAYS_PER_YEAR)


def customer_lifetime_value(value: Exact, days: int, lifespan: Exact) -> Exact:
    """A period's customer value scaled to a year, times the lifespan in years."""
    if value is None or lifespan is None:
        return None
    return value * Fraction(DAYS_PER_YEAR, days) * lifespan


def liability(open_points: int, assumptions: Assumptions) -> Fraction:
    """The money value of open points, less those expected never to be redeemed, in currency units.

    A shop whose members owe points in sum owes them nothing.
    """
    worth_cents = Fraction(max(0, open_points) * assumptions.value_cents, assumptions.value_points)
    return worth_cents * (1 - Fraction(assumptions.breakage)) / 100


def net_promoter_score(promoters: int, detractors: int, answers: int) -> Exact:
    """Percent of answers of 9 and 10 minus percent of answers of 0 to 6."""
    return percent(promoters - detractors, answers)


def rounded(figure: Exact) -> Decimal | None:
    """A figure with two decimals, half to even."""
    return None if figure is None else _rounded(figure)


def _rounded(figure: Fraction) -> Decimal:
    return Decimal(round(figure * 10**DIGITS)).scaleb(-DIGITS)
