"""What a register reads of the sale on the counter: who is served, what it comes to, what stands against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyalty import cards
from loyalty.money import BadAmount
from loyalty.outcomes import Refused
from loyalty.programme import RewardKind
from loyalty.sale import Quote, quote_sale
from terminal.app.identify import Identified, identify
from terminal.messages import amount_text, refusal_text
from terminal.presenters.open_sale import OpenSale
from terminal.presenters.standing import look_up
from terminal.register.views import quoted
from terminal.register.wire import BasketState, MemberMessage, OfferMessage, RefusalMessage, SaleMessage

if TYPE_CHECKING:
    from loyalty.programme import Reward
    from terminal.presenters.base import Surroundings
    from terminal.register.port import RegisterBasket


def open_message(around: Surroundings, basket: RegisterBasket, sale: OpenSale | None) -> SaleMessage:
    """A basket on the counter.

    Args:
        around: Rules, words and ledger.
        basket: The basket.
        sale: The open sale it belongs to, ``None`` while no member is at the counter.
    """
    sale = sale or sale_for_card(around, basket)
    programme = around.programme
    quote = quote_sale(programme, basket.basket) if sale is None else sale.quote(programme)
    return SaleMessage(
        sale_id=basket.sale_id,
        state=BasketState.OPEN,
        revision=0,
        record_id=basket.record_id,
        amount_cents=basket.basket.amount_cents,
        currency=programme.currency,
        receipt=basket.receipt,
        member=None if sale is None else _member(sale),
        quote=quoted(around.texts, programme, basket.basket.amount_cents, quote) if isinstance(quote, Quote) else None,
        refusal=_refusal(around, quote),
        offers=() if sale is None else tuple(_offer(around, sale, reward) for reward in programme.rewards),
    )


def sale_for_card(around: Surroundings, basket: RegisterBasket) -> OpenSale | None:
    """The sale as it would be opened for the card the register has read; ``None`` for a card nobody has used yet."""
    if not basket.card:
        return None
    desk = around.desk
    found = identify(desk.reader, desk.programme, desk.programme_key, basket.card)
    if not isinstance(found, Identified):
        return None
    sale = OpenSale(found, basket.record_id, desk.programme.currency, register=basket)
    look_up(around, sale)
    return sale


def _member(sale: OpenSale) -> MemberMessage:
    return MemberMessage(
        card=cards.masked(sale.member.number),
        enrolled=sale.member.profile is not None,
        balance=sale.member.account.balance,
        available=max(0, sale.available),
    )


def _refusal(around: Surroundings, quote: Quote | Refused | BadAmount) -> RefusalMessage | None:
    match quote:
        case Refused():
            return RefusalMessage(quote.reason.value, refusal_text(around.texts, quote))
        case BadAmount():  # of the part without points, which a person types
            return RefusalMessage(f"amount_{quote.problem.value}", amount_text(around.texts, quote))
        case _:
            return None


def _offer(around: Surroundings, sale: OpenSale, reward: Reward) -> OfferMessage:
    chosen = sale.wants(reward.id)
    return OfferMessage(
        reward_id=reward.id,
        name=reward.name.in_language(around.texts.language),
        points=reward.points,
        value_cents=reward.value_cents,
        money_off=reward.flexible or reward.kind is RewardKind.MONEY_OFF,
        flexible=reward.flexible,
        affordable=chosen or sale.short_of(1 if reward.flexible else reward.points) is None,
        chosen=chosen,
    )
