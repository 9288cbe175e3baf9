"""How large a QR code stands on the paper, without drawing it: the printer draws, and this must not take its time."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

import msgspec

QR_QUIET_MODULES: Final = 4
"""White squares around a code on each side (ISO/IEC 18004)."""

DOTS_PER_MODULE_MAX: Final = 6
"""Largest square of a code: 0.75 mm reads well, and larger only takes paper."""

DOTS_PER_MODULE_MIN: Final = 3
"""Smallest square: 0.375 mm; below that thermal paper runs together."""

_BYTES_M: Final = (
    *(14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666),
    *(711, 779, 857, 911, 997, 1059, 1125, 1190, 1264, 1370, 1452, 1538, 1628, 1722, 1809, 1911, 1989, 2099),
    *(2213, 2331),
)
_BYTES_L: Final = (
    *(17, 32, 53, 78, 106, 134, 154, 192, 230, 271, 321, 367, 425, 458, 520, 586, 644, 718, 792, 858),
    *(929, 1003, 1091, 1171, 1273, 1367, 1465, 1528, 1628, 1732, 1840, 1952, 2068, 2188, 2303, 2431, 2563, 2699),
    *(2809, 2953),
)
"""How many bytes versions 1 to 40 hold with error correction M and L (ISO/IEC 18004, table 7)."""

_LEVELS: Final = (("M", _BYTES_M), ("L", _BYTES_L))


class QrSize(msgspec.Struct, frozen=True):
    """How a code is drawn.

    Attributes:
        level: Error correction, ``L`` or ``M``.
        dots_per_module: Size of its squares, in dots.
    """

    level: str
    dots_per_module: int


def qr_size(content: str, dots: int) -> QrSize | None:
    """The largest squares with which a code fits, with the better error correction if that fits at all.

    Args:
        content: What it holds.
        dots: Width of the paper.

    Returns:
        ``None`` when it does not fit.
    """
    length_bytes = len(content.encode())
    for level, capacities in _LEVELS:
        version = bisect_left(capacities, length_bytes) + 1
        if version > len(capacities):
            continue
        modules = 17 + 4 * version + 2 * QR_QUIET_MODULES
        dots_per_module = min(dots // modules, DOTS_PER_MODULE_MAX)
        if dots_per_module >= DOTS_PER_MODULE_MIN:
            return QrSize(level, dots_per_module)
    return None
