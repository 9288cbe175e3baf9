"""Days in figures, under the names that scripts and the manager's reports share; formulas are ``loyalty.kpi``'s."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from loyalty import kpi
from loyalty.report import WEEK, DayFigures
from terminal.messages import reward_name
from texts.i18n import shop_time
from texts.report_paper import DayPaper

if TYPE_CHECKING:
    from datetime import date

    from loyalty.kpi import Assumptions, PeriodFacts
    from loyalty.programme import Programme
    from loyalty.report import FigureValues
    from storage.store import Reader
    from storage.types import DayReport, Shop
    from texts.i18n import Texts


def assumptions(programme: Programme, breakage_percent: int) -> Assumptions:
    """What the liability assumes: the programme's worth of a point, and the share of points nobody will redeem."""
    value = programme.point_value
    return kpi.Assumptions(value.points, value.value_cents, Decimal(breakage_percent) / 100)


class ReportPlace(msgspec.Struct, frozen=True):
    """What the reports of a till's screen assume, and where they are written.

    Attributes:
        breakage_percent: The share of open points that will never be redeemed.
        folder: Where files go; ``None`` takes the documents of the person at this machine.
    """

    breakage_percent: int = 0
    folder: Path | None = None


class DayOnTill(msgspec.Struct, frozen=True):
    """A day of this till with the same weekday a week before."""

    figures: DayFigures
    before: DayFigures


def day_on_till(reader: Reader, day: date, assumed: Assumptions) -> DayOnTill:
    """Read a business day and the same weekday a week before.

    Raises:
        StorageError: If the ledger can't be read.
    """
    return DayOnTill(
        day_figures(reader.day_report(day), assumed),
        day_figures(reader.day_report(day - WEEK), assumed),
    )


def day_figures(report: DayReport, assumed: Assumptions) -> DayFigures:
    """What the ledger counted for a day, as the figures that till and head office share."""
    return DayFigures(report.day, report.totals, report.open_points, assumed, report.hours, report.rewards)


def day_paper(texts: Texts, shop: Shop, programme: Programme, found: DayOnTill, written: tuple[int, int]) -> DayPaper:
    """The finished report of a day, to be written as CSV or PDF.

    Args:
        texts: Its language.
        shop: Whose it is.
        programme: Names the rewards.
        found: The figures.
        written: The moment in microseconds since 1970 UTC, and the shop's offset from UTC then in minutes.
    """
    return DayPaper(
        shop.name,
        shop.till_name,
        found.figures,
        found.before,
        {each.reward_id: reward_name(texts, programme, each.reward_id) for each in found.figures.rewards},
        made=f"{texts.day(shop_time(*written).date(), 'medium')} {texts.time(*written)}",
    )


def report_file_name(texts: Texts, day: date, ending: str) -> str:
    """What a report's file is called unless somebody says otherwise: sorted by name is sorted by day."""
    return f"{texts._('Daily report')} {day.isoformat()}.{ending}"


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
