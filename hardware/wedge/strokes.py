"""One key that was pressed, as the detector and the layouts see it."""

from __future__ import annotations

from enum import Enum, IntFlag
from typing import Final

import msgspec

KEYPAD_DIGITS: Final = {
    71: "7", 72: "8", 73: "9", 74: "-", 75: "4", 76: "5", 77: "6", 78: "+", 79: "1", 80: "2", 81: "3", 82: "0",
    55: "*", 98: "/",
}  # fmt: skip
"""Keys of the number pad and what they type while Num Lock is on, by position."""

ENDS: Final = frozenset("\r\n\x03")
"""Control characters that end a code: CR and LF as Ctrl+M and Ctrl+J, ETX as Ctrl+C."""


class Modifier(IntFlag):
    """Keys that are held down while another one is pressed."""

    NONE = 0
    SHIFT = 1
    CONTROL = 2
    ALT = 4
    META = 8
    ALT_GR = 16


class Key(Enum):
    """What a key is there for."""

    CHARACTER = "character"
    """It types something, on this keyboard layout or another."""
    ENTER = "enter"
    TAB = "tab"
    MODIFIER = "modifier"
    """Shift and its like, and the digits of a character typed by its number with Alt held down."""
    OTHER = "other"
    """It does something, such as F3, Esc or an arrow: never part of a code."""


class KeyStroke(msgspec.Struct, frozen=True):
    """One key that went down.

    Attributes:
        t_ms: When, in milliseconds of the clock of the machine's input; 0 when nobody noted it.
        scan_code: Where the key is: its code in the first set of scan codes, which Linux and Windows share for the
            main block; 0 when unknown. ``hardware.wedge.positions`` translates what a platform reports.
        text: What it types on this machine's layout; may be empty.
        modifiers: What was held down with it.
        key: What it is there for.
        repeated: Whether the keyboard repeats it because it is held down.
        seen: ``False`` for a key of which only the release arrived, because the machine kept the press to compose
            an accented letter.
    """

    t_ms: int
    scan_code: int
    text: str
    modifiers: Modifier = Modifier.NONE
    key: Key = Key.CHARACTER
    repeated: bool = False
    seen: bool = True

    def __repr__(self) -> str:
        """A description that may be logged: keys make up card numbers."""
        return f"KeyStroke(t_ms={self.t_ms}, key={self.key.value!r}, repeated={self.repeated}, seen={self.seen})"
