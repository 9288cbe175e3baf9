"""What customers thought of a purchase: one to five stars, once per booking, and what a day's stars come to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final
from uuid import UUID

import msgspec

from loyalty.records import STARS_MAX

RATING_WINDOW_S: Final = 30 * 60
"""How long after a booking it can be rated, in seconds: whoever taps later means another visit."""

HUNDREDTHS: Final = 100


def feedback_id(booking_id: UUID) -> UUID:
    """The id of a booking's rating: the same wherever and however often it is worked out, so there can be only one.

    A UUID version 8 (RFC 9562, 5.8) from SHA-256 over the booking's id.
    """
    digest = bytearray(hashlib.sha256(f"feedback {booking_id}".encode()).digest()[:16])
    digest[6] = (digest[6] & 0x0F) | 0x80
    digest[8] = (digest[8] & 0x3F) | 0x80
    return UUID(bytes=bytes(digest))


class Ratings(msgspec.Struct, frozen=True):
    """How often each number of stars was given.

    Attributes:
        counts: For one star, two stars and so on.
    """

    counts: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)

    @property
    def count(self) -> int:
        """How many ratings there are."""
        return sum(self.counts)

    @property
    def average_hundredths(self) -> int | None:
        """The mean number of stars in hundredths, halves rounded up; ``None`` without a rating."""
        if not self.count:
            return None
        stars = sum(number * times for number, times in enumerate(self.counts, start=1))
        return (2 * HUNDREDTHS * stars + self.count) // (2 * self.count)


def tally(stars: Iterable[int]) -> Ratings:
    """Count ratings of 1 to ``STARS_MAX`` stars."""
    counts = [0] * STARS_MAX
    for number in stars:
        counts[number - 1] += 1
    one, two, three, four, five = counts
    return Ratings((one, two, three, four, five))
