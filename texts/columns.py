"""Aligned columns for people at a terminal."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_GAP: Final = "  "


def pairs(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Names and values under each other, the values aligned."""
    listed = list(rows)
    width = max((_width(name) for name, _ in listed), default=0)
    return [f"{_padded(name, width)}{_GAP}{value}".rstrip() for name, value in listed]


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, right: Iterable[int] = ()) -> list[str]:
    """A table without rules: a heading and aligned columns.

    Args:
        head: One heading a column.
        rows: One text a column.
        right: The columns whose texts are numbers and stand on the right.
    """
    listed = [list(head), *(list(row) for row in rows)]
    widths = [max(_width(row[column]) for row in listed) for column in range(len(head))]
    flush_right = frozenset(right)
    return [
        _GAP.join(
            " " * (width - _width(cell)) + cell if column in flush_right else _padded(cell, width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in listed
    ]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """How many columns of a terminal a text takes: accents take none, wide characters two (Unicode Annex 11)."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
