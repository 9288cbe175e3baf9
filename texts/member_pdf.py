"""What is stored about a member, on paper: for the member, and for nobody else.

Imported when one is written and not before, as ``texts.pdf_page``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fpdf import XPos, YPos
from fpdf.enums import Align

from texts.pdf_page import BODY_PT, HEAD_PT, INK, LINE_MM, SECONDARY, SMALL_PT, TITLE_PT, Page

if TYPE_CHECKING:
    from texts.i18n import Texts
    from texts.member_paper import MemberPaper, PaperPart, PaperTable

NAME_MM: Final = 46.0
"""How wide the names of single things are, in millimetres."""

SENTENCE_MM: Final = 4.8
"""The height of a line of running text, in millimetres."""


def member_pdf(texts: Texts, paper: MemberPaper) -> bytes:
    """Write the paper as a PDF file."""
    page = Page(texts, f"{paper.title} – {paper.shop}", paper.day)
    page.add_page()
    page.ink(TITLE_PT, INK, "B")
    page.cell(0, 10, paper.title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.ink(HEAD_PT, INK, "B")
    page.cell(0, LINE_MM, page.known(paper.shop), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.ink(SMALL_PT, SECONDARY)
    page.cell(0, LINE_MM, paper.made, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    for part in paper.parts:
        _part(page, part)
    return bytes(page.output())


def _part(page: Page, part: PaperPart) -> None:
    page.heading(part.title, 4 * LINE_MM)
    for name, value in part.pairs:
        page.ink(BODY_PT, SECONDARY)
        page.cell(NAME_MM, LINE_MM, page.known(name))
        page.ink(BODY_PT)
        page.multi_cell(0, LINE_MM, page.known(value), align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    if part.table:
        _table(page, part.table)
        page.ln(2)
    for sentence in part.sentences:
        page.ink(BODY_PT)
        text = page.known(sentence)
        page.multi_cell(0, SENTENCE_MM, text, align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        page.ln(1)


def _table(page: Page, table: PaperTable) -> None:
    align = [Align.R if column in table.numbers else Align.L for column in range(len(table.head))]
    page.rows(table.head, table.rows, table.widths, align)
