"""All that a till has stored about one member, collected for the member."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.outcomes import Refused
from loyalty.programme import LongText, Programme, parse_programme
from loyalty.records import Adjustment, CardChange, Consent, Enrolment, Feedback, Reversal
from storage.exchange import HeadOfficeRow
from storage.member_records import records_about
from storage.types import Booking, Shop
from terminal.app.members import Member, show_member

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.store import Reader
    from terminal.app.till import Till

PAGE: Final = 500
"""How many bookings are read at once."""


class MemberData(msgspec.Struct, frozen=True):
    """What is stored.

    Attributes:
        shop: Whose till it is.
        programme: The rules in force.
        member: Person, account, cards, points.
        bookings: Newest first.
        notes: Free texts behind corrections and reversals, by record.
        enrolments: When the person was enrolled, and with which cards.
        consents: Every yes and no, in order.
        card_changes: What happened to the cards.
        ratings: What the member thought of purchases.
        notices: The privacy notices that were agreed to or not, by version.
        head_office: Where all of it is sent, if the till has joined one.
        made_at_us: When it was collected, in microseconds since 1970 UTC.
        utc_offset_min: The shop's offset from UTC then.
    """

    shop: Shop
    programme: Programme
    member: Member
    bookings: tuple[Booking, ...]
    notes: dict[UUID, str]
    enrolments: tuple[Enrolment, ...]
    consents: tuple[Consent, ...]
    card_changes: tuple[CardChange, ...]
    ratings: tuple[Feedback, ...]
    notices: dict[str, LongText]
    head_office: HeadOfficeRow | None
    made_at_us: int
    utc_offset_min: int


def member_data(till: Till, reader: Reader, card: str) -> MemberData | Refused:
    """Collect it; walks the whole journal, so it is for a thread on which nobody waits.

    Raises:
        StorageError: If the ledger can't be read.
    """
    member = show_member(reader, till.programme, card)
    if isinstance(member, Refused):
        return member
    accounts = list({member.account.member_id, *(card.member_id for card in member.cards)})
    records = [each.record for each in records_about(till.store.directory, accounts)]
    bookings = tuple(_all_bookings(reader, member.account.member_id))
    consents = tuple(record for record in records if isinstance(record, Consent))
    now_us = till.clock.now_us()
    return MemberData(
        shop=till.store.shop,
        programme=till.programme,
        member=member,
        bookings=bookings,
        notes=dict(_notes(reader, bookings)),
        enrolments=tuple(record for record in records if isinstance(record, Enrolment)),
        consents=consents,
        card_changes=tuple(record for record in records if isinstance(record, CardChange)),
        ratings=tuple(record for record in records if isinstance(record, Feedback)),
        notices=dict(_notices(reader, till.programme, consents)),
        head_office=reader.head_office(),
        made_at_us=now_us,
        utc_offset_min=till.clock.utc_offset_min(now_us),
    )


def _all_bookings(reader: Reader, member_id: UUID) -> Iterator[Booking]:
    """All bookings, newest first, a page at a time."""
    before_seq: int | None = None
    while page := reader.bookings(member_id, PAGE, before_seq):
        yield from page
        before_seq = page[-1].seq


def _notes(reader: Reader, bookings: tuple[Booking, ...]) -> Iterator[tuple[UUID, str]]:
    """The free texts behind corrections and reversals."""
    for booking in bookings:
        record = booking.record
        if isinstance(record, Adjustment | Reversal) and record.text_ref:
            text = reader.text(record.text_ref)
            if text is not None:
                yield record.record_id, text


def _notices(reader: Reader, current: Programme, consents: tuple[Consent, ...]) -> Iterator[tuple[str, LongText]]:
    """The notices as they were shown: each programme version carries its own."""
    yield current.privacy.version, current.privacy.notice
    for version in sorted({consent.programme_version for consent in consents} - {current.version}):
        document = reader.programme_document(version)
        programme = parse_programme(document) if document else []
        if isinstance(programme, Programme):
            yield programme.privacy.version, programme.privacy.notice
