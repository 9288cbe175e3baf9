"""Where a key is on the keyboard, from the code that each platform gives it.

Positions are the codes of the Linux input system (``linux/input-event-codes.h``), which took those of the main block
from the PC's first set of scan codes. X11 and Wayland add 8; Windows reports the first set itself and marks the second
key of a pair as extended; macOS has numbers of its own (``HIToolbox/Events.h``).
"""

from __future__ import annotations

from typing import Final

X11_OFFSET: Final = 8
"""X11 keycodes begin at 8 (X Window System Protocol, section 5)."""

WINDOWS_EXTENDED: Final = 0x100
"""Bit of a Windows scan code that tells the right one of two keys with the same code."""

_WINDOWS_PAIRS: Final = {0x1C: 96, 0x35: 98, 0x1D: 97, 0x38: 100}
"""Extended keys that matter here: Enter and ``/`` of the number pad, the right Ctrl, AltGr."""

_MAC: Final = {
    0: 30, 1: 31, 2: 32, 3: 33, 4: 35, 5: 34, 6: 44, 7: 45, 8: 46, 9: 47, 10: 86, 11: 48, 12: 16, 13: 17, 14: 18,
    15: 19, 16: 21, 17: 20, 18: 2, 19: 3, 20: 4, 21: 5, 22: 7, 23: 6, 24: 13, 25: 10, 26: 8, 27: 12, 28: 9, 29: 11,
    30: 27, 31: 24, 32: 22, 33: 26, 34: 23, 35: 25, 36: 28, 37: 38, 38: 36, 39: 40, 40: 37, 41: 39, 42: 43, 43: 51,
    44: 53, 45: 49, 46: 50, 47: 52, 48: 15, 49: 57, 50: 41, 65: 83, 67: 55, 69: 78, 75: 98, 76: 96, 78: 74, 82: 82,
    83: 79, 84: 80, 85: 81, 86: 75, 87: 76, 88: 77, 89: 71, 91: 72, 92: 73,
}  # fmt: skip
"""Virtual keys of macOS on an ISO keyboard, to positions."""


def position(platform: str, scan_code: int, virtual_key: int) -> int:
    """Where a key is.

    Args:
        platform: Qt's name of the window system: ``windows``, ``cocoa``; everything else counts from 8 as X11 does.
        scan_code: The key's native scan code.
        virtual_key: The key's native virtual code, the only one that macOS gives.

    Returns:
        The position, or 0 when it is unknown.
    """
    if platform == "windows":
        if scan_code & WINDOWS_EXTENDED:
            return _WINDOWS_PAIRS.get(scan_code & ~WINDOWS_EXTENDED, 0)
        return scan_code
    if platform == "cocoa":
        return _MAC.get(virtual_key, 0)
    return max(scan_code - X11_OFFSET, 0)
