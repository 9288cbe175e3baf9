"""What the ledger and the rules say of a register's sale; the register's parts at the counter share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyalty.outcomes import Refused
from loyalty.records import Sale
from loyalty.sale import quote_sale
from storage.errors import StorageError
from terminal.app.identify import identify
from terminal.register.ids import record_id_of
from terminal.register.views import booked_sale
from terminal.register.words import Why, declined, declined_by_ledger, declined_by_rules

if TYPE_CHECKING:
    from uuid import UUID

    from loyalty.lines import RedemptionLine
    from loyalty.sale import Basket
    from storage.types import Stored
    from terminal.app.identify import Identified, UnknownCard
    from terminal.presenters.base import Surroundings
    from terminal.register.board import Board
    from terminal.register.port import Declined
    from terminal.register.wire import BasketMessage, CommitMessage, SaleMessage, WishMessage


class RegisterSales:
    """Looks sales and cards up, and words every no. Point look-ups only: it runs on the thread that paints."""

    def __init__(self, surroundings: Surroundings, board: Board) -> None:
        self._around = surroundings
        self._board = board

    def no(self, why: Why, **values: int | str) -> Declined:
        """A no of the interface itself."""
        return declined(self._around.texts, why, **values)

    def refused(self, refused: Refused) -> Declined:
        """A no of the programme or of a use case."""
        return declined_by_rules(self._around.texts, refused)

    def failed(self, error: Exception) -> Declined:
        """The disk did not take it, or a bug; the same sale may be sent again."""
        if isinstance(error, StorageError):
            return declined_by_ledger(self._around.texts, error)
        return self.no(Why.TILL_BROKEN)

    def record_id(self, sale_id: str) -> UUID:
        """The id the sale's record has or will have."""
        return record_id_of(self._around.desk.shop.terminal_id, sale_id)

    def stored(self, sale_id: str) -> Stored | None:
        """The sale's record, once it is on disk."""
        return self._around.desk.reader.record(self.record_id(sale_id))

    def holder(self, card: str) -> Identified | UnknownCard | Refused:
        """Whose card that is."""
        desk = self._around.desk
        return identify(desk.reader, desk.programme, desk.programme_key, card)

    def card_refused(self, card: str) -> Declined | None:
        """Why a card that the register has read can't be used; no card is no mistake."""
        found = self.holder(card) if card.strip() else None
        return self.refused(found) if isinstance(found, Refused) else None

    def basket_refused(self, asked: BasketMessage, bought: Basket) -> Declined | None:
        """Why a basket can't come onto the counter."""
        programme = self._around.programme
        if asked.currency != programme.currency:
            return self.no(Why.CURRENCY_DIFFERS, shop_currency=programme.currency, currency=asked.currency)
        quote = quote_sale(programme, bought)
        return self.refused(quote) if isinstance(quote, Refused) else self.card_refused(asked.card)

    def booked(self, sale_id: str, stored: Stored) -> SaleMessage | Declined:
        """A booked sale as the ledger has it now."""
        record, reader = stored.record, self._around.desk.reader
        if not isinstance(record, Sale):
            return self.no(Why.BOOKED_DIFFERENTLY, sale_id=sale_id)
        message = booked_sale(
            self._around.texts,
            self._around.programme,
            sale_id,
            record,
            seq=stored.seq,
            balance=reader.account(record.member_id).balance if record.member_id else 0,
            is_reversed=bool(reader.reversals_of(record.record_id)),
        )
        return self._board.publish(message)

    def repeated(self, sale_id: str, stored: Stored, asked: CommitMessage) -> SaleMessage | Declined:
        """The first result of a sale that is booked once more, unless the register means something else by now."""
        record = stored.record
        if isinstance(record, Sale) and self._is_what_was_asked(record, asked):
            return self.booked(sale_id, stored)
        return self.no(Why.BOOKED_DIFFERENTLY, sale_id=sale_id)

    def _is_what_was_asked(self, record: Sale, asked: CommitMessage) -> bool:
        if asked.rewards is not None:
            taken = record.redemptions
            if len(taken) != len(asked.rewards) or not all(map(_is_wish, taken, asked.rewards)):
                return False
        if not asked.card.strip():
            return True
        found = self.holder(asked.card)
        if isinstance(found, Refused) or record.member_id is None:
            return False
        return self._around.desk.reader.account(record.member_id).member_id == found.member_id


def _is_wish(line: RedemptionLine, wish: WishMessage) -> bool:
    """Whether a reward was taken as wished; of the points wished only those are taken that buy whole cents."""
    if line.reward_id != wish.reward_id:
        return False
    if wish.value_cents is not None:
        return wish.value_cents == line.value_cents
    return wish.points is None or 0 <= (wish.points - line.points) * line.value_cents < line.points
