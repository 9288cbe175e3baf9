"""What views need of the languages: translated captions and how this language writes money."""

from __future__ import annotations

from typing import Protocol

NO_BREAK_SPACES = "\u00a0\u202f"


class Wording(Protocol):
    """The part of the till's texts that views use. Everything computed arrives finished in a state."""

    @property
    def language(self) -> str:
        """The language of the screens, for example "de"."""
        ...

    def _(self, msgid: str) -> str:
        """Translate a static caption."""
        ...

    def money(self, cents: int) -> str:
        """An amount with its currency."""
        ...


def currency_sign(texts: Wording) -> str:
    """The sign that stands beside an amount field, taken from how this language writes an amount."""
    return "".join(character for character in texts.money(0) if not _belongs_to_number(character))


def empty_amount(texts: Wording) -> str:
    """How nothing is written, for example "0,00"; the hint in an empty amount field."""
    return "".join(character for character in texts.money(0) if character.isdigit() or character in ".,")


def decimal_sign(texts: Wording) -> str:
    """What stands between units and cents; falls back to a comma for a currency without cents."""
    return next((character for character in empty_amount(texts) if not character.isdigit()), ",")


def _belongs_to_number(character: str) -> bool:
    return character.isdigit() or character in ".,-" or character.isspace() or character in NO_BREAK_SPACES
