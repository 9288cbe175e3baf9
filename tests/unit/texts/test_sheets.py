"""Sheets: every card lies on its page, and on no other card."""

from __future__ import annotations

import itertools

import pytest

from texts.sheets import A4_MM, SHEETS, Cell, Sheet, SheetName


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda sheet: sheet.id)
def test_every_card_lies_on_the_page_and_on_no_other(sheet: Sheet) -> None:
    """To a hundredth of a millimetre."""
    cells = [sheet.cell(index) for index in range(sheet.cards)]
    width, height = sheet.page_mm
    for cell in cells:
        assert -0.005 <= cell.x <= cell.x + cell.width <= width + 0.005
        assert -0.005 <= cell.y <= cell.y + cell.height <= height + 0.005
    for one, other in itertools.combinations(cells, 2):
        beside = one.x + one.width <= other.x + 0.005 or other.x + other.width <= one.x + 0.005
        below = one.y + one.height <= other.y + 0.005 or other.y + other.height <= one.y + 0.005
        assert beside or below


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda sheet: sheet.id)
def test_every_sheet_says_where_its_sizes_are_from(sheet: Sheet) -> None:
    """And is found under its own name."""
    assert SHEETS[sheet.id] is sheet
    assert set(SHEETS) == set(SheetName)
    assert sheet.source
    assert sheet.name


@pytest.mark.parametrize(
    ("sheet", "cards", "left", "top"),
    [("l7160", 21, 7.21, 15.15), ("l7163", 14, 4.65, 15.15), ("l7165", 8, 4.65, 13.1), ("l7651", 65, 4.67, 10.7)],
)
def test_known_sheets_have_their_makers_margins(sheet: str, cards: int, left: float, top: float) -> None:
    """As in the makers' own templates, to a tenth of a millimetre."""
    known = SHEETS[SheetName(sheet)]
    assert known.page_mm == A4_MM
    assert (known.cards, round(known.left_mm, 2), round(known.top_mm, 2)) == (cards, left, top)


def test_cards_are_counted_row_by_row() -> None:
    """As people read."""
    sheet = SHEETS[SheetName.A4]
    assert sheet.cell(0) == Cell(sheet.left_mm, sheet.top_mm, 85.6, 53.98)
    assert sheet.cell(1).y == sheet.cell(0).y
    assert sheet.cell(2).x == sheet.cell(0).x


@pytest.mark.parametrize("index", [-1, 21])
def test_a_card_beyond_the_sheet_is_none(index: int) -> None:
    """Nobody prints beside the paper."""
    with pytest.raises(ValueError, match="has 21 cards"):
        SHEETS[SheetName.L7160].cell(index)
