"""The real clock and the real ids; everything else gets them as arguments."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

if TYPE_CHECKING:
    from loyalty.ports import Clock

US_PER_S: Final = 1_000_000
US_PER_MS: Final = 1_000

OFFSET_STEP_MS: Final = 1_000
"""How far a correction must be from the last one to count, in milliseconds; less is the way an answer takes."""


class SystemClock:
    """The machine's clock in the machine's time zone."""

    def now_us(self) -> int:
        """Microseconds since 1970 UTC."""
        return time.time_ns() // 1000

    def utc_offset_min(self, at_us: int) -> int:
        """The machine's offset from UTC at a moment, in minutes."""
        offset = datetime.fromtimestamp(at_us // US_PER_S, UTC).astimezone().utcoffset()
        return int(offset.total_seconds()) // 60 if offset else 0

    def business_day(self, at_us: int) -> date:
        """The calendar day on the machine's wall clock at a moment."""
        return datetime.fromtimestamp(at_us // US_PER_S, UTC).astimezone().date()


class CorrectedClock:
    """A clock with what head office has said it is off by.

    It may be corrected on one thread while others read it: the correction is one number, replaced as a whole.

    Args:
        clock: The machine's clock.
        offset_ms: Head office's clock minus that one, in milliseconds.
    """

    def __init__(self, clock: Clock, offset_ms: int = 0) -> None:
        self._clock = clock
        self.offset_ms = offset_ms

    def correct(self, offset_ms: int) -> None:
        """Follow head office; what lies within the noise of a network is left as it is."""
        if abs(offset_ms - self.offset_ms) >= OFFSET_STEP_MS:
            self.offset_ms = offset_ms

    def now_us(self) -> int:
        """Corrected microseconds since 1970 UTC."""
        return self._clock.now_us() + self.offset_ms * US_PER_MS

    def utc_offset_min(self, at_us: int) -> int:
        """The shop's offset from UTC at a moment, in minutes."""
        return self._clock.utc_offset_min(at_us)

    def business_day(self, at_us: int) -> date:
        """The shop's calendar day at a moment."""
        return self._clock.business_day(at_us)


class SystemIds:
    """Ids from the system's random source."""

    def record_id(self) -> UUID:
        """A UUID version 7 (RFC 9562, 5.7): 48 bits of milliseconds, then random bits."""
        return uuid7(time.time_ns() // 1_000_000, os.urandom(10))

    def random_id(self) -> UUID:
        """A UUID version 4."""
        return uuid4()


def uuid7(at_ms: int, random: bytes) -> UUID:
    """Build a UUID version 7 (RFC 9562, 5.7).

    Args:
        at_ms: Milliseconds since 1970 UTC.
        random: Ten random bytes, of which 74 bits are used.
    """
    raw = bytearray(at_ms.to_bytes(6, "big") + random[:10])
    raw[6] = (raw[6] & 0x0F) | 0x70
    raw[8] = (raw[8] & 0x3F) | 0x80
    return UUID(bytes=bytes(raw))
