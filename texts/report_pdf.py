"""The daily report on paper: A4, one or more pages, made by fpdf2 with the shipped typeface embedded.

Imported when a report is written and not before: fpdf2 brings a picture library along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fpdf import XPos, YPos
from fpdf.enums import Align

from texts.pdf_page import GAP_MM, HEAD_PT, INK, LINE, LINE_MM, SECONDARY, SMALL_PT, TITLE_PT, Page
from texts.report_table import all_hours, assumption_text, figure_rows, percent_text
from texts.scale import scale_marks

if TYPE_CHECKING:
    from loyalty.report import HourTotals
    from texts.i18n import Texts
    from texts.report_paper import DayPaper

CHART_MM: Final = 44.0
SCALE_MM: Final = 14.0
BAR_SHARE: Final = 0.36
SQUARE_MM: Final = 2.6
"""Lengths of the chart, in millimetres; a bar's width is its share of an hour's."""

BRAND: Final = (11, 93, 78)
AMBER: Final = (240, 169, 74)
"""The till's colours; on paper nothing depends on telling the two apart, they differ in lightness."""


def day_pdf(texts: Texts, paper: DayPaper) -> bytes:
    """Write the report as a PDF file."""
    page = _Page(texts, paper)
    page.add_page()
    _head(page)
    _figures(page)
    _hours(page)
    _rewards(page)
    _tills(page)
    page.note(assumption_text(texts, paper.figures))
    return bytes(page.output())


class _Page(Page):
    """Pages of one report."""

    def __init__(self, texts: Texts, paper: DayPaper) -> None:
        title = texts._("Daily report")
        super().__init__(texts, f"{title} {paper.figures.day.isoformat()}", paper.figures.day)
        self.paper = paper


def _head(page: _Page) -> None:
    """Title, whose, which day, and when it was written."""
    texts, paper = page.texts, page.paper
    page.ink(TITLE_PT, INK, "B")
    page.cell(0, 10, texts._("Daily report"), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    whose = f"{paper.store} · {paper.till}" if paper.till else paper.store
    page.ink(HEAD_PT, INK, "B")
    page.cell(0, LINE_MM, page.known(whose), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.ink(HEAD_PT, SECONDARY)
    page.cell(0, LINE_MM, texts.day(paper.figures.day, "full"), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    if paper.made:
        page.ink(SMALL_PT, SECONDARY)
        page.cell(0, 5, texts._("Written {when}").format(when=paper.made), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    for remark in paper.remarks:
        page.ink(SMALL_PT, SECONDARY)
        page.multi_cell(0, 5, page.known(remark), align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    if paper.figures.quiet:
        page.note(texts._("Nothing was booked on this day."))
    page.ln(GAP_MM / 2)


def _figures(page: _Page) -> None:
    texts, paper = page.texts, page.paper
    rows = figure_rows(texts, paper.figures, paper.before)
    day = texts.day(paper.figures.day)
    if paper.before is None:
        page.rows(["", day], [[row.caption, row.value] for row in rows], (60, 40))
        return
    head = ["", day, texts.day(paper.before.day), texts._("Change")]
    page.rows(head, [[row.caption, row.value, row.before, row.change] for row in rows], (46, 22, 22, 22))


def _hours(page: _Page) -> None:
    """Points by hour as bars, drawn by hand."""
    hours = all_hours(page.paper.figures.hours)
    texts = page.texts
    page.heading(texts._("Points by hour"), CHART_MM + 3 * LINE_MM)
    _legend(page)
    top, left = page.get_y() + 2, page.l_margin + SCALE_MM
    marks = scale_marks(max(max(each.issued, each.redeemed) for each in hours))
    highest = max(marks[-1], 1)
    page.ink(SMALL_PT, SECONDARY)
    page.set_draw_color(*LINE)
    for mark in marks:
        y = top + CHART_MM * (1 - mark / highest)
        page.line(left, y, page.l_margin + page.epw, y)
        page.set_xy(page.l_margin, y - 2)
        page.cell(SCALE_MM - 2, 4, texts.number(mark), align=Align.R)
    width = (page.epw - SCALE_MM) / len(hours)
    for index, hour in enumerate(hours):
        _bars(page, hour, left + width * index, top + CHART_MM, width, CHART_MM / highest)
        page.set_xy(left + width * index, top + CHART_MM + 1)
        page.cell(width, 4, str(hour.hour), align=Align.C)
    page.set_xy(page.l_margin, top + CHART_MM + LINE_MM)


def _bars(page: _Page, hour: HourTotals, x: float, floor: float, width: float, mm_per_point: float) -> None:
    """The two bars of one hour, side by side around its middle."""
    for points, colour, shift in ((hour.issued, BRAND, -BAR_SHARE), (hour.redeemed, AMBER, 0.03)):
        if points:
            height = points * mm_per_point
            page.set_fill_color(*colour)
            page.rect(x + width * (0.5 + shift), floor - height, width * (BAR_SHARE - 0.03), height, style="F")


def _legend(page: _Page) -> None:
    """What the colours of the bars mean, in words."""
    texts = page.texts
    page.ink(SMALL_PT, SECONDARY)
    for colour, words in ((BRAND, texts._("awarded")), (AMBER, texts._("redeemed"))):
        page.set_fill_color(*colour)
        page.rect(page.get_x(), page.get_y() + 0.8, SQUARE_MM, SQUARE_MM, style="F")
        page.set_x(page.get_x() + SQUARE_MM + 1)
        page.cell(page.get_string_width(words) + 6, 4, words)
    page.ln(5)


def _rewards(page: _Page) -> None:
    texts, paper = page.texts, page.paper
    if not paper.figures.rewards:
        return
    page.heading(texts._("Rewards"), 4 * LINE_MM)
    rows = [
        [
            paper.reward_names.get(each.reward_id, each.reward_id),
            texts.number(each.count),
            texts.number(each.points),
            texts.money(each.value_cents),
        ]
        for each in paper.figures.rewards
    ]
    page.rows([texts._("Reward"), texts._("Count"), texts._("Points"), texts._("Value")], rows, (46, 22, 22, 22))


def _tills(page: _Page) -> None:
    texts, paper = page.texts, page.paper
    if not paper.tills:
        return
    page.heading(texts._("By till"), 4 * LINE_MM)
    head = [
        texts._("Till"),
        texts._("Purchases"),
        texts._("Revenue"),
        texts._("Issued"),
        texts._("Redeemed"),
        texts._("Redemption rate"),
    ]
    rows = [
        [
            till.caption,
            texts.number(till.figures.totals.sales),
            texts.money(till.figures.totals.revenue_cents),
            texts.number(till.figures.totals.points_issued),
            texts.number(till.figures.totals.points_redeemed),
            percent_text(texts, till.figures.redemption_rate),
        ]
        for till in paper.tills
    ]
    page.rows(head, rows, (30, 16, 18, 22, 18, 22))
