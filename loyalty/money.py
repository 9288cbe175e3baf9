"""Money as whole minor units, and the one parser for amounts a person types.

Locale parsers read "1.500" as fifteen hundred and refuse "12.50" on a German machine; both cost a shop money.
This parser accepts comma and point alike as the decimal mark and refuses what could mean two different sums.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

AMOUNT_CENTS_MAX: Final = 99_999_999
"""The largest amount of one sale that any programme may allow, in cents (999,999.99)."""

AMOUNT_TEXT_LENGTH_MAX: Final = 32
"""The longest text that is looked at as an amount, in characters; pasted text beyond it is no amount."""

CURRENCIES: Final = frozenset({"EUR", "CHF", "GBP", "USD", "PLN", "CZK", "DKK", "SEK", "NOK"})
"""Currencies with two minor digits, the only ones the two-digit parser and the cents columns can hold."""


class AmountProblem(StrEnum):
    """Why a text is not an amount."""

    EMPTY = "empty"
    ZERO = "zero"
    NEGATIVE = "negative"
    AMBIGUOUS = "ambiguous"
    TOO_MANY_DECIMALS = "too_many_decimals"
    TOO_LARGE = "too_large"
    NOT_AN_AMOUNT = "not_an_amount"


class BadAmount(msgspec.Struct, frozen=True):
    """A text that is not an amount, and why; a value, because typing errors are everyday."""

    problem: AmountProblem


_SYMBOLS: Final = {"EUR": "€", "GBP": "£", "USD": "$"}
_MINUS_SIGNS: Final = "-−–"
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_PLAIN = re.compile(r"(?P<whole>[0-9]+)(?:[.,](?P<cents>[0-9]{0,2}))?|[.,](?P<only_cents>[0-9]{1,2})")
_GROUPED = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?P<group>[.,'’ ])[0-9]{3}(?:(?P=group)[0-9]{3})*)"  # 1.500 or 1 500 000
    r"(?:(?P<mark>(?!(?P=group))[.,])(?P<cents>[0-9]{1,2}))?"  # decimals behind the other mark
)
_DECIMALS = re.compile(r"[0-9]*[.,][0-9]{3,}")


def parse_amount(text: str, *, zero_ok: bool = False, currency: str = "EUR") -> int | BadAmount:
    """Read an amount as a cashier types or pastes it.

    Args:
        text: For example ``12,50``, ``12.50``, ``1.500,00`` or ``€ 7``.
        zero_ok: Whether zero is an amount here ("of which without points" may be zero; a purchase may not).
        currency: The currency whose code or sign may stand around the number; any other is no amount.

    Returns:
        The amount in cents, or why it is none. ``1.500`` is refused as ambiguous: it is fifteen hundred in German
        and one and a half in English, and the till must not guess.
    """
    if len(text) > AMOUNT_TEXT_LENGTH_MAX:
        return BadAmount(AmountProblem.NOT_AN_AMOUNT)
    bare = _without_currency(_SPACES.sub(" ", text).strip(), currency)
    if not bare:
        return BadAmount(AmountProblem.EMPTY)
    if bare[0] in _MINUS_SIGNS:
        return BadAmount(AmountProblem.NEGATIVE)
    cents = _cents(bare)
    if isinstance(cents, int) and cents > AMOUNT_CENTS_MAX:
        return BadAmount(AmountProblem.TOO_LARGE)
    if cents == 0 and not zero_ok:
        return BadAmount(AmountProblem.ZERO)
    return cents


def _without_currency(text: str, currency: str) -> str:
    """Drop the currency's code or sign once, from the front or from the end."""
    for mark in (currency, _SYMBOLS.get(currency, currency)):
        if text[: len(mark)].upper() == mark:
            return text[len(mark) :].lstrip()
        if text[-len(mark) :].upper() == mark:
            return text[: -len(mark)].rstrip()
    return text


def _cents(bare: str) -> int | BadAmount:
    """Read a text without spaces, sign and currency mark around it."""
    if plain := _PLAIN.fullmatch(bare):
        minor = plain["cents"] or plain["only_cents"] or ""
        return int(plain["whole"] or 0) * 100 + int(minor.ljust(2, "0"))
    if grouped := _GROUPED.fullmatch(bare):
        group = grouped["group"]
        if grouped["mark"] is None and group in ".," and grouped["whole"].count(group) == 1:
            return BadAmount(AmountProblem.AMBIGUOUS)
        whole = grouped["whole"].replace(group, "")
        return int(whole) * 100 + int((grouped["cents"] or "").ljust(2, "0"))
    if _DECIMALS.fullmatch(bare):
        return BadAmount(AmountProblem.TOO_MANY_DECIMALS)
    return BadAmount(AmountProblem.NOT_AN_AMOUNT)


def decimal_text(cents: int) -> str:
    """Write cents as the decimal string of the command line and of JSON, for example ``"12.50"`` or ``"-0.05"``."""
    sign = "-" if cents < 0 else ""
    whole, minor = divmod(abs(cents), 100)
    return f"{sign}{whole}.{minor:02d}"


def split_by_weight(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split a whole number in proportion to weights so that the parts sum to it exactly.

    Each running sum is rounded down and a part is the difference of two of them, so nothing is lost or made up.

    Args:
        total: The number to split, zero or positive.
        weights: Zero or positive, one per part.

    Returns:
        One part per weight; all zeros when every weight is zero.
    """
    whole = sum(weights)
    if whole == 0:
        return (0,) * len(weights)
    parts: list[int] = []
    seen = given = 0
    for weight in weights:
        seen += weight
        upto = total * seen // whole
        parts.append(upto - given)
        given = upto
    return tuple(parts)
