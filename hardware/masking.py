"""How scanned text may appear in logs and debuggers."""

from __future__ import annotations

from typing import Final

from loyalty.cards import looks_like_payment_card

VISIBLE_CHARACTERS: Final = 4
"""How many characters of a code stay readable, counted from its end."""

SHOWN_LENGTH_MAX: Final = 24
"""Longer codes are shortened in front: a log line needs the length, not 500 stars."""


def masked(text: str) -> str:
    """A scanned text for a log: everything but the last four characters hidden.

    A text that may be a payment card's number, or is no longer than what would stay visible, is hidden altogether.
    Control characters and line ends cannot come out, so that a code cannot write log lines of its own.
    """
    visible = "" if len(text) <= VISIBLE_CHARACTERS or looks_like_payment_card(text) else text[-VISIBLE_CHARACTERS:]
    hidden = "*" * min(len(text) - len(visible), SHOWN_LENGTH_MAX)
    return hidden + "".join(character if character.isprintable() else "?" for character in visible)
