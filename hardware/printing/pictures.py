"""Pictures on paper: the shop's logo, and QR codes for printers that draw none themselves.

Both become the raster command (GS v 0) here: the library's way there costs a receipt more time than all its text, and
it writes to standard output about models whose width it does not know.
"""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hardware.printing.qr import QR_QUIET_MODULES

if TYPE_CHECKING:
    from hardware.printing.qr import QrSize

LOGO_BYTES_MAX: Final = 5 * 1024 * 1024
"""Largest file that is taken for a logo."""

LOGO_PIXELS_MAX: Final = 20_000_000
"""Largest picture that is unpacked: a few kilobytes of PNG can hold gigabytes."""

LOGO_HEIGHT_DOTS_MAX: Final = 240
"""Tallest logo on paper: 30 mm."""

_RASTER: Final = b"\x1dv0\x00"

_DLE_COMMAND: Final = re.compile(rb"\x10(?=[\x04\x05\x14])")
"""Printers obey DLE EOT, DLE ENQ and DLE DC4 wherever they meet them, also among dots; the last opens the drawer."""

_LOGGER = logging.getLogger(__name__)


def raster(rows: list[bytes]) -> bytes:
    """The command that prints a picture.

    Where its dots would be obeyed as a command, one dot more is black.

    Args:
        rows: Its rows from the top, all of one length, eight dots to the byte, 1 is black.
    """
    size = len(rows[0]).to_bytes(2, "little") + len(rows).to_bytes(2, "little")
    return _RASTER + size + _DLE_COMMAND.sub(b"\x18", b"".join(rows))


def logo(path: str, dots: int) -> bytes:
    """The command that prints the logo in black and white, no wider than the paper; empty when it cannot be read.

    A receipt without the logo is better than no receipt, so what is wrong with the file goes to the log.

    Args:
        path: Its file.
        dots: Width of the paper.
    """
    try:
        found = Path(path).stat()
    except (OSError, ValueError) as error:
        _LOGGER.warning("the logo cannot be read: %s", error)
        return b""
    return _drawn(path, dots, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=2)
def _drawn(path: str, dots: int, _changed_ns: int, size_bytes: int) -> bytes:
    """The logo of one state of its file: decoding and dithering take longer than all the rest of a receipt."""
    from PIL import Image, ImageChops

    if size_bytes > LOGO_BYTES_MAX:
        _LOGGER.warning("the logo is not printed: its file has %s bytes, at most %s", size_bytes, LOGO_BYTES_MAX)
        return b""
    try:
        with Image.open(path) as opened:
            if opened.width * opened.height > LOGO_PIXELS_MAX:
                _LOGGER.warning("the logo is not printed: it has more than %s dots", LOGO_PIXELS_MAX)
                return b""
            picture = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        # Pillow reports broken pictures with all of these.
        _LOGGER.warning("the logo cannot be read: %s", error)
        return b""
    paper = Image.new("RGBA", picture.size, "white")
    grey = Image.alpha_composite(paper, picture).convert("L")
    grey.thumbnail((dots, LOGO_HEIGHT_DOTS_MAX))
    black = ImageChops.invert(grey).convert("1")  # dithered
    data, width_bytes = black.tobytes(), (black.width + 7) // 8
    return raster([data[start : start + width_bytes] for start in range(0, len(data), width_bytes)])


def qr_raster(content: str, size: QrSize) -> bytes:
    """The command that prints a QR code with its quiet zone."""
    import segno

    # One mask fits all: to choose the prettiest of eight takes five times as long, and readers do not mind.
    code = segno.make_qr(content, error=size.level, boost_error=False, mask=0, encoding="utf-8")
    wide = size.dots_per_module
    squares = ("0" * wide, "1" * wide)
    quiet = "0" * (QR_QUIET_MODULES * wide)
    side_bytes = ((len(code.matrix) + 2 * QR_QUIET_MODULES) * wide + 7) // 8
    empty = [bytes(side_bytes)] * (QR_QUIET_MODULES * wide)
    rows = list(empty)
    for modules in code.matrix:
        dots = (quiet + "".join([squares[module] for module in modules]) + quiet).ljust(side_bytes * 8, "0")
        rows += [int(dots, 2).to_bytes(side_bytes, "big")] * wide
    return raster(rows + empty)
