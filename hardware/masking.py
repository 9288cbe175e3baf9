"""How scanned text may appear in logs and debuggers."""

from __future__ import annotations

from typing import Final

from loyalty.cards import looks_like_payment_card

VISIBLE_CHARACTERS: Final = 4
"""How many characters of a code stay readable, counted from its end."""

SHOWN_LENGTH_MAX: Final = 24
"""Longer codes are shortened in front: a log line needs the length, not 500 stars."""

HEX_BYTES_MAX: Final = 64
"""Of a longer frame its beginning and its end are shown in hex, half of so many bytes each."""

_HIDDEN: Final = "**"
_CONTROL: Final = frozenset({*range(0x20), 0x7F, 0xFF})


def masked(text: str) -> str:
    """A scanned text for a log: everything but the last four characters hidden.

    A text that may be a payment card's number, or is no longer than what would stay visible, is hidden altogether.
    Control characters and line ends cannot come out, so that a code cannot write log lines of its own.
    """
    visible = "" if len(text) <= VISIBLE_CHARACTERS or looks_like_payment_card(text) else text[-VISIBLE_CHARACTERS:]
    hidden = "*" * min(len(text) - len(visible), SHOWN_LENGTH_MAX)
    return hidden + "".join(character if character.isprintable() else "?" for character in visible)


def masked_hex(data: bytes, text: str = "") -> str:
    """A frame's bytes for the doctor: what frames the code is shown, the code is hidden as ``masked`` hides it.

    Args:
        data: The bytes, with prefix, identifier and terminator.
        text: The code among them; empty when the bytes were refused: then control characters alone are shown.

    Returns:
        Two characters a byte with blanks between, ``**`` for a hidden one; long frames are cut in the middle.
    """
    code = next((each for each in (text.encode(), text.encode("latin-1", "replace")) if text and each in data), b"")
    start = data.rindex(code) if code else 0
    end = start + len(code) if code else len(data)
    kept = len(masked(text).lstrip("*")) if code and text.isascii() else 0
    hidden = [f"{byte:02x}" if byte in _CONTROL else _HIDDEN for byte in data[start : end - kept]]
    shown = [*_pairs(data[:start]), *hidden, *_pairs(data[end - kept :])]
    if len(shown) > HEX_BYTES_MAX:
        half = HEX_BYTES_MAX // 2
        shown = [*shown[:half], "..", *shown[-half:]]
    return " ".join(shown)


def _pairs(data: bytes) -> list[str]:
    return data.hex(" ").split()
