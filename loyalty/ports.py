"""The outside world as the rules and use cases see it; adapters live in the outer packages, fakes in the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


class Clock(Protocol):
    """Time, injected so that tests and the simulation own it."""

    def now_us(self) -> int:
        """Corrected time in microseconds since 1970 UTC."""
        ...

    def utc_offset_min(self, at_us: int) -> int:
        """The shop's offset from UTC at a moment, in minutes."""
        ...

    def business_day(self, at_us: int) -> date:
        """The shop's calendar day at a moment."""
        ...


class Ids(Protocol):
    """Fresh identifiers, injected so that a simulation can seed them."""

    def record_id(self) -> UUID:
        """A UUID version 7 (RFC 9562, 5.7) for the next record."""
        ...

    def random_id(self) -> UUID:
        """A random UUID version 4 for references that must tell nothing."""
        ...
