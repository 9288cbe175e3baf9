"""How large a code stands on the paper."""

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from hardware.printing.qr import _BYTES_L, _BYTES_M, DOTS_PER_MODULE_MAX, DOTS_PER_MODULE_MIN, QrSize, qr_size


@pytest.mark.parametrize(("level", "capacities"), [("m", _BYTES_M), ("l", _BYTES_L)])
def test_the_table_of_the_standard_is_copied_right(level: str, capacities: tuple[int, ...]) -> None:
    """An encoder agrees, for every version, that so many bytes fit and one more does not."""
    for version, capacity in enumerate(capacities, start=1):
        assert segno.make_qr(b"\xff" * capacity, error=level, boost_error=False, mask=0).version == version


def test_short_codes_are_not_larger_than_reads_well() -> None:
    """A code of one digit does not fill the paper."""
    assert qr_size("7", 576) == QrSize("M", DOTS_PER_MODULE_MAX)


def test_what_is_too_long_for_good_correction_gets_less_and_then_none() -> None:
    """On 58 mm paper 997 bytes fit with M and 1,273 with L."""
    assert qr_size("x" * 997, 384) == QrSize("M", DOTS_PER_MODULE_MIN)
    assert qr_size("x" * 998, 384) == QrSize("L", DOTS_PER_MODULE_MIN)
    assert qr_size("x" * 1_274, 384) is None
    assert qr_size("x" * 3_000, 576) is None


@given(st.text(max_size=900), st.sampled_from([384, 576]))
def test_the_real_code_is_never_wider_than_was_reckoned(content: str, dots: int) -> None:
    """Whatever way of packing the printer chooses, it takes no more than bytes would."""
    size = qr_size(content, dots)
    if size is None or not content:
        return
    modules = segno.make_qr(content, error=size.level, boost_error=False, mask=0).symbol_size(border=4)[0]
    assert modules * size.dots_per_module <= dots
