"""Printed cards: every barcode on every sheet is read back from the printed page."""

from __future__ import annotations

import functools
from typing import Any

import msgspec
import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from hardware.symbols import Symbol, SymbolKind, make_symbol
from loyalty.cards import Check
from loyalty.numbering import Series
from tests.fakes.pdf_words import streams_of, words_of
from texts.card_pdf import (
    MODULE_MM_MIN,
    CardFace,
    CardPaper,
    cards_pdf,
    fits,
    grouped,
    module_mm,
)
from texts.sheets import SHEETS, Cell, Sheet, SheetName

DPI = 300
"""What an office printer prints."""

SERIES = {
    SymbolKind.EAN13: Series("29", 13, Check.GS1),
    SymbolKind.CODE128: Series("40", 8, Check.NONE),
    SymbolKind.QR: Series("BM-", 15, Check.NONE),
}
NAMES = {SymbolKind.EAN13: "EAN-13", SymbolKind.CODE128: "Code 128", SymbolKind.QR: "QR Code"}


def faces(kind: SymbolKind, count: int, member: str = "") -> list[CardFace]:
    """Cards with running numbers; every second one has a member's name."""
    numbers = [SERIES[kind].number(serial * 7_919 % 10_000) for serial in range(count)]
    return [
        CardFace(number, make_symbol(kind, number), member if index % 2 else "") for index, number in enumerate(numbers)
    ]


def paper(sheet: Sheet, **changed: Any) -> CardPaper:  # noqa: ANN401 - fields of the paper
    """What all cards of a test have in common."""
    made = CardPaper(sheet, "Bäckerei Morgenrot", "Morgenrot Bonus")
    return msgspec.structs.replace(made, **changed)


def pages(pdf: bytes) -> list[Image.Image]:
    """The printed pages."""
    document = pypdfium2.PdfDocument(pdf)
    rendered = [page.render(scale=DPI / 72).to_pil().convert("L") for page in document]
    document.close()
    return rendered


def cut(page: Image.Image, cell: Cell) -> Image.Image:
    """One card, cut out of its page."""
    edges = (cell.x, cell.y, cell.x + cell.width, cell.y + cell.height)
    return page.crop(tuple(round(edge * DPI / 25.4) for edge in edges))  # type: ignore[arg-type]


def read(image: Image.Image) -> list[tuple[str, str]]:
    """Text and kind of every barcode on a picture."""
    return [(found.text, str(found.format)) for found in zxingcpp.read_barcodes(image)]


@functools.cache
def full_page(sheet_id: SheetName, kind: SymbolKind) -> Image.Image:
    """A sheet with a card in every cell."""
    sheet = SHEETS[sheet_id]
    (page,) = pages(cards_pdf(paper(sheet), faces(kind, sheet.cards, "Anna-Katharina Freifrau von Schneider")))
    return page


@pytest.mark.parametrize("kind", SymbolKind)
@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda sheet: sheet.id)
def test_every_barcode_of_every_sheet_is_read_back(sheet: Sheet, kind: SymbolKind) -> None:
    """Card by card as it is cut out: the number it was given, and nothing else."""
    page = full_page(sheet.id, kind)
    printed = faces(kind, sheet.cards)
    found = [read(cut(page, sheet.cell(index))) for index in range(sheet.cards)]
    assert found == [[(face.number, NAMES[kind])] for face in printed]


@pytest.mark.parametrize("kind", SymbolKind)
@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda sheet: sheet.id)
def test_a_card_is_read_out_of_focus_and_askew(sheet: Sheet, kind: SymbolKind) -> None:
    """As ink spreads on paper and hands hold a card."""
    card = cut(full_page(sheet.id, kind), sheet.cell(0))
    held = card.filter(ImageFilter.GaussianBlur(1)).rotate(
        5, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC
    )
    assert read(held) == [(faces(kind, 1)[0].number, NAMES[kind])]


@pytest.mark.parametrize("kind", SymbolKind)
@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda sheet: sheet.id)
def test_bars_are_wide_enough_and_stay_on_the_card(sheet: Sheet, kind: SymbolKind) -> None:
    """With their quiet zones."""
    symbol = make_symbol(kind, faces(kind, 1)[0].number)
    module = module_mm(symbol, *sheet.card_mm)
    assert module >= MODULE_MM_MIN
    assert symbol.columns * module <= sheet.card_mm[0]
    assert not symbol.is_square or symbol.columns * module <= sheet.card_mm[1]


def test_a_barcode_that_does_not_fit_is_known_before() -> None:
    """Fifteen letters as bars are wider than a label."""
    wide = make_symbol(SymbolKind.CODE128, "BM-7K3QX9TZ2M4P")
    assert not fits(wide, SHEETS[SheetName.L7160])
    assert fits(wide, SHEETS[SheetName.L7163])
    with pytest.raises(ValueError, match="does not fit"):
        cards_pdf(paper(SHEETS[SheetName.L7160]), [CardFace("BM-7K3QX9TZ2M4P", wide)])


def test_a_sheet_that_was_begun_is_used_on() -> None:
    """From its first free cell; the next sheet from its first."""
    sheet = SHEETS[SheetName.L7160]
    first, second = pages(cards_pdf(paper(sheet, first_cell=20), faces(SymbolKind.QR, 3)))
    numbers = [face.number for face in faces(SymbolKind.QR, 3)]
    assert [read(cut(first, sheet.cell(index))) for index in (18, 19, 20)] == [
        [],
        [(numbers[0], "QR Code")],
        [(numbers[1], "QR Code")],
    ]
    assert [read(cut(second, sheet.cell(index))) for index in (0, 1)] == [[(numbers[2], "QR Code")], []]


def test_a_card_says_whose_it_is_and_which() -> None:
    """Shop, programme, number in groups, and the member where there is one."""
    pdf = cards_pdf(paper(SHEETS[SheetName.ID1]), faces(SymbolKind.EAN13, 2, "Anna Schneider"))
    text = " ".join(words_of(pdf))
    for part in (
        "Bäckerei Morgenrot",
        "Morgenrot Bonus",
        "Anna Schneider",
        grouped(faces(SymbolKind.EAN13, 2)[1].number),
    ):
        assert part in text


def test_names_that_are_too_long_are_cut_and_strange_letters_marked() -> None:
    """Nothing runs into the barcode, and no letter keeps the file from being written."""
    sheet = SHEETS[SheetName.L7651]
    strange = paper(sheet, shop="Bäckerei und Konditorei Morgenrot am Alten Markt \U0001f950", programme="Bonus")
    pdf = cards_pdf(strange, faces(SymbolKind.QR, 2, "Maximiliane Wolfeschlegelsteinhausenbergerdorff"))
    assert "…" in " ".join(words_of(pdf))
    (page,) = pages(pdf)
    assert [len(read(cut(page, sheet.cell(index)))) for index in (0, 1)] == [1, 1]


def test_marks_are_printed_outside_the_cards_only() -> None:
    """In the margin, and not at all where there is none."""
    with_marks, without = (
        pages(cards_pdf(paper(SHEETS[SheetName.A4], crop_marks=marks), faces(SymbolKind.EAN13, 1)))[0]
        for marks in (True, False)
    )
    assert dark(with_marks) > dark(without)
    for index in range(SHEETS[SheetName.A4].cards):
        cell = SHEETS[SheetName.A4].cell(index)
        assert dark(cut(with_marks, cell)) == dark(cut(without, cell))
    for tight in (SheetName.ID1, SheetName.L7163):
        marked, plain = (
            cards_pdf(paper(SHEETS[tight], crop_marks=marks), faces(SymbolKind.EAN13, 1)) for marks in (True, False)
        )
        assert (marked == plain) is (tight is SheetName.ID1)


def dark(image: Image.Image) -> int:
    """How many dots of a picture are dark."""
    return sum(image.histogram()[:128])


def test_the_same_cards_are_the_same_file() -> None:
    """So a file that was lost is made again, bit by bit."""
    first, second = (cards_pdf(paper(SHEETS[SheetName.L7160]), faces(SymbolKind.EAN13, 5)) for _ in range(2))
    assert first == second


def test_progress_is_told_up_to_the_last_card() -> None:
    """Now and then, and at the end."""
    told: list[tuple[int, int]] = []
    cards_pdf(
        paper(SHEETS[SheetName.L7651]), faces(SymbolKind.EAN13, 150), lambda done, total: told.append((done, total))
    )
    assert told == [(100, 150), (150, 150)]


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("2900000000018", "2 900000 000018"),
        ("401234500000000123", "4012 3450 0000 0001 23"),
        ("BM-7K3QX9TZ2M4P", "BM-7K3Q X9TZ 2M4P"),
        ("SK-00042", "SK-00042"),
        ("A000000000001", "A000 0000 0000 1"),
    ],
)
def test_a_number_is_printed_in_groups(number: str, shown: str) -> None:
    """As it is read aloud over the telephone."""
    assert grouped(number) == shown


def test_rows_of_a_code_that_are_the_same_are_one_rectangle() -> None:
    """No printer shows a white hair between them."""
    symbol = Symbol(SymbolKind.QR, ((), ((4, 3),), ((4, 3),), ((5, 1), (7, 2))), 33)
    pdf = cards_pdf(paper(SHEETS[SheetName.ID1]), [CardFace("X", symbol)])
    (drawn,) = [stream for stream in streams_of(pdf) if b" re f" in stream]
    assert drawn.count(b" re f") == 3
