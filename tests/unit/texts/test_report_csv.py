"""The daily report for spreadsheets and scripts."""

import csv
import io

from tests.fakes.day import DAY, paper
from texts.report_csv import day_csv
from texts.report_paper import TillFigures


def test_a_row_a_till_behind_the_row_of_the_store() -> None:
    """The same columns for all, the store's row without a till."""
    whole = paper(till="", tills=(TillFigures("Kasse 1", DAY), TillFigures("Kasse 2", DAY)))
    rows = list(csv.DictReader(io.StringIO(day_csv(whole).decode("utf-8-sig"))))
    assert [row["till"] for row in rows] == ["", "Kasse 1", "Kasse 2"]
    assert {row["store"] for row in rows} == {"Bäckerei Morgenrot"}
    assert rows[0] == rows[1] | {"till": ""}


def test_tills_of_all_stores_name_theirs() -> None:
    """Every store has a till 1; without its store nobody could tell whose row it is."""
    tills = (TillFigures("Kasse 1", DAY, "Mitte"), TillFigures("Kasse 1", DAY, "Nord"), TillFigures("Zentrale", DAY))
    rows = csv.DictReader(io.StringIO(day_csv(paper(till="", tills=tills)).decode("utf-8-sig")))
    assert [(row["store"], row["till"]) for row in rows] == [
        ("Bäckerei Morgenrot", ""),
        ("Mitte", "Kasse 1"),
        ("Nord", "Kasse 1"),
        ("Bäckerei Morgenrot", "Zentrale"),
    ]
    assert [till.caption for till in tills] == ["Mitte · Kasse 1", "Nord · Kasse 1", "Zentrale"]


def test_figures_have_their_names_and_a_point_in_every_language() -> None:
    """A script reads the same file wherever the till stands."""
    (row,) = csv.DictReader(io.StringIO(day_csv(paper()).decode("utf-8-sig")))
    assert (row["day"], row["till"], row["points_issued"], row["revenue"]) == (
        "2026-11-21",
        "Kasse 2",
        "3412",
        "2853.40",
    )


def test_a_name_never_becomes_a_formula() -> None:
    """Whoever names a store does not get to run something on the manager's machine."""
    (row,) = csv.DictReader(io.StringIO(day_csv(paper(store="=1+1")).decode("utf-8-sig")))
    assert row["store"] == "'=1+1"
