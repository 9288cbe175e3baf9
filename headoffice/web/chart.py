"""Points by hour as a picture: numbers for an SVG, computed here because the pages run no script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from texts.report_table import all_hours
from texts.scale import scale_marks

if TYPE_CHECKING:
    from loyalty.report import HourTotals
    from texts.i18n import Texts

WIDTH: Final = 720
HEIGHT: Final = 260
LEFT: Final = 56
TOP: Final = 10
FLOOR: Final = 228
BAR_SHARE: Final = 0.34
"""The picture's own lengths; it is shown as large as there is room."""


class Bar(msgspec.Struct, frozen=True):
    """One bar; ``label`` says it in words."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    label: str


class Mark(msgspec.Struct, frozen=True):
    """A line of the scale, or an hour below it, with its text."""

    at: float
    text: str


class Chart(msgspec.Struct, frozen=True):
    """The whole picture."""

    bars: tuple[Bar, ...]
    lines: tuple[Mark, ...]
    hours: tuple[Mark, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: int = FLOOR


def chart(texts: Texts, hours: tuple[HourTotals, ...]) -> Chart:
    """Draw issued and redeemed points of every hour side by side."""
    shown = all_hours(hours)
    marks = scale_marks(max(max(each.issued, each.redeemed) for each in shown))
    per_point = (FLOOR - TOP) / max(marks[-1], 1)
    step = (WIDTH - LEFT) / len(shown)
    bars = []
    for place, each in enumerate(shown):
        middle = LEFT + step * (place + 0.5)
        for kind, points, x in (
            ("issued", each.issued, middle - step * BAR_SHARE),
            ("redeemed", each.redeemed, middle + 1),
        ):
            if points:
                height = round(points * per_point, 1)
                label = f"{each.hour}:00, {texts.points(points)}"
                bars.append(
                    Bar(round(x, 1), round(FLOOR - height, 1), round(step * BAR_SHARE - 1, 1), height, kind, label)
                )
    return Chart(
        tuple(bars),
        tuple(Mark(round(FLOOR - mark * per_point, 1), texts.number(mark)) for mark in marks),
        tuple(Mark(round(LEFT + step * (place + 0.5), 1), str(each.hour)) for place, each in enumerate(shown)),
    )
