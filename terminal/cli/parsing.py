"""Reading what stands on a command line: amounts, moments, days, ids and lines of a basket."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final
from uuid import UUID

import typer

from loyalty.money import AmountProblem, BadAmount, parse_amount
from loyalty.records import RECEIPT_PATTERN
from loyalty.sale import BasketLine
from terminal.cli.answers import no
from terminal.messages import amount_text

if TYPE_CHECKING:
    from loyalty.ports import Clock
    from terminal.cli.answers import Answer
    from terminal.i18n import Texts

LINE_PARTS: Final = 4
QUANTITY_MAX: Final = 100_000
"""The most pieces of one line."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ARTICLE = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,39})?")

_REASONS: Final = {AmountProblem.EMPTY: "amount_missing", AmountProblem.TOO_LARGE: "amount_too_large"}


def amount(texts: Texts, text: str, *, zero_ok: bool = False) -> int | Answer:
    """Read an amount as cents, or say why it is none; a typing error at a till is a refusal and not a usage error."""
    cents = parse_amount(text, zero_ok=zero_ok, currency=texts.currency)
    if isinstance(cents, BadAmount):
        reason = _REASONS.get(cents.problem, "amount_invalid")
        return no(reason, amount_text(texts, cents), {"problem": cents.problem.value})
    return cents


def uuid(text: str) -> UUID:
    """Read an id.

    Raises:
        typer.BadParameter: If it is none.
    """
    try:
        return UUID(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not an id such as 0198c0de-0000-7000-8000-000000000001") from None


def day(text: str) -> date:
    """Read a day.

    Raises:
        typer.BadParameter: If it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day such as 2026-11-21") from None


def moment(text: str, clock: Clock) -> int:
    """Read a moment as microseconds since 1970 UTC; without an offset it is the shop's time of day.

    Raises:
        typer.BadParameter: If it is none.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a time such as 2026-11-21T14:30+01:00") from None
    if at.tzinfo is None:
        nearly_us = _microseconds(at.replace(tzinfo=UTC))
        at = at.replace(tzinfo=timezone(timedelta(minutes=clock.utc_offset_min(nearly_us))))
    return _microseconds(at)


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def iso_moment(at_us: int, utc_offset_min: int) -> str:
    """Write a moment as ISO 8601 with the shop's offset, to the second."""
    at = datetime.fromtimestamp(at_us // 1_000_000, timezone(timedelta(minutes=utc_offset_min)))
    return at.isoformat()


def receipt(text: str) -> str:
    """Read a register's receipt number.

    Raises:
        typer.BadParameter: If it has characters that a receipt number can't have.
    """
    if text and not re.fullmatch(RECEIPT_PATTERN, text):
        raise typer.BadParameter("A receipt number has up to 40 letters, digits and . _ / -")
    return text


def basket_line(text: str) -> tuple[str, str, int, str]:
    """Take ``SKU:CATEGORY:QTY:AMOUNT`` apart; the amount is left as text for ``amount``.

    Raises:
        typer.BadParameter: If the parts are not four, or one of the first three is malformed.
    """
    parts = text.split(":")
    if len(parts) != LINE_PARTS:
        raise typer.BadParameter(f"{text!r} is not SKU:CATEGORY:QTY:AMOUNT")
    sku, category, quantity, cents = parts
    if not _ARTICLE.fullmatch(sku) or not _ARTICLE.fullmatch(category):
        raise typer.BadParameter(f"SKU and CATEGORY of {text!r} may have up to 40 letters, digits and . _ -")
    if not re.fullmatch(r"[1-9][0-9]{0,5}", quantity) or int(quantity) > QUANTITY_MAX:
        raise typer.BadParameter(f"QTY of {text!r} is not a number from 1 to {QUANTITY_MAX}")
    return sku, category, int(quantity), cents


def basket_lines(texts: Texts, raw: list[str]) -> tuple[BasketLine, ...] | Answer:
    """Read all ``--line`` options; the first wrong amount refuses the basket."""
    lines: list[BasketLine] = []
    for text in raw:
        sku, category, quantity, amount_of_line = basket_line(text)
        cents = amount(texts, amount_of_line, zero_ok=True)
        if not isinstance(cents, int):
            return cents
        lines.append(BasketLine(sku, category, quantity, cents))
    return tuple(lines)
