"""Everything stored about a member, as files for the member (GDPR, articles 15 and 20): for people and for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.outcomes import Refused
from loyalty.records import Sale
from terminal.app.documents import booking_document, iso_moment, member_document
from terminal.app.member_data import MemberData, member_data
from terminal.app.member_paper import member_paper, said
from terminal.messages import explain_text
from texts.csv_file import csv_bytes

if TYPE_CHECKING:
    from loyalty.records import Record
    from storage.store import Reader
    from storage.types import Booking
    from terminal.app.till import Till
    from terminal.settings.retention import RetentionSettings
    from texts.i18n import Texts

FORMAT: Final = "stammkunde-member/2"
"""What ``member.json`` is; 2 since it says who gets the data, how long it is kept, and every consent."""

COLUMNS: Final = (
    "at",
    "business_day",
    "kind",
    "amount",
    "points",
    "balance_after",
    "reversed",
    "receipt",
    "reward",
    "reason",
    "note",
    "record_id",
    "original_id",
)
"""The columns of ``bookings.csv``."""


class Export(msgspec.Struct, frozen=True):
    """A member's data as files, by name."""

    member_id: UUID
    files: dict[str, bytes]


def export_member(till: Till, reader: Reader, card: str, texts: Texts, kept: RetentionSettings) -> Export | Refused:
    """Collect what is stored about a member, as JSON, CSV and a paper in the language of ``texts``.

    Args:
        till: The till.
        reader: Its ledger.
        card: A card of the member.
        texts: The language in which sentences are written, also those in the JSON file.
        kept: How long things are kept.

    Raises:
        StorageError: If the ledger can't be read.
    """
    from texts.member_pdf import member_pdf  # brings a picture library along

    data = member_data(till, reader, card)
    if isinstance(data, Refused):
        return data
    bookings = [_booking(data, texts, booking) for booking in data.bookings]
    whole = {
        "format": FORMAT,
        "made_at": iso_moment(data.made_at_us, data.utc_offset_min),
        "shop": {"name": data.shop.name, "till": data.shop.till_name, "currency": data.shop.currency},
        "programme": {"name": data.programme.name, "version": data.programme.version},
        **member_document(data.member),
        **_records(data),
        "bookings": bookings,
        "recipients": _recipients(data),
        "kept": {
            "vouchers_years": kept.vouchers_years,
            "inactive_years": kept.inactive_years or None,
            "files_days": kept.files_days,
        },
        "information": [{"title": part.title, "text": list(part.sentences)} for part in said(texts, data, kept)],
    }
    files = {
        "member.json": msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n",
        "bookings.csv": csv_bytes(COLUMNS, bookings),
        "member.pdf": member_pdf(texts, member_paper(texts, data, kept)),
    }
    return Export(data.member.account.member_id, files)


def _booking(data: MemberData, texts: Texts, booking: Booking) -> dict[str, object]:
    """One booking with its lines, why it gave these points, and the note behind it."""
    document = booking_document(booking)
    record = booking.record
    note = data.notes.get(record.record_id)
    if note is not None:
        document["note"] = note
    if isinstance(record, Sale):
        document["lines"] = [msgspec.to_builtins(line) for line in record.lines]
        document["redemptions"] = [msgspec.to_builtins(line) for line in record.redemptions]
        document["explain"] = [
            {"rule": reason.rule, "points": reason.points, "text": explain_text(texts, data.programme, reason)}
            for reason in record.explain
        ]
    return document


def _records(data: MemberData) -> dict[str, object]:
    """What is no booking: enrolments, every yes and no with its text, what happened to cards, ratings."""
    numbers = {card.card_ref: card.number for card in data.member.cards}
    return {
        "enrolments": [
            {
                "at": _at(record),
                "card": numbers.get(record.card_ref),
                "source": record.source,
                "referred_by": None if record.referred_by is None else str(record.referred_by),
            }
            for record in data.enrolments
        ],
        "consent_history": [
            {
                "at": _at(record),
                "purpose": record.purpose.value,
                "granted": record.granted,
                "text_version": record.text_version,
            }
            for record in data.consents
        ],
        "privacy_notices": {version: msgspec.to_builtins(notice) for version, notice in data.notices.items()},
        "card_changes": [
            {
                "at": _at(record),
                "action": record.action.value,
                "card": numbers.get(record.card_ref) if record.card_ref else None,
            }
            for record in data.card_changes
        ],
        "ratings": [
            {"at": _at(record), "booking_id": str(record.booking_id), "stars": record.stars} for record in data.ratings
        ],
    }


def _at(record: Record) -> str:
    return iso_moment(record.at_us, record.utc_offset_min)


def _recipients(data: MemberData) -> list[dict[str, object]]:
    office = data.head_office
    if office is None:
        return []
    since = iso_moment(office.joined_at_us, 0) if office.joined_at_us else None
    return [{"kind": "head_office", "store": office.store, "url": office.url, "since": since}]
