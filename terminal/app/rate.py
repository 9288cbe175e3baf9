"""A customer gives stars for the booking that was just made: once, and soon."""

from __future__ import annotations

from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from loyalty.encoding import command_digest
from loyalty.feedback import RATING_WINDOW_S, feedback_id
from loyalty.records import Feedback, Redemption, Sale
from terminal.app.till import Till, header

US_PER_S: Final = 1_000_000


class RateCommand(msgspec.Struct, frozen=True):
    """What a customer tapped.

    Attributes:
        booking_id: The sale or redemption.
        stars: 1 to 5.
        cashier_id: Who was signed in.
    """

    booking_id: UUID
    stars: int
    cashier_id: UUID | None = None

    @property
    def record_id(self) -> UUID:
        """Derived from the booking, so that a second tap finds the first one, whichever till process hears it."""
        return feedback_id(self.booking_id)


class Rated(msgspec.Struct, frozen=True):
    """A rating that is on disk; ``repeated`` when it was there before, perhaps with other stars."""

    record: Feedback
    repeated: bool = False


class NotRatedReason(StrEnum):
    """Why a rating is not taken. No customer reads a reason: the question just goes away."""

    BOOKING_UNKNOWN = "booking_unknown"
    """This till has no such sale or redemption."""
    TOO_LATE = "too_late"
    """The booking is older than ``RATING_WINDOW_S``."""


class NotRated(msgspec.Struct, frozen=True):
    """A rating that is not taken."""

    reason: NotRatedReason


def rate(till: Till, command: RateCommand) -> Rated | NotRated:
    """Write a rating. The first one of a booking stays: a second tap changes nothing, whatever it says.

    Raises:
        StorageError: If the disk did not take it.
        ValueError: If the stars are not 1 to 5.
    """
    with till.store.unit() as unit:
        before = unit.record(command.record_id)
        if before is not None and isinstance(before.record, Feedback):
            return Rated(before.record, repeated=True)
        stored = unit.record(command.booking_id)
        if stored is None or not isinstance(stored.record, Sale | Redemption):
            return NotRated(NotRatedReason.BOOKING_UNKNOWN)
        booking = stored.record
        if till.clock.now_us() - booking.at_us > RATING_WINDOW_S * US_PER_S:
            return NotRated(NotRatedReason.TOO_LATE)
        digest = command_digest(till.store.programme_key, "feedback", str(command.booking_id), command.stars)
        record = Feedback(
            **header(till, unit, command, booking.member_id, digest), booking_id=booking.record_id, stars=command.stars
        )
        unit.append(record)
        return Rated(record)
