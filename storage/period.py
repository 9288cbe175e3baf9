"""The counts behind a period's figures: from the file of figures and what is newer, else from the projections alone.

From the projections every question is one statement over a covering index, so that only sums come out of SQLite; with a
million members that takes half a minute. Both ways come to the same, always. Definitions are those of ``loyalty.kpi``;
a sale counts as it stands when the report is asked for, so a later reversal changes an earlier period (the frozen day
close does not).
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from operator import add
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from loyalty.kpi import INACTIVE_AFTER_DAYS, Ladder, PeriodFacts
from storage.errors import Damaged, NotALedger
from storage.figures_bits import MemberCounts, Span, count_members
from storage.figures_gather import Gathered
from storage.figures_tail import tail_since
from storage.reads import Reads, one_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from storage.connection import Database
    from storage.figures import Figures, FiguresView

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


_DAYS_UNTIL: Final = f"""SELECT ifnull(sum(CAST(max(julianday(last_day) - julianday(enrolled_day), 0) AS INTEGER)), 0)
FROM (SELECT enrolled_day, (SELECT max(business_day) FROM booking
    WHERE booking.member_id = account.member_id AND {_COUNTED} AND business_day <= ?2) AS last_day
  FROM json_each(?1) CROSS JOIN account ON account.member_id = unhex(value))
"""  # noqa: S608 - constants only
"""Of members who have bought by a day: their days as members until then."""


class _Sales(NamedTuple):
    """What a period sold, with cards and without; revenue in cents."""

    member_sales: int = 0
    member_cents: int = 0
    anonymous_sales: int = 0
    anonymous_cents: int = 0


class PeriodReads(Reads):
    """Reads for the period report."""

    __slots__ = ("_figures",)

    def __init__(self, ledger: Database, vault: Database, figures: FiguresView | None = None) -> None:
        super().__init__(ledger, vault)
        self._figures = figures

    @classmethod
    def of(cls, reads: Reads, figures: FiguresView | None = None) -> Self:
        """The same connections, asked about periods.

        Args:
            reads: Of the ledger.
            figures: The file of figures beside it; without one everything is added up from the projections.
        """
        return cls(reads._ledger, reads._vault, figures)  # noqa: SLF001 - one kind of reads made from another

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
        days = (last.isoformat(), first.isoformat())
        with one_state(self._ledger):
            sales, members = self._from_figures(first, last, inactive_after_days) or (
                _Sales(*self._sums(_SALES, days)),
                self._members(first, last, inactive_after_days),
            )
            issued, redeemed, taken_back, returned, adjusted, expired = self._sums(_POINTS, days)
            open_points = self._sums(_OPEN_POINTS, days[:1])[0]
        return PeriodFacts(
            days=(last - first).days + 1,
            active_at_start=members.active_at_start,
            active_at_end=members.active_at_end,
            new_and_active_at_end=members.new_and_active_at_end,
            lost_members=members.lost,
            new_members=members.new,
            member_sales=sales.member_sales,
            member_revenue_cents=sales.member_cents,
            anonymous_sales=sales.anonymous_sales,
            anonymous_revenue_cents=sales.anonymous_cents,
            customers=members.customers,
            repeat_customers=members.repeat,
            returning_customers=members.returning,
            lapsed_members=members.lapsed,
            lapsed_days=members.lapsed_days,
            points_issued=issued,
            points_redeemed=redeemed,
            points_reversed=taken_back,
            points_returned=returned,
            points_adjusted=adjusted,
            points_expired=expired,
            open_points=open_points,
            ladder=Ladder(members.suspects, members.prospects, members.customers_once, members.clients),
        )

    def _members(self, first: date, last: date, inactive_after_days: int) -> MemberCounts:
        """Members, counted from the projections."""
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
        return MemberCounts(
            *self._sums(_MEMBERS, days),
            *self._sums(_CUSTOMERS, days[:2]),
            *self._sums(_LAPSED, days[:3]),
            *self._sums(_LADDER, days[:1]),
        )

    def _from_figures(self, first: date, last: date, inactive_after_days: int) -> tuple[_Sales, MemberCounts] | None:
        """Sales and members from the file of figures; ``None`` when it is of no use.

        Of whoever was touched since it was made, and of such days, the ledger is asked.
        """
        try:
            figures = self._figures.figures(self._ledger) if self._figures else None
            tail = tail_since(self._ledger, figures.state) if figures else None
            if figures is None or tail is None:
                return None
            asked = Span(first.toordinal(), last.toordinal(), inactive_after_days)
            touched = Gathered(self._ledger, tail.members)
            hidden = figures.numbered(tail.members)
            return self._sales(figures, tail.days, first, last), _sum_of(
                count_members(figures, asked, self._days_until(figures.members), hidden),
                count_members(touched, asked, self._days_until(touched.members)),
            )
        except (Damaged, NotALedger):
            return None  # damage of the ledger itself is told by the plain sums

    def _sales(self, figures: Figures, touched: Iterable[str], first: date, last: date) -> _Sales:
        """What a period sold; days that were touched are added up anew."""
        begin, end = first.isoformat(), last.isoformat()
        rows = [row for day, *row in figures.sold() if begin <= day <= end and day not in touched]
        rows += [list(self._sums(_SALES, (day, day))) for day in touched if begin <= day <= end]
        return _Sales(*map(sum, zip(*rows, strict=True)))

    def _days_until(self, members_in: Callable[[int], list[bytes]]) -> Callable[[int, int], int]:
        """What adds up the days of a set's members until their last purchase by a day."""

        def added_up(members: int, day: int) -> int:
            these = json.dumps([member.hex() for member in members_in(members)])
            return int(self._sums(_DAYS_UNTIL, (these, date.fromordinal(day).isoformat()))[0])

        return added_up

    def _sums(self, sql: str, days: tuple[str, ...]) -> tuple[Any, ...]:
        """The one row of a statement of sums."""
        return self._ledger.one(sql, days) or ()


def _sum_of(one: MemberCounts, other: MemberCounts) -> MemberCounts:
    """The counts over two groups of members that have nobody in common."""
    return MemberCounts(*map(add, one, other))
