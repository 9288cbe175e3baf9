"""A customer display of two lines of 20 characters: texts made to fit, and the bytes of its two usual command sets.

Pure: a text in, bytes out. Sources: the specification of Epson's DM-D110 (ESC @, ESC =, ESC t, US $, US X, US C, US
MD1, CLR) and the command list in the manual of Partner Tech's CD5220 (ESC Q A, ESC Q B, ESC @, ESC *, ESC _, CLR),
which most displays with a switch for it follow; the manual of the POS-X XP8200 lists both sets one after the other.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import Final

import msgspec

from hardware.receipt import printable

COLUMNS: Final = 20
"""Characters to the line."""

BRIGHTNESS_MIN: Final = 1
BRIGHTNESS_MAX: Final = 4
"""Steps of brightness in both command sets."""

ESC: Final = b"\x1b"
US: Final = b"\x1f"
CLR: Final = b"\x0c"
CR: Final = b"\r"

DISPLAY_CHOSEN: Final = ESC + b"=\x02"
"""What follows is for the display and not for a printer on the same line."""

UPPER_ROW: Final = US + b"$\x01\x01"
LOWER_ROW: Final = US + b"$\x01\x02"

_SPELLED_OUT: Final[dict[str, str]] = {
    "€": "EUR",
    "£": "GBP",
    "ä": "ae",
    "ö": "oe",
    "ü": "ue",
    "Ä": "Ae",
    "Ö": "Oe",
    "Ü": "Ue",
    "ß": "ss",
    "ẞ": "SS",
    "æ": "ae",
    "Æ": "Ae",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "–": "-",
    "—": "-",
    "·": "-",
    "•": "-",
    "×": "x",
    "…": "...",
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "„": '"',
}
"""What stands for a character that the display's code page lacks; other letters lose their accents."""

UNKNOWN_CHARACTER: Final = "?"


class PoleProtocol(StrEnum):
    """Which commands a display takes."""

    ESCPOS = "escpos"
    CD5220 = "cd5220"


class CodePage(StrEnum):
    """Which characters a display has, under Python's names of the codecs."""

    CP858 = "cp858"
    CP437 = "cp437"
    ASCII = "ascii"


ESCPOS_TABLE: Final[dict[CodePage, int]] = {CodePage.CP437: 0, CodePage.ASCII: 0, CodePage.CP858: 19}
"""The number of a code page in ``ESC t n``."""


class PoleRow(msgspec.Struct, frozen=True):
    """One line as its author thinks of it.

    Attributes:
        left: What stands at the left; it is cut when there is no room for it.
        right: What stands at the right edge, such as an amount; it is never cut in favour of the left.
        centred: Whether the left text stands in the middle of what room there is.
    """

    left: str = ""
    right: str = ""
    centred: bool = False


class PoleText(msgspec.Struct, frozen=True):
    """What the display shows; the empty one leaves it dark."""

    upper: PoleRow = PoleRow()
    lower: PoleRow = PoleRow()


class PoleDialect(msgspec.Struct, frozen=True, kw_only=True):
    """How to talk to one display.

    Attributes:
        protocol: Its commands.
        code_page: Its characters.
        brightness: 1 to 4.
    """

    protocol: PoleProtocol = PoleProtocol.ESCPOS
    code_page: CodePage = CodePage.CP858
    brightness: int = BRIGHTNESS_MAX

    def opening(self) -> bytes:
        """What makes a display that was just switched on, or was left in any state, ready and dark."""
        level = bytes([min(max(self.brightness, BRIGHTNESS_MIN), BRIGHTNESS_MAX)])
        if self.protocol is PoleProtocol.CD5220:
            # CLR comes first: a display that is writing whole lines takes no other command.
            return CLR + ESC + b"@" + CLR + ESC + b"*" + level + ESC + b"_\x00"
        overwrite, no_cursor = US + b"\x01", US + b"C\x00"
        return DISPLAY_CHOSEN + ESC + b"@" + DISPLAY_CHOSEN + CLR + overwrite + no_cursor + US + b"X" + level

    def frame(self, text: PoleText) -> bytes:
        """A text as bytes. Every line is written over its whole width, so nothing flickers and nothing is left over."""
        upper, lower = fit(text.upper, self.code_page), fit(text.lower, self.code_page)
        if self.protocol is PoleProtocol.CD5220:
            return ESC + b"QA" + upper + CR + ESC + b"QB" + lower + CR
        table = ESC + b"t" + bytes([ESCPOS_TABLE[self.code_page]])
        return DISPLAY_CHOSEN + table + UPPER_ROW + upper + LOWER_ROW + lower

    def closing(self) -> bytes:
        """What leaves it dark: nobody's name stays there when the till is closed."""
        return CLR if self.protocol is PoleProtocol.CD5220 else DISPLAY_CHOSEN + CLR


def fit(row: PoleRow, code_page: CodePage) -> bytes:
    """A line as exactly as many bytes as the display has columns, none of which is a command."""
    right = writable(row.right, code_page).strip()[:COLUMNS]
    room = COLUMNS - len(right) - 1 if right else COLUMNS
    left = writable(row.left, code_page).strip()[: max(0, room)].rstrip()
    if row.centred:
        left = left.center(max(0, room)).rstrip()
    line = left + right.rjust(COLUMNS - len(left))
    return line.encode(code_page.value)


def writable(text: str, code_page: CodePage) -> str:
    """A text of characters that a code page has, each taking one column; what it lacks is spelled out."""
    return "".join(_in_page(character, code_page) for character in printable(text))


def _in_page(character: str, code_page: CodePage) -> str:
    if _has(code_page, character):
        return character
    if character in _SPELLED_OUT:
        return _SPELLED_OUT[character]
    bare = unicodedata.normalize("NFKD", character)
    plain = "".join(part for part in bare if _has(CodePage.ASCII, part))
    return plain or (UNKNOWN_CHARACTER if not unicodedata.combining(character) else "")


def _has(code_page: CodePage, character: str) -> bool:
    try:
        character.encode(code_page.value)
    except UnicodeEncodeError:
        return False
    return True
