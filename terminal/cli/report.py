"""``report``: a day or a period in figures."""

from __future__ import annotations

import sys
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from loyalty.money import decimal_text
from storage.period import PeriodReads
from terminal.app.export import csv_bytes
from terminal.app.report import (
    FigureValues,
    assumptions,
    assumptions_document,
    day_figures,
    period_figures,
)
from terminal.cli import parsing
from terminal.cli.answers import Answer, json_text, pairs, table
from terminal.cli.commands import group
from terminal.cli.files import write_file
from terminal.cli.session import Session, session_of
from terminal.cli.waiting import waiting
from terminal.messages import reward_name
from texts.i18n import mark

if TYPE_CHECKING:
    from loyalty.programme import Programme
    from storage.types import DayReport
    from texts.i18n import Texts


class Format(StrEnum):
    """What a report can be written as."""

    JSON = "json"
    CSV = "csv"


class _Report(msgspec.Struct, frozen=True):
    """A report in all its forms."""

    document: dict[str, object]
    lines: list[str]
    row: dict[str, object]


AsFormat = Annotated[
    Format | None, typer.Option("--format", help=mark("Write the figures as json or csv instead of text."))
]
Out = Annotated[Path | None, typer.Option("--out", help=mark("The file to write to."), metavar="FILE")]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    reports = group()
    reports.command(
        "day",
        help=mark("The figures of one business day; today's unless told."),
        epilog="stammkunde report day 2026-11-21",
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
    as_format: AsFormat = None,
    out: Out = None,
) -> Answer:
    session = session_of(context)
    clock = session.programs.clock
    day = parsing.day(which) if which else clock.business_day(clock.now_us())
    form = _form(session, as_format, out)
    breakage = session.settings.report.breakage_percent
    with session.reading() as (till, reader):
        report = reader.day_report(day)
        assumed = assumptions(till.programme, breakage)
        numbers = day_figures(report.totals, report.open_points, assumed)
        document = {
            "day": day,
            "figures": numbers,
            "hours": msgspec.to_builtins(report.hours),
            "rewards": _rewards(report),
            "assumptions": assumptions_document(assumed, day),
        }
        texts = session.texts
        lines = [texts.day(day, "full"), "", *_figure_lines(texts, numbers)]
        lines += _hour_lines(texts, report) + _reward_lines(texts, till.programme, report)
        return _written(session, _Report(document, lines, {"day": day.isoformat(), **numbers}), form, out)


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
    form = _form(session, as_format, out)
    settings = session.settings.report
    with session.reading() as (till, reader):
        with waiting(session.texts._("Adding up the period"), sys.stderr):
            facts = PeriodReads.of(reader).period_facts(start, end, inactive_after_days=settings.inactive_after_days)
        assumed = assumptions(till.programme, settings.breakage_percent)
        numbers = period_figures(facts, assumed)
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
        return _written(session, _Report(document, lines, row), form, out)


def _form(session: Session, as_format: Format | None, out: Path | None) -> Format | None:
    """What to write: as asked, else by the file's ending, else text for people or the document for scripts."""
    if as_format is not None:
        if as_format is Format.CSV and out is None and session.as_json:
            raise typer.BadParameter("--json prints one JSON document; give the CSV a file with --out")
        return as_format
    if out is None:
        return None
    try:
        return Format(out.suffix.removeprefix(".").lower())
    except ValueError:
        raise typer.BadParameter(f"Say what to write with --format: {', '.join(Format)}") from None


def _written(session: Session, report: _Report, form: Format | None, out: Path | None) -> Answer:
    """The report on standard output, or in a file and where it lies."""
    if form is None:
        return Answer(report.document, report.lines)
    if form is Format.JSON:
        content = msgspec.json.format(json_text(report.document).encode(), indent=2) + b"\n"
    else:
        content = csv_bytes(tuple(report.row), [report.row])
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


def _figure_lines(texts: Texts, numbers: FigureValues) -> list[str]:
    """The figures that a shop looks at every evening; the whole list is in the document."""
    members = f"{_count(texts, numbers['member_sales'])}, {_money(texts, numbers['revenue_members'])}"
    return pairs(
        [
            (texts._("Purchases"), f"{_count(texts, numbers['sales'])}, {_money(texts, numbers['revenue'])}"),
            (texts._("with a card"), f"{members} ({_rate(texts, numbers['member_share'])})"),
            (texts._("Average purchase"), _money(texts, numbers["average_order_value"])),
            (texts._("Undone"), _money(texts, numbers["reversed"])),
            *_points_lines(texts, numbers),
        ]
    )


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
    return [
        (texts._("Issued"), _count(texts, numbers["points_issued"])),
        (texts._("Redeemed"), redeemed),
        (texts._("Taken back"), _count(texts, numbers["points_reversed"])),
        (texts._("Returned"), _count(texts, numbers["points_returned"])),
        (texts._("Corrected"), texts.signed(int(str(numbers["points_adjusted"])))),
        (texts._("New members"), _count(texts, numbers["new_members"])),
        (texts._("Open points"), f"{_count(texts, numbers['open_points'])} ({_money(texts, numbers['liability'])})"),
    ]


def _plain(texts: Texts, value: int | str | None) -> str:
    """A figure without a unit, or a dash where it is undefined."""
    return "\N{EN DASH}" if value is None else texts.plain_amount(int(str(value).replace(".", "")))


def _hour_lines(texts: Texts, report: DayReport) -> list[str]:
    if not report.hours:
        return []
    head = [texts._("Hour"), texts._("Purchases"), texts._("Issued"), texts._("Redeemed")]
    rows = [
        [f"{each.hour:02d}:00", texts.number(each.sales), texts.number(each.issued), texts.number(each.redeemed)]
        for each in report.hours
    ]
    return ["", *table(head, rows, right=[1, 2, 3])]


def _reward_lines(texts: Texts, programme: Programme, report: DayReport) -> list[str]:
    if not report.rewards:
        return []
    head = [texts._("Reward"), texts._("Count"), texts._("Points"), texts._("Value")]
    rows = [
        [
            reward_name(texts, programme, each.reward_id),
            texts.number(each.count),
            texts.number(each.points),
            texts.money(each.value_cents),
        ]
        for each in report.rewards
    ]
    return ["", *table(head, rows, right=[1, 2, 3])]


def _rewards(report: DayReport) -> list[dict[str, object]]:
    return [
        {
            "reward": each.reward_id,
            "count": each.count,
            "points": each.points,
            "value": decimal_text(each.value_cents),
        }
        for each in report.rewards
    ]
