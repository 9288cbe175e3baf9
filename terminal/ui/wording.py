"""What views need of the languages: translated captions and how this language writes numbers."""

from __future__ import annotations

from typing import Protocol


class Wording(Protocol):
    """The part of the till's texts that views use. Everything computed arrives finished in a state."""

    @property
    def language(self) -> str:
        """The language of the screens, for example "de"."""
        ...

    @property
    def currency_sign(self) -> str:
        """The sign beside an amount field."""
        ...

    @property
    def decimal_mark(self) -> str:
        """What stands between units and cents."""
        ...

    def _(self, sentence: str, /) -> str:
        """Translate a static caption."""
        ...

    def plain_amount(self, cents: int, /) -> str:
        """An amount without its currency; the hint in an empty amount field."""
        ...

    def number(self, value: int, /) -> str:
        """A whole number with its groups."""
        ...


class CurrentWording:
    """The wording in use. Views keep this one object while the language behind it is replaced.

    Args:
        wording: The language the till starts with.
    """

    def __init__(self, wording: Wording) -> None:
        self._wording = wording

    def replace(self, wording: Wording) -> None:
        """Speak another language from now on."""
        self._wording = wording

    @property
    def language(self) -> str:
        """See ``Wording``."""
        return self._wording.language

    @property
    def currency_sign(self) -> str:
        """See ``Wording``."""
        return self._wording.currency_sign

    @property
    def decimal_mark(self) -> str:
        """See ``Wording``."""
        return self._wording.decimal_mark

    def _(self, sentence: str, /) -> str:
        """See ``Wording``."""
        return self._wording._(sentence)

    def plain_amount(self, cents: int, /) -> str:
        """See ``Wording``."""
        return self._wording.plain_amount(cents)

    def number(self, value: int, /) -> str:
        """See ``Wording``."""
        return self._wording.number(value)
