"""When people buy bread: opening hours, rush hours, the Saturday, the summer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random

MINUTE_S: Final = 60
HOUR_S: Final = 60 * MINUTE_S
SATURDAY: Final = 5
SUNDAY: Final = 6

OPENS_S: Final = 6 * HOUR_S + 30 * MINUTE_S
CLOSES_S: Final = 18 * HOUR_S + 30 * MINUTE_S
SUNDAY_OPENS_S: Final = 7 * HOUR_S + 30 * MINUTE_S
SUNDAY_CLOSES_S: Final = 12 * HOUR_S
"""Opening hours, in seconds after midnight."""

LIVELY_S: Final = 3 * HOUR_S
"""The last day has begun at least this long ago, in seconds: a demo before opening time would show an empty shop."""

_WEEKDAY_HOURS: Final = (0, 0, 0, 0, 0, 0, 10, 18, 16, 12, 10, 10, 13, 9, 7, 9, 11, 11, 8, 0, 0, 0, 0, 0)
_SATURDAY_HOURS: Final = (0, 0, 0, 0, 0, 0, 6, 12, 19, 22, 20, 15, 11, 8, 6, 5, 5, 4, 3, 0, 0, 0, 0, 0)
_SUNDAY_HOURS: Final = (0, 0, 0, 0, 0, 0, 0, 8, 19, 22, 18, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
_DAYS: Final = (0.88, 0.92, 0.95, 1.0, 1.15, 1.75, 0.7)
_MONTHS: Final = (0.94, 0.96, 1.0, 1.03, 1.02, 0.98, 0.88, 0.86, 1.0, 1.03, 1.06, 1.2)


def busyness(day: date) -> float:
    """How much is sold on a day, as a factor of a usual Thursday."""
    if (day.month, day.day) in ((1, 1), (12, 25), (12, 26)):
        return 0.0
    return _DAYS[day.weekday()] * _MONTHS[day.month - 1]


def opening(day: date) -> tuple[int, int]:
    """When the shop opens and closes, in seconds after midnight."""
    return (SUNDAY_OPENS_S, SUNDAY_CLOSES_S) if day.weekday() == SUNDAY else (OPENS_S, CLOSES_S)


def moments(day: date, count: int, rng: random.Random) -> list[int]:
    """Spread customers over a whole day.

    Args:
        day: Which; its weekday has its own rush hours.
        count: How many customers.
        rng: The seeded source.

    Returns:
        Ascending seconds after midnight, inside the opening hours.
    """
    weights = {SATURDAY: _SATURDAY_HOURS, SUNDAY: _SUNDAY_HOURS}.get(day.weekday(), _WEEKDAY_HOURS)
    opens, closes = opening(day)
    hours = rng.choices(range(24), weights, k=count)
    drawn = (hour * HOUR_S + rng.randrange(HOUR_S) for hour in hours)
    return sorted(min(max(second, opens), closes - 1) for second in drawn)


def moments_until(day: date, count: int, rng: random.Random, now_s: int) -> list[int]:
    """Spread the customers of a day that is not over: only those who have come by now.

    Before the shop has been open for ``LIVELY_S`` it is as if it had opened earlier, at midnight at the earliest.

    Args:
        day: Today.
        count: How many customers a whole such day has.
        rng: The seeded source.
        now_s: The time of day, in seconds after midnight.
    """
    opens, closes = opening(day)
    if now_s - opens >= LIVELY_S:
        return [second for second in moments(day, count, rng) if second < now_s]
    begins = max(0, now_s - LIVELY_S)
    share = (now_s - begins) / (closes - opens)
    return sorted(rng.randrange(begins, now_s) for _ in range(round(count * share))) if now_s > begins else []


def days_before(today: date, days: int) -> list[date]:
    """The days of the history, today the last."""
    return [today - timedelta(days=back) for back in range(days, -1, -1)]
