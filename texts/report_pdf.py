"""The daily report on paper: A4, one or more pages, made by fpdf2 with the shipped typeface embedded.

Imported when a report is written and not before: fpdf2 brings a picture library along.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from fpdf import FPDF, XPos, YPos
from fpdf.enums import Align, TableBordersLayout
from fpdf.fonts import FontFace, TTFFont

from texts import typeface
from texts.report_table import all_hours, assumption_text, figure_rows, percent_text
from texts.scale import scale_marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyalty.report import HourTotals
    from texts.i18n import Texts
    from texts.report_paper import DayPaper

MARGIN_MM: Final = 18.0
FOOTER_MM: Final = 18.0
LINE_MM: Final = 5.7
GAP_MM: Final = 5.0
CHART_MM: Final = 44.0
SCALE_MM: Final = 14.0
BAR_SHARE: Final = 0.36
SQUARE_MM: Final = 2.6
"""Lengths of the page, in millimetres; a bar's width is its share of an hour's."""

TITLE_PT: Final = 20
HEAD_PT: Final = 11
BODY_PT: Final = 9.5
SMALL_PT: Final = 8

INK: Final = (16, 24, 40)
SECONDARY: Final = (71, 84, 103)
LINE: Final = (228, 231, 236)
BRAND: Final = (11, 93, 78)
AMBER: Final = (240, 169, 74)
PAPER: Final = (255, 255, 255)
"""The till's colours; on paper nothing depends on telling two of them apart but the bars, which differ in lightness."""


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


class _Page(FPDF):
    """A4 pages with the typeface, and a foot that says whose page it is and how many there are."""

    def __init__(self, texts: Texts, paper: DayPaper) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        logging.getLogger("fontTools.subset").setLevel(logging.WARNING)
        self.texts = texts
        self.paper = paper
        self.add_font(typeface.FAMILY, "", typeface.REGULAR)
        self.add_font(typeface.FAMILY, "B", typeface.BOLD)
        self.set_margins(MARGIN_MM, MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=FOOTER_MM)
        self.set_lang(texts.language)
        self.set_title(f"{texts._('Daily report')} {paper.figures.day.isoformat()}")
        # The same report gives the same file, whenever it is written.
        day = paper.figures.day
        self.set_creation_date(datetime(day.year, day.month, day.day, tzinfo=UTC))
        self.ink(BODY_PT)

    def ink(self, size: float, colour: tuple[int, int, int] = INK, style: str = "") -> None:
        """Write on in this size and colour."""
        self.set_font(typeface.FAMILY, style, size)
        self.set_text_color(*colour)

    def footer(self) -> None:
        """Say whose page this is, and which of how many."""
        self.set_y(-FOOTER_MM + 4)
        self.ink(SMALL_PT, SECONDARY)
        self.cell(self.epw / 2, 5, self.texts.day(self.paper.figures.day, "medium"))
        page = self.texts._("Page {page} of {pages}").format(page=self.page_no(), pages="{nb}")
        self.cell(self.epw / 2, 5, page, align=Align.R)

    def heading(self, text: str, room_mm: float) -> None:
        """Begin a part, on the next page when there is no room for so much of it."""
        self.ln(GAP_MM)
        if self.will_page_break(room_mm):
            self.add_page()
        self.ink(HEAD_PT, INK, "B")
        self.cell(0, LINE_MM, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1)

    def note(self, text: str) -> None:
        """Write small print."""
        self.ln(GAP_MM)
        self.ink(SMALL_PT, SECONDARY)
        self.multi_cell(0, 4.2, text, align=Align.L)

    def rows(self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
        """Write a table: the first column on the left, numbers on the right, a thin line between rows."""
        self.ink(BODY_PT)
        self.set_draw_color(*LINE)
        self.set_fill_color(*PAPER)
        bold = FontFace(emphasis="BOLD", color=SECONDARY, size_pt=SMALL_PT)
        with self.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=tuple(widths),
            headings_style=bold,
            line_height=LINE_MM,
            text_align=(Align.L, *[Align.R] * (len(head) - 1)),
        ) as table:
            for row in [head, *rows]:
                table.row([self.known(cell) for cell in row])

    def known(self, text: str) -> str:
        """The text with a mark in place of letters that the typeface lacks; people's names may have any."""
        font = self.fonts[typeface.FAMILY.lower()]
        assert isinstance(font, TTFFont)
        return "".join(letter if ord(letter) in font.cmap else "?" for letter in text)


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
