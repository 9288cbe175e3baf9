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
TIME_SHIFT: Final = 80
"""How many bits follow the time at the beginning of a UUID version 7 (RFC 9562, 5.7)."""

TIME_FREE: Final = (1 << TIME_SHIFT) - 1

US_PER_MS: Final = 1_000

_FIXED: Final = 0xF << 76 | 0x3 << 62
"""The bits of a UUID that tell its version and variant (RFC 9562, 4.1 and 4.2)."""

_VERSION_8: Final = 0x8 << 76 | 0x2 << 62

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
    number = int.from_bytes(hashlib.sha256(_ENCODER.encode(words)).digest()[:ID_BYTES], "big")
    if at_ms is not None:
        number = at_ms << TIME_SHIFT | number & TIME_FREE
    return UUID(int=number & ~_FIXED | _VERSION_8)
