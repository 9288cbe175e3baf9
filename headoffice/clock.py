"""The real clock, in the shop's time zone wherever the server stands, and the real ids."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

TIME_ZONE: Final = "Europe/Berlin"
"""The shops' time zone unless set otherwise (IANA time zone database): it decides on which day points expire."""

US_PER_S: Final = 1_000_000
_S_PER_MIN: Final = 60


class ZoneClock:
    """The machine's time, seen from one time zone; satisfies ``loyalty.ports.Clock``.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: There is no such zone.
    """

    def __init__(self, zone: str = TIME_ZONE) -> None:
        self._zone = ZoneInfo(zone)

    def now_us(self) -> int:
        """Microseconds since 1970 UTC."""
        return time.time_ns() // 1000

    def utc_offset_min(self, at_us: int) -> int:
        """The zone's offset from UTC at a moment, in minutes."""
        offset = self._local(at_us).utcoffset()
        return int(offset.total_seconds()) // _S_PER_MIN if offset else 0

    def business_day(self, at_us: int) -> date:
        """The calendar day in the zone at a moment."""
        return self._local(at_us).date()

    def _local(self, at_us: int) -> datetime:
        return datetime.fromtimestamp(at_us // US_PER_S, UTC).astimezone(self._zone)


class SystemIds:
    """Ids from the system's random source; satisfies ``loyalty.ports.Ids``."""

    def record_id(self) -> UUID:
        """A UUID version 7 (RFC 9562, 5.7): 48 bits of milliseconds, then random bits."""
        raw = bytearray((time.time_ns() // 1_000_000).to_bytes(6, "big") + os.urandom(10))
        raw[6] = (raw[6] & 0x0F) | 0x70
        raw[8] = (raw[8] & 0x3F) | 0x80
        return UUID(bytes=bytes(raw))

    def random_id(self) -> UUID:
        """A UUID version 4."""
        return uuid4()
