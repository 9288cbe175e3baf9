"""The values of single fields: what stands there as a number, or why it is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from loyalty import cards
from loyalty.bounds import CATEGORY_LENGTH_MAX, POINTS_MAX, QUANTITY_MAX, RECEIPT_PATTERN, SKU_LENGTH_MAX
from loyalty.cards import NotOurs
from loyalty.money import AmountProblem, BadAmount, parse_amount
from terminal.app.importing.flaws import Bad, Wrong

if TYPE_CHECKING:
    from loyalty.programme import Programme

CARDS_KEPT_MAX: Final = 50_000
"""How many card numbers are remembered once they were looked at."""

ZEROS_TRIED: Final = 4
"""How many lost zeros at the beginning of a card number are recognised."""

_RECEIPT: Final = re.compile(RECEIPT_PATTERN)
_SHORTENED: Final = re.compile(r"[0-9]+[.,][0-9]+[eE]\+?[0-9]+", re.ASCII)
_USUAL_AMOUNT: Final = re.compile(r"([0-9]{1,6})[.,]([0-9]{2})")
_SMALL_DIGITS: Final = 6
"""How many digits a number of points may have without being too many, whatever they are."""

_WHOLE: Final = re.compile(r"([+-]?)([0-9]{1,12})(?:[.,]0{1,2})?", re.ASCII)
_GROUPED: Final = re.compile(r"[+-]?[0-9]{1,3}(?:[.,' ][0-9]{3})+", re.ASCII)
_FRACTION: Final = re.compile(r"[+-]?[0-9]*[.,][0-9]+", re.ASCII)

_AMOUNTS: Final = {
    AmountProblem.EMPTY: Wrong.MISSING,
    AmountProblem.ZERO: Wrong.AMOUNT_ZERO,
    AmountProblem.NEGATIVE: Wrong.AMOUNT_NEGATIVE,
    AmountProblem.AMBIGUOUS: Wrong.AMOUNT_AMBIGUOUS,
    AmountProblem.TOO_MANY_DECIMALS: Wrong.AMOUNT_DECIMALS,
    AmountProblem.TOO_LARGE: Wrong.AMOUNT_TOO_LARGE,
    AmountProblem.NOT_AN_AMOUNT: Wrong.AMOUNT,
}
_NO_CARDS: Final = {
    NotOurs.CHECK_DIGIT: Wrong.CARD_CHECK_DIGIT,
    NotOurs.PAYMENT_CARD: Wrong.PAYMENT_CARD,
    NotOurs.PRODUCT: Wrong.NOT_A_MEMBER_CARD,
    NotOurs.UNKNOWN: Wrong.CARD,
}


def is_shortened(text: str) -> bool:
    """Whether a spreadsheet has written a long number as ``4.00E+12``; its last digits are lost then."""
    return _SHORTENED.fullmatch(text) is not None


def read_amount(text: str, currency: str) -> int | Bad:
    """Read a line's amount in cents; an article that was given away costs nothing."""
    if usual := _USUAL_AMOUNT.fullmatch(text):
        return int(usual[1]) * 100 + int(usual[2])
    cents = parse_amount(text, zero_ok=True, currency=currency)
    return Bad(_AMOUNTS[cents.problem]) if isinstance(cents, BadAmount) else cents


def read_points(text: str, *, signed: bool = False) -> int | Bad:
    """Read points: whole ones, written as ``500`` or ``500,00``.

    Args:
        text: As it stands in the file.
        signed: Whether there may be fewer than none: somebody begins in debt.
    """
    if len(text) <= _SMALL_DIGITS and text.isdecimal() and text.isascii():
        return int(text)
    found = _WHOLE.fullmatch(text)
    if found is None:
        if _GROUPED.fullmatch(text):
            return Bad(Wrong.POINTS_AMBIGUOUS)
        return Bad(Wrong.POINTS_FRACTION if _FRACTION.fullmatch(text) else Wrong.POINTS)
    points = int(found[1] + found[2])
    if points < 0 and not signed:
        return Bad(Wrong.POINTS_NEGATIVE)
    return points if abs(points) <= POINTS_MAX else Bad(Wrong.POINTS_TOO_MANY, {"max": POINTS_MAX})


def read_quantity(text: str) -> int | Bad:
    """Read how many pieces."""
    found = _WHOLE.fullmatch(text)
    quantity = int(found[1] + found[2]) if found else 0
    return quantity if 1 <= quantity <= QUANTITY_MAX else Bad(Wrong.QUANTITY, {"max": QUANTITY_MAX})


def read_receipt(text: str) -> str | Bad:
    """Read a receipt number."""
    if not text:
        return Bad(Wrong.MISSING)
    if ("." in text or "," in text) and is_shortened(text):
        return Bad(Wrong.SHORTENED_BY_SPREADSHEET)
    return text if _RECEIPT.match(text) else Bad(Wrong.RECEIPT)


def read_sku(text: str) -> str | Bad:
    """Read an article number."""
    if is_shortened(text):
        return Bad(Wrong.SHORTENED_BY_SPREADSHEET)
    return _short(text, SKU_LENGTH_MAX)


def read_category(text: str) -> str | Bad:
    """Read a category."""
    return _short(text, CATEGORY_LENGTH_MAX)


def _short(text: str, length_max: int) -> str | Bad:
    if len(text) > length_max:
        return Bad(Wrong.TOO_LONG, {"max": length_max})
    return text if text.isprintable() else Bad(Wrong.CONTROL_CHARACTER)


class CardReader:
    """Reads card numbers by a programme's rules; a shop's cards come again and again."""

    def __init__(self, programme: Programme) -> None:
        self._rules = programme.cards
        self._read: dict[str, str | Bad] = {}

    def read(self, text: str) -> str | Bad:
        """The number of a member card, or why it is none."""
        found = self._read.get(text)
        if found is None:
            if len(self._read) >= CARDS_KEPT_MAX:
                self._read.clear()
            found = self._read[text] = self._look_at(text)
        return found

    def _look_at(self, text: str) -> str | Bad:
        if is_shortened(text):
            return Bad(Wrong.SHORTENED_BY_SPREADSHEET)
        card = cards.classify(text, self._rules)
        if isinstance(card, cards.MemberCard):
            return card.number
        if card is not NotOurs.PAYMENT_CARD and text.isdigit() and self._lacks_zeros(text):
            return Bad(Wrong.CARD_ZEROS_LOST)
        return Bad(_NO_CARDS[card])

    def _lacks_zeros(self, text: str) -> bool:
        """Whether it would be a card with zeros in front, which spreadsheets take off."""
        longer = ("0" * count + text for count in range(1, ZEROS_TRIED + 1))
        return any(isinstance(cards.classify(number, self._rules), cards.MemberCard) for number in longer)
