"""Barcodes to be printed or shown: which modules are dark, in numbers and not in pixels.

The libraries draw, too, but what they draw is scaled and captioned their own way; here the modules alone are taken and
whoever prints decides how large one is. Both libraries are imported when the first symbol is made.
"""

from __future__ import annotations

import io
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

EAN13_QUIET: Final = (11, 7)
"""Light modules left and right of an EAN-13 (GS1 General Specifications, 5.2.3.4)."""

CODE128_QUIET: Final = (10, 10)
"""Light modules left and right of a Code 128 (ISO/IEC 15417, 4.4)."""

QR_QUIET: Final = 4
"""Light modules on every side of a QR code (ISO/IEC 18004, 9.1)."""

QR_ERROR_LEVEL: Final = "m"
"""Up to 15 % of a QR code may be scratched; more where it costs no larger symbol."""

PICTURE_MODULE_PX: Final = 12
"""How large a module is in a picture for phones, in pixels; a card fills about half a screen."""


class SymbolKind(StrEnum):
    """What can be made, under the names of ``hardware.symbology``."""

    EAN13 = "ean13"
    CODE128 = "code128"
    QR = "qr"


class Symbol(msgspec.Struct, frozen=True):
    """One barcode, its quiet zones included.

    Attributes:
        kind: Which.
        rows: From top to bottom, the dark runs of each row as first module and number of modules. A linear barcode has
            one row, as high as one likes.
        columns: How wide it is, in modules.
    """

    kind: SymbolKind
    rows: tuple[tuple[tuple[int, int], ...], ...]
    columns: int

    @property
    def is_square(self) -> bool:
        """Whether it is as high as wide."""
        return self.kind is SymbolKind.QR


def make_symbol(kind: SymbolKind, text: str) -> Symbol:
    """Make a barcode.

    Args:
        kind: Which.
        text: What it says; for an EAN-13 all thirteen digits.

    Raises:
        ValueError: The barcode would say something else, or can't say this at all.
    """
    match kind:
        case SymbolKind.EAN13:
            return _linear(kind, "ean13", text, EAN13_QUIET)
        case SymbolKind.CODE128:
            return _linear(kind, "code128", text, CODE128_QUIET)
        case SymbolKind.QR:
            return _qr(text)


def _linear(kind: SymbolKind, name: str, text: str, quiet: tuple[int, int]) -> Symbol:
    import barcode  # type: ignore[import-untyped]
    from barcode.errors import BarcodeError  # type: ignore[import-untyped]

    try:
        made = barcode.get_barcode_class(name)(text)
        modules = made.build()[0]
    except (BarcodeError, KeyError) as error:
        raise ValueError(f"No {name} can say a text of {len(text)} characters") from error
    if made.get_fullcode() != text:  # a wrong check digit is replaced without a word
        raise ValueError(f"The {name} would say another number")
    left, right = quiet
    return Symbol(kind, (_runs((module == "1" for module in modules), left),), left + len(modules) + right)


def _qr(text: str) -> Symbol:
    import segno

    made = segno.make_qr(text, error=QR_ERROR_LEVEL)
    rows = (_runs((bool(module) for module in row), QR_QUIET) for row in made.matrix)
    nothing: tuple[tuple[tuple[int, int], ...], ...] = ((),) * QR_QUIET
    return Symbol(SymbolKind.QR, (*nothing, *rows, *nothing), len(made.matrix) + 2 * QR_QUIET)


def _runs(modules: Iterable[bool], start: int) -> tuple[tuple[int, int], ...]:
    """The dark runs of a row that begins at a module."""
    runs = []
    for is_dark, run in groupby(modules):
        length = sum(1 for _ in run)
        if is_dark:
            runs.append((start, length))
        start += length
    return tuple(runs)


def qr_svg(text: str) -> bytes:
    """A QR code as a picture without pixels, dark on white."""
    return _picture(text, "svg")


def qr_png(text: str) -> bytes:
    """A QR code as a picture, dark on white."""
    return _picture(text, "png")


def _picture(text: str, kind: str) -> bytes:
    import segno

    target = io.BytesIO()
    made = segno.make_qr(text, error=QR_ERROR_LEVEL)
    made.save(target, kind=kind, scale=PICTURE_MODULE_PX, border=QR_QUIET, dark="black", light="white")
    return target.getvalue()
