"""The cash register's place at the counter: its basket, its quote, its end. The cashier and the register share a sale.

Whoever confirms first books it, the other hears of it; both mean the same record, so it is booked once. Everything
here runs on the thread that paints. What registers read lies on the board, where they wait without the till.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from loyalty.outcomes import Refused
from loyalty.records import Sale
from loyalty.reversal import ReversalRequest
from loyalty.sale import Basket, BasketLine
from terminal.app.reverse import ReverseCommand, Reversed, reverse
from terminal.presenters.register_commit import RegisterCommit
from terminal.presenters.register_sales import RegisterSales
from terminal.presenters.register_view import open_message
from terminal.presenters.states import Notice, Screen, Tone
from terminal.register.board import Board
from terminal.register.ids import Purpose, record_id_of
from terminal.register.matching import same_purchase
from terminal.register.port import Declined, RegisterBasket
from terminal.register.wire import BasketState, StatusMessage
from terminal.register.words import Why

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.types import Stored
    from terminal.app.earn import Earned
    from terminal.app.redeem import Redeemed
    from terminal.presenters.base import Flow, Surroundings
    from terminal.presenters.idle import IdlePresenter
    from terminal.presenters.member import MemberPresenter
    from terminal.register.wire import BasketMessage, CommitMessage, ReverseMessage, SaleMessage
    from texts.i18n import Texts

    Done = Callable[[SaleMessage | Declined], None]
    Say = Callable[[Texts], str]

ABANDONED_S: Final = 600
"""After how long without a word of any register its basket is put back, in seconds: it has crashed or gone home."""

SILENCE_LOOK_MS: Final = 30_000
"""How often that is looked at while a basket is on the counter, in milliseconds."""

CARD_OPENS: Final = frozenset({Screen.IDLE, Screen.DONE, Screen.UNKNOWN, Screen.MEMBER, Screen.REDEEM})
"""Screens on which a card that the register has read opens its member, as a scan does."""

HEARS: Final = frozenset({Screen.IDLE, Screen.MEMBER, Screen.REDEEM})
"""Screens on which the register's doings are told."""


class RegisterPresenter:
    """Holds the register's basket; satisfies ``terminal.register.port.RegisterCounter``.

    Args:
        surroundings: Rules, words, ledger; its ``basket`` is set and cleared here.
        flow: Where screens lead.
        member: The open sale.
        idle: The screen that asks for a card.
        screen: Which screen is on.

    Attributes:
        board: What registers read.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        flow: Flow,
        member: MemberPresenter,
        idle: IdlePresenter,
        screen: Callable[[], Screen],
    ) -> None:
        self._around = surroundings
        self._flow = flow
        self._member = member
        self._idle = idle
        self._screen = screen
        self._troubles: dict[str, Say] = {}
        self.board = Board()
        self._sales = RegisterSales(surroundings, self.board)
        self._commit = RegisterCommit(surroundings, flow, member, self._sales, self.board, screen)
        member.watch(self)

    @property
    def busy(self) -> bool:
        """Whether a booking of the register's own is on its way to the disk; scans and keys wait for it."""
        return self._commit.busy

    # -- what a register asks

    def status(self) -> StatusMessage:
        """Say how the till stands."""
        around, basket = self._around, self._around.basket
        return StatusMessage(
            shop=around.desk.shop.name,
            till=around.desk.shop.till_name,
            currency=around.desk.shop.currency,
            language=around.texts.language,
            programme_version=around.programme.version,
            locked=self._screen() is Screen.LOCK,
            open_sale_id=basket.sale_id if basket else "",
        )

    def put(self, sale_id: str, asked: BasketMessage) -> SaleMessage | Declined:
        """Open a sale, or put another basket in its place."""
        sales, stored = self._sales, self._sales.stored(sale_id)
        bought = _bought(asked)
        if stored is not None:
            if isinstance(stored.record, Sale) and same_purchase(stored.record, bought):
                return sales.booked(sale_id, stored)
            return sales.no(Why.BOOKED_DIFFERENTLY, sale_id=sale_id)
        current = self._around.basket
        if current is not None and current.sale_id != sale_id:
            return sales.no(Why.ANOTHER_SALE_OPEN, sale_id=current.sale_id)
        if self._commit.on_its_way:
            return sales.no(Why.TILL_BUSY)
        refused = sales.basket_refused(asked, bought)
        if refused is not None:
            return refused
        basket = RegisterBasket(
            sale_id=sale_id,
            record_id=sales.record_id(sale_id),
            basket=bought,
            receipt=asked.receipt,
            card=asked.card.strip(),
        )
        if basket != current:
            self._put(basket, current)
        return self._publish(basket)

    def look(self, sale_id: str) -> SaleMessage | Declined:
        """Say how a sale stands, also one that was booked before the till was restarted."""
        stored = self._sales.stored(sale_id)
        if stored is not None:
            return self._sales.booked(sale_id, stored)
        return self.board.newest(sale_id) or self._sales.no(Why.SALE_UNKNOWN)

    def commit(self, sale_id: str, asked: CommitMessage, done: Done) -> None:
        """Book a sale; once more, also after a restart, answers with the first result."""
        stored, basket = self._sales.stored(sale_id), self._around.basket
        if stored is not None:
            done(self._sales.repeated(sale_id, stored, asked))
        elif basket is not None and basket.sale_id == sale_id:
            self._commit.book(basket, asked, done)
        else:
            known = self.board.newest(sale_id)
            done(self._sales.no(Why.SALE_CANCELLED if known is not None else Why.SALE_UNKNOWN))

    def cancel(self, sale_id: str) -> SaleMessage | Declined:
        """Take a basket back from the counter; once more changes nothing."""
        basket = self._around.basket
        if self._sales.stored(sale_id) is not None:
            return self._sales.no(Why.SALE_BOOKED)
        if basket is None or basket.sale_id != sale_id:
            return self.board.newest(sale_id) or self._sales.no(Why.SALE_UNKNOWN)
        if self._commit.on_its_way:
            return self._sales.no(Why.TILL_BUSY)
        sentence = self._around.texts._("The register has taken its basket back. (M-285)")
        return self._put_back(basket, Notice(sentence, Tone.INFO))

    def reverse(self, sale_id: str, asked: ReverseMessage, done: Done) -> None:
        """Undo a booked sale whole; once more answers with the first result."""
        stored = self._sales.stored(sale_id)
        if stored is None or not isinstance(stored.record, Sale):
            done(self._sales.no(Why.SALE_NOT_BOOKED))
            return
        if self._screen() is Screen.LOCK:
            done(self._sales.no(Why.TILL_LOCKED))
            return
        desk = self._around.desk
        command = ReverseCommand(
            record_id_of(desk.shop.terminal_id, sale_id, Purpose.REVERSAL),
            ReversalRequest(stored.record.record_id),
            asked.reason,
            cashier_id=self._around.cashier_id,
        )
        desk.book(reverse, command, partial(self._reversed, sale_id, stored, done), partial(self._broke, done))

    # -- what becomes of the open sale, from the member screen

    def sale_changed(self) -> None:
        """The open sale came, went or has changed: the register reads what it comes to now."""
        if self._around.basket is not None:
            self._publish(self._around.basket)

    def sale_booked(self, outcome: Earned | Redeemed | Refused) -> None:
        """The open sale came back from the disk; it may be the register's."""
        self._commit.sale_booked(outcome)

    def sale_failed(self, error: Exception) -> None:
        """The disk did not take the open sale."""
        self._commit.sale_failed(error)

    # -- what else the till says of registers

    def trouble(self, source: str, say: Say | None) -> None:
        """Something of the register's waits for a person, or no longer does.

        Args:
            source: What speaks, such as ``folder``.
            say: Makes the sentence in the language in use; ``None`` when all is well.
        """
        if say is None:
            self._troubles.pop(source, None)
        else:
            self._troubles[source] = say
        self.refresh()

    def refresh(self) -> None:
        """Say everything again, in the language in use."""
        self._idle.register_trouble(" ".join(say(self._around.texts) for say in self._troubles.values()))
        self.sale_changed()

    # -- inside

    def _publish(self, basket: RegisterBasket) -> SaleMessage:
        return self.board.publish(open_message(self._around, basket, self._commit.open_sale))

    def _put(self, basket: RegisterBasket, before: RegisterBasket | None) -> None:
        self._around.basket = basket
        if before is None:
            self.board.heard()
            self._around.schedule(SILENCE_LOOK_MS, partial(self._look_for_silence, basket.sale_id))
        self._member.basket_came(basket)
        self._idle.basket_came()
        served = self._member.sale
        is_new_card = basket.card and (before is None or before.card != basket.card)
        if is_new_card and self._screen() in CARD_OPENS and (served is None or served.member.number != basket.card):
            self._flow.read(basket.card)

    def _look_for_silence(self, sale_id: str) -> None:
        """Put a basket back whose register has died."""
        basket = self._around.basket
        if basket is None or basket.sale_id != sale_id:
            return
        if self.board.silent_s < ABANDONED_S or self._commit.on_its_way:
            self._around.schedule(SILENCE_LOOK_MS, partial(self._look_for_silence, sale_id))
            return
        sentence = self._around.texts._("The register has fallen silent. Its basket was put back. (M-286)")
        self._put_back(basket, Notice(sentence, Tone.WARN))

    def _put_back(self, basket: RegisterBasket, notice: Notice) -> SaleMessage:
        message = open_message(self._around, basket, None)
        self._around.basket = None
        self._member.basket_went(notice)
        if self._screen() is Screen.IDLE:
            self._flow.say(notice)
        return self.board.publish(
            replace(message, state=BasketState.CANCELLED, quote=None, member=None, refusal=None, offers=())
        )

    def _reversed(self, sale_id: str, stored: Stored, done: Done, outcome: Reversed | Refused) -> None:
        if isinstance(outcome, Refused):
            done(self._sales.refused(outcome))
            return
        if not outcome.repeated and self._screen() in HEARS and isinstance(stored.record, Sale):
            texts = self._around.texts
            sentence = texts._("The register has undone the purchase of {amount}. (M-287)")
            self._flow.say(Notice(sentence.format(amount=texts.money(stored.record.amount_cents)), Tone.INFO))
        done(self._sales.booked(sale_id, stored))

    def _broke(self, done: Done, error: Exception) -> None:
        done(self._sales.failed(error))
        self._flow.broke(error)


def _bought(asked: BasketMessage) -> Basket:
    lines = (BasketLine(line.sku, line.category, line.quantity, line.amount_cents) for line in asked.lines)
    return Basket(asked.amount_cents, lines=tuple(lines))
