"""Round marks for the scale of a chart."""

from __future__ import annotations

from typing import Final

STEPS_MAX: Final = 5
"""How many steps a scale has at most; more lines are hard to follow with the eye."""


def scale_marks(highest: int) -> list[int]:
    """Round marks from 0 to at least ``highest``, in steps of 1, 2 or 5 times a power of ten."""
    step, factors = 1, (2, 5, 10)
    decade = 1
    while step * STEPS_MAX < highest:
        for factor in factors:
            step = decade * factor
            if step * STEPS_MAX >= highest:
                break
        else:
            decade *= 10
    count = -(-highest // step)
    return [index * step for index in range(count + 1)]
