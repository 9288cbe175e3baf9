"""The member's receipt as finished lines: what happened and why, in the language of the till."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty import cards
from loyalty.records import Redemption, Sale
from loyalty.reversal import Original
from terminal.app.earn import Earned
from terminal.app.enrol import Enrolled
from terminal.app.redeem import Redeemed
from terminal.app.reverse import Reversed
from terminal.messages import explain_text, reward_name
from terminal.presenters.states import ReceiptText
from terminal.presenters.wording import original_title

if TYPE_CHECKING:
    from uuid import UUID

    from loyalty.lines import RedemptionLine
    from loyalty.programme import Programme
    from loyalty.records import AnyRecord
    from storage.types import Shop
    from terminal.presenters.outcomes import Booked
    from texts.i18n import Texts


CODE_PART: Final = 36
"""How many characters of a code stand on one line: as many as a booking's number has."""


def receipt(
    texts: Texts, programme: Programme, shop: Shop, booked: Booked, code: str | None = None
) -> tuple[ReceiptText, ...]:
    """The receipt of a booking; it says on every copy that it is no fiscal receipt.

    Args:
        texts: The language.
        programme: The rules in force.
        shop: Whose till it is.
        booked: What is on disk.
        code: With which another till can undo it, empty where it has none; ``None`` on a till that stands alone.
    """
    lines = [ReceiptText(shop.name, strong=True, centred=True)]
    if programme.name != shop.name:
        lines.append(ReceiptText(programme.name, centred=True))
    lines.append(ReceiptText(_moment(texts, booked.record), right=shop.till_name))
    lines.append(ReceiptText("", rule=True))
    match booked:
        case Earned():
            lines += _sale(texts, programme, booked.record)
        case Redeemed():
            lines += _rewards(texts, programme, (booked.record.redemption,))
        case Reversed():
            lines += _reversal(texts, programme, booked)
        case Enrolled():
            lines.append(ReceiptText(texts._("Welcome, {name}!").format(name=booked.profile.name), strong=True))
            lines.append(ReceiptText(texts._("Card"), right=cards.masked(booked.card)))
    lines.append(ReceiptText("", rule=True))
    lines.append(ReceiptText(texts._("New balance"), right=texts.points(booked.balance), strong=True))
    if booked.balance > 0:
        worth = texts.money(programme.value_of_points_cents(booked.balance))
        lines.append(ReceiptText(texts._("Worth"), right=worth))
    lines.append(ReceiptText(""))
    lines.append(ReceiptText(texts._("Not a fiscal receipt"), centred=True))
    if code is not None and isinstance(booked, Earned | Redeemed):
        lines += _for_another_till(texts, booked.record.record_id, code)
    return tuple(lines)


def _for_another_till(texts: Texts, record_id: UUID, code: str) -> list[ReceiptText]:
    """The booking's number and the code with which it can be undone elsewhere, cut to the paper."""
    lines = [
        ReceiptText("", rule=True),
        ReceiptText(texts._("For a return at another till"), centred=True),
        ReceiptText(str(record_id), centred=True, small=True),
    ]
    parts = (code[start : start + CODE_PART] for start in range(0, len(code), CODE_PART))
    return lines + [ReceiptText(part, centred=True, small=True) for part in parts]


def _moment(texts: Texts, record: AnyRecord) -> str:
    day = texts.day(record.business_day, "medium")
    return f"{day} {texts.time(record.at_us, record.utc_offset_min)}"


def _sale(texts: Texts, programme: Programme, sale: Sale) -> list[ReceiptText]:
    lines = [ReceiptText(texts._("Purchase"), right=texts.money(sale.amount_cents))]
    lines += _rewards(texts, programme, sale.redemptions)
    if sale.money_off_cents:
        lines.append(ReceiptText(texts._("To pay"), right=texts.money(sale.to_pay_cents), strong=True))
    lines.append(ReceiptText(texts._("Points for this purchase"), right=texts.signed(sale.points), strong=True))
    lines += [ReceiptText("· " + explain_text(texts, programme, reason)) for reason in sale.explain]
    return lines


def _rewards(texts: Texts, programme: Programme, taken: tuple[RedemptionLine, ...]) -> list[ReceiptText]:
    lines: list[ReceiptText] = []
    for line in taken:
        name = reward_name(texts, programme, line.reward_id)
        lines.append(ReceiptText(name, right=texts.money(-line.value_cents) if line.money_off else ""))
        lines.append(ReceiptText("· " + texts._("Points redeemed"), right=texts.signed(-line.points)))
    return lines


def _reversal(texts: Texts, programme: Programme, undone: Reversed) -> list[ReceiptText]:
    original = undone.original
    if isinstance(original, Original):
        what = original_title(texts, original)
    elif isinstance(original, Redemption):
        what = reward_name(texts, programme, original.redemption.reward_id)
    else:
        what = texts._("Purchase {amount}").format(amount=texts.money(original.amount_cents))
    lines = [ReceiptText(texts._("Undone"), strong=True), ReceiptText(what)]
    if undone.record.takes_back:
        lines.append(ReceiptText(texts._("Points taken back"), right=texts.signed(-undone.record.takes_back)))
    if undone.record.returns:
        lines.append(ReceiptText(texts._("Points returned"), right=texts.signed(undone.record.returns)))
    if undone.elsewhere:
        lines.append(ReceiptText("· " + texts._("until head office has booked it")))
    return lines
