"""A clock and a source of ids that tests and generated shops own."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

US_PER_SECOND: Final = 1_000_000
US_PER_MINUTE: Final = 60 * US_PER_SECOND
US_PER_DAY: Final = 24 * 60 * US_PER_MINUTE

START: Final = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
"""Where a fake clock stands unless told otherwise: a Saturday morning."""


def us_of(moment: datetime) -> int:
    """Microseconds since 1970 UTC of an aware moment."""
    return round((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))


class FakeClock:
    """Satisfies ``loyalty.ports.Clock``; stands still until it is moved.

    Attributes:
        at_us: The moment it shows, in microseconds since 1970 UTC.
        offset_min: The shop's offset from UTC, in minutes, at every moment.
    """

    def __init__(self, start: datetime = START, offset_min: int = 60) -> None:
        self.at_us = us_of(start)
        self.offset_min = offset_min

    def now_us(self) -> int:
        return self.at_us

    def utc_offset_min(self, at_us: int) -> int:
        return self.offset_min

    def business_day(self, at_us: int) -> date:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us, minutes=self.offset_min)).date()

    def today(self) -> date:
        """The business day of the moment it shows."""
        return self.business_day(self.at_us)

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move it, forward or backward."""
        delta = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        self.at_us += round(delta / timedelta(microseconds=1))


class SeededIds:
    """Satisfies ``loyalty.ports.Ids`` with ids that are the same in every run with the same seed.

    Record ids carry the clock's milliseconds as RFC 9562 asks (5.7) and rise within one millisecond through a counter.
    """

    def __init__(self, seed: int = 1, clock: FakeClock | None = None) -> None:
        self._random = random.Random(seed)
        self._clock = clock or FakeClock()
        self._count = 0

    def record_id(self) -> UUID:
        self._count += 1
        milliseconds = self._clock.now_us() // 1000 & 0xFFFF_FFFF_FFFF
        counter = self._count & 0xFFF
        return UUID(int=milliseconds << 80 | 7 << 76 | counter << 64 | 0b10 << 62 | self._random.getrandbits(62))

    def random_id(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)
