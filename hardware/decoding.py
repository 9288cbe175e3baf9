"""From a scanner's bytes to text that can be shown."""

from __future__ import annotations

import unicodedata
from typing import Final

_GROUP_SEPARATOR: Final = "\x1d"  # FNC1 between GS1 element strings; the one control character that is data
_UNPRINTABLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def decoded(data: bytes) -> str:
    """Scanners pass a QR code's bytes on: UTF-8 in practice, ISO 8859-1 by the standard (ISO/IEC 18004, 7.3.5)."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def is_clean(text: str) -> bool:
    """Whether a text holds nothing that could act on a screen, a log or a printer, GS apart."""
    if text.isprintable():
        return True
    return all(
        character == _GROUP_SEPARATOR or unicodedata.category(character) not in _UNPRINTABLE for character in text
    )
