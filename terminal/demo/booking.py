"""Books what happened at the demo shop: the rules price it, the journal takes it, many facts in one transaction.

The till's use cases commit every fact by itself, as a till must; a year of them would take minutes. So this writes the
same records with the same rules, and leaves out only what guards against a cashier's slips.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from loyalty import cards
from loyalty.directory import Profile
from loyalty.encoding import command_digest
from loyalty.outcomes import Refused
from loyalty.records import Consent, Enrolment, Purpose, Redemption, Reversal, ReversalReason, Sale
from loyalty.reversal import ReversalRequest, plan_reversal
from loyalty.sale import Basket, RewardRequest, price_reward, quote_sale
from storage.types import CardRow

if TYPE_CHECKING:
    from loyalty.ports import Clock, Ids
    from loyalty.programme import Programme
    from storage.store import Unit
    from terminal.demo.customers import Customer

ASKED: Final = "demo"
"""What stands for the command in a record's digest."""


@dataclass(slots=True)
class Booker:
    """Books for one transaction.

    Attributes:
        unit: The transaction.
        programme: The rules.
        programme_key: The secret behind account ids.
        clock: Stands at the moment of each booking.
        ids: Fresh ids.
    """

    unit: Unit
    programme: Programme
    programme_key: bytes
    clock: Clock
    ids: Ids

    def enrol(self, customer: Customer, profile: Profile, consents: tuple[Purpose, ...]) -> None:
        """A card gets its person, with the consents given."""
        self._know(customer)
        assert customer.card_ref is not None, "a card is known before it is enrolled"
        self.unit.put_profile(cards.account_id(self.programme_key, customer.number), profile)
        self.unit.append(Enrolment(**self._header(customer), card_ref=customer.card_ref))
        for purpose in consents:
            header = self._header(customer)
            version = self.programme.privacy.version
            self.unit.append(Consent(**header, purpose=purpose, text_version=version, granted=True))

    def sell(self, customer: Customer, basket: Basket, rewards: tuple[RewardRequest, ...] = ()) -> Sale | Refused:
        """A purchase with the rewards taken in it; refused as at the till when the points do not reach."""
        self._know(customer)
        quote = quote_sale(self.programme, basket, rewards, available=customer.balance)
        if isinstance(quote, Refused):
            return quote
        sale = Sale(
            **self._header(customer),
            currency=self.programme.currency,
            amount_cents=basket.amount_cents,
            lines=quote.lines,
            redemptions=quote.redemptions,
            explain=quote.explain,
            card_ref=customer.card_ref,
        )
        self.unit.append(sale)
        customer.balance += sale.points - sale.points_redeemed
        return sale

    def redeem(self, customer: Customer, reward_id: str) -> Redemption | Refused | None:
        """A reward without a purchase; ``None`` when the programme has none of this name."""
        reward = self.programme.reward(reward_id)
        if reward is None:
            return None
        line = price_reward(reward, RewardRequest(reward_id), customer.balance, None)
        if isinstance(line, Refused):
            return line
        redemption = Redemption(**self._header(customer), redemption=line, card_ref=customer.card_ref)
        self.unit.append(redemption)
        customer.balance -= line.points
        return redemption

    def undo(self, customer: Customer, sale: Sale, reason: ReversalReason, amount_cents: int | None = None) -> None:
        """Undo a sale that nothing was undone of yet, whole or up to a sum."""
        plan = plan_reversal(sale, ReversalRequest(sale.record_id, amount_cents=amount_cents), {})
        if isinstance(plan, Refused):
            return
        self.unit.append(
            Reversal(
                **self._header(customer),
                original_id=sale.record_id,
                lines=plan.lines,
                redemptions=plan.redemptions,
                reason=reason,
            )
        )
        customer.balance += plan.returns - plan.takes_back

    def _know(self, customer: Customer) -> None:
        """Give a card its row and its account when it is used for the first time."""
        if customer.card_ref is None:
            customer.card_ref = self.ids.random_id()
            customer.member_id = cards.account_id(self.programme_key, customer.number)
            self.unit.put_card(CardRow(customer.card_ref, customer.number, customer.member_id))

    def _header(self, customer: Customer) -> dict[str, Any]:
        """What every record says; the digest names the record itself, since nobody will ever ask for it again."""
        record_id = self.ids.record_id()
        at_us = self.clock.now_us()
        return {
            "record_id": record_id,
            "member_id": customer.member_id,
            "at_us": at_us,
            "business_day": self.clock.business_day(at_us),
            "utc_offset_min": self.clock.utc_offset_min(at_us),
            "programme_version": self.programme.version,
            "command_digest": command_digest(self.programme_key, ASKED, record_id),
        }
