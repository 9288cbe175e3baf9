"""QR codes as rows of squares, for whatever paints or prints them.

Imported when a code is drawn and not before: a long one takes a twentieth of a second.
"""

from __future__ import annotations

from typing import Final

import segno

QUIET_ZONE: Final = 4
"""How many squares around a code stay white (ISO/IEC 18004, 9.1)."""

DARK: Final = "1"


def qr_rows(text: str) -> tuple[str, ...]:
    """The squares of a code, ``1`` for a dark one, without the quiet zone around it.

    Error correction is level M, which survives a crease in thermal paper; a receipt's code of 490 characters still
    takes no more than 73 squares to the side.

    Args:
        text: What it holds; digits and capital letters alone make it small.
    """
    code = segno.make(text, error="m", micro=False, boost_error=False)
    return tuple("".join(DARK if square else "0" for square in row) for row in code.matrix)
