"""Who comes to the demo shop, since when, how often, and for how much."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from terminal.demo.people import REGULARS, card_number, invented_people
from terminal.demo.traffic import SATURDAY

if TYPE_CHECKING:
    import random
    from uuid import UUID

    from loyalty.directory import Profile

FOUNDERS_SHARE: Final = 0.45
FOUNDERS_WEEKS: Final = 5
"""Which share joined in the first weeks of the programme; the others over the year."""

LAPSED_SHARE: Final = 0.22
"""Which share stopped coming some time after joining."""

STRANGERS_SHARE: Final = 0.02
"""Cards that collect points without a name, as a share of the members."""

REGULARS_EXPONENT: Final = 1.15
VISITS_MAX: Final = 45.0
"""Few come often and many seldom: a Pareto distribution, cut off."""

BASKET_CENTS: Final = 780
BASKET_SPREAD: Final = 0.55
BASKET_MIN_CENTS: Final = 90
BASKET_MAX_CENTS: Final = 7_500
SATURDAY_FACTOR: Final = 1.5
PRICE_STEP_CENTS: Final = 5


@dataclass(slots=True)
class Customer:
    """Somebody with a card.

    Attributes:
        number: The card's number.
        profile: Who; ``None`` for a card that was never enrolled.
        joins: The day of the enrolment or of the first purchase.
        leaves: The day after which they never come again, ``None`` for those who still do.
        weight: How often they come, compared with the others.
        basket_cents: What they usually spend.
        member_id: The account; set when the card is first used.
        card_ref: The card's reference; as above.
        balance: Points so far.
    """

    number: str
    profile: Profile | None
    joins: date
    leaves: date | None
    weight: float
    basket_cents: int
    member_id: UUID | None = None
    card_ref: UUID | None = None
    balance: int = field(default=0)

    def comes_on(self, day: date) -> bool:
        """Whether they are a customer on a day."""
        return self.joins <= day and (self.leaves is None or day <= self.leaves)

    def amount_cents(self, day: date, rng: random.Random) -> int:
        """What they buy for on a day, in steps of five cents as bakeries price."""
        factor = SATURDAY_FACTOR if day.weekday() == SATURDAY else 1.0
        drawn = rng.lognormvariate(math.log(self.basket_cents * factor), BASKET_SPREAD / 2)
        cents = min(max(drawn, BASKET_MIN_CENTS), BASKET_MAX_CENTS)
        return round(cents / PRICE_STEP_CENTS) * PRICE_STEP_CENTS


def invented_customers(count: int, first_day: date, today: date, rng: random.Random) -> list[Customer]:
    """The shop's members, the regulars first, and a few cards without a name.

    Args:
        count: How many members.
        first_day: When the programme began.
        today: The last day of the history.
        rng: The seeded source.
    """
    profiles: list[Profile | None] = [*invented_people(count - len(REGULARS), rng, today)]
    profiles += [None] * round(count * STRANGERS_SHARE)
    serial = 1_200_000
    customers = [Customer(who.card, who.profile, first_day, None, weight=0.0, basket_cents=0) for who in REGULARS]
    for profile in profiles:
        serial += rng.randint(1, 60)
        customers.append(_customer(card_number(serial), profile, first_day, today, rng))
    return customers


def _customer(number: str, profile: Profile | None, first_day: date, today: date, rng: random.Random) -> Customer:
    span_days = (today - first_day).days
    founder = rng.random() < FOUNDERS_SHARE
    joins_after = rng.randint(0, min(span_days, FOUNDERS_WEEKS * 7)) if founder else rng.randint(0, span_days)
    joins = first_day + timedelta(days=joins_after)
    leaves = None
    if rng.random() < LAPSED_SHARE:
        leaves = joins + timedelta(days=rng.randint(1, max(2, (today - joins).days)))
    weight = min(rng.paretovariate(REGULARS_EXPONENT), VISITS_MAX)
    basket_cents = max(BASKET_MIN_CENTS, round(rng.lognormvariate(math.log(BASKET_CENTS), BASKET_SPREAD)))
    return Customer(number, profile, joins, leaves, weight, basket_cents)
