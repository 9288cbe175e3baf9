"""Everything stored about a member, for the member: readable, and readable by machines (GDPR, articles 15 and 20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.outcomes import Refused
from loyalty.records import Adjustment, Reversal
from terminal.app.documents import booking_document, member_document
from terminal.app.members import show_member
from texts.csv_file import csv_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loyalty.programme import Programme
    from storage.store import Reader
    from storage.types import Booking

PAGE: Final = 500
"""How many bookings are read at once."""

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


def export_member(reader: Reader, programme: Programme, text: str) -> Export | Refused:
    """Collect a member's profile, cards, points and all bookings with the notes behind them."""
    member = show_member(reader, programme, text)
    if isinstance(member, Refused):
        return member
    member_id = member.account.member_id
    bookings = [booking_document(booking) | _note(reader, booking) for booking in _all_bookings(reader, member_id)]
    whole = member_document(member) | {"bookings": bookings}
    files = {
        "member.json": msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n",
        "bookings.csv": csv_bytes(COLUMNS, bookings),
    }
    return Export(member_id, files)


def _all_bookings(reader: Reader, member_id: UUID) -> Iterator[Booking]:
    """All bookings, newest first, a page at a time."""
    before_seq: int | None = None
    while page := reader.bookings(member_id, PAGE, before_seq):
        yield from page
        before_seq = page[-1].seq


def _note(reader: Reader, booking: Booking) -> dict[str, object]:
    """The free text behind a correction or a reversal."""
    record = booking.record
    if not isinstance(record, Adjustment | Reversal) or record.text_ref is None:
        return {}
    return {"note": reader.text(record.text_ref)}
