"""The test barcode as modules: dark and light, for a screen or a sheet of paper to draw."""

from __future__ import annotations

from typing import Final

import msgspec

from hardware.wizard import TEST_TEXT

QUIET_MODULES: Final = 10
"""Blank modules on both sides of a Code 128 (ISO/IEC 15417, 4.3.2)."""

QUIET_SQUARES: Final = 4
"""Blank modules around a QR code (ISO/IEC 18004, 6.3.8)."""


class Specimen(msgspec.Struct, frozen=True):
    """The test barcode in both shapes; quiet zones are the drawer's business.

    Attributes:
        text: What it says.
        bars: Code 128, "1" for a dark module.
        squares: QR code, rows of "1" and "0".
    """

    text: str
    bars: str
    squares: tuple[str, ...]


def specimen(text: str = TEST_TEXT) -> Specimen:
    """Encode the test barcode; takes some milliseconds and two libraries."""
    import segno
    from barcode import get_barcode_class  # type: ignore[import-untyped]

    (bars,) = get_barcode_class("code128")(text).build()
    matrix = segno.make_qr(text, error="m").matrix
    return Specimen(text, bars, tuple("".join("1" if square else "0" for square in row) for row in matrix))
