"""A member and their bookings as plain documents: for scripts, and for the member who asks what is stored."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from loyalty.encoding import kind_of
from loyalty.money import decimal_text
from loyalty.records import AnyRecord, Redemption, Reversal, Sale

if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyalty.consent import ConsentState
    from storage.types import Booking
    from terminal.app.members import Member

US_PER_S = 1_000_000


def iso_moment(at_us: int, utc_offset_min: int) -> str:
    """Write a moment as ISO 8601 with the shop's offset, to the second."""
    return datetime.fromtimestamp(at_us // US_PER_S, timezone(timedelta(minutes=utc_offset_min))).isoformat()


def booking_cents(record: AnyRecord) -> int | None:
    """The purchase a record speaks of, or what a reversal undid of it (negative), in cents."""
    match record:
        case Sale():
            return record.amount_cents
        case Redemption():
            return record.redemption.value_cents
        case Reversal():
            return -record.cents
        case _:
            return None


def booking_document(booking: Booking) -> dict[str, object]:
    """One booking; amounts as decimal strings, times with offset."""
    record = booking.record
    cents = booking_cents(record)
    document: dict[str, object] = {
        "record_id": str(record.record_id),
        "seq": booking.seq,
        "kind": kind_of(record),
        "at": iso_moment(record.at_us, record.utc_offset_min),
        "business_day": record.business_day.isoformat(),
        "points": booking.points,
        "balance_after": booking.balance_after,
        "reversed": booking.reversed.value,
        "amount": None if cents is None else decimal_text(cents),
    }
    match record:
        case Sale():
            return document | {
                "receipt": record.receipt or None,
                "awarded": record.points,
                "redeemed": record.points_redeemed,
            }
        case Redemption():
            return document | {"reward": record.redemption.reward_id}
        case Reversal():
            return document | {"original_id": str(record.original_id), "reason": record.reason.value}
        case _:
            return document


def consent_documents(consents: Iterable[ConsentState]) -> list[dict[str, object]]:
    """What a member agreed to or withdrew."""
    return [
        {
            "purpose": state.purpose.value,
            "granted": state.granted,
            "at": iso_moment(state.at_us, 0),
            "text_version": state.text_version,
        }
        for state in consents
    ]


def member_document(member: Member) -> dict[str, object]:
    """A member; tier, stamps and coupons are empty while the programme has none."""
    account, profile = member.account, member.profile
    return {
        "member": {
            "member_id": str(account.member_id),
            "name": profile.name if profile else None,
            "phone": (profile.phone or None) if profile else None,
            "email": (profile.email or None) if profile else None,
            "birthday": profile.birthday.isoformat() if profile and profile.birthday else None,
            "enrolled_on": account.enrolled_day.isoformat() if account.enrolled_day else None,
            "last_sale_on": account.last_sale_day.isoformat() if account.last_sale_day else None,
            "sales": account.sales,
            "cards": [{"card": card.number, "status": card.status.value} for card in member.cards],
        },
        "balance": account.balance,
        "available": account.balance,
        "tier": None,
        "lots": [
            {
                "record_id": str(lot.record_id),
                "earned_at": iso_moment(lot.earned_at_us, 0),
                "points": lot.points,
                "left": lot.left,
            }
            for lot in member.lots
        ],
        "consents": consent_documents(member.consents),
        "stamps": [],
        "coupons": [],
        "stage": member.stage.value,
    }
