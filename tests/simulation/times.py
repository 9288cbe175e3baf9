"""Time and ids in the simulation: one true time, clocks that are off by some of it, ids that are remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.clock import US_PER_SECOND, FakeClock, SeededIds

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


class MachineClock:
    """Satisfies ``loyalty.ports.Clock``; what one machine takes for the time.

    Attributes:
        truth: The world's time.
        off_us: By how much this machine is wrong, in microseconds.
    """

    def __init__(self, truth: FakeClock, off_us: int = 0) -> None:
        self.truth = truth
        self.off_us = off_us

    def now_us(self) -> int:
        return self.truth.now_us() + self.off_us

    def utc_offset_min(self, at_us: int) -> int:
        return self.truth.utc_offset_min(at_us)

    def business_day(self, at_us: int) -> date:
        return self.truth.business_day(at_us)

    def put_off(self, seconds: int) -> None:
        """Set it wrong by so much, forward or backward."""
        self.off_us = seconds * US_PER_SECOND


class MintingIds(SeededIds):
    """Seeded ids that remember every record id that was given out.

    Attributes:
        minted: All of them.
    """

    def __init__(self, seed: int, truth: FakeClock) -> None:
        super().__init__(seed, truth)
        self.minted: set[UUID] = set()

    def record_id(self) -> UUID:
        minted = super().record_id()
        self.minted.add(minted)
        return minted
