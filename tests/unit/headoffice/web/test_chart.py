"""Bars are as high as the points they stand for."""

from itertools import pairwise

from headoffice.web.chart import FLOOR, LEFT, TOP, WIDTH, chart
from loyalty.report import HourTotals
from texts.i18n import Texts

HOURS = (HourTotals(9, 100, 0, 3), HourTotals(12, 50, 25, 3))


def test_the_highest_bar_fills_the_scale_and_the_others_their_share() -> None:
    """Half the points are half the height; nothing is drawn for nothing."""
    drawn = chart(Texts("en"), HOURS)
    assert [(bar.kind, bar.height) for bar in drawn.bars] == [
        ("issued", FLOOR - TOP),
        ("issued", (FLOOR - TOP) / 2),
        ("redeemed", (FLOOR - TOP) / 4),
    ]
    assert all(bar.y + bar.height == FLOOR for bar in drawn.bars)
    assert drawn.bars[0].label == "9:00, 100 points"


def test_bars_stay_inside_the_picture_and_apart() -> None:
    """With every hour of a day."""
    bars = chart(Texts("de"), tuple(HourTotals(hour, 5, 5, 1) for hour in range(24))).bars
    assert len(bars) == 48
    assert all(bar.x >= LEFT and bar.x + bar.width <= WIDTH for bar in bars)
    assert all(left.x + left.width <= right.x for left, right in pairwise(bars))


def test_an_empty_day_has_a_scale_and_no_bars() -> None:
    """Nothing is divided by nothing."""
    drawn = chart(Texts("en"), ())
    assert drawn.bars == ()
    assert [mark.text for mark in drawn.lines] == ["0"]
    assert drawn.hours[0].text == "8"
