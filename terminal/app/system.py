"""The real clock and the real ids; everything else gets them as arguments."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID, uuid4

US_PER_S: Final = 1_000_000


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
