"""Values that may be described in a log: card numbers are masked, and what people said of themselves is left out."""

from __future__ import annotations

from typing import Final

import msgspec

from loyalty.cards import masked

NUMBERS: Final = frozenset({"number", "card", "new_card", "into", "referred_by", "numbers"})
"""Fields that hold a card's number, or many."""

PERSONAL: Final = frozenset({"name", "phone", "email", "birthday", "profile", "member"})
"""Fields that hold what a person said."""


class Masked(msgspec.Struct, frozen=True):
    """A value that says neither numbers nor names when it is described, in a log, a traceback or a debugger."""

    def __repr__(self) -> str:
        """Its fields; of a card's number the end, of many how many, of a person nothing."""
        fields = ", ".join(f"{name}={_told(name, getattr(self, name))}" for name in self.__struct_fields__)
        return f"{type(self).__name__}({fields})"


def _told(name: str, value: object) -> str:
    if name in NUMBERS and isinstance(value, str):
        return repr(masked(value) if value else "")
    if name in NUMBERS and isinstance(value, tuple):
        return f"<{len(value)}>"
    return "..." if name in PERSONAL and value else repr(value)
