"""What happens at the counter, one visit after the other, before any of it is booked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from loyalty.money import split_by_weight
from terminal.demo.people import ANNA, REGULARS
from terminal.demo.traffic import HOUR_S, MINUTE_S, busyness, moments, moments_until

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from terminal.demo.customers import Customer
    from terminal.demo.people import Regular

SALES_PER_MEMBER: Final = 6
"""How many sales a year has for each member: more would look no better and take longer to write."""

DAYS_PER_YEAR: Final = 365
QUIETEST_TODAY: Final = 0.7
"""How busy today is at least: a demo on Christmas Day still has customers."""

COFFEE: Final = "coffee"
COFFEE_POINTS: Final = 300
MORNING_S: Final = 8 * HOUR_S + 12 * MINUTE_S
MORNINGS_S: Final = 2 * HOUR_S
"""When regulars come, and how much later they may, in seconds after midnight."""

ANNA_LAST_CENTS: Final = (2_390, 640)
"""Anna's last two purchases, in cents; between them she takes a coffee."""

LAST_DAYS: Final = 5
CENTS_PER_POINT: Final = 100


@dataclass(frozen=True, slots=True)
class Visit:
    """A customer at the counter.

    Attributes:
        second: When, in seconds after midnight.
        customer: Who.
        amount_cents: What they buy for; 0 when they buy nothing.
        reward_id: The reward they take for certain; empty leaves it to chance and to their points.
        scripted: Whether it follows a script and not chance.
    """

    second: int
    customer: Customer
    amount_cents: int = 0
    reward_id: str = ""
    scripted: bool = False


class Counter:
    """Draws the visits of each day."""

    def __init__(self, customers: list[Customer], days: list[date], now_s: int, rng: random.Random) -> None:
        """Prepare the year.

        Args:
            customers: The regulars first.
            days: The days of the history, today last.
            now_s: The time of day now, in seconds after midnight.
            rng: The seeded source.
        """
        regulars, self._others = customers[: len(REGULARS)], customers[len(REGULARS) :]
        self._today = days[-1]
        self._now_s = now_s
        self._rng = rng
        self._joining: dict[date, list[Customer]] = {}
        for customer in self._others:
            self._joining.setdefault(customer.joins, []).append(customer)
        self._waiting: list[Customer] = []
        self._scripted: dict[date, list[Visit]] = {}
        for customer, who in zip(regulars, REGULARS, strict=True):
            for day, visit in regular_visits(customer, who, days, now_s, rng):
                self._scripted.setdefault(day, []).append(visit)
        usual_week = sum(busyness(date(2026, 6, 1) + timedelta(days=offset)) for offset in range(7))
        self._usual_sales = len(customers) * SALES_PER_MEMBER / (DAYS_PER_YEAR / 7 * usual_week)

    def visits(self, day: date) -> list[Visit]:
        """Everybody who comes on a day, in order; whoever joins on a day the shop is closed comes on the next."""
        rng = self._rng
        is_today = day == self._today
        busy = max(busyness(day), QUIETEST_TODAY) if is_today else busyness(day)
        self._waiting += self._joining.get(day, [])
        if not busy:
            return []
        joining, self._waiting = self._waiting, []
        count = max(len(joining), round(self._usual_sales * busy * rng.uniform(0.85, 1.15)))
        seconds = moments_until(day, count, rng, self._now_s) if is_today else moments(day, count, rng)
        drawn = [
            Visit(rng.choice(seconds or [self._now_s]), customer, customer.amount_cents(day, rng))
            for customer in joining
        ]
        known = [customer for customer in self._others if customer.card_ref is not None and customer.comes_on(day)]
        if known:
            buyers = rng.choices(
                known, cum_weights=list(accumulate(customer.weight for customer in known)), k=len(seconds)
            )
            drawn += [
                Visit(second, buyer, buyer.amount_cents(day, rng))
                for second, buyer in zip(seconds[len(joining) :], buyers, strict=False)
            ]
        return sorted([*drawn, *self._scripted.get(day, [])], key=lambda visit: visit.second)


def regular_visits(
    customer: Customer, who: Regular, days: list[date], now_s: int, rng: random.Random
) -> Iterator[tuple[date, Visit]]:
    """A regular's year, at the end of which the balance is the one that was promised.

    Anna's last bookings are those of the pictures: a purchase, a coffee, and a purchase this morning.

    Args:
        customer: The customer.
        who: What the balance shall be.
        days: The days of the history, today last; at least a fortnight.
        now_s: The time of day now, in seconds after midnight.
        rng: The seeded source.

    Yields:
        Days and visits, in no order.
    """
    *earlier, today = [day for day in days if busyness(day) or day == days[-1]]
    usual, last = earlier[:-LAST_DAYS], earlier[-LAST_DAYS:]
    last_cents = (ANNA_LAST_CENTS if now_s > MINUTE_S else ANNA_LAST_CENTS[:1]) if who is ANNA else ()
    earned = who.balance + who.coffees * COFFEE_POINTS - sum(cents // CENTS_PER_POINT for cents in last_cents)
    chosen = sorted(rng.sample(usual, min(len(usual), max(1, earned // who.points_per_visit))))
    parts = split_by_weight(earned, [rng.randint(5, 16) for _ in chosen])
    coffees = who.coffees - (1 if last_cents else 0)
    coffee_days = {chosen[len(chosen) * (number + 1) // (coffees + 1)] for number in range(coffees)}

    def visit(second: int, amount_cents: int = 0, reward_id: str = "") -> Visit:
        return Visit(second, customer, amount_cents, reward_id, scripted=True)

    for day, points in zip(chosen, parts, strict=True):
        second = MORNING_S + rng.randrange(MORNINGS_S)
        yield day, visit(second, points * CENTS_PER_POINT + rng.randrange(0, CENTS_PER_POINT, 5))
        if day in coffee_days:
            yield day, visit(second + MINUTE_S, reward_id=COFFEE)
    if last_cents:
        yield last[-4], visit(MORNING_S + HOUR_S, last_cents[0])
        yield last[-3], visit(MORNING_S + 3 * MINUTE_S, reward_id=COFFEE)
    if len(last_cents) > 1:
        yield today, visit(MORNING_S if now_s > MORNING_S else now_s - MINUTE_S, last_cents[1])
