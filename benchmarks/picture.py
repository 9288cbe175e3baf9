"""A picture of how measurements grow with the shop, as SVG that any browser and any code host shows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH: Final = 1_060
HEIGHT: Final = 440
LEFT: Final = 90
RIGHT: Final = 390
TOP: Final = 50
BOTTOM: Final = 70
LINE: Final = 18
COLOURS: Final = ("#0b5d4e", "#b54708", "#0d47a1", "#b42318", "#667085", "#12a47c", "#b78103", "#083f36")


def growth(sizes: Sequence[str], lines: Mapping[str, Sequence[float]]) -> str:
    """Draw one line a measurement, on a scale of powers of ten.

    Args:
        sizes: What stands below, from the smallest shop to the largest; a comma begins a line.
        lines: Name to its milliseconds at each size; all above zero.
    """
    values = [value for line in lines.values() for value in line]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    wide, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(place: int) -> float:
        return LEFT + wide * place / max(1, len(sizes) - 1)

    def y(value: float) -> float:
        return TOP + tall * (high - math.log10(value)) / max(1, high - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="28" font-size="16" fill="#101828">Milliseconds by the size of the shop</text>',
    ]
    for power in range(low, high + 1):
        at = y(10.0**power)
        parts.append(f'<line x1="{LEFT}" x2="{LEFT + wide}" y1="{at:.1f}" y2="{at:.1f}" stroke="#e4e7ec"/>')
        parts.append(_text(LEFT - 8, at + 4, f"{10.0**power:g}", "end"))
    for place, size in enumerate(sizes):
        for below, part in enumerate(size.split(", "), 1):
            parts.append(_text(x(place), HEIGHT - BOTTOM + 6 + below * LINE, part, "middle"))
    shown = sorted(lines.items(), key=lambda item: -item[1][-1])
    for number, (name, line) in enumerate(shown):
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join(f"{x(place):.1f},{y(value):.1f}" for place, value in enumerate(line))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        parts += [
            f'<circle cx="{x(place):.1f}" cy="{y(value):.1f}" r="4" fill="{colour}"/>'
            for place, value in enumerate(line)
        ]
        row = TOP + 14 + number * 22
        parts.append(f'<rect x="{LEFT + wide + 24}" y="{row - 10}" width="12" height="12" fill="{colour}"/>')
        parts.append(_text(LEFT + wide + 42, row, f"{name}: {_short(line[-1])} ms", "start"))
    return "\n".join([*parts, "</svg>", ""])


def _short(milliseconds: float) -> str:
    """Two digits that count, or all before the point."""
    return f"{milliseconds:,.0f}" if milliseconds >= 10 else f"{milliseconds:.2g}"  # noqa: PLR2004 - two digits


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" fill="#475467" text-anchor="{anchor}">{escape(text)}</text>'
