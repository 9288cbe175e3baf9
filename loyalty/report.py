"""A business day in figures: one definition for the till's screen, its files, and head office's pages.

A purchase counts on the day it was made and a reversal on its own, so a closed day never changes. Figures are exact
until they are shown; a figure of nothing is ``None``, never 0.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from loyalty import kpi
from loyalty.kpi import Assumptions, Exact
from loyalty.money import decimal_text
from loyalty.records import DayTotals

if TYPE_CHECKING:
    from collections.abc import Iterable

S = TypeVar("S", bound=msgspec.Struct)

WEEK: Final = timedelta(days=7)
"""A day is held against the same weekday before it: a Saturday against a Saturday."""

FigureValues = dict[str, int | str | None]
"""Counts and points as integers, money and rates in percent as decimal strings; ``None`` for a rate of nothing, and for
what the figures can't know."""

COMPARED: Final = (
    "sales",
    "revenue",
    "points_issued",
    "points_redeemed",
    "points_reversed",
    "points_returned",
    "points_expired",
    "new_members",
    "open_points",
    "liability",
)
"""The figures whose change on the same weekday is told, by the names of ``DayFigures.values``."""


class HourTotals(msgspec.Struct, frozen=True):
    """One hour of a business day, by the shop's own clock; points, and the number of purchases."""

    hour: int
    issued: int = 0
    redeemed: int = 0
    sales: int = 0


class RewardTotals(msgspec.Struct, frozen=True):
    """One reward as taken on a business day; reversals are booked on their own day and not here."""

    reward_id: str
    count: int
    points: int
    value_cents: int


class DayFigures(msgspec.Struct, frozen=True):
    """What a report of one business day shows, of one till or of several.

    Attributes:
        day: Which.
        totals: Its sums.
        open_points: All points open at its end; a debt counts against them. ``None`` where the figures are a part
            of what moved them, and the part says nothing.
        assumed: What the liability assumes.
        hours: Hours in which something happened, ascending.
        rewards: Rewards taken, by id.
    """

    day: date
    totals: DayTotals
    open_points: int | None
    assumed: Assumptions
    hours: tuple[HourTotals, ...] = ()
    rewards: tuple[RewardTotals, ...] = ()

    @classmethod
    def sum(cls, day: date, assumed: Assumptions, parts: Iterable[DayFigures]) -> DayFigures:
        """The figures of several tills together; all zeros when there are none.

        Raises:
            ValueError: If one of them is of another day.
        """
        totals = DayTotals()
        open_points: int | None = 0
        hours: dict[int, HourTotals] = {}
        rewards: dict[str, RewardTotals] = {}
        for part in parts:
            if part.day != day:
                raise ValueError(f"Figures of {part.day} do not belong into those of {day}")
            totals = _added(totals, part.totals)
            open_points = None if open_points is None or part.open_points is None else open_points + part.open_points
            for hour in part.hours:
                hours[hour.hour] = _added(hours.get(hour.hour, HourTotals(0)), hour, key="hour")
            for reward in part.rewards:
                none_yet = RewardTotals("", 0, 0, 0)
                rewards[reward.reward_id] = _added(rewards.get(reward.reward_id, none_yet), reward, key="reward_id")
        return cls(
            day,
            totals,
            open_points,
            assumed,
            tuple(hours[hour] for hour in sorted(hours)),
            tuple(rewards[reward_id] for reward_id in sorted(rewards)),
        )

    @property
    def quiet(self) -> bool:
        """Whether nothing was booked on it."""
        return self.totals == DayTotals()

    @property
    def liability(self) -> Exact:
        """The money value of the open points under the assumptions, in currency units; ``None`` without them."""
        return None if self.open_points is None else kpi.liability(self.open_points, self.assumed)

    @property
    def liability_cents(self) -> int | None:
        """The same in cents, rounded half to even."""
        return None if self.liability is None else round(self.liability * 100)

    @property
    def redemption_rate(self) -> Exact:
        """Redeemed of issued points, in percent."""
        return kpi.percent(self.totals.points_redeemed, self.totals.points_issued)

    @property
    def member_share(self) -> Exact:
        """Purchases with a card of all purchases, in percent."""
        return kpi.percent(self.totals.member_sales, self.totals.sales)

    @property
    def average_order_value(self) -> Exact:
        """The mean purchase, in currency units."""
        return kpi.mean_cents(self.totals.revenue_cents, self.totals.sales)

    @property
    def average_order_value_members(self) -> Exact:
        """The mean purchase with a card, in currency units."""
        return kpi.mean_cents(self.totals.member_revenue_cents, self.totals.member_sales)

    @property
    def average_order_value_anonymous(self) -> Exact:
        """The mean purchase without a card, in currency units."""
        return kpi.mean_cents(self.anonymous_revenue_cents, self.anonymous_sales)

    @property
    def anonymous_sales(self) -> int:
        """Purchases without a card."""
        return self.totals.sales - self.totals.member_sales

    @property
    def anonymous_revenue_cents(self) -> int:
        """What they came to, in cents."""
        return self.totals.revenue_cents - self.totals.member_revenue_cents

    def values(self) -> FigureValues:
        """Every figure by the name that scripts, files and reports share."""
        totals = self.totals
        return {
            "sales": totals.sales,
            "member_sales": totals.member_sales,
            "anonymous_sales": self.anonymous_sales,
            "revenue": decimal_text(totals.revenue_cents),
            "revenue_members": decimal_text(totals.member_revenue_cents),
            "revenue_anonymous": decimal_text(self.anonymous_revenue_cents),
            "reversed": decimal_text(totals.reversed_cents),
            "average_order_value": _text(self.average_order_value),
            "average_order_value_members": _text(self.average_order_value_members),
            "average_order_value_anonymous": _text(self.average_order_value_anonymous),
            "member_share": _text(self.member_share),
            "points_issued": totals.points_issued,
            "points_redeemed": totals.points_redeemed,
            "points_reversed": totals.points_taken_back,
            "points_returned": totals.points_returned,
            "points_expired": totals.points_expired,
            "points_adjusted": totals.points_adjusted,
            "redemptions": totals.redemptions,
            "redemption_rate": _text(self.redemption_rate),
            "new_members": totals.new_members,
            "open_points": self.open_points,
            "liability": _text(self.liability),
        }


class Comparison(msgspec.Struct, frozen=True):
    """A day held against the same weekday a week before.

    Attributes:
        before: The figures of that day.
        changes: By the names in ``COMPARED``, in percent of the figure before; ``None`` where that was nothing.
    """

    before: DayFigures
    changes: dict[str, Exact]

    def document(self) -> dict[str, object]:
        """The comparison for scripts; changes are decimal strings in percent."""
        return {
            "day": self.before.day,
            "figures": self.before.values(),
            "changes": {name: _text(change) for name, change in self.changes.items()},
        }


def compare(today: DayFigures, before: DayFigures) -> Comparison:
    """The change of a day's figures since the same weekday a week before, in percent.

    Raises:
        ValueError: If ``before`` is another day than that.
    """
    if today.day - before.day != WEEK:
        raise ValueError(f"{before.day} is not the same weekday one week before {today.day}")
    now, then = today.values(), before.values()
    return Comparison(before, {name: _change(now[name], then[name]) for name in COMPARED})


def assumptions_document(assumed: Assumptions, as_of: date) -> dict[str, object]:
    """What the liability assumes, dated, for scripts and under a report."""
    return {
        "points": assumed.value_points,
        "value": decimal_text(assumed.value_cents),
        "breakage": f"{assumed.breakage * 100:.2f}",
        "as_of": as_of.isoformat(),
    }


def _change(now: int | str | None, then: int | str | None) -> Exact:
    """In percent of what was; nothing, or a debt, is no measure of growth."""
    was = _hundredths(then)
    return kpi.percent(_hundredths(now) - was, was) if was > 0 else None


def _hundredths(value: int | str | None) -> int:
    """A figure as a whole number of hundredths; those compared have two decimals at most."""
    return int(Decimal(value or 0) * 100)


def _added(left: S, right: S, key: str = "") -> S:
    """Two structs of numbers, added field by field; ``key`` is taken from the right one."""
    return type(left)(
        **{
            name: getattr(right, name) if name == key else getattr(left, name) + getattr(right, name)
            for name in left.__struct_fields__
        }
    )


def _text(figure: Exact) -> str | None:
    rounded = kpi.rounded(figure)
    return None if rounded is None else str(rounded)
