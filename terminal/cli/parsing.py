"""Reading what stands on a command line: amounts, moments, days, ids and lines of a basket."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

import typer

from loyalty.bounds import QUANTITY_MAX
from loyalty.money import AmountProblem, BadAmount, parse_amount
from loyalty.sale import BasketLine
from terminal.cli.answers import no
from terminal.messages import amount_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyalty.ports import Clock
    from terminal.cli.answers import Answer
    from texts.i18n import Texts

LINE_PARTS: Final = 4

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_RECEIPT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")  # as ``loyalty.records.Receipt``
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
        if at.tzinfo is None:
            nearly_us = _microseconds(at.replace(tzinfo=UTC))
            at = at.replace(tzinfo=timezone(timedelta(minutes=clock.utc_offset_min(nearly_us))))
        return _microseconds(at)
    except (ValueError, OverflowError, OSError):  # the last two: a year the system's time zone tables can't hold
        raise typer.BadParameter(f"{text!r} is not a time such as 2026-11-21T14:30+01:00") from None


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def receipt(text: str) -> str:
    """Read a register's receipt number.

    Raises:
        typer.BadParameter: If it has characters that a receipt number can't have.
    """
    if text and not _RECEIPT.fullmatch(text):
        raise typer.BadParameter("A receipt number has up to 40 letters, digits and . _ / -")
    return text


class LineText(NamedTuple):
    """A ``--line`` option taken apart; the amount is still text, because only the open ledger knows the currency."""

    sku: str
    category: str
    quantity: int
    amount: str


def basket_lines_apart(raw: list[str]) -> list[LineText]:
    """Take each ``SKU:CATEGORY:QTY:AMOUNT`` apart.

    Raises:
        typer.BadParameter: If the parts are not four, or one of the first three is malformed.
    """
    return [_line_apart(text) for text in raw]


def _line_apart(text: str) -> LineText:
    parts = text.split(":")
    if len(parts) != LINE_PARTS:
        raise typer.BadParameter(f"{text!r} is not SKU:CATEGORY:QTY:AMOUNT")
    sku, category, quantity, cents = parts
    if not _ARTICLE.fullmatch(sku) or not _ARTICLE.fullmatch(category):
        raise typer.BadParameter(f"SKU and CATEGORY of {text!r} may have up to 40 letters, digits and . _ -")
    if not re.fullmatch(r"[1-9][0-9]{0,6}", quantity, re.ASCII) or int(quantity) > QUANTITY_MAX:
        raise typer.BadParameter(f"QTY of {text!r} is not a number from 1 to {QUANTITY_MAX}")
    return LineText(sku, category, int(quantity), cents)


def basket_lines(texts: Texts, apart: Sequence[LineText]) -> tuple[BasketLine, ...] | Answer:
    """Read the amounts of all lines; the first wrong one refuses the basket."""
    lines: list[BasketLine] = []
    for line in apart:
        cents = amount(texts, line.amount, zero_ok=True)
        if not isinstance(cents, int):
            return cents
        lines.append(BasketLine(line.sku, line.category, line.quantity, cents))
    return tuple(lines)
