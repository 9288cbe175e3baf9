"""What keys type on a US, a German and a French keyboard, whatever layout this machine has.

A scanner in keyboard mode does not send characters: it presses the keys that would give them on the layout it was set
up for, in most cases the American one. On a machine with another layout other characters come out (``YZ-`` becomes
``ZYß`` on a German one), but the keys are still the right ones.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from hardware.wedge.strokes import KEYPAD_DIGITS, Modifier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hardware.wedge.strokes import KeyStroke


class Layout(StrEnum):
    """Layouts a scanner can be set up for."""

    US = "us"
    DE = "de"
    FR = "fr"
    HOST = "host"
    """Whatever this machine has: its own text is right."""


_DIGIT_ROW: Final = range(2, 14)
_TOP_ROW: Final = range(16, 28)
_HOME_ROW: Final = range(30, 41)
_BOTTOM_ROW: Final = range(44, 54)
_LEFT_OF_DIGITS: Final = 41
_BESIDE_ENTER: Final = 43
_BESIDE_SHIFT: Final = 86
_SPACE: Final = 57

_DEAD: Final = {"\u00b4": "\u0301", "`": "\u0300", "^": "\u0302", "¨": "\u0308", "~": "\u0303"}
"""Accents that wait for a letter, and the combining character that joins them to it."""

_CONTROL_FIRST: Final = "@"
_CONTROL_LAST: Final = "_"
_CONTROL_MASK: Final = 0x1F


class _Keys:
    """One layout.

    Attributes:
        plain: Characters by position.
        shifted: The same with Shift.
        third: The same with AltGr.
        dead: Positions whose key waits for a letter, with the modifier that makes it do so.
    """

    def __init__(
        self,
        plain: Mapping[int, str],
        shifted: Mapping[int, str],
        third: Mapping[int, str],
        dead: frozenset[tuple[int, Modifier]],
    ) -> None:
        self.plain = plain
        self.shifted = shifted
        self.third = third
        self.dead = dead


def _rows(digits: str, top: str, home: str, bottom: str, others: str) -> dict[int, str]:
    """The characters of one level; ``others``: left of the digits, beside Enter, beside the left Shift."""
    found = {_SPACE: " "}
    for positions, characters in (
        (_DIGIT_ROW, digits),
        (_TOP_ROW, top),
        (_HOME_ROW, home),
        (_BOTTOM_ROW, bottom),
        ((_LEFT_OF_DIGITS, _BESIDE_ENTER, _BESIDE_SHIFT), others),
    ):
        found.update(zip(positions, characters, strict=True))
    return found


_LAYOUTS: Final = {
    Layout.US: _Keys(
        _rows("1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "`\\\\"),
        _rows("!@#$%^&*()_+", "QWERTYUIOP{}", 'ASDFGHJKL:"', "ZXCVBNM<>?", "~||"),
        {},
        frozenset(),
    ),
    Layout.DE: _Keys(
        _rows("1234567890ß\u00b4", "qwertzuiopü+", "asdfghjklöä", "yxcvbnm,.-", "^#<"),
        _rows('!"§$%&/()=?`', "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ", "YXCVBNM;:_", "°'>"),
        {3: "²", 4: "³", 8: "{", 9: "[", 10: "]", 11: "}", 12: "\\", 16: "@", 18: "€", 27: "~", 50: "µ", 86: "|"},
        frozenset({(13, Modifier.NONE), (13, Modifier.SHIFT), (41, Modifier.NONE)}),
    ),
    Layout.FR: _Keys(
        _rows("&é\"'(-è_çà)=", "azertyuiop^$", "qsdfghjklmù", "wxcvbn,;:!", "²*<"),
        _rows("1234567890°+", "AZERTYUIOP¨£", "QSDFGHJKLM%", "WXCVBN?./§", "\u00a0µ>"),
        {3: "~", 4: "#", 5: "{", 6: "[", 7: "|", 8: "`", 9: "\\", 10: "^", 11: "@", 12: "]", 13: "}", 18: "€", 27: "¤"},
        frozenset({(26, Modifier.NONE), (26, Modifier.SHIFT), (3, Modifier.ALT_GR), (8, Modifier.ALT_GR)}),
    ),
}
"""The keys of each layout, from the tables ``us``, ``de`` and ``fr`` of the X keyboard extension's symbols."""


def decode(strokes: Sequence[KeyStroke], layout: Layout) -> str | None:
    """What keys say on a layout.

    Caps Lock does not matter here: only the keys that were held down count.

    Args:
        strokes: The keys, without what ended the code.
        layout: The scanner's layout.

    Returns:
        The text, or ``None`` when a key types nothing on this layout or this machine reported no text for it.
    """
    if layout is Layout.HOST:
        return "".join(stroke.text for stroke in strokes) if all(stroke.text for stroke in strokes) else None
    keys = _LAYOUTS[layout]
    text, accent = "", ""
    for stroke in strokes:
        character = _character(stroke, keys)
        if not character:
            return None
        if accent:
            text += _joined(accent, character)
            accent = ""
        elif (stroke.scan_code, _level(stroke.modifiers)) in keys.dead:
            accent = character
        else:
            text += character
    return None if accent else text


def _level(modifiers: Modifier) -> Modifier:
    """Which of the characters of a key is meant; Windows reports AltGr as Ctrl and Alt."""
    if modifiers & Modifier.ALT_GR or (modifiers & Modifier.CONTROL and modifiers & Modifier.ALT):
        return Modifier.ALT_GR
    return modifiers & Modifier.SHIFT


def _character(stroke: KeyStroke, keys: _Keys) -> str:
    if stroke.scan_code in KEYPAD_DIGITS:
        return KEYPAD_DIGITS[stroke.scan_code]
    level = _level(stroke.modifiers)
    table = {Modifier.ALT_GR: keys.third, Modifier.SHIFT: keys.shifted}.get(level, keys.plain)
    if stroke.scan_code not in keys.plain:
        return stroke.text  # typed by its number with Alt, or by a keyboard that tells no places
    character = table.get(stroke.scan_code, "")
    if stroke.modifiers & Modifier.CONTROL and level is not Modifier.ALT_GR:
        return _control(character)
    return character


def _control(character: str) -> str:
    """What a key types with Ctrl: the control character 64 places below it (ECMA-48, 5.2)."""
    capital = character.upper()
    if len(capital) == 1 and _CONTROL_FIRST <= capital <= _CONTROL_LAST:
        return chr(ord(capital) & _CONTROL_MASK)
    return ""


def _joined(accent: str, character: str) -> str:
    """A letter with its accent; an accent and Space, or the accent once more, give the accent alone."""
    if character in (" ", accent):
        return accent
    composed = unicodedata.normalize("NFC", character + _DEAD[accent])
    return composed if len(composed) == 1 else accent + character


def keys_for(text: str, layout: Layout) -> list[tuple[int, Modifier]]:
    """The keys a scanner set to a layout presses for a text; for simulated scanners and tests.

    Args:
        text: What to type; of control characters only those that Ctrl and a key give.
        layout: US, German or French.

    Raises:
        ValueError: The layout has no key for a character.
    """
    keys = _LAYOUTS[layout]
    pressed: list[tuple[int, Modifier]] = []
    for character in text:
        place = _place(character, keys)
        if place is None:
            accent, letter = _parted(character)
            base, mark = _place(letter, keys), _place(accent, keys)
            if base is None or mark is None:
                raise ValueError(f"No key of the layout {layout} types U+{ord(character):04X}")
            pressed += [mark, base]
        else:
            pressed.append(place)
            if place in keys.dead:
                pressed.append((_SPACE, Modifier.NONE))
    return pressed


def _place(character: str, keys: _Keys) -> tuple[int, Modifier] | None:
    if character and character < " ":
        found = _place(chr(ord(character) | ord(_CONTROL_FIRST)).lower(), keys)
        return None if found is None else (found[0], found[1] | Modifier.CONTROL)
    for table, modifier in (
        (keys.plain, Modifier.NONE),
        (keys.shifted, Modifier.SHIFT),
        (keys.third, Modifier.ALT_GR),
    ):
        for place, typed in table.items():
            if typed == character:
                return place, modifier
    return None


def _parted(character: str) -> tuple[str, str]:
    """An accented letter as accent and letter; empty texts when it is none."""
    parts = unicodedata.normalize("NFD", character)
    accents = [accent for accent, mark in _DEAD.items() if mark == parts[1:]]
    return (accents[0], parts[0]) if accents else ("", "")
