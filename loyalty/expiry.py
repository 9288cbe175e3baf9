"""When points end: the last day of a lot, and which lots are due. Only the authority writes what comes of it."""

from __future__ import annotations

import calendar
import hashlib
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.programme import Expiring, RoundTo

if TYPE_CHECKING:
    from collections.abc import Callable

    from loyalty.statement import Account, Lot

MONTHS_PER_YEAR: Final = 12
DECEMBER: Final = 12


class Due(msgspec.Struct, frozen=True):
    """A lot whose time is over, with what is left of it; ``last_day`` was the last day it could be spent."""

    lot: Lot
    last_day: date


def last_day(rule: Expiring, lot: Lot, day_of: Callable[[int], date]) -> date:
    """The last day on which a lot's points can be spent.

    Args:
        rule: How long points live.
        lot: The lot.
        day_of: The shop's day of a moment, in microseconds since 1970 UTC.
    """
    last = _rounded(_months_later(max(day_of(lot.earned_at_us), rule.since), rule.months), rule.round_to)
    if lot.returned_at_us:
        last = max(last, day_of(lot.returned_at_us) + timedelta(days=rule.grace_days))
    return last


def due(account: Account, rule: Expiring, today: date, day_of: Callable[[int], date]) -> tuple[Due, ...]:
    """The lots of an account whose time is over on ``today``, soonest first."""
    lots = [Due(lot, last_day(rule, lot, day_of)) for lot in account.lots]
    return tuple(sorted((item for item in lots if item.last_day < today), key=lambda item: item.last_day))


def expiry_id(lot_id: UUID, last: date, correction: int) -> UUID:
    """The id of an expiry: the same wherever and however often it is worked out, so it can't be booked twice.

    A UUID version 8 (RFC 9562, 5.8) from SHA-256 over lot, day and count.
    """
    digest = bytearray(hashlib.sha256(f"expiry {lot_id} {last} {correction}".encode()).digest()[:16])
    digest[6] = (digest[6] & 0x0F) | 0x80
    digest[8] = (digest[8] & 0x3F) | 0x80
    return UUID(bytes=bytes(digest))


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last when it is shorter."""
    years, month0 = divmod(day.month - 1 + months, MONTHS_PER_YEAR)
    year, month = day.year + years, month0 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _rounded(day: date, to: RoundTo) -> date:
    if to is RoundTo.DAY:
        return day
    month = DECEMBER if to is RoundTo.YEAR_END else day.month
    return date(day.year, month, calendar.monthrange(day.year, month)[1])
