"""Sentences and lines that several screens share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyalty.records import Adjustment, AnyRecord, CardChange, Enrolment, Redemption, Reversal, Sale, UnknownRecord
from storage.types import Reversed
from terminal.messages import explain_text, reward_name
from terminal.presenters.states import BookingLine, Tone

if TYPE_CHECKING:
    from datetime import date

    from loyalty.programme import Programme
    from storage.types import Booking
    from terminal.app.identify import Identified
    from texts.i18n import Texts


def member_name(texts: Texts, member: Identified) -> str:
    """The name as agreed, or what stands for a card without one."""
    return member.profile.name if member.profile else texts._("Card without a name")


def booking_line(texts: Texts, programme: Programme, booking: Booking, today: date) -> BookingLine:
    """One line of the last bookings or of the history."""
    record = booking.record
    if isinstance(record, UnknownRecord):
        return BookingLine(when="", what=texts._("Booking of a newer version"), points=texts.signed(booking.points))
    what = booking_title(texts, programme, record)
    if booking.reversed is not Reversed.NO:
        undone = texts._("undone") if booking.reversed is Reversed.WHOLE else texts._("partly undone")
        what = f"{what} · {undone}"
    return BookingLine(
        when=texts.moment(record.at_us, record.utc_offset_min, today),
        what=what,
        points=texts.signed(booking.points),
        tone=Tone.GOOD if booking.points > 0 else Tone.NEUTRAL,
        balance=texts.number(booking.balance_after),
        why=booking_reason(texts, programme, record),
        record_id=str(record.record_id),
    )


def booking_title(texts: Texts, programme: Programme, record: AnyRecord) -> str:
    """What a booking was, in a few words."""
    match record:
        case Sale():
            bought = texts._("Purchase {amount}").format(amount=texts.money(record.amount_cents))
            rewards = [reward_name(texts, programme, item.reward_id) for item in record.redemptions]
            return " · ".join([bought, *rewards])
        case Redemption():
            name = reward_name(texts, programme, record.redemption.reward_id)
            return texts._("Redeemed: {reward}").format(reward=name)
        case Reversal():
            return texts._("Undone")
        case Adjustment():
            return texts._("Correction")
        case Enrolment():
            return texts._("Enrolled")
        case CardChange():
            return texts._("Card changed")
        case _:
            return texts._("Note")


def booking_reason(texts: Texts, programme: Programme, record: AnyRecord) -> str:
    """Why these points, in one line."""
    if isinstance(record, Sale):
        return " · ".join(explain_text(texts, programme, reason) for reason in record.explain)
    return ""
