"""Days in figures, under the names that scripts and the manager's reports share; formulas are ``loyalty.kpi``'s."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from loyalty import kpi
from loyalty.feedback import Ratings
from loyalty.report import WEEK, DayFigures
from loyalty.store_day import TillBehind, TillDay
from terminal.messages import reward_name
from texts.i18n import shop_time
from texts.report_paper import DayPaper, TillFigures

if TYPE_CHECKING:
    from datetime import date

    from loyalty.kpi import Assumptions, PeriodFacts
    from loyalty.programme import Programme
    from loyalty.report import FigureValues
    from loyalty.store_day import StoreDay
    from storage.store import Reader
    from storage.types import DayReport, Shop
    from texts.i18n import Texts

FILE_NAME_PART_MAX: Final = 40
"""How much of a name goes into the name of a file, in characters."""


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
    """A day of this till with the same weekday a week before, and what its customers thought of it."""

    figures: DayFigures
    before: DayFigures
    ratings: Ratings = Ratings()


class DayInStore(msgspec.Struct, frozen=True):
    """A day of the whole store with the same weekday a week before, as head office told it.

    Attributes:
        store: The store's name.
        as_of_us: When head office counted.
        tills: Each till's share.
        behind: Other tills that may have more of the day.
    """

    figures: DayFigures
    before: DayFigures
    store: str
    as_of_us: int
    tills: tuple[TillDay, ...] = ()
    behind: tuple[TillBehind, ...] = ()


def day_on_till(reader: Reader, day: date, assumed: Assumptions) -> DayOnTill:
    """Read a business day and the same weekday a week before.

    A till that has joined head office says nothing of open points: what it booked itself is a part of what moved them.

    Raises:
        StorageError: If the ledger can't be read.
    """
    figures, before = (day_figures(reader.day_report(each), assumed) for each in (day, day - WEEK))
    if reader.head_office() is not None:
        figures, before = (msgspec.structs.replace(each, open_points=None) for each in (figures, before))
    return DayOnTill(figures, before, reader.ratings(day))


def day_in_store(told: StoreDay, assumed: Assumptions) -> DayInStore:
    """What head office told, with a point's worth and the breakage as this till's own report takes them.

    A head office that has published no programme does not know what a point is worth; its tills do.
    """
    figures, before = (msgspec.structs.replace(each, assumed=assumed) for each in (told.figures, told.week_before))
    return DayInStore(figures, before, told.store, told.as_of_us, told.tills, told.behind)


def day_figures(report: DayReport, assumed: Assumptions) -> DayFigures:
    """What the ledger counted for a day, as the figures that till and head office share."""
    return DayFigures(report.day, report.totals, report.open_points, assumed, report.hours, report.rewards)


def day_paper(
    texts: Texts,
    shop: Shop,
    programme: Programme,
    found: DayOnTill | DayInStore,
    written: tuple[int, int],
    remarks: tuple[str, ...] = (),
) -> DayPaper:
    """The finished report of a day, to be written as CSV or PDF.

    Args:
        texts: Its language.
        shop: Whose till this is.
        programme: Names the rewards.
        found: The figures, of the till or of the whole store.
        written: The moment in microseconds since 1970 UTC, and the shop's offset from UTC then in minutes.
        remarks: What a reader must know of the figures.
    """
    store, till = shop.name, shop.till_name
    tills: tuple[TillFigures, ...] = ()
    if isinstance(found, DayInStore):
        own = texts._("Head office")
        store, till = found.store, ""
        tills = tuple(TillFigures(each.name or own, each.figures) for each in found.tills)
    return DayPaper(
        store,
        till,
        found.figures,
        found.before,
        {each.reward_id: reward_name(texts, programme, each.reward_id) for each in found.figures.rewards},
        tills,
        made=f"{texts.day(shop_time(*written).date(), 'medium')} {texts.time(*written)}",
        remarks=remarks,
    )


def report_file_name(texts: Texts, day: date, ending: str, whose: str = "") -> str:
    """What a report's file is called unless somebody says otherwise: sorted by name is sorted by day.

    Args:
        texts: Its language.
        day: Which day.
        ending: The kind of file.
        whose: The till or store, where both could be meant.
    """
    name = "".join(letter if letter.isalnum() or letter in " -_" else "-" for letter in whose)[:FILE_NAME_PART_MAX]
    parts = (texts._("Daily report"), day.isoformat(), name.strip())
    return f"{' '.join(part for part in parts if part)}.{ending}"


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
