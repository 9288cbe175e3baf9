"""Turns an open sale into what the member screen shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyalty import cards
from loyalty.money import AmountProblem, BadAmount
from loyalty.outcomes import Reason, Refused
from loyalty.programme import Reward, RewardKind
from loyalty.sale import Quote, price_reward
from terminal.messages import amount_text, explain_text, refusal_text, reward_name
from terminal.presenters.standing import account_note
from terminal.presenters.states import MemberState, Notice, RewardCard, Tone
from terminal.presenters.wording import booking_line, member_name

if TYPE_CHECKING:
    from loyalty.programme import Programme
    from storage.types import Booking
    from terminal.presenters.base import Surroundings
    from terminal.presenters.open_sale import OpenSale
    from terminal.register.port import RegisterBasket
    from texts.i18n import Texts


def member_state(
    around: Surroundings,
    sale: OpenSale,
    bookings: list[Booking],
    *,
    notice: Notice | None,
    editing_without: bool,
    busy: bool,
) -> MemberState:
    """Compute the member screen."""
    texts, programme = around.texts, around.programme
    account = sale.member.account
    today = around.clock.business_day(around.clock.now_us())
    quote = sale.quote(programme) if sale.has_amount else None
    award, why, amount_notice = _award(texts, programme, quote)
    priced = quote if isinstance(quote, Quote) else None
    return MemberState(
        name=member_name(texts, sale.member),
        anonymous=sale.member.profile is None,
        card=cards.masked(sale.member.number),
        balance=texts.number(account.balance),
        balance_caption=texts.n_("point", "points", abs(account.balance)),
        worth=_worth(texts, programme, account.balance),
        account_note=account_note(around, sale),
        debt=account.balance < 0,
        chips=_chips(texts, sale),
        rewards=reward_cards(around, sale),
        rewards_caption=texts._("Rewards"),
        bookings=tuple(booking_line(texts, programme, booking, today, around.sync) for booking in bookings),
        bookings_caption=_bookings_caption(around),
        bookings_empty="" if bookings else texts._("No bookings yet."),
        amount=sale.amount_text,
        amount_notice=amount_notice,
        asks_without_points=bool(programme.exclusions),
        without_points=sale.without_text,
        editing_without_points=editing_without,
        award=award,
        why=why,
        take_off=take_off_text(texts, priced),
        to_pay=to_pay_text(texts, priced),
        choices=_choices(texts, programme, sale, priced),
        notice=None if notice == amount_notice else notice,
        primary=_primary(around, sale, priced),
        primary_enabled=not busy
        and (priced is not None or _basket_to_take(around, sale) is not None or standalone_ready(programme, sale)),
        busy=busy,
    )


def _bookings_caption(around: Surroundings) -> str:
    """A till knows every balance, but the bookings of its own only."""
    texts = around.texts
    return texts._("Last bookings at this till") if around.sync.joined else texts._("Last bookings")


def _award(
    texts: Texts, programme: Programme, quote: Quote | Refused | BadAmount | None
) -> tuple[str, str, Notice | None]:
    """The live award, its why, and what is wrong with the amount while it is being typed."""
    match quote:
        case Quote():
            award = texts.n_("+ {count} point", "+ {count} points", quote.points).format(
                count=texts.number(quote.points)
            )
            return award, " · ".join(explain_text(texts, programme, reason) for reason in quote.explain), None
        case Refused():
            return "", "", Notice(refusal_text(texts, quote), Tone.WARN)
        case BadAmount(problem=AmountProblem.EMPTY | AmountProblem.ZERO) | None:
            return "", "", None
        case BadAmount():
            return "", "", Notice(amount_text(texts, quote), Tone.WARN)


def _worth(texts: Texts, programme: Programme, balance: int) -> str:
    if balance < 0:
        return texts._("Debt: the next points pay it off.")
    return texts._("= {amount} off").format(amount=texts.money(programme.value_of_points_cents(balance)))


def _chips(texts: Texts, sale: OpenSale) -> tuple[str, ...]:
    chips = [] if sale.register is None else [_of_register(texts, sale.register)]
    if sale.member.profile is None:
        chips.append(texts._("Not enrolled · F2"))
    past = sale.member.account.balance - sale.spendable
    if past > 0:
        expired = texts.n_("{count} point is past its last day", "{count} points are past their last day", past)
        chips.append(expired.format(count=texts.number(past)))
    if sale.member.account.sales == 0:
        chips.append(texts._("First purchase"))
    return tuple(chips)


def _of_register(texts: Texts, basket: RegisterBasket) -> str:
    """That the amount is the register's, and of how many pieces."""
    if not basket.articles:
        return texts._("From the register")
    return texts.n_(
        "From the register · {count} article", "From the register · {count} articles", basket.articles
    ).format(count=texts.number(basket.articles))


def _basket_to_take(around: Surroundings, sale: OpenSale) -> RegisterBasket | None:
    """The register's basket that Enter would take: it was set aside, and the amount is empty again."""
    return None if sale.has_amount else around.basket


def reward_cards(around: Surroundings, sale: OpenSale) -> tuple[RewardCard, ...]:
    """The programme's rewards as buttons, in the programme's order, those within the member's points first.

    A reward counts as affordable beside the ones already chosen, so two rewards never promise the same points. The
    order looks at the whole balance: nothing may move under a finger while rewards are being chosen.
    """
    texts = around.texts
    spent = sum(_points_of(around.programme, sale, request.reward_id) for request in sale.requests)
    rewards = sorted(around.programme.rewards, key=lambda reward: reward.points > sale.spendable)
    return tuple(_reward_card(texts, reward, sale, spent) for reward in rewards)


def _points_of(programme: Programme, sale: OpenSale, reward_id: str) -> int:
    """Points a chosen reward takes as the sale stands."""
    quote = sale.quote(programme)
    if isinstance(quote, Quote):
        return sum(line.points for line in quote.redemptions if line.reward_id == reward_id)
    reward = programme.reward(reward_id)
    return reward.points if reward and not reward.flexible else 0


def _reward_card(texts: Texts, reward: Reward, sale: OpenSale, spent: int) -> RewardCard:
    needed, left = reward.points, sale.spendable - spent
    chosen = sale.wants(reward.id)
    affordable = chosen or sale.available - spent >= needed
    price = texts.points(reward.points)
    cost = texts._("from {points}").format(points=price) if reward.flexible else price
    if not affordable:
        unsafe = texts._("not safe now")
        missing = texts._("{count} missing").format(count=texts.number(needed - left))
        cost = f"{cost} · {missing if left < needed else unsafe}"
    return RewardCard(
        reward_id=reward.id,
        name=reward.name.in_language(texts.language),
        cost=cost,
        affordable=affordable,
        chosen=chosen,
        flexible=reward.flexible,
    )


def take_off_text(texts: Texts, quote: Quote | None) -> str:
    """What to take off at the register, large."""
    if quote is None or not quote.money_off_cents:
        return ""
    return texts._("Take {amount} off at the register").format(amount=texts.money(quote.money_off_cents))


def to_pay_text(texts: Texts, quote: Quote | None) -> str:
    """What is left to pay."""
    if quote is None or not quote.money_off_cents:
        return ""
    left_cents = sum(line.amount_cents for line in quote.lines) - quote.money_off_cents
    return texts._("To pay: {amount}").format(amount=texts.money(left_cents))


def _choices(texts: Texts, programme: Programme, sale: OpenSale, quote: Quote | None) -> tuple[str, ...]:
    """The rewards taken in this sale, one sentence each."""
    if quote is None:
        names = [reward_name(texts, programme, request.reward_id) for request in sale.requests]
        return tuple(texts._("Hand out: {reward}").format(reward=name) for name in names)
    return tuple(
        texts._("{reward} for {points}").format(
            reward=reward_name(texts, programme, line.reward_id), points=texts.points(line.points)
        )
        for line in quote.redemptions
    )


def _primary(around: Surroundings, sale: OpenSale, quote: Quote | None) -> str:
    """The label of the one green button says what Enter will do."""
    texts, programme = around.texts, around.programme
    basket = _basket_to_take(around, sale)
    if basket is not None:
        amount = texts.money(basket.basket.amount_cents)
        return texts._("Take the register's {amount}").format(amount=amount)
    if quote is not None and quote.redemptions:
        return texts.n_("Redeem and award {count} point", "Redeem and award {count} points", quote.points).format(
            count=texts.number(quote.points)
        )
    if quote is not None:
        return texts.n_("Award {count} point", "Award {count} points", quote.points).format(
            count=texts.number(quote.points)
        )
    if standalone_ready(programme, sale):
        name = reward_name(texts, programme, sale.requests[0].reward_id)
        return texts._("Redeem without purchase: {reward}").format(reward=name)
    return texts._("Type the amount")


def unaffordable(programme: Programme, sale: OpenSale) -> Refused | None:
    """Why a chosen reward can't be had at all, looked at before an amount is known."""
    for request in sale.requests:
        reward = programme.reward(request.reward_id)
        if reward is None:
            return Refused(Reason.REWARD_UNKNOWN)
        short = sale.short_of(1 if reward.flexible else reward.points)
        if short is not None:
            return short
    return None


def standalone_refusal(programme: Programme, sale: OpenSale) -> Refused | None:
    """Why the one chosen reward can't be handed out without a purchase, ``None`` when it can."""
    request = sale.requests[0]
    reward = programme.reward(request.reward_id)
    if reward is None:
        return Refused(Reason.REWARD_UNKNOWN)
    if reward.kind is RewardKind.MONEY_OFF:
        return Refused(Reason.AMOUNT_MISSING)
    if reward.minimum_purchase_cents:
        return Refused(Reason.MINIMUM_PURCHASE, {"minimum_cents": reward.minimum_purchase_cents})
    priced = price_reward(reward, request, sale.spendable, None)
    return priced if isinstance(priced, Refused) else sale.short_of(priced.points)


def standalone_ready(programme: Programme, sale: OpenSale) -> bool:
    """Whether Enter may hand out the chosen reward without a purchase."""
    return bool(sale.requests) and not sale.has_amount and standalone_refusal(programme, sale) is None
