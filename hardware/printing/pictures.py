"""Pictures on paper: the shop's logo, and QR codes for printers that draw none themselves."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hardware.printing.qr import QR_QUIET_MODULES

if TYPE_CHECKING:
    from PIL.Image import Image

    from hardware.printing.qr import QrSize

LOGO_BYTES_MAX: Final = 5 * 1024 * 1024
"""Largest file that is taken for a logo."""

LOGO_PIXELS_MAX: Final = 20_000_000
"""Largest picture that is unpacked: a few kilobytes of PNG can hold gigabytes."""

LOGO_HEIGHT_DOTS_MAX: Final = 240
"""Tallest logo on paper: 30 mm."""

_DLE_COMMAND: Final = re.compile(rb"\x10(?=[\x04\x05\x14])")
"""Printers obey DLE EOT, DLE ENQ and DLE DC4 wherever they meet them, also among dots; the last opens the drawer."""

_LOGGER = logging.getLogger(__name__)


def without_commands(dots: bytes) -> bytes:
    """A picture's bytes with one dot more wherever they would be obeyed as a command."""
    return _DLE_COMMAND.sub(b"\x18", dots)


def logo(path: str, dots: int) -> Image | None:
    """The logo in black and white, no wider than the paper; ``None`` when there is none that can be read.

    A receipt without the logo is better than no receipt, so what is wrong with the file goes to the log.

    Args:
        path: Its file.
        dots: Width of the paper.
    """
    try:
        found = Path(path).stat()
    except (OSError, ValueError) as error:
        _LOGGER.warning("the logo cannot be read: %s", error)
        return None
    return _drawn(path, dots, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=2)
def _drawn(path: str, dots: int, _changed_ns: int, size_bytes: int) -> Image | None:
    """The logo of one state of its file: decoding and dithering take longer than all the rest of a receipt."""
    from PIL import Image

    if size_bytes > LOGO_BYTES_MAX:
        _LOGGER.warning("the logo is not printed: its file has %s bytes, at most %s", size_bytes, LOGO_BYTES_MAX)
        return None
    try:
        with Image.open(path) as opened:
            if opened.width * opened.height > LOGO_PIXELS_MAX:
                _LOGGER.warning("the logo is not printed: it has more than %s dots", LOGO_PIXELS_MAX)
                return None
            picture = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        # Pillow reports broken pictures with all of these.
        _LOGGER.warning("the logo cannot be read: %s", error)
        return None
    paper = Image.new("RGBA", picture.size, "white")
    grey = Image.alpha_composite(paper, picture).convert("L")
    grey.thumbnail((dots, LOGO_HEIGHT_DOTS_MAX))
    return grey.convert("1")


def qr_picture(content: str, size: QrSize) -> Image:
    """A QR code with its quiet zone."""
    import segno
    from PIL import Image

    # One mask fits all: to choose the prettiest of eight takes five times as long, and readers do not mind.
    code = segno.make_qr(content, error=size.level, boost_error=False, mask=0, encoding="utf-8")
    rows = [bytes(255 * (1 - module) for module in row) for row in code.matrix_iter(border=QR_QUIET_MODULES)]
    side = len(rows)
    picture = Image.frombytes("L", (side, side), b"".join(rows))
    return picture.resize((side * size.dots_per_module,) * 2, Image.Resampling.NEAREST).convert("1")
