"""The member's receipt as finished lines: what happened and why, in the language of the till."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from hardware.receipt import ReceiptLine, ReceiptStyle, rule
from loyalty import cards
from loyalty.records import Redemption, Sale
from loyalty.reversal import Original
from terminal.app.earn import Earned
from terminal.app.enrol import Enrolled
from terminal.app.redeem import Redeemed
from terminal.app.reverse import Reversed
from terminal.messages import explain_text, reward_name
from terminal.presenters.wording import original_title
from texts.i18n import shop_time

if TYPE_CHECKING:
    from uuid import UUID

    from loyalty.lines import RedemptionLine, SaleLine
    from loyalty.programme import Programme
    from loyalty.records import AnyRecord
    from storage.types import Shop
    from terminal.app.expiring import NextToExpire
    from terminal.presenters.outcomes import Booked
    from texts.i18n import Texts

NUMBER_SPLIT: Final = 19
"""A booking's number stands on two rows of 19 and 17 characters: all 36 have no room on 58 mm paper."""


class Receipt(msgspec.Struct, frozen=True):
    """A receipt before it is laid out, the same for paper, screen and file.

    Attributes:
        lines: What people read.
        qr: What the code under the lines holds, for another till's scanner; empty for none.
        qr_caption: What stands above the code.
    """

    lines: tuple[ReceiptLine, ...]
    qr: str = ""
    qr_caption: str = ""


class Circumstances(msgspec.Struct, frozen=True):
    """What a receipt says besides the booking.

    Attributes:
        code: With which another till can undo it, see ``loyalty.receipt_code``; empty for none.
        expiring: Which points of the member expire next, ``None`` when none do.
        copied: When this copy is made, as finished text; empty on the first print.
        has_balance: Whether the balance behind the booking is known; of an old booking on a joined till it is not.
    """

    code: str = ""
    expiring: NextToExpire | None = None
    copied: str = ""
    has_balance: bool = True


PLAIN: Final = Circumstances()
"""A first print of a till that stands alone, in a programme whose points live for ever."""


def receipt(
    texts: Texts, programme: Programme, shop: Shop, booked: Booked, circumstances: Circumstances = PLAIN
) -> Receipt:
    """The receipt of a booking; it says on every copy that it is a copy, and on all that it is no fiscal receipt.

    Args:
        texts: The language.
        programme: The rules in force.
        shop: Whose till it is.
        booked: What is on disk.
        circumstances: What it says besides.
    """
    record = booked.record
    lines = [
        *_head(texts, programme, shop, record, circumstances.copied),
        rule(),
        *_booking(texts, programme, booked),
    ]
    if circumstances.has_balance and record.member_id is not None:
        lines += [rule(), *_standing(texts, programme, booked.balance, circumstances.expiring)]
    lines += [
        ReceiptLine(),
        ReceiptLine(texts._("Not a fiscal receipt"), style=ReceiptStyle.CENTRED),
        rule(),
        ReceiptLine(texts._("Booking"), style=ReceiptStyle.CENTRED),
        ReceiptLine(_number_rows(record.record_id), style=ReceiptStyle.CENTRED),
    ]
    caption = texts._("For a return at another till") if circumstances.code else ""
    return Receipt(tuple(lines), circumstances.code, caption)


def again_lines(texts: Texts) -> tuple[ReceiptLine, ...]:
    """What stands above a receipt whose first print broke off, so that nobody takes the two for two bookings."""
    return (ReceiptLine(texts._("Printed again: the first print broke off"), style=ReceiptStyle.TITLE),)


def _head(texts: Texts, programme: Programme, shop: Shop, record: AnyRecord, copied: str) -> list[ReceiptLine]:
    lines = [ReceiptLine(shop.name, style=ReceiptStyle.TITLE)]
    if programme.name != shop.name:
        lines.append(ReceiptLine(programme.name, style=ReceiptStyle.CENTRED))
    if copied:
        lines.append(ReceiptLine(texts._("Copy"), style=ReceiptStyle.TITLE))
        printed = texts._("printed {when}").format(when=copied)
        lines.append(ReceiptLine(printed, style=ReceiptStyle.CENTRED))
    when = moment_text(texts, record.at_us, record.utc_offset_min)
    lines.append(ReceiptLine(when, right=shop.till_name))
    return lines


def moment_text(texts: Texts, at_us: int, utc_offset_min: int) -> str:
    """A day and its time as a receipt says it: the clock on the wall, which is what the customer remembers."""
    return f"{texts.day(shop_time(at_us, utc_offset_min).date(), 'medium')} {texts.time(at_us, utc_offset_min)}"


def _booking(texts: Texts, programme: Programme, booked: Booked) -> list[ReceiptLine]:
    match booked:
        case Earned():
            return _sale(texts, programme, booked.record)
        case Redeemed():
            return _rewards(texts, programme, (booked.record.redemption,))
        case Reversed():
            return _reversal(texts, programme, booked)
        case Enrolled():
            return _enrolment(texts, booked)


def _standing(texts: Texts, programme: Programme, balance: int, expiring: NextToExpire | None) -> list[ReceiptLine]:
    """The balance, its worth, and which points have to be used next."""
    lines = [ReceiptLine(texts._("New balance"), texts.points(balance), ReceiptStyle.STRONG)]
    if balance > 0:
        lines.append(ReceiptLine(texts._("Worth"), texts.money(programme.value_of_points_cents(balance))))
    if expiring is not None:
        sentence = texts.n_(
            "{count} point is valid until {day}", "{count} points are valid until {day}", expiring.points
        )
        day = texts.day(expiring.last_day, "medium")
        lines.append(ReceiptLine(sentence.format(count=texts.number(expiring.points), day=day)))
    return lines


def _sale(texts: Texts, programme: Programme, sale: Sale) -> list[ReceiptLine]:
    lines = _articles(texts, sale.lines)
    lines.append(ReceiptLine(texts._("Purchase"), right=texts.money(sale.amount_cents)))
    lines += _rewards(texts, programme, sale.redemptions)
    if sale.money_off_cents:
        off, to_pay = texts.money(sale.money_off_cents), texts.money(sale.to_pay_cents)
        lines.append(ReceiptLine(texts._("Take {amount} off at the register").format(amount=off)))
        lines.append(ReceiptLine(texts._("To pay"), to_pay, ReceiptStyle.STRONG))
    if sale.member_id is not None:
        awarded = texts.signed(sale.points)
        lines.append(ReceiptLine(texts._("Points for this purchase"), awarded, ReceiptStyle.STRONG))
        lines += [ReceiptLine("· " + explain_text(texts, programme, reason)) for reason in sale.explain]
    return lines


def _articles(texts: Texts, bought: tuple[SaleLine, ...]) -> list[ReceiptLine]:
    """What a register told of the basket; a typed amount has no articles."""
    if not any(line.sku or line.category for line in bought):
        return []
    return [ReceiptLine(_article(texts, line), right=texts.money(line.amount_cents)) for line in bought]


def _article(texts: Texts, line: SaleLine) -> str:
    # A line without either is the part of another that the cashier took out of the points.
    name = line.category or line.sku or texts._("of which without points")
    return name if line.quantity == 1 else f"{texts.number(line.quantity)} × {name}"


def _rewards(texts: Texts, programme: Programme, taken: tuple[RedemptionLine, ...]) -> list[ReceiptLine]:
    lines: list[ReceiptLine] = []
    for line in taken:
        name = reward_name(texts, programme, line.reward_id)
        lines.append(ReceiptLine(name, right=texts.money(-line.value_cents) if line.money_off else ""))
        lines.append(ReceiptLine("· " + texts._("Points redeemed"), right=texts.signed(-line.points)))
    return lines


def _reversal(texts: Texts, programme: Programme, undone: Reversed) -> list[ReceiptLine]:
    original = undone.original
    if isinstance(original, Original):
        what = original_title(texts, original)
    elif isinstance(original, Redemption):
        what = reward_name(texts, programme, original.redemption.reward_id)
    else:
        what = texts._("Purchase {amount}").format(amount=texts.money(original.amount_cents))
    lines = [ReceiptLine(texts._("Undone"), style=ReceiptStyle.STRONG), ReceiptLine(what)]
    if undone.record.takes_back:
        lines.append(ReceiptLine(texts._("Points taken back"), right=texts.signed(-undone.record.takes_back)))
    if undone.record.returns:
        lines.append(ReceiptLine(texts._("Points returned"), right=texts.signed(undone.record.returns)))
    if undone.elsewhere:
        lines.append(ReceiptLine("· " + texts._("until head office has booked it")))
    return lines


def _enrolment(texts: Texts, enrolled: Enrolled) -> list[ReceiptLine]:
    welcome = texts._("Welcome, {name}!").format(name=enrolled.profile.name)
    return [
        ReceiptLine(welcome, style=ReceiptStyle.STRONG),
        ReceiptLine(texts._("Card"), right=cards.masked(enrolled.card)),
    ]


def _number_rows(record_id: UUID) -> str:
    number = str(record_id)
    return f"{number[:NUMBER_SPLIT]}\n{number[NUMBER_SPLIT:]}"


def receipt_file_name(texts: Texts, record: AnyRecord) -> str:
    """What the PDF of a receipt is called: sorted by name is sorted by time, and no two bookings share one."""
    when = shop_time(record.at_us, record.utc_offset_min)
    what = texts._("Receipt")
    return f"{what} {when:%Y-%m-%d %H-%M} {record.record_id.hex[-8:]}.pdf"
