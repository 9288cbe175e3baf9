"""Sheets that cards are printed on: where on the page each card lies, in millimetres.

Label and gap sizes are the makers' own. The margins follow from them, as all of these sheets are centred on the page;
the makers' templates differ from that by less than their sheets differ from each other.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

A4_MM: Final = (210.0, 297.0)
"""ISO 216."""

ID1_MM: Final = (85.6, 53.98)
"""A card of the usual size (ISO/IEC 7810, ID-1)."""


class SheetName(StrEnum):
    """The sheets there are, as they are named on the command line."""

    ID1 = "id1"
    A4 = "a4"
    C32011 = "c32011"
    L7160 = "l7160"
    L7163 = "l7163"
    L7165 = "l7165"
    L7651 = "l7651"


class Cell(NamedTuple):
    """A card's place on its page: left and top edge, width and height, in millimetres."""

    x: float
    y: float
    width: float
    height: float


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of sheet.

    Attributes:
        id: Which.
        name: What stands on its box.
        page_mm: Width and height of the page.
        card_mm: Width and height of one card.
        columns: Cards beside each other.
        rows: Cards below each other.
        gap_mm: Between two columns, and between two rows.
        source: Where the sizes are from.
    """

    id: SheetName
    name: str
    page_mm: tuple[float, float] = A4_MM
    card_mm: tuple[float, float]
    columns: int = 1
    rows: int = 1
    gap_mm: tuple[float, float] = (0.0, 0.0)
    source: str

    @property
    def cards(self) -> int:
        """How many cards a page has."""
        return self.columns * self.rows

    @property
    def left_mm(self) -> float:
        """The margin left and right."""
        return (self.page_mm[0] - self.columns * self.card_mm[0] - (self.columns - 1) * self.gap_mm[0]) / 2

    @property
    def top_mm(self) -> float:
        """The margin above and below."""
        return (self.page_mm[1] - self.rows * self.card_mm[1] - (self.rows - 1) * self.gap_mm[1]) / 2

    def cell(self, index: int) -> Cell:
        """Where a card lies, counted from 0 row by row.

        Raises:
            ValueError: The page has fewer.
        """
        if not 0 <= index < self.cards:
            raise ValueError(f"{self.id} has {self.cards} cards, not one at {index}")
        row, column = divmod(index, self.columns)
        (width, height), (gap_x, gap_y) = self.card_mm, self.gap_mm
        return Cell(self.left_mm + column * (width + gap_x), self.top_mm + row * (height + gap_y), width, height)


SHEETS: Final[dict[SheetName, Sheet]] = {
    sheet.id: sheet
    for sheet in (
        Sheet(
            id=SheetName.ID1, name="ID-1", page_mm=ID1_MM, card_mm=ID1_MM, source="ISO/IEC 7810: 85.60 mm x 53.98 mm"
        ),
        Sheet(
            id=SheetName.A4,
            name="A4, ID-1",
            card_mm=ID1_MM,
            columns=2,
            rows=5,
            source="ISO/IEC 7810 on ISO 216, edge to edge; cut along the marks",
        ),
        Sheet(
            id=SheetName.C32011,
            name="Avery C32011",
            card_mm=(85.0, 54.0),
            columns=2,
            rows=5,
            gap_mm=(10.0, 0.0),
            source="Avery Zweckform, business cards 85 mm x 54 mm, 10 a sheet",
        ),
        Sheet(
            id=SheetName.L7160,
            name="Avery L7160",
            card_mm=(63.5, 38.1),
            columns=3,
            rows=7,
            gap_mm=(2.54, 0.0),
            source="Avery Zweckform, labels 63.5 mm x 38.1 mm, 21 a sheet",
        ),
        Sheet(
            id=SheetName.L7163,
            name="Avery L7163",
            card_mm=(99.1, 38.1),
            columns=2,
            rows=7,
            gap_mm=(2.5, 0.0),
            source="Avery Zweckform, labels 99.1 mm x 38.1 mm, 14 a sheet",
        ),
        Sheet(
            id=SheetName.L7165,
            name="Avery L7165",
            card_mm=(99.1, 67.7),
            columns=2,
            rows=4,
            gap_mm=(2.5, 0.0),
            source="Avery Zweckform, labels 99.1 mm x 67.7 mm, 8 a sheet",
        ),
        Sheet(
            id=SheetName.L7651,
            name="Avery L7651",
            card_mm=(38.1, 21.2),
            columns=5,
            rows=13,
            gap_mm=(2.54, 0.0),
            source="Avery Zweckform, small labels 38.1 mm x 21.2 mm, 65 a sheet; for key fobs",
        ),
    )
}
"""Every sheet by its id."""
