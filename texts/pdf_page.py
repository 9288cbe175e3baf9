"""A page of a paper that people get: A4, the shipped typeface embedded, a foot that says which of how many it is.

Imported when a paper is written and not before: fpdf2 brings a picture library along.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from fpdf import FPDF, XPos, YPos
from fpdf.enums import Align, TableBordersLayout
from fpdf.fonts import FontFace, TTFFont

from texts import typeface

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from texts.i18n import Texts

MARGIN_MM: Final = 18.0
FOOTER_MM: Final = 18.0
LINE_MM: Final = 5.7
GAP_MM: Final = 5.0
"""Lengths of the page, in millimetres."""

TITLE_PT: Final = 20
HEAD_PT: Final = 11
BODY_PT: Final = 9.5
SMALL_PT: Final = 8

INK: Final = (16, 24, 40)
SECONDARY: Final = (71, 84, 103)
LINE: Final = (228, 231, 236)
PAPER: Final = (255, 255, 255)
"""The till's colours."""


class Page(FPDF):
    """A4 pages of one paper.

    Args:
        texts: The language.
        title: What a viewer shows as the paper's name.
        day: The paper's day: the same paper gives the same file, whenever it is written.
    """

    def __init__(self, texts: Texts, title: str, day: date) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        logging.getLogger("fontTools.subset").setLevel(logging.WARNING)
        self.texts = texts
        self.day = day
        self.add_font(typeface.FAMILY, "", typeface.REGULAR)
        self.add_font(typeface.FAMILY, "B", typeface.BOLD)
        self.set_margins(MARGIN_MM, MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=FOOTER_MM)
        self.set_lang(texts.language)
        self.set_title(title)
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
        self.cell(self.epw / 2, 5, self.texts.day(self.day, "medium"))
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

    def rows(
        self,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[int],
        align: Sequence[Align] | None = None,
    ) -> None:
        """Write a table with a thin line between rows.

        Args:
            head: What the columns are called.
            rows: The cells.
            widths: Of the columns, in shares.
            align: Of the columns; the first on the left and numbers on the right, unless told otherwise.
        """
        self.ink(BODY_PT)
        self.set_draw_color(*LINE)
        self.set_fill_color(*PAPER)
        bold = FontFace(emphasis="BOLD", color=SECONDARY, size_pt=SMALL_PT)
        with self.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=tuple(widths),
            headings_style=bold,
            line_height=LINE_MM,
            text_align=tuple(align or (Align.L, *[Align.R] * (len(head) - 1))),
        ) as table:
            for row in [head, *rows]:
                table.row([self.known(cell) for cell in row])

    def known(self, text: str) -> str:
        """The text with a mark in place of letters that the typeface lacks; people's names may have any."""
        font = self.fonts[typeface.FAMILY.lower()]
        assert isinstance(font, TTFFont)
        return "".join(letter if ord(letter) in font.cmap else "?" for letter in text)
