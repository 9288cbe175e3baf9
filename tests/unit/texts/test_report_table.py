"""Figures as people read them."""

from datetime import date
from fractions import Fraction

import msgspec
import pytest

from loyalty.kpi import Assumptions
from loyalty.records import DayTotals
from loyalty.report import DayFigures, HourTotals
from tests.fakes.day import DAY, WEEK_BEFORE
from texts.i18n import Texts
from texts.report_table import all_hours, assumption_text, change_text, figure_rows, money_text, percent_text

EMPTY = DayFigures(date(2026, 11, 21), DayTotals(), 0, Assumptions(100, 500))


def test_every_figure_stands_beside_that_of_the_week_before() -> None:
    """With its change where one makes sense, and an arrow so that nobody has to see colours."""
    rows = {row.name: row for row in figure_rows(Texts("en"), DAY, WEEK_BEFORE)}
    issued = rows["points_issued"]
    assert (issued.caption, issued.value, issued.before, issued.change) == ("Issued", "3,412", "3,150", "▲ 8.3%")
    assert rows["points_redeemed"].change == "▼ 17.4%"
    assert rows["points_expired"].change == "–"
    assert rows["redemption_rate"].change == ""
    assert rows["points_adjusted"].value == "−20"


def test_alone_a_day_has_neither_before_nor_change() -> None:
    """A new store has no week before."""
    assert all(row.before == row.change == "" for row in figure_rows(Texts("en"), DAY))


def test_what_is_undefined_is_a_dash() -> None:
    """Never 0."""
    rows = {row.name: row.value for row in figure_rows(Texts("de"), EMPTY)}
    assert rows["average_order_value"] == rows["redemption_rate"] == "–"
    assert rows["liability"] == "0,00\xa0€"


@pytest.mark.parametrize(("rate", "shown"), [(Fraction("55.7499"), "55.7%"), (Fraction("0.05"), "0.0%"), (None, "–")])
def test_a_rate_is_rounded_once(rate: Fraction | None, shown: str) -> None:
    """Two decimals first and one afterwards would make 55.8 of 55.7499."""
    assert percent_text(Texts("en"), rate) == shown


def test_an_amount_is_rounded_half_to_even() -> None:
    """As all money here."""
    assert money_text(Texts("en"), Fraction("22.505")) == "€22.50"
    assert money_text(Texts("en"), None) == "–"


def test_no_change_is_told_as_such() -> None:
    """Neither up nor down."""
    assert change_text(Texts("en"), Fraction(0)) == "= 0.0%"


def test_quiet_hours_are_seen_as_quiet() -> None:
    """From before the first booking or opening to after the last or closing, without gaps."""
    shown = all_hours((HourTotals(7, 5, 0, 1), HourTotals(20, 0, 5, 1)))
    assert [each.hour for each in shown] == list(range(7, 21))
    assert shown[1] == HourTotals(8)
    assert [each.hour for each in all_hours(())] == list(range(8, 19))


def test_the_assumption_is_said_in_a_sentence() -> None:
    """A liability without its assumptions is no figure."""
    assert "100 points at €5.00" in assumption_text(Texts("en"), DAY)
    assert "25.0%" in assumption_text(Texts("en"), DAY)


def test_open_points_that_a_part_cannot_know_are_a_dash_with_a_reason() -> None:
    """And nobody is told what a liability assumes that is not there."""
    part = msgspec.structs.replace(DAY, open_points=None)
    rows = {
        row.name: row for row in figure_rows(Texts("en"), part, msgspec.structs.replace(WEEK_BEFORE, open_points=None))
    }
    assert (rows["open_points"].value, rows["liability"].value, rows["liability"].change) == ("–", "–", "–")
    assert assumption_text(Texts("en"), part).startswith("Open points are those of all tills and stores together")
