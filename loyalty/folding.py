"""One spelling for search: what people type and what a profile holds are folded the same way before they are compared.

Umlauts meet their two-letter and their bare spelling (Müller, Mueller and Muller are one name), accents and case fall
away.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

WORDS_MAX: Final = 8
"""How many words of a name or a query are looked at."""

WORD_LENGTH_MAX: Final = 60
"""How many characters of a word are kept."""

_LETTERS: Final = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i", "æ": "ae", "œ": "oe"}
)
_UMLAUT_PAIRS: Final = re.compile(r"([aou])e")
_WORD_GAPS: Final = re.compile(r"[^\w]+|_+")
_NOT_DIGITS: Final = re.compile(r"[^0-9]+")

_CALLING_CODES_OF_ONE: Final = frozenset("17")
_CALLING_CODES_OF_TWO: Final = frozenset(
    [
        "20",
        "27",
        "30",
        "31",
        "32",
        "33",
        "34",
        "36",
        "39",
        "40",
        "41",
        "43",
        "44",
        "45",
        "46",
        "47",
        "48",
        "49",
        "51",
        "52",
        "53",
        "54",
        "55",
        "56",
        "57",
        "58",
        "60",
        "61",
        "62",
        "63",
        "64",
        "65",
        "66",
        "81",
        "82",
        "84",
        "86",
        "90",
        "91",
        "92",
        "93",
        "94",
        "95",
        "98",
    ]
)
"""Country calling codes by length (ITU-T E.164, list of assigned codes); all others have three digits."""


def fold_word(text: str) -> str:
    """A word without case, accents and umlauts."""
    if text.isascii():  # most are, and need nothing of what comes
        return _UMLAUT_PAIRS.sub(r"\1", text.lower())[:WORD_LENGTH_MAX]
    bare = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return _UMLAUT_PAIRS.sub(r"\1", bare)[:WORD_LENGTH_MAX]


def fold_words(text: str) -> tuple[str, ...]:
    """The distinct words of a name or a query, folded, at most ``WORDS_MAX``."""
    words = [fold_word(word) for word in _WORD_GAPS.split(text) if word]
    return tuple(dict.fromkeys(word for word in words if word))[:WORDS_MAX]


def digits_of(text: str) -> str:
    """The digits of a number as typed."""
    return _NOT_DIGITS.sub("", text)


def national_digits(phone: str) -> str:
    """The digits of an E.164 number behind its country calling code."""
    digits = digits_of(phone)
    if digits[:1] in _CALLING_CODES_OF_ONE:
        return digits[1:]
    return digits[2:] if digits[:2] in _CALLING_CODES_OF_TWO else digits[3:]
