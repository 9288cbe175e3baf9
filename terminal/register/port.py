"""What a cash register and the till say to each other, whichever way it comes: a basket, its quote, its end."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import msgspec

from loyalty.sale import Basket


class BasketState(StrEnum):
    """Where a register's sale stands."""

    OPEN = "open"
    """The cashier sees it; nothing is booked."""
    COMMITTED = "committed"
    CANCELLED = "cancelled"


class RegisterBasket(msgspec.Struct, frozen=True, kw_only=True):
    """A sale a register has opened.

    Attributes:
        sale_id: The register's own id of the sale.
        record_id: The id its record will have; the same for the same ``sale_id``, also after a restart.
        basket: What is bought.
        receipt: The register's receipt number, empty when it has none yet.
        card: The card the register read; empty while the till's scanner is to read it.
    """

    sale_id: str
    record_id: UUID
    basket: Basket
    receipt: str = ""
    card: str = ""
