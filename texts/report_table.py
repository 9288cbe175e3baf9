"""A day's figures as the lines that people read: on paper, on head office's page and on the command line."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

import msgspec

from loyalty.report import COMPARED, DayFigures, HourTotals, compare

if TYPE_CHECKING:
    from loyalty.kpi import Exact
    from texts.i18n import Texts

OPENS_H: Final = 8
CLOSES_H: Final = 18
"""The hours a report shows at least."""


class FigureRow(msgspec.Struct, frozen=True):
    """One figure with its caption; ``before`` and ``change`` are empty where nothing is compared."""

    name: str
    caption: str
    value: str
    before: str = ""
    change: str = ""


def figure_rows(texts: Texts, figures: DayFigures, before: DayFigures | None = None) -> list[FigureRow]:
    """Every figure of the day, beside that of the same weekday a week before when it is given."""
    captions = _captions(texts)
    now = _shown(texts, figures)
    then = _shown(texts, before) if before else {}
    changes = compare(figures, before).changes if before else {}
    return [
        FigureRow(
            name,
            caption,
            now[name],
            then.get(name, ""),
            change_text(texts, changes[name]) if before and name in COMPARED else "",
        )
        for name, caption in captions.items()
    ]


def change_text(texts: Texts, change: Exact) -> str:
    """A change in percent with an arrow, so that nobody has to tell colours apart; a dash where there is no measure."""
    if change is None:
        return texts.percent(None)
    arrow = "▲" if change > 0 else "▼" if change < 0 else "="
    return f"{arrow} {percent_text(texts, abs(change))}"


def percent_text(texts: Texts, rate: Exact) -> str:
    """A rate with one decimal, rounded once, half to even."""
    return texts.percent(None if rate is None else Decimal(round(rate * 10)).scaleb(-1))


def money_text(texts: Texts, amount: Exact) -> str:
    """An amount in currency units, rounded once to cents, half to even; a dash where it is undefined."""
    return "\N{EN DASH}" if amount is None else texts.money(round(amount * 100))


def all_hours(hours: tuple[HourTotals, ...]) -> tuple[HourTotals, ...]:
    """The shop's day without gaps, so that a quiet hour is seen as one and a first sale does not fill the picture."""
    found = {each.hour: each for each in hours}
    first, last = min((OPENS_H, *found)), max((CLOSES_H, *found))
    return tuple(found.get(hour, HourTotals(hour)) for hour in range(first, last + 1))


def assumption_text(texts: Texts, figures: DayFigures) -> str:
    """What the liability assumes, in a sentence; for a part of the tills, why there is none."""
    if figures.open_points is None:
        return texts._("Open points are those of all tills and stores together; a part of them has none of its own.")
    assumed = figures.assumed
    return texts._(
        "The liability takes {points} at {value}, and that {breakage} of the open points are never redeemed."
    ).format(
        points=texts.points(assumed.value_points),
        value=texts.money(assumed.value_cents),
        breakage=texts.percent(assumed.breakage * 100),
    )


def _captions(texts: Texts) -> dict[str, str]:
    return {
        "sales": texts._("Purchases"),
        "revenue": texts._("Revenue"),
        "member_share": texts._("Purchases with a card"),
        "average_order_value": texts._("Average purchase"),
        "average_order_value_members": texts._("Average with card"),
        "reversed": texts._("Undone"),
        "points_issued": texts._("Issued"),
        "points_redeemed": texts._("Redeemed"),
        "redemption_rate": texts._("Redemption rate"),
        "points_reversed": texts._("Taken back"),
        "points_returned": texts._("Returned"),
        "points_expired": texts._("Expired"),
        "points_adjusted": texts._("Corrected"),
        "new_members": texts._("New members"),
        "open_points": texts._("Open points"),
        "liability": texts._("Liability"),
    }


def _shown(texts: Texts, figures: DayFigures) -> dict[str, str]:
    totals = figures.totals
    return {
        "sales": texts.number(totals.sales),
        "revenue": texts.money(totals.revenue_cents),
        "member_share": percent_text(texts, figures.member_share),
        "average_order_value": money_text(texts, figures.average_order_value),
        "average_order_value_members": money_text(texts, figures.average_order_value_members),
        "reversed": texts.money(totals.reversed_cents),
        "points_issued": texts.number(totals.points_issued),
        "points_redeemed": texts.number(totals.points_redeemed),
        "redemption_rate": percent_text(texts, figures.redemption_rate),
        "points_reversed": texts.number(totals.points_taken_back),
        "points_returned": texts.number(totals.points_returned),
        "points_expired": texts.number(totals.points_expired),
        "points_adjusted": texts.signed(totals.points_adjusted),
        "new_members": texts.number(totals.new_members),
        "open_points": "\N{EN DASH}" if figures.open_points is None else texts.number(figures.open_points),
        "liability": money_text(texts, figures.liability),
    }
