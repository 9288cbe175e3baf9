"""The counts behind a period's figures, from the projections alone.

Every question is one statement over a covering index, so a year of a large shop is added up inside SQLite and only
sums come out. Definitions are those of ``loyalty.kpi``; a sale counts as it stands when the report is asked for, so a
later reversal changes an earlier period (the frozen day close does not).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from loyalty.kpi import INACTIVE_AFTER_DAYS, Ladder, PeriodFacts
from storage.reads import Reads

if TYPE_CHECKING:
    from datetime import date

_COUNTED: Final = "kind = 'sale' AND reversed_cents < amount_cents"

_ACTIVE: Final = f"""SELECT member_id FROM account
WHERE enrolled_day <= {{end}} AND merged_into IS NULL
AND (enrolled_day >= {{window}} OR member_id IN (
  SELECT member_id FROM booking
  WHERE {_COUNTED} AND business_day BETWEEN {{window}} AND {{end}} AND member_id IS NOT NULL))
EXCEPT SELECT member_id FROM tombstone WHERE erased_day <= {{end}}"""  # noqa: S608 - constants only
"""Members active at the end of a day; erased ones are not, merged ones are the account they were merged into."""

_MEMBERS: Final = f"""WITH
before AS ({_ACTIVE.format(end="?4", window="?5")}),
after AS ({_ACTIVE.format(end="?1", window="?3")})
SELECT
  (SELECT count(*) FROM before),
  (SELECT count(*) FROM after),
  (SELECT count(*) FROM after JOIN account USING (member_id) WHERE enrolled_day >= ?2),
  (SELECT count(*) FROM before WHERE member_id NOT IN (SELECT member_id FROM after)),
  (SELECT count(*) FROM account WHERE enrolled_day BETWEEN ?2 AND ?1 AND merged_into IS NULL)
"""  # noqa: S608 - constants only

_SALES: Final = f"""SELECT
  count(member_id), ifnull(sum(CASE WHEN member_id IS NOT NULL THEN amount_cents - reversed_cents END), 0),
  count(*) - count(member_id), ifnull(sum(CASE WHEN member_id IS NULL THEN amount_cents - reversed_cents END), 0)
FROM booking WHERE {_COUNTED} AND business_day BETWEEN ?2 AND ?1"""  # noqa: S608 - constants only

_CUSTOMERS: Final = f"""SELECT count(*), ifnull(sum(sales > 1), 0), ifnull(sum(EXISTS (
  SELECT 1 FROM booking AS earlier WHERE earlier.member_id = customer.member_id AND earlier.kind = 'sale'
  AND earlier.reversed_cents < earlier.amount_cents AND earlier.business_day < ?2)), 0)
FROM (SELECT member_id, count(*) AS sales FROM booking
  WHERE {_COUNTED} AND business_day BETWEEN ?2 AND ?1 AND member_id IS NOT NULL GROUP BY member_id) AS customer
"""  # noqa: S608 - constants only

_LAPSED: Final = f"""SELECT count(days), ifnull(sum(days), 0) FROM (
  SELECT CAST(max(julianday(last_day) - julianday(enrolled_day), 0) AS INTEGER) AS days FROM (
    SELECT enrolled_day, (SELECT max(business_day) FROM booking
      WHERE booking.member_id = account.member_id AND {_COUNTED} AND business_day <= ?1) AS last_day
    FROM account WHERE enrolled_day <= ?1 AND merged_into IS NULL
    AND member_id NOT IN ({_ACTIVE.format(end="?1", window="?3")})))
"""  # noqa: S608 - constants only
"""Members enrolled but no longer active who ever bought: how many, and the sum of their days as members."""

_POINTS: Final = """SELECT ifnull(sum(points_issued), 0), ifnull(sum(points_redeemed), 0),
ifnull(sum(points_taken_back), 0), ifnull(sum(points_returned), 0), ifnull(sum(points_adjusted), 0),
ifnull(sum(points_expired), 0)
FROM day_total WHERE business_day BETWEEN ?2 AND ?1"""

_OPEN_POINTS: Final = """
SELECT ifnull(sum(
  points_issued - points_redeemed - points_taken_back + points_returned + points_adjusted - points_expired), 0)
FROM day_total WHERE business_day <= ?1"""

_LADDER: Final = f"""SELECT
  ifnull(sum(enrolled_day IS NULL OR enrolled_day > ?1), 0),
  ifnull(sum(enrolled_day <= ?1 AND sales = 0), 0),
  ifnull(sum(enrolled_day <= ?1 AND sales = 1), 0),
  ifnull(sum(enrolled_day <= ?1 AND sales > 1), 0)
FROM (
  SELECT enrolled_day, ifnull(bought.sales, 0) AS sales FROM account LEFT JOIN (
    SELECT member_id, count(*) AS sales FROM booking
    WHERE {_COUNTED} AND business_day <= ?1 AND member_id IS NOT NULL GROUP BY member_id) AS bought USING (member_id)
  WHERE merged_into IS NULL AND member_id NOT IN (SELECT member_id FROM tombstone WHERE erased_day <= ?1)
  AND (enrolled_day <= ?1
    OR EXISTS (SELECT 1 FROM booking WHERE booking.member_id = account.member_id AND business_day <= ?1)
    OR NOT EXISTS (SELECT 1 FROM booking WHERE booking.member_id = account.member_id)))
"""  # noqa: S608 - constants only
"""Members by step. A card handed out and never used carries no day, so it counts at the end of every period."""


class PeriodReads(Reads):
    """Reads for the period report."""

    __slots__ = ()

    @classmethod
    def of(cls, reads: Reads) -> Self:
        """The same connections, asked about periods."""
        return cls(reads._ledger, reads._vault)  # noqa: SLF001 - one kind of reads made from another

    def period_facts(self, first: date, last: date, *, inactive_after_days: int = INACTIVE_AFTER_DAYS) -> PeriodFacts:
        """Count what the figures of a period need.

        Args:
            first: Its first business day.
            last: Its last business day, included.
            inactive_after_days: How many days a counted sale or the enrolment keeps a member active, at least 1.

        Returns:
            The counts. Advocates are ``None`` while referrals are not projected.

        Raises:
            ValueError: If the period ends before it begins, or no day keeps a member active.
        """
        if last < first or inactive_after_days < 1:
            raise ValueError(f"No period: {first} to {last}, active for {inactive_after_days} days")
        window = timedelta(days=inactive_after_days)
        days = tuple(
            day.isoformat()
            for day in (
                last,  # ?1
                first,  # ?2
                last - window + timedelta(days=1),  # ?3, from when on a sale makes a member active at the end
                first - timedelta(days=1),  # ?4
                first - window,  # ?5, the same for the start
            )
        )
        at_start, at_end, new_at_end, lost, new = self._sums(_MEMBERS, days)
        member_sales, member_cents, anonymous_sales, anonymous_cents = self._sums(_SALES, days[:2])
        customers, repeat, returning = self._sums(_CUSTOMERS, days[:2])
        lapsed, lapsed_days = self._sums(_LAPSED, days[:3])
        issued, redeemed, taken_back, returned, adjusted, expired = self._sums(_POINTS, days[:2])
        return PeriodFacts(
            days=(last - first).days + 1,
            active_at_start=at_start,
            active_at_end=at_end,
            new_and_active_at_end=new_at_end,
            lost_members=lost,
            new_members=new,
            member_sales=member_sales,
            member_revenue_cents=member_cents,
            anonymous_sales=anonymous_sales,
            anonymous_revenue_cents=anonymous_cents,
            customers=customers,
            repeat_customers=repeat,
            returning_customers=returning,
            lapsed_members=lapsed,
            lapsed_days=lapsed_days,
            points_issued=issued,
            points_redeemed=redeemed,
            points_reversed=taken_back,
            points_returned=returned,
            points_adjusted=adjusted,
            points_expired=expired,
            open_points=self._sums(_OPEN_POINTS, days[:1])[0],
            ladder=Ladder(*self._sums(_LADDER, days[:1])),
        )

    def _sums(self, sql: str, days: tuple[str, ...]) -> tuple[Any, ...]:
        """The one row of a statement of sums."""
        return self._ledger.one(sql, days) or ()
