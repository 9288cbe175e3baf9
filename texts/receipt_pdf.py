"""A receipt as a PDF of the paper's own width, made by fpdf2 with the shipped typeface embedded.

Imported when a receipt is saved and not before: fpdf2 brings a picture library along.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from fpdf import FPDF
from fpdf.enums import MethodReturnValue
from fpdf.fonts import TTFFont

from texts import typeface
from texts.qr import DARK, QUIET_ZONE, qr_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from texts.i18n import Texts

MARGIN_MM: Final = 4.0
LINE_MM: Final = 4.4
RULE_MM: Final = 3.0
GAP_MM: Final = 2.0
"""Least space between the left and the right text."""

SQUARE_MM_MAX: Final = 0.6
"""The side of a QR code's squares; 0.33 mm is about the least that phones read from paper, and the widest code of 73
squares with its quiet zone has 0.6 mm on 58 mm paper."""

BODY_PT: Final = 8.5
TITLE_PT: Final = 10.5
INK: Final = (16, 24, 40)

RULE: Final = "rule"


class Style(Protocol):
    """How a line stands on the paper."""

    @property
    def value(self) -> str:
        """``rule`` for a line across the paper."""
        ...

    @property
    def is_centred(self) -> bool:
        """Whether the text stands in the middle."""
        ...

    @property
    def is_strong(self) -> bool:
        """Whether the text is emphasised."""
        ...


class Line(Protocol):
    """One line of a receipt; the till's own lines have this shape."""

    @property
    def text(self) -> str:
        """What stands at the left, or in the middle."""
        ...

    @property
    def right(self) -> str:
        """What stands at the right margin."""
        ...

    @property
    def style(self) -> Style:
        """How it stands on the paper."""
        ...


class Content(Protocol):
    """A receipt; the till's own has this shape."""

    @property
    def lines(self) -> Sequence[Line]:
        """What people read."""
        ...

    @property
    def qr(self) -> str:
        """What the code under the lines holds; empty for none."""
        ...

    @property
    def qr_caption(self) -> str:
        """What stands above the code."""
        ...


def receipt_pdf(texts: Texts, content: Content, paper_mm: int, title: str) -> bytes:
    """Write a receipt as a PDF file: one page as wide as the paper and as long as the receipt.

    Args:
        texts: Its language.
        content: The receipt.
        paper_mm: Width of the paper, in millimetres.
        title: What a viewer shows above it.
    """
    code = _Code(content.qr_caption, qr_rows(content.qr)) if content.qr else None
    measured = _Strip(texts, paper_mm, height_mm=1_000_000.0, title=title)
    height_mm = measured.fill(content.lines, code)
    measured.let_go()
    strip = _Strip(texts, paper_mm, height_mm, title)
    strip.fill(content.lines, code)
    return bytes(strip.output())


class _Code(NamedTuple):
    """A QR code and what stands above it."""

    caption: str
    rows: tuple[str, ...]


class _Strip(FPDF):
    """One page as wide as the paper."""

    def __init__(self, texts: Texts, paper_mm: int, height_mm: float, title: str) -> None:
        super().__init__(unit="mm", format=(paper_mm, height_mm))
        logging.getLogger("fontTools.subset").setLevel(logging.WARNING)
        self.add_font(typeface.FAMILY, "", typeface.REGULAR)
        self.add_font(typeface.FAMILY, "B", typeface.BOLD)
        self.set_margins(MARGIN_MM, MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(auto=False)
        self.set_lang(texts.language)
        self.set_title(title)
        self.c_margin = 0.0  # a cell begins at its text
        self.add_page()

    def fill(self, lines: Sequence[Line], code: _Code | None) -> float:
        """Write all of it on the page.

        Returns:
            The height it takes with its margins, in millimetres.
        """
        self.set_text_color(*INK)
        self.set_draw_color(*INK)
        for line in lines:
            self._line(line)
        if code is not None:
            self._square(code)
        return self.get_y() + MARGIN_MM

    def let_go(self) -> None:
        """Close the typeface's files of a strip that is not put out."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

    def _line(self, line: Line) -> None:
        if line.style.value == RULE:
            y = self.get_y() + RULE_MM / 2
            self.set_dash_pattern(dash=0.8, gap=0.8)
            self.line(self.l_margin, y, self.l_margin + self.epw, y)
            self.set_dash_pattern()
            self.set_y(y + RULE_MM / 2)
            return
        strong, centred = line.style.is_strong, line.style.is_centred
        self.set_font(typeface.FAMILY, "B" if strong else "", TITLE_PT if strong and centred else BODY_PT)
        text, right = self._known(line.text), self._known(line.right)
        room_mm = self.epw - (self.get_string_width(right) + GAP_MM if right else 0)
        if room_mm < self.epw / 2:  # a long text on the right has rows of its own
            self._rows(text, self.epw, "L")
            self._rows(right, self.epw, "R")
            return
        self._rows(text, room_mm, "C" if centred else "L")
        if right:
            self.set_xy(self.l_margin, self.get_y() - LINE_MM)
            self.cell(self.epw, LINE_MM, right, align="R")
            self.set_xy(self.l_margin, self.get_y() + LINE_MM)

    def _rows(self, text: str, width_mm: float, align: str) -> None:
        """Write a text in as many rows as it takes, an empty one for nothing."""
        for paragraph in text.split("\n"):
            if not paragraph:
                self.ln(LINE_MM)
                continue
            pieces = self.multi_cell(
                width_mm, LINE_MM, paragraph, align=align, dry_run=True, output=MethodReturnValue.LINES
            )
            assert isinstance(pieces, list), "that is what was asked for"
            for piece in pieces:
                self.set_x(self.l_margin)
                self.cell(width_mm, LINE_MM, piece, align=align)
                self.ln(LINE_MM)

    def _square(self, code: _Code) -> None:
        """Draw the code in the middle under its caption."""
        self.set_font(typeface.FAMILY, "", BODY_PT)
        self.ln(LINE_MM / 2)
        self._rows(self._known(code.caption), self.epw, "C")
        side = len(code.rows) + 2 * QUIET_ZONE
        square_mm = min(SQUARE_MM_MAX, self.epw / side)
        left = (self.w - len(code.rows) * square_mm) / 2
        top = self.get_y() + QUIET_ZONE * square_mm
        self.set_fill_color(0, 0, 0)
        for row, squares in enumerate(code.rows):
            for start, length in _runs(squares):
                # A hair more than its place, or viewers show seams between the rows.
                width, height = length * square_mm, square_mm * 1.02
                self.rect(left + start * square_mm, top + row * square_mm, width, height, style="F")
        self.set_y(top + (len(code.rows) + QUIET_ZONE) * square_mm)

    def _known(self, text: str) -> str:
        """The text with a mark in place of letters that the typeface lacks; people's names may have any."""
        font = self.fonts[typeface.FAMILY.lower()]
        assert isinstance(font, TTFFont)
        return "".join(letter if letter == "\n" or ord(letter) in font.cmap else "?" for letter in text)


def _runs(squares: str) -> list[tuple[int, int]]:
    """Where dark squares begin and how many stand side by side."""
    found: list[tuple[int, int]] = []
    start = squares.find(DARK)
    while start >= 0:
        length = len(squares[start:]) - len(squares[start:].lstrip(DARK))
        found.append((start, length))
        start = squares.find(DARK, start + length)
    return found
