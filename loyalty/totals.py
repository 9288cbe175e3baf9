"""What records add to the sums of a business day; the till's roll-ups, verify and head office all count with this."""

from __future__ import annotations

from typing import Final

from loyalty.records import Adjustment, AnyRecord, DayTotals, Expiry, Redemption, Reversal, Sale, UnknownRecord

US_PER_MINUTE: Final = 60_000_000
MINUTES_PER_HOUR: Final = 60
HOURS_PER_DAY: Final = 24


def day_totals(record: AnyRecord | UnknownRecord) -> DayTotals:
    """What one record adds to the totals of its day; a first enrolment is told by the account and counted elsewhere."""
    match record:
        case Sale(member_id=None):
            return DayTotals(sales=1, revenue_cents=record.amount_cents)
        case Sale():
            return DayTotals(
                sales=1,
                member_sales=1,
                revenue_cents=record.amount_cents,
                member_revenue_cents=record.amount_cents,
                points_issued=record.points,
                points_redeemed=record.points_redeemed,
                redemptions=len(record.redemptions),
            )
        case Redemption():
            return DayTotals(points_redeemed=record.redemption.points, redemptions=1)
        case Reversal(member_id=None):
            return DayTotals(reversed_cents=record.cents)
        case Reversal():
            return DayTotals(
                reversed_cents=record.cents, points_taken_back=record.takes_back, points_returned=record.returns
            )
        case Adjustment():
            return DayTotals(points_adjusted=record.points)
        case Expiry():
            return DayTotals(points_expired=record.points)
        case _:
            return DayTotals()


def hour_of(record: AnyRecord) -> int:
    """The hour of the shop's own day in which it happened, 0 to 23."""
    return hour_at(record.at_us, record.utc_offset_min)


def hour_at(at_us: int, utc_offset_min: int) -> int:
    """The hour of the day at a moment, 0 to 23, where the clock is so many minutes ahead of UTC."""
    minutes = at_us // US_PER_MINUTE + utc_offset_min
    return minutes // MINUTES_PER_HOUR % HOURS_PER_DAY
