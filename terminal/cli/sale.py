"""``earn``, ``quote`` and ``redeem``: one purchase or one reward from a script or a register."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from loyalty.money import decimal_text
from loyalty.outcomes import Reason, Refused
from loyalty.sale import Basket, Quote, RewardRequest, price_reward, quote_sale
from terminal.app.earn import EarnCommand, Earned, earn
from terminal.app.identify import Identified, identify
from terminal.app.redeem import RedeemCommand, redeem
from terminal.app.safe import available_points, not_safe, safe_now, unsafe
from terminal.cli import parsing
from terminal.cli.session import session_of
from terminal.messages import explain_text, refusal_text, reward_name
from texts.columns import pairs, table
from texts.command_line.answers import Answer
from texts.command_line.commands import NumbersCommand
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyalty.lines import Explanation, RedemptionLine
    from loyalty.offline import SafeToSpend
    from loyalty.programme import Programme, Reward
    from terminal.app.till import Till
    from texts.i18n import Texts

Card = Annotated[str, typer.Argument(help=mark("The card's number."), metavar="CARD")]
Amount = Annotated[str, typer.Argument(help=mark("The purchase, as 12.50 or 12,50."), metavar="AMOUNT")]
Line = Annotated[
    list[str] | None,
    typer.Option("--line", help=mark("A line of the basket; lines sum to AMOUNT."), metavar="SKU:CATEGORY:QTY:AMOUNT"),
]
WithoutPoints = Annotated[
    str, typer.Option("--without-points", help=mark("The part of AMOUNT that earns nothing."), metavar="A")
]
Redeem = Annotated[
    list[str] | None, typer.Option("--redeem", help=mark("A reward to take in this purchase."), metavar="REWARD")
]
Coupon = Annotated[list[str] | None, typer.Option("--coupon", help=mark("A coupon's code."), metavar="CODE")]
RecordId = Annotated[
    str | None, typer.Option("--id", help=mark("The booking's id, the same for every retry."), metavar="UUID")
]


class _Asked(msgspec.Struct, frozen=True):
    """A purchase as the command line names it, read."""

    basket: Basket
    requests: tuple[RewardRequest, ...]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(
        "earn",
        cls=NumbersCommand,
        help=mark("Book one sale: its award and the rewards taken in it."),
        epilog="stammkunde earn 2900000000018 23.45 --redeem coffee",
    )(_earn)
    app.command(
        "quote",
        cls=NumbersCommand,
        help=mark("Say what a sale would award, without writing."),
        epilog="stammkunde --json quote 2900000000018 23.45",
    )(_quote)
    app.command(
        "redeem",
        cls=NumbersCommand,
        help=mark("Take a reward without a purchase."),
        epilog="stammkunde redeem 2900000000018 coffee",
    )(_redeem)


def _earn(
    context: typer.Context,
    card: Card,
    amount: Amount,
    line: Line = None,
    without_points: WithoutPoints = "",
    redeem: Redeem = None,
    coupon: Coupon = None,
    receipt: Annotated[str, typer.Option("--receipt", help=mark("The register's receipt number."), metavar="R")] = "",
    at: Annotated[
        str | None,
        typer.Option("--at", help=mark("When a forgotten sale was, as 2026-11-21T14:30+01:00."), metavar="T"),
    ] = None,
    record_id: RecordId = None,
) -> Answer | Refused:
    session = session_of(context)
    fresh = session.programs.ids.record_id
    booking_id = fresh() if record_id is None else parsing.uuid(record_id)
    at_us = None if at is None else parsing.moment(at, session.programs.clock)
    receipt = parsing.receipt(receipt)
    lines = parsing.basket_lines_apart(line or [])
    with session.writing() as till:
        asked = _asked(session.texts, amount, lines, without_points, redeem, coupon)
        if not isinstance(asked, _Asked):
            return asked
        command = EarnCommand(booking_id, card.strip(), asked.basket, asked.requests, receipt, at_us)
        earned = earn(till, command)
        return earned if isinstance(earned, Refused) else _earned(till, session.texts, earned)


def _quote(
    context: typer.Context,
    card: Card,
    amount: Amount,
    line: Line = None,
    without_points: WithoutPoints = "",
    redeem: Redeem = None,
    coupon: Coupon = None,
) -> Answer | Refused:
    session = session_of(context)
    lines = parsing.basket_lines_apart(line or [])
    with session.reading() as (till, reader):
        texts = session.texts
        asked = _asked(texts, amount, lines, without_points, redeem, coupon)
        if not isinstance(asked, _Asked):
            return asked
        found = identify(reader, till.programme, till.store.programme_key, card)
        if isinstance(found, Refused):
            return found
        balance = found.account.balance if isinstance(found, Identified) else 0
        available = available_points(till, reader, found.member_id, balance)
        quote = quote_sale(till.programme, asked.basket, asked.requests, available=available)
        if isinstance(quote, Refused):
            return quote
        if refusal := unsafe(till, reader, found.member_id, quote.points_redeemed):
            return refusal
        safe = safe_now(till, reader, found.member_id)
        return _quoted(till.programme, texts, asked.basket, quote, balance, safe)


def _redeem(
    context: typer.Context,
    card: Card,
    reward: Annotated[str, typer.Argument(help=mark("The reward's id in the programme."), metavar="REWARD")],
    amount: Annotated[
        str | None, typer.Option("--amount", help=mark("For a flexible reward the money to take off."), metavar="A")
    ] = None,
    points: Annotated[
        int | None,
        typer.Option("--points", min=1, max=1_000_000_000, help=mark("For a flexible reward the points."), metavar="P"),
    ] = None,
    record_id: RecordId = None,
) -> Answer | Refused:
    session = session_of(context)
    fresh = session.programs.ids.record_id
    booking_id = fresh() if record_id is None else parsing.uuid(record_id)
    if amount is not None and points is not None:
        raise typer.BadParameter("--amount and --points say the same thing; give one of them")
    with session.writing() as till:
        texts = session.texts
        cents = None if amount is None else parsing.amount(texts, amount)
        if isinstance(cents, Answer):
            return cents
        done = redeem(till, RedeemCommand(booking_id, card.strip(), RewardRequest(reward, points, cents)))
        if isinstance(done, Refused):
            return done
        taken = done.record.redemption
        document = {
            "record_id": done.record.record_id,
            "seq": done.seq,
            "reward": taken.reward_id,
            "points": taken.points,
            "value": decimal_text(taken.value_cents),
            "balance": done.balance,
            "repeated": done.repeated,
        }
        lines = [
            (texts._("Reward"), reward_name(texts, till.programme, taken.reward_id)),
            (texts._("Redeemed"), texts.points(taken.points)),
            (texts._("Value"), texts.money(taken.value_cents)),
            (texts._("Balance"), texts.points(done.balance)),
            (texts._("Booking"), str(done.record.record_id)),
        ]
        return Answer(document, pairs(lines))


def _asked(
    texts: Texts,
    amount: str,
    lines: Sequence[parsing.LineText],
    without_points: str,
    redeem: Sequence[str] | None,
    coupons: Sequence[str] | None,
) -> _Asked | Answer | Refused:
    """Read the purchase; what is typed wrong is a refusal like any other."""
    if coupons:
        return Refused(Reason.COUPONS_NOT_OFFERED)
    cents = parsing.amount(texts, amount)
    if isinstance(cents, Answer):
        return cents
    without_cents = parsing.amount(texts, without_points, zero_ok=True) if without_points else 0
    if isinstance(without_cents, Answer):
        return without_cents
    basket = parsing.basket_lines(texts, lines)
    if isinstance(basket, Answer):
        return basket
    return _Asked(Basket(cents, without_cents, basket), tuple(RewardRequest(reward) for reward in redeem or ()))


def _explained(texts: Texts, programme: Programme, reasons: Sequence[Explanation]) -> list[dict[str, object]]:
    return [
        {"rule": reason.rule, "points": reason.points, "text": explain_text(texts, programme, reason)}
        for reason in reasons
    ]


def _taken(lines: Sequence[RedemptionLine]) -> list[dict[str, object]]:
    return [
        {"line": line.line, "reward": line.reward_id, "points": line.points, "value": decimal_text(line.value_cents)}
        for line in lines
    ]


def _earned(till: Till, texts: Texts, earned: Earned) -> Answer:
    """A booked sale. Its reasons are worded by the programme it was booked under, which may be an older one."""
    record = earned.record
    programme = till.programme
    if record.programme_version != programme.version:
        with contextlib.closing(till.store.reader()) as reader:
            programme = reader.programme_at(record.programme_version) or programme
    explained = _explained(texts, programme, record.explain)
    document = {
        "record_id": record.record_id,
        "seq": earned.seq,
        "points": record.points,
        "balance": earned.balance,
        "explain": explained,
        "amount": decimal_text(record.amount_cents),
        "to_pay": decimal_text(record.to_pay_cents),
        "redemptions": _taken(record.redemptions),
        "late": record.late,
        "repeated": earned.repeated,
    }
    lines = [
        (texts._("Purchase"), texts.money(record.amount_cents)),
        *((texts._("Redeemed"), _reward_text(texts, programme, line)) for line in record.redemptions),
        (texts._("To pay"), texts.money(record.to_pay_cents)),
        (texts._("Award"), texts.points(record.points)),
        *((texts._("because"), str(reason["text"])) for reason in explained),
        (texts._("Balance"), texts.points(earned.balance)),
        (texts._("Booking"), str(record.record_id)),
    ]
    return Answer(document, pairs(lines))


def _quoted(
    programme: Programme, texts: Texts, basket: Basket, quote: Quote, balance: int, safe: SafeToSpend | None
) -> Answer:
    explained = _explained(texts, programme, quote.explain)
    eligible_cents = sum(line.amount_cents for line in quote.lines if line.excluded is None)
    left = balance - quote.points_redeemed
    payable_cents = eligible_cents - quote.money_off_cents
    rewards = [_offer(programme, texts, reward, basket, left, payable_cents, safe) for reward in programme.rewards]
    document = {
        "points": quote.points,
        "explain": explained,
        "rewards": rewards,
        "redemptions": _taken(quote.redemptions),
        "to_pay": decimal_text(basket.amount_cents - quote.money_off_cents),
        "balance": balance,
        "balance_after": left + quote.points,
    }
    lines = pairs(
        [
            (texts._("Award"), texts.points(quote.points)),
            *((texts._("because"), str(reason["text"])) for reason in explained),
            *((texts._("Redeemed"), _reward_text(texts, programme, line)) for line in quote.redemptions),
            (texts._("To pay"), texts.money(basket.amount_cents - quote.money_off_cents)),
            (texts._("Balance"), texts.points(balance)),
        ]
    )
    if rewards:
        head = (texts._("Reward"), texts._("Points"), "")
        rows = [
            (
                str(offer["name"]),
                texts.number(int(str(offer["points"]))),
                str(offer.get("message", texts._("possible"))),
            )
            for offer in rewards
        ]
        lines = [*lines, "", *table(head, rows, right=[1])]
    return Answer(document, lines)


def _offer(
    programme: Programme,
    texts: Texts,
    reward: Reward,
    basket: Basket,
    available: int,
    payable_cents: int,
    safe: SafeToSpend | None,
) -> dict[str, object]:
    """Whether one more reward could be taken in this purchase, and if not, why."""
    offer: dict[str, object] = {
        "reward": reward.id,
        "name": reward_name(texts, programme, reward.id),
        "points": reward.points,
        "value": decimal_text(reward.value_cents),
    }
    priced: RedemptionLine | Refused
    if basket.amount_cents < reward.minimum_purchase_cents:
        priced = Refused(Reason.MINIMUM_PURCHASE, {"minimum_cents": reward.minimum_purchase_cents, "reward": reward.id})
    else:
        priced = price_reward(reward, RewardRequest(reward.id), available, payable_cents)
    if not isinstance(priced, Refused) and safe is not None and priced.points > safe.points:
        priced = not_safe(safe)
    if isinstance(priced, Refused):
        return offer | {"possible": False, "reason": priced.reason.value, "message": refusal_text(texts, priced)}
    return offer | {"possible": True, "points": priced.points, "value": decimal_text(priced.value_cents)}


def _reward_text(texts: Texts, programme: Programme, line: RedemptionLine) -> str:
    return f"{reward_name(texts, programme, line.reward_id)} ({texts.signed(-line.points)})"
