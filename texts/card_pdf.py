"""Member cards on paper: whose card, which number, and the barcode, one to a cell of a sheet.

The barcode is drawn as filled rectangles, so it is as sharp as the printer. Imported when cards are printed and not
before: fpdf2 brings a picture library along.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

import msgspec
from fpdf import FPDF
from fpdf.enums import Align
from fpdf.fonts import TTFFont

from texts import typeface

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from texts.sheets import Cell, Sheet

MODULE_MM_MIN: Final = 0.33
"""The narrowest bar; the nominal size of an EAN-13 (GS1 General Specifications, 5.2.6), which office printers hit."""

LINEAR_MODULE_MM_MAX: Final = 0.5
QR_MODULE_MM_MAX: Final = 0.9
"""Wider ones make a barcode larger than scanners at arm's length read well."""

PADDING_MM: Final = 2.5
PADDING_MM_MIN: Final = 0.4
"""Free space at the edges of a card; less where the barcode needs it, whose quiet zones are its own."""

BARS_MM_MIN: Final = 6.0
BARS_MM_MAX: Final = 18.0
"""Bounds of the height of bars."""

POINT_MM: Final = 25.4 / 72
LINE: Final = 1.25
"""A line's height, as a multiple of its letters' size."""

NAME_PT: Final = 11.0
BODY_PT: Final = 8.0
NUMBER_PT: Final = 9.0
SMALL_PT: Final = 6.0
"""Sizes on a card of full height; on a small label everything is ``SMALL_PT`` or a little more."""

FULL_HEIGHT_MM: Final = 34.0
"""From which height on a card has room for the larger letters."""

MARK_MM: Final = 4.0
MARK_GAP_MM: Final = 1.0
"""Length of a crop mark, and how far it stays away from the cards."""

GROUP: Final = 4
UNGROUPED_MAX: Final = 6
"""How many characters of a number stand together, and how many are read at one glance."""

INK: Final = (16, 24, 40)
BLACK: Final = 0
PROGRESS_CARDS: Final = 100
"""How often progress is reported, in cards."""


class Bars(Protocol):
    """What a barcode looks like; see ``hardware.symbols.Symbol``."""

    @property
    def rows(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """From top to bottom, the dark runs of each row as first module and number of modules."""
        ...

    @property
    def columns(self) -> int:
        """The width in modules, quiet zones included."""
        ...

    @property
    def is_square(self) -> bool:
        """Whether it is as high as wide."""
        ...


class CardFace(msgspec.Struct, frozen=True):
    """What is printed on one card.

    Attributes:
        number: The card's number, in one piece.
        bars: Its barcode.
        member: Whose card it is; empty for a card nobody has yet.
    """

    number: str
    bars: Bars
    member: str = ""

    def __repr__(self) -> str:
        """A description that may be logged: it says nothing of whose card it is."""
        return "CardFace(...)"


class CardPaper(msgspec.Struct, frozen=True):
    """What all cards of a file have in common.

    Attributes:
        sheet: What they are printed on.
        shop: The shop's name.
        programme: The programme's name.
        first_cell: The first cell that is still free on the first sheet, counted from 1.
        crop_marks: Whether to print marks to cut along, outside the cards.
        language: The language of the file, for whoever has it read aloud.
    """

    sheet: Sheet
    shop: str
    programme: str
    first_cell: int = 1
    crop_marks: bool = False
    language: str = "de"


def fits(bars: Bars, sheet: Sheet) -> bool:
    """Whether a barcode can be printed on a sheet's cards with bars that a scanner reads."""
    return module_mm(bars, *sheet.card_mm) >= MODULE_MM_MIN


def module_mm(bars: Bars, width: float, height: float) -> float:
    """How wide a module is on a card of this size; below ``MODULE_MM_MIN`` when there is no room for the barcode.

    The quiet zones count: a barcode that begins at the edge of a label can't be read.
    """
    for padding in (PADDING_MM, PADDING_MM_MIN):
        room = min(width, height) if bars.is_square else width
        widest = (room - 2 * padding) / bars.columns
        if widest >= MODULE_MM_MIN:
            return min(widest, QR_MODULE_MM_MAX if bars.is_square else LINEAR_MODULE_MM_MAX)
    return 0.0


def grouped(number: str) -> str:
    """A number as people read it aloud: thirteen digits as under an EAN-13, anything else behind its dash in fours."""
    if len(number) == 13 and number.isdecimal():  # noqa: PLR2004 - digits of an EAN-13
        return f"{number[0]} {number[1:7]} {number[7:]}"
    head, dash, tail = number.rpartition("-")
    if len(tail) <= UNGROUPED_MAX:
        return number
    return head + dash + " ".join(tail[start : start + GROUP] for start in range(0, len(tail), GROUP))


def cards_pdf(paper: CardPaper, faces: Sequence[CardFace], progress: Callable[[int, int], None] | None = None) -> bytes:
    """Write cards as a PDF file.

    Args:
        paper: What they have in common.
        faces: The cards, in order.
        progress: Told how many cards are done and how many there are.

    Raises:
        ValueError: A barcode does not fit; the caller has asked ``fits`` before.
    """
    if not all(fits(face.bars, paper.sheet) for face in faces):
        raise ValueError("A barcode does not fit the card")
    document = _Document(paper)
    cell = paper.first_cell - 1
    document.new_sheet()
    for done, face in enumerate(faces, 1):
        if cell == paper.sheet.cards:
            document.new_sheet()
            cell = 0
        _draw(document, face, paper.sheet.cell(cell))
        cell += 1
        if progress and (done % PROGRESS_CARDS == 0 or done == len(faces)):
            progress(done, len(faces))
    return bytes(document.output())


class _Document(FPDF):
    """Pages of one sheet's size without margins; everything is put where it belongs."""

    def __init__(self, paper: CardPaper) -> None:
        super().__init__(unit="mm", format=paper.sheet.page_mm)
        logging.getLogger("fontTools.subset").setLevel(logging.WARNING)
        self.paper = paper
        self.add_font(typeface.FAMILY, "", typeface.REGULAR)
        self.add_font(typeface.FAMILY, "B", typeface.BOLD)
        self.set_margin(0)
        self.c_margin = 0
        self.set_auto_page_break(auto=False)
        self.set_lang(paper.language)
        self.set_title(paper.programme)
        # The same cards give the same file, whenever it is written.
        self.set_creation_date(datetime(2000, 1, 1, tzinfo=UTC))
        self.set_text_color(*INK)
        self.set_fill_color(BLACK)
        self.set_line_width(0.1)

    def new_sheet(self) -> None:
        """Begin the next sheet, with its marks."""
        self.add_page()
        if self.paper.crop_marks:
            _mark(self, self.paper.sheet)

    def put(self, text: str, cell: Cell, size: float, *, style: str = "", align: Align = Align.L) -> None:
        """Write one line into the top of a place: in smaller letters, and at last cut off, where it is too long."""
        text = self._known(text)
        self.set_font(typeface.FAMILY, style, size)
        while size > SMALL_PT - 1 and self.get_string_width(text) > cell.width:
            size -= 0.5
            self.set_font(typeface.FAMILY, style, size)
        if self.get_string_width(text) > cell.width:
            while text and self.get_string_width(f"{text}…") > cell.width:
                text = text[:-1]
            text = f"{text}…"
        self.set_xy(cell.x, cell.y)
        self.cell(cell.width, line_mm(size), text, align=align)

    def _known(self, text: str) -> str:
        """The text with a mark in place of letters that the typeface lacks; people's names may have any."""
        font = self.fonts[typeface.FAMILY.lower()]
        assert isinstance(font, TTFFont)
        return "".join(letter if ord(letter) in font.cmap else "?" for letter in text)


def line_mm(size_pt: float) -> float:
    """The height of a line of letters, in millimetres."""
    return size_pt * POINT_MM * LINE


def _draw(document: _Document, face: CardFace, cell: Cell) -> None:
    module = module_mm(face.bars, cell.width, cell.height)
    if face.bars.is_square:
        _draw_square(document, face, cell, module)
    else:
        _draw_linear(document, face, cell, module)


def _draw_linear(document: _Document, face: CardFace, cell: Cell, module: float) -> None:
    """The names above, the bars below, and the number under them."""
    lines = _captions(document.paper, face, cell)
    number_pt = NUMBER_PT if cell.height >= FULL_HEIGHT_MM else SMALL_PT + 1
    pad = PADDING_MM if cell.height >= FULL_HEIGHT_MM else PADDING_MM / 2
    captions = sum(line_mm(size) for _, size, _ in lines)
    bars_mm = min(BARS_MM_MAX, max(BARS_MM_MIN, cell.height - 2 * pad - captions - line_mm(number_pt) - 1))
    _put_captions(document, lines, cell._replace(x=cell.x + pad, y=cell.y + pad, width=cell.width - 2 * pad))
    top = cell.y + cell.height - pad - line_mm(number_pt) - bars_mm
    left = cell.x + (cell.width - face.bars.columns * module) / 2
    _fill(document, face.bars, (left, top), (module, bars_mm))
    below = cell._replace(y=top + bars_mm + 0.3)
    document.put(grouped(face.number), below, number_pt, align=Align.C)


def _draw_square(document: _Document, face: CardFace, cell: Cell, module: float) -> None:
    """The code on the right, names and number beside it."""
    side = face.bars.columns * module
    edge = (cell.height - side) / 2 if cell.height - side < 2 * PADDING_MM else PADDING_MM
    _fill(document, face.bars, (cell.x + cell.width - edge - side, cell.y + (cell.height - side) / 2), (module, module))
    pad = PADDING_MM if cell.height >= FULL_HEIGHT_MM else PADDING_MM / 2
    beside = cell._replace(x=cell.x + pad, y=cell.y + pad, width=cell.width - side - edge - pad)
    _put_captions(document, _captions(document.paper, face, cell), beside)
    number_pt = NUMBER_PT if cell.height >= FULL_HEIGHT_MM else SMALL_PT
    lowest = cell.y + cell.height - pad - line_mm(number_pt)
    document.put(grouped(face.number), beside._replace(y=lowest), number_pt)


def _captions(paper: CardPaper, face: CardFace, cell: Cell) -> list[tuple[str, float, str]]:
    """What is written on a card, as lines with size and style; on a small label the names share a line."""
    names = list(dict.fromkeys((paper.shop, paper.programme)))  # some programmes are called as their shop
    if cell.height < FULL_HEIGHT_MM:
        first = paper.shop if face.member else " · ".join(names)
        return [(first, SMALL_PT, "B"), *([(face.member, SMALL_PT, "")] if face.member else [])]
    lines = [(name, size, style) for name, (size, style) in zip(names, ((NAME_PT, "B"), (BODY_PT, "")), strict=False)]
    return [*lines, (face.member, BODY_PT, "B")] if face.member else lines


def _put_captions(document: _Document, lines: Sequence[tuple[str, float, str]], place: Cell) -> None:
    for text, size, style in lines:
        document.put(text, place, size, style=style)
        place = place._replace(y=place.y + line_mm(size))


def _fill(document: _Document, bars: Bars, corner: tuple[float, float], size: tuple[float, float]) -> None:
    """Draw the dark modules; equal rows below each other as one, so that no printer shows a seam between them."""
    (left, top), (width, height) = corner, size
    for first, runs, rows in _bands(bars.rows):
        for start, length in runs:
            document.rect(left + start * width, top + first * height, length * width, rows * height, style="F")


def _bands(
    rows: Sequence[tuple[tuple[int, int], ...]],
) -> list[tuple[int, tuple[tuple[int, int], ...], int]]:
    """Rows that are the same and lie below each other: first row, its runs, how many."""
    bands: list[tuple[int, tuple[tuple[int, int], ...], int]] = []
    for index, runs in enumerate(rows):
        if bands and bands[-1][1] == runs:
            first, _, count = bands[-1]
            bands[-1] = (first, runs, count + 1)
        else:
            bands.append((index, runs, 1))
    return bands


def _mark(document: _Document, sheet: Sheet) -> None:
    """Draw marks at the ends of every line to cut along, where there is room beside the cards."""
    cells = [sheet.cell(index) for index in range(sheet.cards)]
    width, height = sheet.page_mm
    reach = MARK_GAP_MM + MARK_MM
    if sheet.top_mm >= reach:
        for x in sorted({edge for cell in cells for edge in (cell.x, cell.x + cell.width)}):
            document.line(x, sheet.top_mm - reach, x, sheet.top_mm - MARK_GAP_MM)
            document.line(x, height - sheet.top_mm + MARK_GAP_MM, x, height - sheet.top_mm + reach)
    if sheet.left_mm >= reach:
        for y in sorted({edge for cell in cells for edge in (cell.y, cell.y + cell.height)}):
            document.line(sheet.left_mm - reach, y, sheet.left_mm - MARK_GAP_MM, y)
            document.line(width - sheet.left_mm + MARK_GAP_MM, y, width - sheet.left_mm + reach, y)
