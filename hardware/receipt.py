"""Lays finished sentences out on the grid of a receipt: so many characters to the line and no more.

Pure text in, pure text out; the sentences arrive translated. The same layout serves the preview on the screen and,
character for character, a printer in its normal font.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

WIDTH_58_MM: Final = 32
"""Characters to the line on 58 mm paper in font A."""

WIDTH_76_MM: Final = 42
"""Characters to the line on 80 mm paper in font A of printers with 512 dots."""

WIDTH_80_MM: Final = 48
"""Characters to the line on 80 mm paper in font A."""

WIDTH_MIN: Final = 16
"""Narrowest line a layout makes sense on, in characters."""

COLUMN_GAP: Final = 1
"""Least space between the left and the right text, in characters."""

RULE_CHARACTER: Final = "-"

_PLAIN_EQUIVALENTS: Final = str.maketrans(
    {
        "\u00a0": " ",  # no-break space, between number and currency
        "\u202f": " ",  # narrow no-break space, between thousands
        "\u2007": " ",  # figure space
        "\u2009": " ",  # thin space
        "\u2011": "-",  # no-break hyphen
        "\u2212": "-",  # minus sign of some locales
        "\t": " ",
    }
)
"""What number formats of the locale data use and receipt code pages lack."""


class ReceiptStyle(StrEnum):
    """How a line stands on the paper."""

    NORMAL = "normal"
    STRONG = "strong"
    CENTRED = "centred"
    TITLE = "title"
    """Centred and strong."""
    RULE = "rule"
    """A line across the paper; its text is not printed."""

    @property
    def is_centred(self) -> bool:
        """Whether the text stands in the middle."""
        return self in {ReceiptStyle.CENTRED, ReceiptStyle.TITLE}

    @property
    def is_strong(self) -> bool:
        """Whether the text is emphasised."""
        return self in {ReceiptStyle.STRONG, ReceiptStyle.TITLE}


class ReceiptLine(msgspec.Struct, frozen=True):
    """One line of a receipt as its author thinks of it.

    Attributes:
        text: What stands at the left, or in the middle; it is wrapped when it is too long, and line ends in it count.
        right: What stands at the right margin, such as an amount.
        style: How the line stands on the paper.
    """

    text: str = ""
    right: str = ""
    style: ReceiptStyle = ReceiptStyle.NORMAL


class LaidOutLine(msgspec.Struct, frozen=True):
    """One line of paper.

    Attributes:
        text: Its characters, at most the width, without spaces at its end.
        strong: Whether it is emphasised.
    """

    text: str
    strong: bool = False


def rule() -> ReceiptLine:
    """A line across the paper."""
    return ReceiptLine(style=ReceiptStyle.RULE)


def render(lines: Iterable[ReceiptLine], width: int) -> list[str]:
    """The receipt as lines of text, for the preview.

    Args:
        lines: The receipt.
        width: Characters to the line: 32, 42 or 48.
    """
    return [line.text for line in lay_out(lines, width)]


def lay_out(lines: Iterable[ReceiptLine], width: int) -> list[LaidOutLine]:
    """The receipt as lines of paper with their emphasis.

    Args:
        lines: The receipt.
        width: Characters to the line.

    Raises:
        ValueError: The width is below ``WIDTH_MIN``.
    """
    if width < WIDTH_MIN:
        raise ValueError(f"A receipt needs at least {WIDTH_MIN} characters to the line")
    return [LaidOutLine(text, line.style.is_strong) for line in lines for text in _rows(line, width)]


def _rows(line: ReceiptLine, width: int) -> list[str]:
    if line.style is ReceiptStyle.RULE:
        return [RULE_CHARACTER * width]
    right = printable(line.right).strip()
    if line.style.is_centred:
        # A right-hand text cannot stand beside a centred one; it follows in its own right.
        rows = [*_wrapped(line.text, width), *(_wrapped(right, width) if right else [])]
        return [(" " * ((width - cells(row)) // 2) + row).rstrip() for row in rows]
    if not right:
        return _wrapped(line.text, width)
    return _two_columns(line.text, right, width)


def _two_columns(text: str, right: str, width: int) -> list[str]:
    """The amount stands beside its text's last row, or below it where it leaves the text less than half the line."""
    left_width = width - cells(right) - COLUMN_GAP
    if left_width < width // 2:
        above = _wrapped(text, width) if printable(text).strip() else []
        return above + [" " * (width - cells(row)) + row for row in _wrapped(right, width)]
    *above, last = _wrapped(text, left_width)
    return [*above, last + " " * (width - cells(last) - cells(right)) + right]


def _wrapped(text: str, width: int) -> list[str]:
    """Rows of at most a width, broken between words, and inside a word only when it is longer than a row."""
    rows: list[str] = []
    for paragraph in text.splitlines() or [""]:
        row = ""
        for word in printable(paragraph).split():
            for piece in _pieces(word, width):
                joined = f"{row} {piece}" if row else piece
                if cells(joined) <= width:
                    row = joined
                else:
                    rows.append(row)
                    row = piece
        rows.append(row)
    return rows


def _pieces(word: str, width: int) -> list[str]:
    if cells(word) <= width:
        return [word]
    pieces = [""]
    for character in word:
        if cells(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def printable(text: str) -> str:
    """A text of characters that take up paper: composed (NFC), ordinary spaces, no control or format characters."""
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", text.translate(_PLAIN_EQUIVALENTS))
    return "".join(character for character in composed if unicodedata.category(character) not in {"Cc", "Cf", "Cs"})


def cells(text: str) -> int:
    """How many character cells a text takes: none for a combining mark, two for a wide character (Unicode annex 11)."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
        for character in text
    )
