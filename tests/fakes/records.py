"""Records as a till would write them, which say only what a test is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loyalty.lines import ReversedLine
from loyalty.records import Adjustment, CardAction, CardChange, Enrolment, Redemption, Reversal, ReversalReason, Sale

if TYPE_CHECKING:
    from uuid import UUID

    from tests.fakes.clock import FakeClock, SeededIds


class RecordWriter:
    """Whoever writes records in a test: a till, or what head office takes for one.

    Attributes:
        clock: The writer's time.
        ids: The writer's ids.
    """

    clock: FakeClock
    ids: SeededIds

    def header(self, member_id: UUID | None, **changed: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a record
        """What every record says, now."""
        now_us = self.clock.now_us()
        fields: dict[str, Any] = {
            "record_id": self.ids.record_id(),
            "member_id": member_id,
            "at_us": now_us,
            "business_day": self.clock.business_day(now_us),
            "utc_offset_min": self.clock.utc_offset_min(now_us),
            "programme_version": 1,
            "command_digest": "",
        }
        return fields | changed

    def reversal(self, original: Sale | Redemption, cents: int | None = None, points: int | None = None) -> Reversal:
        """Undoes a record wholly, or so many cents and points of its first purchase line."""
        lines: tuple[ReversedLine, ...] = ()
        redemptions: tuple[ReversedLine, ...] = ()
        if isinstance(original, Redemption):
            taken = original.redemption
            redemptions = (ReversedLine(taken.line, taken.value_cents, taken.points),)
        elif cents is None:
            lines = tuple(ReversedLine(line.line, line.amount_cents, line.points) for line in original.lines)
            redemptions = tuple(ReversedLine(item.line, item.value_cents, item.points) for item in original.redemptions)
        else:
            lines = (ReversedLine(1, cents, points or 0),)
        return Reversal(
            **self.header(original.member_id),
            original_id=original.record_id,
            lines=lines,
            redemptions=redemptions,
            reason=ReversalReason.MISTAKE,
        )

    def adjustment(self, member_id: UUID, points: int, text_ref: UUID | None = None) -> Adjustment:
        """A manager's correction."""
        return Adjustment(**self.header(member_id), points=points, text_ref=text_ref)

    def enrolment(self, member_id: UUID) -> Enrolment:
        """An account gets a person."""
        return Enrolment(**self.header(member_id), card_ref=self.ids.random_id())

    def merge(self, member_id: UUID, into: UUID) -> CardChange:
        """Two accounts become one."""
        return CardChange(**self.header(member_id), action=CardAction.MERGE, into_member_id=into)
