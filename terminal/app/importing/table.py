"""Rows of a CSV file: which character separates, which columns there are, and on which line a row begins."""

from __future__ import annotations

import csv
import difflib
import itertools
from typing import TYPE_CHECKING, Final, NamedTuple

from terminal.app.importing.flaws import Bad, Wrong, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from terminal.app.importing.flaws import Flaws

SEPARATORS: Final = ",;\t"
SEPARATOR_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab"}

FIELDS_MAX: Final = 200
"""The most columns that are looked at."""

_SEPARATOR_LINE: Final = "sep="
"""How a spreadsheet is told the separator, on a line of its own before the header."""

_FORMULA: Final = '="'
"""How exports keep a spreadsheet from taking a number for one: ``="0012"``."""


class Columns(NamedTuple):
    """Which columns a kind of file has.

    Attributes:
        required: Must be there.
        optional: May be there.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """All of them, as they are told."""
        return (*self.required, *self.optional)

    @property
    def named(self) -> str:
        """All of them in one text."""
        return ", ".join(self.all)


class Row(NamedTuple):
    """One row.

    Attributes:
        line: The line on which it begins, from 1.
        fields: By column, without spaces around; columns that the file lacks are missing.
    """

    line: int
    fields: dict[str, str]


class Table:
    """The rows of a file.

    Attributes:
        separator: What separates; known once the first row was asked for.
    """

    def __init__(self, lines: Iterator[str], columns: Columns, flaws: Flaws) -> None:
        self._lines = lines
        self._columns = columns
        self._flaws = flaws
        self._skipped = 0
        self.separator = ","

    def rows(self) -> Iterator[Row]:
        """All rows that can be read; what can't is a mistake, and nothing is read when the header is wrong."""
        header = self._header()
        if header is None:
            return
        reader = csv.reader(self._lines, delimiter=self.separator, strict=True)
        while True:
            line = self._skipped + reader.line_num + 1
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error:
                self._flaws.add(line, "", Bad(Wrong.QUOTES))
                continue
            if any(fields):
                row = self._row(line, header, fields)
                if row is not None:
                    yield row

    def _row(self, line: int, header: list[str], fields: list[str]) -> Row | None:
        values = [field.strip() for field in fields]
        if _FORMULA in "".join(values):
            values = [_bare(value) for value in values]
        while len(values) > len(header) and not values[-1]:
            values.pop()  # spreadsheets end rows with the empty columns of the widest one
        if len(values) != len(header):
            wanted: dict[str, int | str] = {"found": len(values), "wanted": len(header)}
            self._flaws.add(line, "", Bad(Wrong.FIELDS, wanted))
            return None
        if not any(values):
            return None
        return Row(line, dict(zip(header, values, strict=True)))

    def _header(self) -> list[str] | None:
        """The columns in the file's order, an empty name for an empty one; ``None`` and mistakes for a wrong header."""
        first = self._first_line()
        if first is None:
            self._flaws.add(1, "", Bad(Wrong.EMPTY_FILE))
            return None
        found = {separator: _names(first, separator) for separator in SEPARATORS}
        known = set(self._columns.all)
        self.separator = max(SEPARATORS, key=lambda separator: len(known & set(found[separator])))
        names = found[self.separator]
        line = self._skipped
        if not known & set(names):
            self._flaws.add(line, "", Bad(Wrong.NO_HEADER, {"columns": self._columns.named}))
            return None
        wrong = self._flaws.count
        for index, name in enumerate(names):
            if name and name not in known:
                near = difflib.get_close_matches(name, self._columns.all, n=1)
                values: dict[str, int | str] = {
                    "near": near[0] if near else "",
                    "columns": ", ".join(self._columns.all),
                }
                self._flaws.add(line, shown(name), Bad(Wrong.COLUMN_UNKNOWN, values))
            elif name and name in names[:index]:
                self._flaws.add(line, name, Bad(Wrong.COLUMN_TWICE))
        for name in self._columns.required:
            if name not in names:
                self._flaws.add(line, name, Bad(Wrong.COLUMN_MISSING))
        return names if self._flaws.count == wrong else None

    def _first_line(self) -> str | None:
        """The first line that says something, but for one that only tells the separator."""
        for line in self._lines:
            self._skipped += 1
            text = line.strip("\ufeff\r\n ")
            if text and not text.casefold().startswith(_SEPARATOR_LINE):
                return text
        return None


def _names(line: str, separator: str) -> list[str]:
    """The names in a header line; none where its quotes don't fit."""
    try:
        fields = next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return []
    names = [_bare(field.strip()).casefold() for field in itertools.islice(fields, FIELDS_MAX)]
    while names and not names[-1]:
        names.pop()
    return names


def _bare(text: str) -> str:
    """A field without what keeps a spreadsheet from changing it."""
    if text[:1] == "=" and text.startswith(_FORMULA) and text.endswith('"') and len(text) > len(_FORMULA):
        text = text[len(_FORMULA) : -1].strip()
    return text
