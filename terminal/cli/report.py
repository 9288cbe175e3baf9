"""``report``: a day or a period in figures."""

from __future__ import annotations

import contextlib
import sys
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec
import typer

from loyalty.money import decimal_text
from loyalty.outcomes import Refused
from loyalty.report import assumptions_document, compare
from storage.figures_build import figures_of
from storage.period import PeriodReads
from terminal.app.documents import iso_moment
from terminal.app.files import write_file
from terminal.app.report import DayInStore, assumptions, day_on_till, day_paper, period_figures
from terminal.cli import parsing
from terminal.cli.session import Session, session_of
from terminal.cli.store_report import day_of_store, waiting_of
from terminal.cli.waiting import waiting
from terminal.presenters.report_words import no_store_text, remarks
from terminal.sync.outcomes import Declined
from texts.columns import pairs, table
from texts.command_line.answers import Answer, failure, json_text
from texts.command_line.commands import group
from texts.csv_file import csv_bytes
from texts.i18n import mark
from texts.report_csv import day_csv
from texts.report_table import figure_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from loyalty.ports import Clock
    from loyalty.report import DayFigures, FigureValues
    from terminal.app.report import DayOnTill
    from texts.i18n import Texts
    from texts.report_paper import DayPaper


class Format(StrEnum):
    """What a report can be written as."""

    JSON = "json"
    CSV = "csv"


class DayFormat(StrEnum):
    """What a day's report can be written as."""

    JSON = "json"
    CSV = "csv"
    PDF = "pdf"


F = TypeVar("F", Format, DayFormat)


class _Report(msgspec.Struct, frozen=True):
    """A report in all its forms.

    Attributes:
        document: For scripts.
        lines: For people.
        files: What makes each file, by its ending.
    """

    document: dict[str, object]
    lines: list[str]
    files: dict[str, Callable[[], bytes]]


AsFormat = Annotated[
    Format | None, typer.Option("--format", help=mark("Write the figures as json or csv instead of text."))
]
AsDayFormat = Annotated[
    DayFormat | None, typer.Option("--format", help=mark("Write the figures as json, csv or pdf instead of text."))
]
Out = Annotated[Path | None, typer.Option("--out", help=mark("The file to write to."), metavar="FILE")]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    reports = group()
    reports.command(
        "day",
        help=mark("The figures of one business day; today's unless told."),
        epilog="stammkunde report day 2026-11-21 --format pdf --out saturday.pdf",
    )(_day)
    reports.command(
        "period",
        help=mark("The figures of several business days, both ends included."),
        epilog="stammkunde report period --from 2026-11-01 --to 2026-11-30 --format csv --out november.csv",
    )(_period)
    app.add_typer(reports, name="report", help=mark("Figures of days and periods."))


def _day(
    context: typer.Context,
    which: Annotated[str | None, typer.Argument(help=mark("The day, as 2026-11-21."), metavar="DATE")] = None,
    as_format: AsDayFormat = None,
    out: Out = None,
    store: Annotated[bool, typer.Option("--store", help=mark("Ask head office for the whole store's day."))] = False,
) -> Answer | Refused:
    session = session_of(context)
    texts, breakage = session.texts, session.settings.report.breakage_percent
    asked_day = parsing.day(which) if which else None
    form = _form(session, DayFormat, as_format, out)
    with session.reading() as (till, reader):
        clock = till.clock  # corrected by head office's, as the days of the bookings are
        day = asked_day or clock.business_day(clock.now_us())
        found: DayOnTill | DayInStore
        unsent = 0
        if store:
            asked = day_of_store(session, till, reader, day)
            if isinstance(asked, Refused):
                return asked
            if isinstance(asked, Declined):
                return failure(asked.why.value, no_store_text(texts, asked))
            found, unsent = asked, waiting_of(reader, clock, day)
        else:
            found = day_on_till(reader, day, assumptions(till.programme, breakage))
        noted = remarks(texts, clock, found, unsent, joined=till.store.head_office is not None)
        now_us = clock.now_us()
        written = (now_us, clock.utc_offset_min(now_us))
        paper = day_paper(texts, till.store.shop, till.programme, found, written, noted)
    files = {"csv": lambda: day_csv(paper), "pdf": lambda: _pdf(texts, paper)}
    report = _Report(_day_document(clock, found, unsent), _day_lines(texts, paper), files)
    return _written(session, report, form, out)


def _day_document(clock: Clock, found: DayOnTill | DayInStore, unsent: int) -> dict[str, object]:
    """The day for scripts."""
    document = _figures_document(found)
    if not isinstance(found, DayInStore):
        average = found.ratings.average_hundredths
        ratings = {
            "count": found.ratings.count,
            "average": None if average is None else f"{Decimal(average) / 100:.2f}",
        }
        return {**document, "scope": "till", "ratings": ratings}

    def when(at_us: int) -> str | None:
        return iso_moment(at_us, clock.utc_offset_min(at_us)) if at_us else None

    return {
        **document,
        "scope": "store",
        "store": found.store,
        "as_of": when(found.as_of_us),
        "tills": [{"name": till.name or None, "figures": till.figures.values()} for till in found.tills],
        "behind": [{"name": till.name, "last_contact": when(till.last_contact_us)} for till in found.behind],
        "unsent": unsent,
    }


def _figures_document(found: DayOnTill | DayInStore) -> dict[str, object]:
    figures = found.figures
    return {
        "day": figures.day,
        "figures": figures.values(),
        "hours": msgspec.to_builtins(figures.hours),
        "rewards": _rewards(figures),
        "assumptions": assumptions_document(figures.assumed, figures.day),
        "week_before": compare(figures, found.before).document(),
    }


def _day_lines(texts: Texts, paper: DayPaper) -> list[str]:
    """The day for people: every figure beside that of a week before."""
    assert paper.before is not None, "the till always reads both days"
    figures = paper.figures
    head = ["", texts.day(figures.day), texts.day(paper.before.day), texts._("Change")]
    rows = [[row.caption, row.value, row.before, row.change] for row in figure_rows(texts, figures, paper.before)]
    title = texts.day(figures.day, "full")
    title = title if paper.till else f"{paper.store}, {title}"
    lines = [title, *paper.remarks, "", *table(head, rows, right=[1, 2, 3])]
    return lines + _hour_lines(texts, figures) + _reward_lines(texts, paper) + _till_lines(texts, paper)


def _pdf(texts: Texts, paper: DayPaper) -> bytes:
    from texts.report_pdf import day_pdf

    return day_pdf(texts, paper)


def _period(
    context: typer.Context,
    first: Annotated[str, typer.Option("--from", help=mark("The first day."), metavar="DATE")],
    last: Annotated[str, typer.Option("--to", help=mark("The last day."), metavar="DATE")],
    as_format: AsFormat = None,
    out: Out = None,
) -> Answer:
    session = session_of(context)
    start, end = parsing.day(first), parsing.day(last)
    if end < start:
        raise typer.BadParameter("--to lies before --from")
    form = _form(session, Format, as_format, out)
    settings = session.settings.report
    with session.reading() as (till, reader):
        with (
            waiting(session.texts._("Adding up the period"), sys.stderr),
            contextlib.closing(figures_of(session.directory)) as figures,
        ):
            periods = PeriodReads.of(reader, figures)
            facts = periods.period_facts(start, end, inactive_after_days=settings.inactive_after_days)
        assumed = assumptions(till.programme, settings.breakage_percent)
        numbers = period_figures(facts, assumed)
        if till.store.head_office is not None:  # what this till booked is a part of what moved them
            numbers |= {"open_points": None, "liability": None}
        document = {
            "from": start,
            "to": end,
            "figures": numbers,
            "ladder": msgspec.to_builtins(facts.ladder),
            "assumptions": {
                **assumptions_document(assumed, end),
                "inactive_after_days": settings.inactive_after_days,
            },
        }
        texts = session.texts
        span = texts._("{first} to {last}").format(first=texts.day(start, "medium"), last=texts.day(end, "medium"))
        lines = [span, "", *_period_lines(texts, numbers)]
        row: dict[str, object] = {"from": start.isoformat(), "to": end.isoformat(), **numbers}
        report = _Report(document, lines, {"csv": lambda: csv_bytes(tuple(row), [row])})
        return _written(session, report, form, out)


def _form(session: Session, formats: type[F], as_format: F | None, out: Path | None) -> F | None:
    """What to write: as asked, else by the file's ending, else text for people or the document for scripts."""
    if as_format is not None:
        if as_format != "json" and out is None and session.as_json:
            raise typer.BadParameter("--json prints one JSON document; give the report a file with --out")
        if as_format == "pdf" and out is None:
            raise typer.BadParameter("A PDF is no text; give it a file with --out")
        return as_format
    if out is None:
        return None
    try:
        return formats(out.suffix.removeprefix(".").lower())
    except ValueError:
        raise typer.BadParameter(f"Say what to write with --format: {', '.join(formats)}") from None


def _written(session: Session, report: _Report, form: str | None, out: Path | None) -> Answer:
    """The report on standard output, or in a file and where it lies."""
    if form is None:
        return Answer(report.document, report.lines)
    if form == "json":
        content = msgspec.json.format(json_text(report.document).encode(), indent=2) + b"\n"
    else:
        content = report.files[form]()
    if out is None:
        return Answer(report.document, content.decode("utf-8-sig").splitlines())
    write_file(out, content)
    document = {**report.document, "file": str(out)}
    return Answer(document, [session.texts._("Written: {file}").format(file=out)])


def _money(texts: Texts, value: int | str | None) -> str:
    """A figure that is money, or a dash where it is undefined."""
    return "\N{EN DASH}" if value is None else texts.money(int(str(value).replace(".", "")))


def _rate(texts: Texts, value: int | str | None) -> str:
    """A figure in percent, or a dash where it is undefined."""
    return texts.percent(None if value is None else Decimal(str(value)))


def _count(texts: Texts, value: int | str | None) -> str:
    return texts.number(int(str(value)))


def _period_lines(texts: Texts, numbers: FigureValues) -> list[str]:
    """The figures that a manager compares from month to month; the whole list is in the document."""
    return pairs(
        [
            (texts._("Retention rate"), _rate(texts, numbers["retention_rate"])),
            (texts._("Churn rate"), _rate(texts, numbers["churn_rate"])),
            (texts._("Average purchase"), _money(texts, numbers["average_order_value"])),
            (texts._("Purchases per customer"), _plain(texts, numbers["purchase_frequency"])),
            (texts._("Value of a customer"), _money(texts, numbers["customer_value"])),
            (texts._("Customers with two or more purchases"), _rate(texts, numbers["repeat_customer_rate"])),
            (texts._("Customers who had bought before"), _rate(texts, numbers["returning_customer_share"])),
            (texts._("Purchases with a card"), _rate(texts, numbers["member_share"])),
            *_points_lines(texts, numbers),
        ]
    )


def _points_lines(texts: Texts, numbers: FigureValues) -> list[tuple[str, str]]:
    redeemed = f"{_count(texts, numbers['points_redeemed'])} ({_rate(texts, numbers['redemption_rate'])})"
    open_points = "\N{EN DASH}"
    if numbers["open_points"] is not None:
        open_points = f"{_count(texts, numbers['open_points'])} ({_money(texts, numbers['liability'])})"
    return [
        (texts._("Issued"), _count(texts, numbers["points_issued"])),
        (texts._("Redeemed"), redeemed),
        (texts._("Taken back"), _count(texts, numbers["points_reversed"])),
        (texts._("Returned"), _count(texts, numbers["points_returned"])),
        (texts._("Corrected"), texts.signed(int(str(numbers["points_adjusted"])))),
        (texts._("New members"), _count(texts, numbers["new_members"])),
        (texts._("Open points"), open_points),
    ]


def _plain(texts: Texts, value: int | str | None) -> str:
    """A figure without a unit, or a dash where it is undefined."""
    return "\N{EN DASH}" if value is None else texts.plain_amount(int(str(value).replace(".", "")))


def _hour_lines(texts: Texts, figures: DayFigures) -> list[str]:
    if not figures.hours:
        return []
    head = [texts._("Hour"), texts._("Purchases"), texts._("Issued"), texts._("Redeemed")]
    rows = [
        [f"{each.hour:02d}:00", texts.number(each.sales), texts.number(each.issued), texts.number(each.redeemed)]
        for each in figures.hours
    ]
    return ["", *table(head, rows, right=[1, 2, 3])]


def _reward_lines(texts: Texts, paper: DayPaper) -> list[str]:
    if not paper.figures.rewards:
        return []
    head = [texts._("Reward"), texts._("Count"), texts._("Points"), texts._("Value")]
    rows = [
        [
            paper.reward_names[each.reward_id],
            texts.number(each.count),
            texts.number(each.points),
            texts.money(each.value_cents),
        ]
        for each in paper.figures.rewards
    ]
    return ["", *table(head, rows, right=[1, 2, 3])]


def _till_lines(texts: Texts, paper: DayPaper) -> list[str]:
    if not paper.tills:
        return []
    head = [texts._("Till"), texts._("Purchases"), texts._("Issued"), texts._("Redeemed")]
    rows = [
        [till.name, *map(texts.number, (totals.sales, totals.points_issued, totals.points_redeemed))]
        for till in paper.tills
        for totals in [till.figures.totals]
    ]
    return ["", *table(head, rows, right=[1, 2, 3])]


def _rewards(figures: DayFigures) -> list[dict[str, object]]:
    return [
        {
            "reward": each.reward_id,
            "count": each.count,
            "points": each.points,
            "value": decimal_text(each.value_cents),
        }
        for each in figures.rewards
    ]
