"""Booking the register's sale when the register says so; the cashier's Enter goes through the member screen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from loyalty.money import BadAmount
from loyalty.outcomes import Refused
from loyalty.sale import RewardRequest
from terminal.app.earn import EarnCommand, Earned, earn
from terminal.presenters.states import Screen
from terminal.register.views import booked_sale
from terminal.register.words import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from terminal.app.redeem import Redeemed
    from terminal.presenters.base import Flow, Surroundings
    from terminal.presenters.member import MemberPresenter
    from terminal.presenters.open_sale import OpenSale
    from terminal.presenters.register_sales import RegisterSales
    from terminal.register.board import Board
    from terminal.register.port import Declined, RegisterBasket
    from terminal.register.wire import CommitMessage, SaleMessage, WishMessage

    Done = Callable[[SaleMessage | Declined], None]

WAITERS_MAX: Final = 8
"""How many commits of one sale may wait for the booking that is on its way."""

AT_REST: Final = frozenset({Screen.IDLE, Screen.DONE, Screen.UNKNOWN})
"""Screens that give way to what the register has booked; elsewhere somebody is at work."""


class RegisterCommit:
    """Books the basket on the counter, through the open sale when there is one.

    Args:
        surroundings: Rules, words, ledger.
        flow: Where screens lead.
        member: The open sale.
        sales: What the ledger says.
        board: What registers read.
        screen: Which screen is on.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        flow: Flow,
        member: MemberPresenter,
        sales: RegisterSales,
        board: Board,
        screen: Callable[[], Screen],
    ) -> None:
        self._around = surroundings
        self._flow = flow
        self._member = member
        self._sales = sales
        self._board = board
        self._screen = screen
        self._waiting: list[Done] = []
        self._alone = False
        self._overruled: tuple[str, UUID | None] | None = None

    @property
    def busy(self) -> bool:
        """Whether a booking without an open sale is on its way to the disk."""
        return self._alone

    @property
    def on_its_way(self) -> bool:
        """Whether the basket is being booked, by whomever."""
        return self._alone or (self._member.busy and self.open_sale is not None)

    @property
    def open_sale(self) -> OpenSale | None:
        """The open sale whose amount is the register's."""
        sale = self._member.sale
        return sale if self._around.basket is not None and sale is not None and sale.register is not None else None

    def book(self, basket: RegisterBasket, asked: CommitMessage, done: Done) -> None:
        """Book the basket on the counter; ``done`` is called once."""
        no = self._not_now(basket, asked)
        if no is not None:
            done(no)
        elif self.on_its_way:
            self._waiting.append(done)
        elif self._member.sale is not None:
            self._with_member(self._member.sale, basket, asked, done)
        else:
            self._without_member(basket, asked, done)

    def sale_booked(self, outcome: Earned | Redeemed | Refused) -> None:
        """The open sale came back from the disk; it may be the register's."""
        basket = self._around.basket
        if isinstance(outcome, Refused):
            self._answer(self._sales.refused(outcome))
        elif basket is not None and isinstance(outcome, Earned):
            if outcome.record.record_id == basket.record_id:
                self._booked(basket, outcome)
            else:  # the cashier typed another amount, and had the last word
                self._overruled = basket.sale_id, outcome.record.member_id

    def sale_failed(self, error: Exception) -> None:
        """The disk did not take the open sale; the same id can be booked again."""
        self._answer(self._sales.failed(error))

    # -- inside

    def _not_now(self, basket: RegisterBasket, asked: CommitMessage) -> Declined | None:
        """Why the basket can't be booked as the register asks."""
        no = self._sales.no
        if self._screen() is Screen.LOCK:
            return no(Why.TILL_LOCKED)
        if len(self._waiting) >= WAITERS_MAX:
            return no(Why.TILL_BUSY)
        newest = self._board.newest(basket.sale_id)
        if asked.revision is not None and (newest is None or newest.revision != asked.revision):
            return no(Why.SALE_CHANGED)
        refused = self._sales.card_refused(asked.card)
        if refused is not None:
            return refused
        card, sale = asked.card.strip() or basket.card, self._member.sale
        if sale is None:
            return self._refused_alone(basket, card)
        if sale.register is None:
            return no(Why.SET_ASIDE)
        return no(Why.ANOTHER_CARD) if card and not self._is_served(sale, card) else None

    def _refused_alone(self, basket: RegisterBasket, card: str) -> Declined | None:
        """Why it can't be booked while nobody is served: the same customer's purchase may be booked as typed."""
        if not card:
            return self._sales.no(Why.NO_CARD)
        found = self._sales.holder(card)
        if not isinstance(found, Refused) and self._overruled == (basket.sale_id, found.member_id):
            return self._sales.no(Why.SET_ASIDE)
        return None

    def _is_served(self, sale: OpenSale, card: str) -> bool:
        """Whether a card is one of the member's who is served."""
        found = self._sales.holder(card)
        return not isinstance(found, Refused) and found.member_id == sale.member.member_id

    def _with_member(self, sale: OpenSale, basket: RegisterBasket, asked: CommitMessage, done: Done) -> None:
        """Book the open sale; the member screen does it, so there is one way to book."""
        chosen = sale.requests
        if asked.rewards is not None:
            sale.requests = _requests(asked.rewards)
        sale.register = self._around.basket = _with_receipt(basket, asked)
        self._waiting.append(done)
        refused = self._member.book_for_register()
        if refused is None:
            return
        sale.requests = chosen
        self._member.refresh()
        if isinstance(refused, BadAmount):  # of the part without points, which a person is typing
            self._answer(self._sales.no(Why.SALE_CHANGED))
        else:
            self._answer(self._sales.refused(refused))

    def _without_member(self, basket: RegisterBasket, asked: CommitMessage, done: Done) -> None:
        """Book for the card the register has read, while nobody is served at the till."""
        found = self._sales.holder(asked.card.strip() or basket.card)
        if isinstance(found, Refused):  # blocked since the basket came
            done(self._sales.refused(found))
            return
        basket = self._around.basket = _with_receipt(basket, asked)
        command = EarnCommand(
            basket.record_id,
            found.number,
            basket.basket,
            _requests(asked.rewards or ()),
            basket.receipt,
            cashier_id=self._around.cashier_id,
        )
        self._waiting.append(done)
        self._alone = True
        self._around.desk.book(earn, command, partial(self._came_back, basket), self._did_not_come_back)

    def _came_back(self, basket: RegisterBasket, outcome: Earned | Refused) -> None:
        self._alone = False
        if isinstance(outcome, Refused):
            self._answer(self._sales.refused(outcome))
            self._flow.settled()
            return
        self._booked(basket, outcome)
        if self._screen() in AT_REST:
            self._flow.show_done(outcome)
        else:
            self._flow.settled()

    def _did_not_come_back(self, error: Exception) -> None:
        self._alone = False
        self._answer(self._sales.failed(error))
        self._flow.broke(error)

    def _booked(self, basket: RegisterBasket, outcome: Earned) -> None:
        """The register's sale is on disk, whoever confirmed it."""
        around = self._around
        around.basket = None
        if self._member.sale is not None:
            self._member.sale.register = None
        message = booked_sale(
            around.texts, around.programme, basket.sale_id, outcome.record, seq=outcome.seq, balance=outcome.balance
        )
        self._answer(self._board.publish(message))

    def _answer(self, said: SaleMessage | Declined) -> None:
        """Tell every commit that waits."""
        waiting, self._waiting = self._waiting, []
        for done in waiting:
            done(said)


def _requests(wishes: Sequence[WishMessage]) -> tuple[RewardRequest, ...]:
    return tuple(RewardRequest(wish.reward_id, wish.points, wish.value_cents) for wish in wishes)


def _with_receipt(basket: RegisterBasket, asked: CommitMessage) -> RegisterBasket:
    return replace(basket, receipt=asked.receipt) if asked.receipt else basket
