"""Turns an open purchase or a booking into what its customer is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from hardware.pole import PoleRow, PoleText
from loyalty.records import STARS_MAX, Redemption, Sale
from loyalty.sale import Quote
from terminal.messages import reward_name
from terminal.presenters.customer_states import CustomerState, Offer, Rating, Scene, Star
from texts.i18n import mark

if TYPE_CHECKING:
    from loyalty.programme import Reward
    from terminal.presenters.base import Surroundings
    from terminal.presenters.open_sale import OpenSale

OFFERS_MAX: Final = 3
"""How many rewards are shown: more can't be read from two metres."""

STAR_WORDS: Final = (mark("bad"), mark("poor"), mark("all right"), mark("good"), mark("very good"))
"""What one to five stars mean."""

TITLES: Final = frozenset({"dr", "prof", "frau", "herr", "fr", "hr", "mr", "mrs", "ms", "mx", "miss", "sir", "dame"})
"""What may stand before a name, without its full stop."""


def first_name(name: str) -> str:
    """The first name in a full name, empty when none can be told.

    A title is no name, and behind a title a single word is a surname ("Frau Schmidt"), which is never shown. A surname
    that stands first is followed by a comma.
    """
    _, comma, behind = name.partition(",")
    words = (behind if comma else name).split()
    bare = [word for word in words if word.rstrip(".").casefold() not in TITLES]
    has_title = len(bare) < len(words)
    if not bare or (has_title and len(bare) == 1 and not comma):
        return ""
    return bare[0]


def welcome(around: Surroundings) -> CustomerState:
    """Nobody is served: who welcomes, and to what."""
    texts, shop, programme = around.texts, around.desk.shop.name, around.programme.name
    headline = texts._("Welcome!")
    return CustomerState(
        scene=Scene.WELCOME,
        shop=shop,
        programme=programme,
        headline=headline,
        worth=texts._("Collect points: show your card before you pay."),
        language=texts.language,
        pole=PoleText(PoleRow(shop, centred=True), PoleRow(headline, centred=True)),
    )


def serving(around: Surroundings, sale: OpenSale, *, greets: bool) -> CustomerState:
    """A member's open purchase.

    Args:
        around: The texts and the programme.
        sale: The open sale.
        greets: Whether the member may be greeted by first name.
    """
    texts, programme = around.texts, around.programme
    balance = sale.member.account.balance
    profile = sale.member.profile
    name = first_name(profile.name) if greets and profile is not None else ""
    asked = sale.quote(programme) if sale.has_amount else None
    quote = asked if isinstance(asked, Quote) else None
    offers = _offers(around, sale, quote)
    state = replace(
        welcome(around),
        scene=Scene.MEMBER,
        headline=texts._("Hello {name}!").format(name=name) if name else texts._("Hello!"),
        balance=texts.number(balance),
        balance_caption=texts._("Your points"),
        worth=_worth(around, balance),
        offers=offers,
        offers_caption=texts._("Your rewards") if offers else "",
    )
    if quote is not None:
        state = _priced(around, state, quote)
    return replace(state, pole=_serving_rows(around, state, name, balance))


def _priced(around: Surroundings, state: CustomerState, quote: Quote) -> CustomerState:
    """The purchase so far: what it will bring, what comes off, what is left to pay."""
    texts = around.texts
    to_pay_cents = sum(line.amount_cents for line in quote.lines) - quote.money_off_cents
    award = texts.n_("+ {count} point", "+ {count} points", quote.points).format(count=texts.number(quote.points))
    return replace(
        state,
        award=award,
        take_off=_take_off(around, quote.money_off_cents),
        to_pay=texts.money(to_pay_cents),
        to_pay_caption=texts._("To pay"),
    )


def _take_off(around: Surroundings, cents: int) -> str:
    return around.texts._("Minus {amount}").format(amount=around.texts.money(cents)) if cents else ""


def _worth(around: Surroundings, balance: int) -> str:
    """What the points are worth; nothing is said of a debt, which the queue need not read."""
    if balance <= 0:
        return ""
    amount = around.texts.money(around.programme.value_of_points_cents(balance))
    return around.texts._("worth {amount}").format(amount=amount)


def _offers(around: Surroundings, sale: OpenSale, quote: Quote | None) -> tuple[Offer, ...]:
    """The rewards worth showing: those chosen and those in reach in the programme's order, then the nearest."""
    spent = _spent(around, sale, quote)
    left = sale.available - spent
    rewards = around.programme.rewards
    in_reach = [reward for reward in rewards if sale.wants(reward.id) or reward.points <= left]
    in_reach.sort(key=lambda reward: not sale.wants(reward.id))
    # What is only out of reach until head office answers is not spoken of: the customer can't collect for it.
    ahead = sorted((one for one in rewards if one.points > sale.spendable), key=lambda one: one.points)
    shown = [*in_reach, *(reward for reward in ahead if reward not in in_reach)]
    return tuple(_offer(around, reward, sale, in_reach=reward in in_reach) for reward in shown[:OFFERS_MAX])


def _spent(around: Surroundings, sale: OpenSale, quote: Quote | None) -> int:
    """Points the chosen rewards take as the purchase stands."""
    if quote is not None:
        return sum(line.points for line in quote.redemptions)
    chosen = (around.programme.reward(request.reward_id) for request in sale.requests)
    return sum(reward.points for reward in chosen if reward is not None and not reward.flexible)


def _offer(around: Surroundings, reward: Reward, sale: OpenSale, *, in_reach: bool) -> Offer:
    texts = around.texts
    price = texts.points(reward.points)
    cost = texts._("from {points}").format(points=price) if reward.flexible else price
    if not in_reach:
        missing = reward.points - sale.spendable
        cost = texts.n_("{count} point to go", "{count} points to go", missing).format(count=texts.number(missing))
    return Offer(reward.name.in_language(texts.language), cost, in_reach, chosen=sale.wants(reward.id))


def _serving_rows(around: Surroundings, state: CustomerState, name: str, balance: int) -> PoleText:
    """Who has how many points; below what the purchase brings and costs, or the reward chosen, or what points buy."""
    upper = PoleRow(name, around.texts.points(balance)) if name else PoleRow(state.balance_caption, state.balance)
    if state.to_pay:
        return PoleText(upper, PoleRow(_tight(state.award), state.to_pay))
    chosen = [offer.name for offer in state.offers if offer.chosen]
    return PoleText(upper, PoleRow(chosen[0] if chosen else state.worth))


def _tight(award: str) -> str:
    """An award for 20 characters: the space behind its sign is one too many."""
    return award.replace("+ ", "+", 1)


def booked(around: Surroundings, record: Sale | Redemption, balance: str) -> CustomerState:
    """What a purchase brought, or which reward was handed out.

    Args:
        around: The texts and the programme.
        record: The booking.
        balance: The new balance, as a number.
    """
    texts, programme = around.texts, around.programme
    state = _finished(around, balance)
    if isinstance(record, Redemption):
        name = reward_name(texts, programme, record.redemption.reward_id)
        headline = texts._("Enjoy: {reward}").format(reward=name)
        spent = texts._("{points} redeemed").format(points=texts.points(record.redemption.points))
        upper = PoleRow(name, texts.signed(-record.redemption.points))
        return replace(state, headline=headline, award=spent, pole=PoleText(upper, state.pole.lower))
    award = texts.n_("+ {count} point", "+ {count} points", record.points).format(count=texts.number(record.points))
    taken = tuple(reward_name(texts, programme, line.reward_id) for line in record.redemptions)
    off = record.money_off_cents
    return replace(
        state,
        headline=texts._("Thank you for your purchase!"),
        award=award,
        take_off=_take_off(around, off),
        to_pay=texts.money(record.to_pay_cents) if off else "",
        to_pay_caption=texts._("To pay") if off else "",
        taken=taken,
        pole=PoleText(PoleRow(_tight(award), texts.money(record.to_pay_cents) if off else ""), state.pole.lower),
    )


def settled(around: Surroundings, balance: str, *, undone: bool) -> CustomerState:
    """What is neither a purchase nor a reward: a booking was undone, or somebody has become a member."""
    texts = around.texts
    state = _finished(around, balance)
    headline = texts._("Your points were corrected.") if undone else texts._("Welcome! Your card is ready.")
    short = texts._("Points corrected") if undone else texts._("Welcome!")
    return replace(state, headline=headline, pole=PoleText(PoleRow(short, centred=True), state.pole.lower))


def _finished(around: Surroundings, balance: str) -> CustomerState:
    texts = around.texts
    return replace(
        welcome(around),
        scene=Scene.DONE,
        worth="",
        balance=balance,
        balance_caption=texts._("Your points"),
        pole=PoleText(lower=PoleRow(texts._("Your points"), balance)),
    )


def question(around: Surroundings, given: int, *, is_open: bool, thanks: bool) -> Rating:
    """The question how it was.

    Args:
        around: The texts.
        given: The stars that were tapped, 0 for none.
        is_open: Whether they can be tapped.
        thanks: Whether the answer is on disk.
    """
    texts = around.texts
    words = zip(range(1, STARS_MAX + 1), STAR_WORDS, strict=True)
    stars = tuple(Star(number, texts._(word), chosen=number == given) for number, word in words)
    return Rating(texts._("How was it today?"), stars, is_open, texts._("Thank you!") if thanks else "")
