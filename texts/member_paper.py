"""What a member gets who asks what is stored: the parts of the paper, filled in by the till, written as a PDF file."""

from __future__ import annotations

from datetime import date

import msgspec


class PaperTable(msgspec.Struct, frozen=True):
    """A table of one part.

    Attributes:
        head: What the columns are called.
        rows: The cells.
        widths: Of the columns, in shares.
        numbers: Which columns hold numbers, counted from 0.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    numbers: tuple[int, ...] = ()


class PaperPart(msgspec.Struct, frozen=True):
    """One part under its heading.

    Attributes:
        title: The heading.
        pairs: What is said of single things, with their names.
        table: Rows, where there are many of a kind.
        sentences: What is said in words; each is a paragraph.
    """

    title: str
    pairs: tuple[tuple[str, str], ...] = ()
    table: PaperTable | None = None
    sentences: tuple[str, ...] = ()


class MemberPaper(msgspec.Struct, frozen=True):
    """All of it, in one language.

    Attributes:
        title: What it is.
        shop: Whose members these are.
        day: On which it was written.
        made: The same as people read it.
        parts: In order.
    """

    title: str
    shop: str
    day: date
    made: str
    parts: tuple[PaperPart, ...]
