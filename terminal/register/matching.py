"""Whether a booked sale is the purchase a register sends again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyalty.sale import WITHOUT_POINTS, Basket, BasketLine

if TYPE_CHECKING:
    from loyalty.lines import SaleLine
    from loyalty.records import Sale


def same_purchase(record: Sale, basket: Basket) -> bool:
    """Whether a record is of a basket: the same amount and the same articles in the same order.

    What the cashier typed as the part without points is none of the register's words, so a line that was split for it
    counts as the one line it was. Points play no part: the programme may have changed since.
    """
    if record.amount_cents != basket.amount_cents:
        return False
    wanted = basket.lines or (BasketLine("", "", 1, basket.amount_cents),)
    left = list(record.lines)
    return all(_take(left, line) for line in wanted) and not left


def _take(left: list[SaleLine], wanted: BasketLine) -> bool:
    """Take a line off the front of what is left of a record, with the part that was split off it."""
    if not left:
        return False
    line = left.pop(0)
    if (line.sku, line.category, line.quantity) != (wanted.sku, wanted.category, wanted.quantity):
        return False
    if line.amount_cents == wanted.amount_cents:
        return True
    if not left or left[0].excluded != WITHOUT_POINTS or left[0].sku or left[0].category:
        return False
    return line.amount_cents + left.pop(0).amount_cents == wanted.amount_cents
