"""What a cash register and the till say to each other, whichever way it comes: a basket, its quote, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from uuid import UUID

import msgspec

from loyalty.masking import Masked
from loyalty.sale import Basket

if TYPE_CHECKING:
    from collections.abc import Callable

    from terminal.register.board import Board
    from terminal.register.wire import BasketMessage, CommitMessage, ReverseMessage, SaleMessage, StatusMessage


class RegisterBasket(Masked, frozen=True, kw_only=True):
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

    @property
    def articles(self) -> int:
        """How many pieces it has; 0 when the register sent an amount alone."""
        return sum(line.quantity for line in self.basket.lines)


class Declined(msgspec.Struct, frozen=True):
    """A no to a register.

    Attributes:
        code: Why, for programs.
        sentence: The same for people, in the till's language, with its code for the phone.
        status: As HTTP says it (RFC 9110, 15.5 and 15.6).
        values: Numbers and ids the sentence speaks of.
    """

    code: str
    sentence: str
    status: int
    values: dict[str, int | str] = {}


class RegisterCounter(Protocol):
    """The till as the interface for registers sees it. Everything but ``board`` is asked on the thread that paints."""

    @property
    def board(self) -> Board:
        """The newest word on every sale, for all threads."""
        ...

    def status(self) -> StatusMessage:
        """Say how the till stands."""
        ...

    def put(self, sale_id: str, asked: BasketMessage) -> SaleMessage | Declined:
        """Open a sale, or put another basket in its place."""
        ...

    def look(self, sale_id: str) -> SaleMessage | Declined:
        """Say how a sale stands, also one that was booked before the till was restarted."""
        ...

    def commit(self, sale_id: str, asked: CommitMessage, done: Callable[[SaleMessage | Declined], None]) -> None:
        """Book a sale; ``done`` is called once, when it is on disk or was refused."""
        ...

    def cancel(self, sale_id: str) -> SaleMessage | Declined:
        """Take a basket back from the counter."""
        ...

    def reverse(self, sale_id: str, asked: ReverseMessage, done: Callable[[SaleMessage | Declined], None]) -> None:
        """Undo a booked sale whole; ``done`` is called once."""
        ...
