"""The test barcode on paper, for scanners that read no screens."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

from hardware.specimen import QUIET_MODULES, QUIET_SQUARES, specimen

if TYPE_CHECKING:
    from fpdf import FPDF

SHEET_FILE: Final = "stammkunde-test-barcode.pdf"

PAGE_LEFT_MM: Final = 20.0
BARS_TOP_MM: Final = 45.0
BAR_HEIGHT_MM: Final = 20.0
BAR_WIDTHS_MM: Final = (0.5, 0.33)
"""Two sizes: a wide one for any scanner, and the usual one of labels (GS1: X-dimension 0.33 mm)."""

SQUARE_MM: Final = 1.2
TEXT_PT: Final = 14

PNG_MODULE_PX: Final = 4
PNG_BAR_MODULES: Final = 40
PNG_GAP_MODULES: Final = 10


def sheet_pdf(caption: str) -> bytes:
    """A page with the test barcode in three shapes.

    Args:
        caption: What to do with it; characters of Latin-1 only.
    """
    from fpdf import FPDF

    code = specimen()
    pdf = FPDF(format="A4")
    pdf.add_page()
    pdf.set_font("helvetica", size=TEXT_PT)
    pdf.text(PAGE_LEFT_MM, BARS_TOP_MM - 15, caption.encode("latin-1", "replace").decode("latin-1"))
    top = BARS_TOP_MM
    for width in BAR_WIDTHS_MM:
        _squares(pdf, (code.bars,), PAGE_LEFT_MM + QUIET_MODULES * width, top, (width, BAR_HEIGHT_MM))
        top += BAR_HEIGHT_MM + 15
    _squares(pdf, code.squares, PAGE_LEFT_MM + QUIET_SQUARES * SQUARE_MM, top, (SQUARE_MM, SQUARE_MM))
    pdf.text(PAGE_LEFT_MM, top + len(code.squares) * SQUARE_MM + 12, code.text)
    return bytes(pdf.output())


def _squares(pdf: FPDF, rows: tuple[str, ...], left: float, top: float, size: tuple[float, float]) -> None:
    """Draw dark modules; those side by side as one, so that no gap shows between them."""
    width, height = size
    for line, row in enumerate(rows):
        place = 0
        while place < len(row):
            end = place
            while end < len(row) and row[end] == row[place]:
                end += 1
            if row[place] == "1":
                pdf.rect(left + place * width, top + line * height, (end - place) * width, height, style="F")
            place = end


def sheet_png() -> bytes:
    """The test barcode as a picture: Code 128 above, QR code below."""
    code = specimen()
    across = len(code.bars) + 2 * QUIET_MODULES
    rows = [
        *_blank(across, PNG_GAP_MODULES),
        *(_framed(code.bars, QUIET_MODULES, across) for _ in range(PNG_BAR_MODULES)),
        *_blank(across, PNG_GAP_MODULES),
        *(_framed(row, QUIET_MODULES, across) for row in code.squares),
        *_blank(across, PNG_GAP_MODULES),
    ]
    return _png(rows, PNG_MODULE_PX)


def _blank(across: int, rows: int) -> list[str]:
    return ["0" * across] * rows


def _framed(row: str, quiet: int, across: int) -> str:
    """A row with light modules on both sides."""
    return ("0" * quiet + row).ljust(across, "0")


def _png(rows: list[str], module: int) -> bytes:
    """A picture of dark and light squares, one bit a pixel (PNG, third edition, 11.2 and 7.2)."""
    width, height = len(rows[0]) * module, len(rows) * module
    lines = b"".join(b"\0" + _packed(row, module) for row in rows for _ in range(module))
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _packed(row: str, module: int) -> bytes:
    """A line of pixels, eight to the byte; 1 is light."""
    pixels = "".join(("0" if dark == "1" else "1") * module for dark in row)
    padded = pixels.ljust(-(-len(pixels) // 8) * 8, "1")
    return int(padded, 2).to_bytes(len(padded) // 8, "big")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
