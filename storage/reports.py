"""Day reports from the roll-ups: as many rows as a day has hours, whatever the size of the shop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyalty.encoding import decode
from loyalty.feedback import Ratings, tally
from loyalty.records import DayTotals, Feedback
from loyalty.report import HourTotals, RewardTotals
from storage.reads import Reads
from storage.types import DayReport

if TYPE_CHECKING:
    from datetime import date

_SUMS = """SELECT ifnull(sum(sales), 0), ifnull(sum(member_sales), 0), ifnull(sum(revenue_cents), 0),
ifnull(sum(member_revenue_cents), 0), ifnull(sum(reversed_cents), 0), ifnull(sum(points_issued), 0),
ifnull(sum(points_redeemed), 0), ifnull(sum(redemptions), 0), ifnull(sum(points_taken_back), 0),
ifnull(sum(points_returned), 0), ifnull(sum(points_adjusted), 0), ifnull(sum(new_members), 0),
ifnull(sum(points_expired), 0)
FROM day_total WHERE business_day = ?"""
_OPEN = """SELECT ifnull(sum(
  points_issued - points_redeemed - points_taken_back + points_returned + points_adjusted - points_expired), 0)
FROM day_total WHERE business_day <= ?"""

_RATED = """SELECT payload FROM journal WHERE kind = 'feedback' AND business_day = ?1
AND seq > (SELECT ifnull(max(seq), 0) FROM day_close WHERE closed_day < ?1)
AND seq <= (SELECT ifnull(min(seq), (SELECT max(seq) FROM journal)) FROM day_close WHERE closed_day >= ?1)"""
"""A day's ratings. No index leads to them, so only the records between two day closes are looked at."""


class ReportReads(Reads):
    """Reads of the roll-ups."""

    __slots__ = ()

    def currency(self) -> str:
        """What the shop books in."""
        return str(self._ledger.value("SELECT currency FROM shop"))

    def day_report(self, day: date) -> DayReport:
        """The sums of one business day; all zeros for a day without bookings.

        Reversals count on the day they were made. ``open_points`` adds up every day's movements, so a member in debt
        lowers it.
        """
        iso = day.isoformat()
        hours = self._ledger.all(
            "SELECT hour, points_issued, points_redeemed, sales FROM day_total WHERE business_day = ? ORDER BY hour",
            (iso,),
        )
        rewards = self._ledger.all(
            "SELECT reward_id, count, points, value_cents FROM reward_total WHERE business_day = ? ORDER BY reward_id",
            (iso,),
        )
        return DayReport(
            day,
            DayTotals(*(self._ledger.one(_SUMS, (iso,)) or ())),
            tuple(HourTotals(*row) for row in hours),
            tuple(RewardTotals(*row) for row in rewards),
            int(self._ledger.value(_OPEN, (iso,))),
        )

    def ratings(self, day: date) -> Ratings:
        """The stars this till's customers gave on a business day."""
        return tally(_stars(payload) for (payload,) in self._ledger.all(_RATED, (day.isoformat(),)))


def _stars(payload: bytes) -> int:
    record = decode(payload)
    assert isinstance(record, Feedback), "the kind beside the payload is the payload's own"
    return record.stars
