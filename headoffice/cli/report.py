"""``report day``: a store's day in figures, the same as each till's own."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from headoffice.cli import files
from headoffice.cli.session import session_of
from headoffice.views import ProgrammeState
from loyalty.programme import Programme, parse_programme
from loyalty.report import assumptions_document, compare
from texts.columns import table
from texts.command_line import parsing
from texts.command_line.answers import Answer, json_text
from texts.command_line.commands import group
from texts.i18n import mark, shop_time
from texts.report_csv import day_csv
from texts.report_paper import DayPaper, TillFigures
from texts.report_table import figure_rows

if TYPE_CHECKING:
    from headoffice.cli.session import Session
    from headoffice.service import HeadOffice
    from headoffice.views import StoreDayReport
    from texts.i18n import Texts


class Format(StrEnum):
    """What a report can be written as."""

    JSON = "json"
    CSV = "csv"
    PDF = "pdf"


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    reports = group()
    reports.command(
        "day",
        help=mark("The figures of one business day; today's unless told."),
        epilog='stammkunde-headoffice report day 2026-11-21 --store "Mitte" --format pdf --out saturday.pdf',
    )(_day)
    app.add_typer(reports, name="report", help=mark("Figures of days."))


def _day(
    context: typer.Context,
    which: Annotated[str | None, typer.Argument(help=mark("The day, as 2026-11-21."), metavar="DATE")] = None,
    store: Annotated[
        str | None, typer.Option("--store", help=mark("One store; otherwise all together."), metavar="S")
    ] = None,
    as_format: Annotated[
        Format | None, typer.Option("--format", help=mark("Write the figures as json, csv or pdf instead of text."))
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help=mark("The file to write to."), metavar="FILE")] = None,
) -> Answer:
    session = session_of(context)
    clock = session.programs.clock
    day = parsing.day(which) if which else clock.business_day(clock.now_us())
    form = _form(session, as_format, out)
    with session.open() as head_office:
        found = head_office.day_report(day, store)
        paper = _paper(session, head_office, found)
    document = _document(found)
    if form is None:
        return Answer(document, _lines(session.texts, paper))
    content = _written(session.texts, paper, document, form)
    if out is None:
        return Answer(document, content.decode("utf-8-sig").splitlines())
    files.write_bytes(out, content)
    return Answer({**document, "file": str(out)}, [session.texts._("Written: {file}").format(file=out)])


def _form(session: Session, as_format: Format | None, out: Path | None) -> Format | None:
    """What to write: as asked, else by the file's ending, else text for people or the document for scripts."""
    if as_format is not None:
        if as_format is not Format.JSON and out is None and session.as_json:
            raise typer.BadParameter("--json prints one JSON document; give the report a file with --out")
        if as_format is Format.PDF and out is None:
            raise typer.BadParameter("A PDF is no text; give it a file with --out")
        return as_format
    if out is None:
        return None
    try:
        return Format(out.suffix.removeprefix(".").lower())
    except ValueError:
        raise typer.BadParameter(f"Say what to write with --format: {', '.join(Format)}") from None


def _written(texts: Texts, paper: DayPaper, document: dict[str, object], form: Format) -> bytes:
    match form:
        case Format.JSON:
            return msgspec.json.format(json_text(document).encode(), indent=2) + b"\n"
        case Format.CSV:
            return day_csv(paper)
        case Format.PDF:
            from texts.report_pdf import day_pdf

            return day_pdf(texts, paper)


def _paper(session: Session, head_office: HeadOffice, found: StoreDayReport) -> DayPaper:
    """The report as both programs write it."""
    clock, texts = session.programs.clock, session.texts
    now_us = clock.now_us()
    offset_min = clock.utc_offset_min(now_us)
    written = f"{texts.day(shop_time(now_us, offset_min).date(), 'medium')} {texts.time(now_us, offset_min)}"
    return DayPaper(
        found.store or head_office.server.name,
        "",
        found.figures,
        found.week_before,
        _reward_names(texts, head_office, found),
        tuple(
            TillFigures(each.name or head_office.server.name, each.figures, "" if found.store else each.store)
            for each in found.terminals
        ),
        made=written,
    )


def _reward_names(texts: Texts, head_office: HeadOffice, found: StoreDayReport) -> dict[str, str]:
    """What people call the rewards that were taken; one that no programme names any more keeps its id."""
    names = {each.reward_id: each.reward_id for each in found.figures.rewards}
    for version in head_office.programmes():
        programme = parse_programme(version.document)
        if version.state is ProgrammeState.IN_FORCE and isinstance(programme, Programme):
            known = {reward.id: reward.name.in_language(texts.language) for reward in programme.rewards}
            names |= {reward_id: known[reward_id] for reward_id in names if reward_id in known}
    return names


def _document(found: StoreDayReport) -> dict[str, object]:
    """The day for scripts."""
    figures = found.figures
    return {
        "day": figures.day,
        "store": found.store,
        "figures": figures.values(),
        "hours": msgspec.to_builtins(figures.hours),
        "assumptions": assumptions_document(figures.assumed, figures.day),
        "week_before": compare(figures, found.week_before).document(),
        "terminals": [
            {
                "terminal_id": each.terminal_id,
                "store": each.store or None,
                "name": each.name,
                "figures": each.figures.values(),
            }
            for each in found.terminals
        ],
    }


def _lines(texts: Texts, paper: DayPaper) -> list[str]:
    """The day for people: every figure beside that of a week before, then the tills."""
    assert paper.before is not None, "head office always reads both days"
    figures = paper.figures
    head = ["", texts.day(figures.day), texts.day(paper.before.day), texts._("Change")]
    rows = [[row.caption, row.value, row.before, row.change] for row in figure_rows(texts, figures, paper.before)]
    title = f"{paper.store}, {texts.day(figures.day, 'full')}"
    lines = [title, "", *table(head, rows, right=[1, 2, 3])]
    if not paper.tills:
        return lines
    tills = [
        [
            till.caption,
            texts.number(till.figures.totals.sales),
            texts.number(till.figures.totals.points_issued),
            texts.number(till.figures.totals.points_redeemed),
        ]
        for till in paper.tills
    ]
    captions = [texts._("Till"), texts._("Purchases"), texts._("Issued"), texts._("Redeemed")]
    return [*lines, "", *table(captions, tills, right=[1, 2, 3])]
