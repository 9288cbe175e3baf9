"""Writes a text with the characters that a printer's code page holds: one character, one byte, one cell of paper.

What the page lacks is said with others: quotation marks become straight ones, letters lose marks or are spelled with
their usual neighbours, Greek and Cyrillic names are written in Latin letters. Nobody's name becomes an error.
"""
# ruff: noqa: RUF001 - characters that look like others are what this is about

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from hardware.receipt import printable

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

UNKNOWN: Final = "?"
"""Stands for a character that nothing can be said for."""

ASCII: Final = frozenset(map(chr, range(0x20, 0x7F)))
"""What every code page holds, in the same place."""

_CANDIDATES: Final[dict[str, tuple[str, ...]]] = {
    "€": ("EUR",),
    "£": ("GBP",),
    "¥": ("JPY",),
    "\u20ba": ("TRY",),
    "\u20bd": ("RUB",),
    "\u20b4": ("UAH",),
    "‘": ("'",),
    "’": ("'",),
    "‚": ("'",),
    "‛": ("'",),
    "‹": ("<",),
    "›": (">",),
    "“": ('"',),
    "”": ('"',),
    "„": ('"',),
    "‟": ('"',),
    "«": ('"',),
    "»": ('"',),
    "′": ("'",),
    "″": ('"',),
    "´": ("'",),
    "‐": ("-",),
    "‒": ("-",),
    "–": ("-",),
    "—": ("-",),
    "―": ("-",),
    "−": ("-",),
    "•": ("·", "*"),
    "‣": ("·", "*"),
    "▪": ("·", "*"),
    "●": ("·", "*"),
    "·": ("*",),
    "×": ("x",),
    "÷": (":",),
    "⁄": ("/",),
    "→": ("->",),
    "←": ("<-",),
    "≤": ("<=",),
    "≥": (">=",),
    "≈": ("~",),
    "✓": ("+",),
    "✔": ("+",),
    "★": ("*",),
    "☆": ("*",),
    "°": (" Grad",),
    "§": ("Par.",),
    "©": ("(c)",),
    "®": ("(R)",),
    "†": ("+",),
    "Ä": ("Ae",),
    "Ö": ("Oe",),
    "Ü": ("Ue",),
    "ä": ("ae",),
    "ö": ("oe",),
    "ü": ("ue",),
    "ß": ("ss",),
    "ẞ": ("ß", "SS"),
    "Æ": ("Ae",),
    "æ": ("ae",),
    "Œ": ("Oe",),
    "œ": ("oe",),
    "Ø": ("Oe",),
    "ø": ("oe",),
    "Å": ("Aa",),
    "å": ("aa",),
    "Ł": ("L",),
    "ł": ("l",),
    "Đ": ("D",),
    "đ": ("d",),
    "Ð": ("D",),
    "ð": ("d",),
    "Þ": ("Th",),
    "þ": ("th",),
    "Ħ": ("H",),
    "ħ": ("h",),
    "ı": ("i",),
    "ĸ": ("k",),
    "Ŋ": ("Ng",),
    "ŋ": ("ng",),
    "Ŧ": ("T",),
    "ŧ": ("t",),
    "Ə": ("E",),
    "ə": ("e",),
}
"""What may stand for a character, the best first; a page that holds the character itself uses none of it."""

_LETTER_PAIRS: Final = (
    "α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f χ=ch ψ=ps ω=o "
    "а=a б=b в=v г=g ґ=g д=d ђ=dj е=e ё=yo є=ye ж=zh з=z и=i і=i ї=yi й=y ј=j к=k л=l љ=lj м=m н=n њ=nj о=o п=p "
    "р=r с=s т=t ћ=c у=u ў=u ф=f х=kh ц=ts ч=ch џ=dz ш=sh щ=shch ъ= ы=y ь= э=e ю=yu я=ya"
)
_LETTERS: Final = dict(pair.split("=") for pair in _LETTER_PAIRS.split())
"""Greek and Cyrillic small letters in Latin ones, near enough to read a name aloud."""

_GREEK: Final = frozenset(map(chr, range(0x370, 0x400)))


def without_stray_greek(page: frozenset[str]) -> frozenset[str]:
    """A page without the few Greek letters that some hold for formulas: a name is not written half in each alphabet."""
    return page if "λ" in page else page - _GREEK


def fold(text: str, page: AbstractSet[str]) -> str:
    """The text in characters of a code page and ASCII; its line ends stay, other control characters go.

    Args:
        text: Anything.
        page: The characters that the page holds beyond ASCII.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _fold_row(row, page) + ("\n" if len(row.splitlines()[0]) < len(row) else "")
        for row in text.splitlines(keepends=True)
    )


def _fold_row(row: str, page: AbstractSet[str]) -> str:
    return "".join(
        character if character in ASCII or character in page else _instead(character, page)
        for character in printable(row)
    )


def _instead(character: str, page: AbstractSet[str]) -> str:
    """What stands for a character that the page lacks; empty for a mark that belongs on the letter before it."""
    for candidate in (*_CANDIDATES.get(character, ()), *_latin(character)):
        if all(each in ASCII or each in page for each in candidate):
            return candidate
    parts = unicodedata.normalize("NFKD", character)
    if parts == character:
        return "" if unicodedata.category(character) in {"Mn", "Me", "Mc"} else UNKNOWN
    return "".join(each if each in ASCII or each in page else _instead(each, page) for each in parts)


def _latin(character: str) -> tuple[str, ...]:
    small = character.lower()
    if small not in _LETTERS:
        return ()
    return (_LETTERS[small] if small == character else _LETTERS[small].capitalize(),)
