"""Rows and columns: whatever separates them, in any order, each on its own line."""

from __future__ import annotations

import pytest

from terminal.app.importing.flaws import FLAWS_LISTED_MAX, Bad, Flaws, Wrong, shown
from terminal.app.importing.table import Columns, Row, Table

COLUMNS = Columns(("card", "name"), ("phone", "opening_points"))


def table(text: str) -> tuple[list[Row], list[tuple[int, str, Wrong]], Table]:
    """The rows of a text, and what is wrong with it."""
    flaws = Flaws()
    made = Table(iter(text.splitlines(keepends=True)), COLUMNS, flaws)
    rows = list(made.rows())
    return rows, [(flaw.line, flaw.column, flaw.bad.wrong) for flaw in flaws.listed()], made


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found_by_the_header(separator: str) -> None:
    """Columns come in any order, and those that may be missing may."""
    rows, flaws, made = table(f"Name{separator} CARD \nAnna{separator}1\n")
    assert rows == [Row(2, {"name": "Anna", "card": "1"})]
    assert flaws == []
    assert made.separator == separator


def test_line_numbers_stay_right_behind_quoted_line_breaks() -> None:
    """A row is where it begins; empty lines are no rows."""
    rows, flaws, _ = table('card,name\n1,"Anna\nBauer"\n\n2,Ben\n,\n"3",Cem\n')
    assert [(row.line, row.fields["card"]) for row in rows] == [(2, "1"), (5, "2"), (7, "3")]
    assert rows[0].fields["name"] == "Anna\nBauer"
    assert flaws == []


def test_a_line_that_tells_the_separator_is_no_header() -> None:
    """As spreadsheets want it; it counts as a line."""
    rows, flaws, made = table("sep=;\ncard;name\n1;Anna\n")
    assert (rows[0].line, made.separator, flaws) == (3, ";", [])


def test_spaces_and_what_guards_numbers_from_spreadsheets_go() -> None:
    """``="0012"`` is how some exports keep zeros."""
    rows, flaws, _ = table('card,name\n" =""0012"" ", Anna \n="0013",=\n')
    assert [row.fields for row in rows] == [{"card": "0012", "name": "Anna"}, {"card": "0013", "name": "="}]
    assert flaws == []


def test_quotation_marks_that_do_not_fit_are_told_and_the_next_row_is_read() -> None:
    """One bad row does not hide the others' mistakes."""
    rows, flaws, _ = table('card,name\n1,"An"na\n2,Ben\n3,"open\n')
    assert [row.fields["card"] for row in rows] == ["2"]
    assert flaws == [(2, "", Wrong.QUOTES), (4, "", Wrong.QUOTES)]


def test_a_row_has_as_many_fields_as_the_header() -> None:
    """Empty ones behind the last column are what spreadsheets leave."""
    rows, flaws, _ = table("card,name\n1,Anna,,\n2,Ben,x\n3\n")
    assert [row.fields["card"] for row in rows] == ["1"]
    assert flaws == [(3, "", Wrong.FIELDS), (4, "", Wrong.FIELDS)]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("card,nmae", [(1, "nmae", Wrong.COLUMN_UNKNOWN), (1, "name", Wrong.COLUMN_MISSING)]),
        ("card,name,card", [(1, "card", Wrong.COLUMN_TWICE)]),
        ("card", [(1, "name", Wrong.COLUMN_MISSING)]),
        ("1,Anna", [(1, "", Wrong.NO_HEADER)]),
        ('"card', [(1, "", Wrong.NO_HEADER)]),
        ("", [(1, "", Wrong.EMPTY_FILE)]),
        ("\n \n", [(1, "", Wrong.EMPTY_FILE)]),
    ],
)
def test_a_wrong_header_is_told_whole_and_nothing_is_read(header: str, expected: list[tuple[int, str, Wrong]]) -> None:
    """Rows under a wrong header would only be wrong themselves."""
    rows, flaws, _ = table(f"{header}\n1,Anna\n" if header.strip() else header)
    assert rows == []
    assert flaws == expected


def test_a_misspelt_column_gets_a_suggestion() -> None:
    """The nearest name, and all there are."""
    flaws = Flaws()
    list(Table(iter(["card,name,opening_point,zzz\n"]), COLUMNS, flaws).rows())
    near, none = flaws.listed()
    assert near.bad.values == {"near": "opening_points", "columns": "card, name, phone, opening_points"}
    assert none.bad.values["near"] == ""


def test_a_column_without_a_name_is_left_out() -> None:
    """Spreadsheets export empty columns."""
    rows, flaws, _ = table("card,,name,\n1,x,Anna,\n")
    assert (rows[0].fields["card"], rows[0].fields["name"], flaws) == ("1", "Anna", [])


def test_mistakes_beyond_the_bound_are_counted() -> None:
    """A list of a million mistakes helps nobody and would not fit into memory."""
    flaws = Flaws()
    for line in range(FLAWS_LISTED_MAX + 5, 0, -1):
        flaws.add(line, "card", Bad(Wrong.CARD))
    assert flaws.count == FLAWS_LISTED_MAX + 5
    assert len(flaws.listed()) == FLAWS_LISTED_MAX
    assert flaws.listed()[0].line == 6


def test_what_is_shown_is_one_short_line() -> None:
    """A value can't move the cursor of the terminal on which it is shown."""
    assert shown("a\x1b[2Jb\nc") == "a�[2Jb�c"
    assert shown("x" * 41) == "x" * 39 + "…"
    assert shown("x" * 40) == "x" * 40
