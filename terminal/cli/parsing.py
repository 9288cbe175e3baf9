"""Reading what stands on the till's command line: amounts, receipts, baskets, and what both programs read alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import typer

from loyalty.bounds import QUANTITY_MAX
from loyalty.money import AmountProblem, BadAmount, parse_amount
from loyalty.sale import BasketLine
from terminal.messages import amount_text
from texts.command_line.answers import no
from texts.command_line.parsing import day, moment, uuid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from texts.command_line.answers import Answer
    from texts.i18n import Texts

__all__ = ["LineText", "amount", "basket_lines", "basket_lines_apart", "day", "moment", "receipt", "uuid"]

LINE_PARTS: Final = 4

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
