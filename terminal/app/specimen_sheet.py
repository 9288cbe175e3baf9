"""The test barcode on paper, for scanners that read no screens."""

from __future__ import annotations

import io
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
PNG_BAR_HEIGHT_PX: Final = 160
PNG_GAP_PX: Final = 40


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
    from PIL import Image, ImageDraw

    code, module = specimen(), PNG_MODULE_PX
    width = (len(code.bars) + 2 * QUIET_MODULES) * module
    edge = (len(code.squares) + 2 * QUIET_SQUARES) * module
    picture = Image.new("1", (width, PNG_BAR_HEIGHT_PX + 2 * PNG_GAP_PX + edge), 1)
    draw = ImageDraw.Draw(picture)
    shapes = (
        ((code.bars,), QUIET_MODULES * module, PNG_GAP_PX, PNG_BAR_HEIGHT_PX),
        (code.squares, QUIET_SQUARES * module, 2 * PNG_GAP_PX + PNG_BAR_HEIGHT_PX, module),
    )
    for rows, left, top, height in shapes:
        for line, row in enumerate(rows):
            for place, dark in enumerate(row):
                if dark == "1":
                    x, y = left + place * module, top + line * height
                    draw.rectangle((x, y, x + module - 1, y + height - 1), fill=0)
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
