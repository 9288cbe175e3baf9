"""Sentences and lines that several screens share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty.records import (
    Adjustment,
    AnyRecord,
    CardChange,
    Enrolment,
    Expiry,
    Redemption,
    Reversal,
    Sale,
    UnknownRecord,
)
from storage.types import Reversed
from terminal.messages import explain_text, reward_name
from terminal.presenters.states import BookingLine, Sent, Tone

if TYPE_CHECKING:
    from datetime import date

    from loyalty.programme import Programme
    from loyalty.reversal import Original
    from storage.types import Booking
    from terminal.app.identify import Identified
    from terminal.sync.status import SyncStatus
    from texts.i18n import Texts


def member_name(texts: Texts, member: Identified) -> str:
    """The name as agreed, or what stands for a card without one."""
    return member.profile.name if member.profile else texts._("Card without a name")


UNKNOWN_BALANCE: Final = "–"
"""Where a running balance would need other tills' bookings as well."""


def booking_line(
    texts: Texts, programme: Programme, booking: Booking, today: date, sync: SyncStatus | None = None
) -> BookingLine:
    """One line of the last bookings or of the history.

    Args:
        texts: The language.
        programme: The rules in force, for the names of rewards.
        booking: What happened.
        today: The shop's day.
        sync: How the till stands with head office, where a line says whether it was sent.
    """
    record = booking.record
    sent = Sent.UNMARKED
    if sync is not None and sync.joined:
        sent = Sent.SENT if booking.seq <= sync.acked_seq else Sent.WAITING
    if isinstance(record, UnknownRecord):
        what = texts._("Booking of a newer version")
        return BookingLine(
            when="", what=what, points=texts.signed(booking.points), sent=sent, sent_text=sent_text(texts, sent)
        )
    what = booking_title(texts, programme, record)
    if booking.reversed is not Reversed.NO:
        undone = texts._("undone") if booking.reversed is Reversed.WHOLE else texts._("partly undone")
        what = f"{what} · {undone}"
    return BookingLine(
        when=texts.moment(record.at_us, record.utc_offset_min, today),
        what=what,
        points=texts.signed(booking.points),
        tone=Tone.GOOD if booking.points > 0 else Tone.NEUTRAL,
        balance=UNKNOWN_BALANCE if booking.balance_after is None else texts.number(booking.balance_after),
        why=booking_reason(texts, programme, record),
        record_id=str(record.record_id),
        sent=sent,
        sent_text=sent_text(texts, sent),
    )


def sent_text(texts: Texts, sent: Sent) -> str:
    """Whether head office has a booking, for whoever can't tell the icons apart."""
    match sent:
        case Sent.SENT:
            return texts._("Head office has it")
        case Sent.WAITING:
            return texts._("Waits to be sent")
        case Sent.UNMARKED:
            return ""


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
        case Expiry():
            return texts._("Expired")
        case Enrolment():
            return texts._("Enrolled")
        case CardChange():
            return texts._("Card changed")
        case _:
            return texts._("Note")


def original_title(texts: Texts, original: Original) -> str:
    """What a booking of another till was, going by its receipt."""
    if original.lines:
        return texts._("Purchase {amount}").format(amount=texts.money(original.amount_cents))
    return texts._("Reward")


def booking_reason(texts: Texts, programme: Programme, record: AnyRecord) -> str:
    """Why these points, in one line."""
    if isinstance(record, Sale):
        return " · ".join(explain_text(texts, programme, reason) for reason in record.explain)
    if isinstance(record, Expiry):
        return texts._("could be redeemed until {day}").format(day=texts.day(record.last_day, "medium"))
    return ""
