"""Scales have round marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from texts.scale import STEPS_MAX, scale_marks


@pytest.mark.parametrize(
    ("highest", "marks"), [(0, [0]), (4, [0, 1, 2, 3, 4]), (456, [0, 100, 200, 300, 400, 500]), (11, [0, 5, 10, 15])]
)
def test_steps_are_one_two_or_five_times_a_power_of_ten(highest: int, marks: list[int]) -> None:
    """What people count in."""
    assert scale_marks(highest) == marks


@given(st.integers(1, 10**12))
def test_the_highest_bar_fits_and_the_marks_can_be_counted(highest: int) -> None:
    """No bar leaves the picture, and none is lost in it."""
    marks = scale_marks(highest)
    assert marks[-1] >= highest > marks[-2]
    assert len(marks) <= STEPS_MAX + 1
