"""What is taken over from an old programme has ids worked out from what it is, so that doing it twice changes nothing.

A purchase is known by its receipt, moment, currency and lines: whoever imports the same file on another till, or once
more after the till was lost, books the same records. The card stays out of it, because card numbers are so few that
they could be tried out, and an id can never be erased.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.records import Adjustment, Enrolment, Sale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyalty.lines import SaleLine
    from loyalty.records import AnyRecord, UnknownRecord

SOURCE: Final = "import"
"""What an imported enrolment says of where it comes from."""

ID_BYTES: Final = 16
TIME_BYTES: Final = 6
"""How long the time at the beginning of a UUID version 7 is (RFC 9562, 5.7)."""

US_PER_MS: Final = 1_000

_ENCODER = msgspec.json.Encoder()


def sale_id(receipt: str, at_us: int, currency: str, lines: Sequence[SaleLine]) -> UUID:
    """The record id of an old programme's purchase."""
    goods = [(line.sku, line.category, line.quantity, line.amount_cents) for line in lines]
    return _derived(["imported sale", receipt, at_us, currency, goods], at_us // US_PER_MS)


def enrolment_id(member_id: UUID) -> UUID:
    """The record id of taking a member over; each account is taken over once."""
    return _derived(["imported member", member_id])


def opening_points_id(member_id: UUID) -> UUID:
    """The record id of the points a member brings along."""
    return _derived(["opening points", member_id])


def is_imported(record: AnyRecord | UnknownRecord) -> bool:
    """Whether a record was taken over from an old programme: its id is the one worked out from it."""
    match record:
        case Sale():
            return record.record_id == sale_id(record.receipt, record.at_us, record.currency, record.lines)
        case Enrolment() if record.member_id:
            return record.record_id == enrolment_id(record.member_id)
        case Adjustment() if record.member_id:
            return record.record_id == opening_points_id(record.member_id)
        case _:
            return False


def _derived(words: list[object], at_ms: int | None = None) -> UUID:
    """A UUID version 8 (RFC 9562, 5.8) from SHA-256.

    With a time it begins like a version 7, so that what is imported in order lies in order in every index of ids: a
    million ids in any order would each be on another page of the disk.
    """
    digest = bytearray(hashlib.sha256(_ENCODER.encode(words)).digest()[:ID_BYTES])
    if at_ms is not None:
        digest[:TIME_BYTES] = at_ms.to_bytes(TIME_BYTES, "big")
    digest[6] = (digest[6] & 0x0F) | 0x80
    digest[8] = (digest[8] & 0x3F) | 0x80
    return UUID(bytes=bytes(digest))
