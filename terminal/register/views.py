"""Sales as a register reads them: what they come to, and what is on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from terminal.app.documents import iso_moment
from terminal.messages import explain_text, reward_name
from terminal.register.wire import BasketState, BookedMessage, QuoteMessage, ReasonMessage, SaleMessage, TakenMessage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyalty.lines import Explanation, RedemptionLine
    from loyalty.programme import Programme
    from loyalty.records import Sale
    from loyalty.sale import Quote
    from texts.i18n import Texts


def quoted(texts: Texts, programme: Programme, amount_cents: int, quote: Quote) -> QuoteMessage:
    """What a basket comes to."""
    return QuoteMessage(
        points=quote.points,
        points_redeemed=quote.points_redeemed,
        money_off_cents=quote.money_off_cents,
        to_pay_cents=amount_cents - quote.money_off_cents,
        explain=_reasons(texts, programme, quote.explain),
        rewards=_taken(texts, programme, quote.redemptions),
    )


def booked_sale(
    texts: Texts, programme: Programme, sale_id: str, record: Sale, *, seq: int, balance: int, is_reversed: bool = False
) -> SaleMessage:
    """A sale that is on disk."""
    result = QuoteMessage(
        points=record.points,
        points_redeemed=record.points_redeemed,
        money_off_cents=record.money_off_cents,
        to_pay_cents=record.to_pay_cents,
        explain=_reasons(texts, programme, record.explain),
        rewards=_taken(texts, programme, record.redemptions),
    )
    at = iso_moment(record.at_us, record.utc_offset_min)
    return SaleMessage(
        sale_id=sale_id,
        state=BasketState.COMMITTED,
        revision=0,
        record_id=record.record_id,
        amount_cents=record.amount_cents,
        currency=record.currency,
        receipt=record.receipt,
        booked=BookedMessage(record.record_id, seq, at, balance, result, is_reversed),
    )


def _reasons(texts: Texts, programme: Programme, explained: Iterable[Explanation]) -> tuple[ReasonMessage, ...]:
    return tuple(ReasonMessage(each.rule, each.points, explain_text(texts, programme, each)) for each in explained)


def _taken(texts: Texts, programme: Programme, lines: Iterable[RedemptionLine]) -> tuple[TakenMessage, ...]:
    return tuple(
        TakenMessage(
            each.reward_id, reward_name(texts, programme, each.reward_id), each.points, each.value_cents, each.money_off
        )
        for each in lines
    )
