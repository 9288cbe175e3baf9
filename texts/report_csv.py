"""The daily report as a CSV file: one row a till, the same columns in every language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from texts.csv_file import csv_bytes

if TYPE_CHECKING:
    from texts.report_paper import DayPaper

WHOSE: Final = ("day", "store", "till")
"""The columns in front of the figures; ``till`` is empty in the row of a whole store."""


def day_csv(paper: DayPaper) -> bytes:
    """Write the report; the row of the store, or of all, comes first and those of its tills follow.

    The figures have the names and forms of the JSON document: decimal strings with a point, nothing for a rate of
    nothing.
    """
    parts = [
        (paper.store, paper.till, paper.figures),
        *((till.store or paper.store, till.name, till.figures) for till in paper.tills),
    ]
    rows = [
        {"day": figures.day.isoformat(), "store": store, "till": till, **figures.values()}
        for store, till, figures in parts
    ]
    return csv_bytes((*WHOSE, *paper.figures.values()), rows)
