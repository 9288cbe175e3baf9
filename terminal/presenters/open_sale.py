"""The sale a cashier is working on: what was typed and chosen so far. Nothing of it is on disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from loyalty.money import BadAmount, parse_amount
from loyalty.outcomes import Reason, Refused
from loyalty.sale import Basket, Quote, RewardRequest, quote_sale

if TYPE_CHECKING:
    from uuid import UUID

    from loyalty.offline import SafeToSpend
    from loyalty.programme import Programme
    from loyalty.sale import BasketLine
    from terminal.app.identify import Identified
    from terminal.register.port import RegisterBasket


class Guard(StrEnum):
    """Questions that are asked once per sale."""

    UNUSUAL_AMOUNT = "unusual_amount"
    SAME_AGAIN = "same_again"


@dataclass
class OpenSale:
    """An open sale.

    Attributes:
        member: Who.
        record_id: The id its record will have; minted here, so pressing Enter twice books once. A register's basket
            brings an id of its own.
        currency: Whose mark may stand beside an amount.
        amount_text: The amount as typed.
        without_text: The part without points as typed.
        requests: Rewards wanted, in the order they were chosen.
        answered: Guards the cashier has confirmed.
        other_card: Another card that was scanned while an amount was typed; a second scan of it switches.
        spendable: The balance less what is past its last day.
        safe: What may be redeemed without asking head office; ``None`` while everything spendable may be.
        register: The register's basket, while the amount is the register's and not typed.
    """

    member: Identified
    record_id: UUID
    currency: str
    amount_text: str = ""
    without_text: str = ""
    requests: tuple[RewardRequest, ...] = ()
    answered: set[Guard] = field(default_factory=set)
    other_card: str = ""
    spendable: int = 0
    safe: SafeToSpend | None = None
    register: RegisterBasket | None = None

    @property
    def has_amount(self) -> bool:
        """Whether anything was typed as the amount, or the register has sent one."""
        return self.register is not None or bool(self.amount_text.strip())

    @property
    def booking_id(self) -> UUID:
        """The id of the record that Enter writes now."""
        return self.record_id if self.register is None else self.register.record_id

    def take(self, basket: RegisterBasket, shown: str) -> None:
        """Let the amount be the register's from now on, shown as this text."""
        self.register = basket
        self.amount_text = shown
        self.answered.clear()

    def is_amount_of(self, basket: RegisterBasket) -> bool:
        """Whether what was typed is the amount of the register's basket."""
        return parse_amount(self.amount_text, currency=self.currency) == basket.basket.amount_cents

    def basket(self) -> Basket | BadAmount:
        """The purchase: as the register sent it, or as typed."""
        lines: tuple[BasketLine, ...] = ()
        if self.register is not None:
            amount: int | BadAmount = self.register.basket.amount_cents
            lines = self.register.basket.lines
        else:
            amount = parse_amount(self.amount_text, currency=self.currency)
        if isinstance(amount, BadAmount):
            return amount
        if not self.without_text.strip():
            return Basket(amount, lines=lines)
        without = parse_amount(self.without_text, zero_ok=True, currency=self.currency)
        return without if isinstance(without, BadAmount) else Basket(amount, without, lines)

    def quote(self, programme: Programme) -> Quote | Refused | BadAmount:
        """The purchase priced with the rewards chosen."""
        basket = self.basket()
        if isinstance(basket, BadAmount):
            return basket
        quote = quote_sale(programme, basket, self.requests, available=self.available)
        if not isinstance(quote, Refused) or quote.reason is not Reason.INSUFFICIENT_POINTS:
            return quote
        whole = quote_sale(programme, basket, self.requests, available=self.spendable)
        return whole if isinstance(whole, Refused) else self._not_safe()

    @property
    def available(self) -> int:
        """Points that can be redeemed now."""
        return self.spendable if self.safe is None else min(self.spendable, self.safe.points)

    def short_of(self, points: int) -> Refused | None:
        """Why so many points can't be redeemed now, ``None`` when they can."""
        if points <= self.available:
            return None
        missing = points - self.spendable
        return Refused(Reason.INSUFFICIENT_POINTS, {"missing": missing}) if missing > 0 else self._not_safe()

    def _not_safe(self) -> Refused:
        return Refused(Reason.NOT_SAFE_OFFLINE, {"safe": max(0, self.available)})

    def as_shown(self, programme: Programme, quote: Quote) -> tuple[RewardRequest, ...]:
        """The rewards with the points the screen promised: "as many as possible" was worked out for the customer."""
        shown = {line.reward_id: line.points for line in quote.redemptions}
        flexible = {reward.id for reward in programme.rewards if reward.flexible}
        return tuple(
            RewardRequest(request.reward_id, points=shown[request.reward_id])
            if request.reward_id in flexible
            else request
            for request in self.requests
        )

    def wants(self, reward_id: str) -> bool:
        """Whether a reward is chosen."""
        return any(request.reward_id == reward_id for request in self.requests)

    def toggle(self, reward_id: str) -> None:
        """Choose a reward or put it back; without an amount only one can be taken, so a new choice replaces the old."""
        if self.wants(reward_id):
            self.requests = tuple(request for request in self.requests if request.reward_id != reward_id)
        elif self.has_amount:
            self.requests = (*self.requests, RewardRequest(reward_id))
        else:
            self.requests = (RewardRequest(reward_id),)

    def set_points(self, reward_id: str, points: int | None) -> None:
        """Say how many points a flexible reward shall use; ``None`` takes as many as are possible."""
        self.requests = tuple(
            RewardRequest(reward_id, points=points) if request.reward_id == reward_id else request
            for request in self.requests
        )
