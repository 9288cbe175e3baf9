"""A year at the demo shop, written through the real rules into the real journal.

The same seed and the same moment give the same year: names, purchases, rewards and times. Only what nobody may be able
to guess (keys, and the account ids made with them) differs.
"""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import UUID

from loyalty.records import Purpose, Redemption, ReversalReason, Sale
from loyalty.sale import Basket, RewardRequest
from terminal.app.system import uuid7
from terminal.demo.booking import Booker
from terminal.demo.customers import Customer, invented_customers
from terminal.demo.traffic import HOUR_S, MINUTE_S, days_before
from terminal.demo.visits import Counter, Visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from loyalty.ports import Clock
    from storage.store import Store

SEED: Final = 29
HISTORY_DAYS: Final = 365
DAYS_PER_COMMIT: Final = 28
"""After how many days the history is committed and the log emptied, so that the log stays small."""

REWARD_CHANCE: Final = 0.4
ALONE_SHARE: Final = 0.3
DEPOSIT_CHANCE: Final = 0.04
DEPOSIT_CENTS: Final = (8, 15, 25, 50, 75)
MISTAKE_CHANCE: Final = 0.003
RETURN_CHANCE: Final = 0.002
FIRST_BUYS_CHANCE: Final = 0.06
CONSENT_SHARE: Final = 0.5
"""How often somebody with enough points takes a reward, takes it without buying anything, has a deposit on the bill, is
booked wrongly, brings something back, buys before enrolling, and agrees to letters."""

WISH_POINTS: Final = 100
"""From this balance on people ask for rewards."""

PRODUCTS: Final = ("cake", "coffee", "brezel")
IN_A_SALE: Final = ("off-10", "off-5", "coffee", "brezel")
"""Rewards people take alone, and those they take with a purchase; the dear ones are asked for first."""

ENROLLING_S: Final = 90
CORRECTING_S: Final = 40
CORRECTION_CENTS: Final = 100
"""How long enrolling and correcting take, in seconds, and by how much a mistyped sum was off."""

US_PER_S: Final = 1_000_000
SECONDS_PER_DAY: Final = 86_400
UNIX_EPOCH: Final = date(1970, 1, 1)


class HistoryClock:
    """Satisfies ``loyalty.ports.Clock``: stands where the history has come to, in the time zone of another clock."""

    def __init__(self, local: Clock) -> None:
        self._local = local
        self._day = UNIX_EPOCH
        self._at_us = self._offset_min = 0

    def move_to(self, day: date, second: int) -> None:
        """Stand where the shop's wall clock shows this second of a day.

        One offset serves the whole day, because clocks are changed at night.
        """
        wall_us = ((day - UNIX_EPOCH).days * SECONDS_PER_DAY + second) * US_PER_S
        if day != self._day:
            self._day = day
            self._offset_min = self._local.utc_offset_min(wall_us)
        self._at_us = wall_us - self._offset_min * MINUTE_S * US_PER_S

    def now_us(self) -> int:
        """Where it stands."""
        return self._at_us

    def utc_offset_min(self, at_us: int) -> int:
        """The shop's offset from UTC at a moment, in minutes."""
        return self._offset_min if at_us == self._at_us else self._local.utc_offset_min(at_us)

    def business_day(self, at_us: int) -> date:
        """The shop's day at a moment."""
        return self._day if at_us == self._at_us else self._local.business_day(at_us)


class HistoryIds:
    """Satisfies ``loyalty.ports.Ids``: seeded, with the history's time in the record ids."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self._clock = clock
        self._random = random.Random(seed)

    def record_id(self) -> UUID:
        """A UUID version 7 of the moment the clock shows."""
        return uuid7(self._clock.now_us() // 1_000, self._random.randbytes(10))

    def random_id(self) -> UUID:
        """A UUID version 4."""
        return UUID(int=self._random.getrandbits(128), version=4)


@dataclass(frozen=True, slots=True)
class Year:
    """What there is to write.

    Attributes:
        members: How many members the shop has at the end.
        today: The last day.
        now_s: The time of day now, in seconds after midnight.
        days: How many days before today it begins; at least a fortnight.
        seed: Another seed gives another year.
    """

    members: int
    today: date
    now_s: int
    days: int = HISTORY_DAYS
    seed: int = SEED

    @property
    def first_day(self) -> date:
        """The day on which the programme began."""
        return self.today - timedelta(days=self.days)


def year_until_now(members: int, clock: Clock) -> Year:
    """The year that ends at the moment a clock shows."""
    now_us = clock.now_us()
    wall_s = now_us // US_PER_S + clock.utc_offset_min(now_us) * MINUTE_S
    return Year(members, clock.business_day(now_us), wall_s % SECONDS_PER_DAY)


def before_opening(year: Year, local: Clock) -> tuple[HistoryClock, HistoryIds]:
    """Clock and ids for making the store: its first record is as old as the programme."""
    clock = HistoryClock(local)
    clock.move_to(year.first_day, 5 * HOUR_S)
    return clock, HistoryIds(clock, year.seed)


def write_history(
    store: Store, year: Year, clock: HistoryClock, ids: HistoryIds, progress: Callable[[float], None]
) -> None:
    """Fill an empty store.

    Args:
        store: Opened with ``clock`` and ``ids``.
        year: What to write.
        clock: From ``before_opening``; moved along.
        ids: From ``before_opening``.
        progress: Told after each day which share is done, from 0 to 1.

    Raises:
        StorageError: The disk did not take it.
    """
    rng = random.Random(year.seed)
    days = days_before(year.today, year.days)
    counter = Counter(invented_customers(year.members, days[0], year.today, rng), days, year.now_s, rng)
    for start in range(0, len(days), DAYS_PER_COMMIT):
        with store.unit() as unit:
            booker = Booker(unit, store.programme, store.programme_key, clock, ids)
            for index, day in enumerate(days[start : start + DAYS_PER_COMMIT], start=start + 1):
                last_s = year.now_s if day == year.today else SECONDS_PER_DAY - 1
                _Day(booker, clock, day, last_s, rng).run(counter.visits(day))
                progress(index / len(days))
        store.checkpoint(now=True)


class _Day:
    """Books one day in the order in which things happened; what follows from a visit takes its place in the queue."""

    def __init__(self, booker: Booker, clock: HistoryClock, day: date, last_s: int, rng: random.Random) -> None:
        self._booker = booker
        self._clock = clock
        self._day = day
        self._last_s = last_s
        self._rng = rng
        self._queue: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0

    def run(self, visits: list[Visit]) -> None:
        """Book a day."""
        for visit in visits:
            self._at(visit.second, partial(self._serve, visit))
        while self._queue:
            second, _, happen = heapq.heappop(self._queue)
            self._clock.move_to(self._day, second)
            happen()

    def _at(self, second: int, happen: Callable[[], None]) -> None:
        """Let something happen, at the end of the history at the latest."""
        self._count += 1
        heapq.heappush(self._queue, (min(second, self._last_s), self._count, happen))

    def _serve(self, visit: Visit) -> None:
        customer = visit.customer
        newcomer = customer.card_ref is None and customer.profile is not None
        buys_first = newcomer and not visit.scripted and self._rng.random() < FIRST_BUYS_CHANCE
        if newcomer and not buys_first:
            self._enrol(customer)
        if visit.scripted:
            self._as_scripted(visit)
        else:
            self._by_chance(visit)
        if buys_first:
            self._at(visit.second + ENROLLING_S, partial(self._enrol, customer))

    def _enrol(self, customer: Customer) -> None:
        if customer.profile is None:
            return
        consents: tuple[Purpose, ...] = ()
        if customer.profile.email and self._rng.random() < CONSENT_SHARE:
            consents = (Purpose.EMAIL,)
        self._booker.enrol(customer, customer.profile, consents)

    def _as_scripted(self, visit: Visit) -> None:
        if visit.reward_id:
            self._booker.redeem(visit.customer, visit.reward_id)
        else:
            self._booker.sell(visit.customer, Basket(visit.amount_cents))

    def _by_chance(self, visit: Visit) -> None:
        """A purchase, or only a reward; some purchases are booked wrongly or brought back in part."""
        rng, customer = self._rng, visit.customer
        wishes = customer.profile is not None and rng.random() < REWARD_CHANCE
        if wishes and rng.random() < ALONE_SHARE and self._redeem_alone(customer):
            return
        without = rng.choice(DEPOSIT_CENTS) if rng.random() < DEPOSIT_CHANCE else 0
        basket = Basket(visit.amount_cents + without, without)
        sale = self._sell(customer, basket, wishes=wishes)
        slip = rng.random()
        if sale is None:
            return
        if slip < MISTAKE_CHANCE:
            self._at(visit.second + CORRECTING_S, partial(self._correct, customer, sale))
        elif slip < MISTAKE_CHANCE + RETURN_CHANCE:
            back_cents = max(1, sale.amount_cents // 3)
            undo = partial(self._booker.undo, customer, sale, ReversalReason.RETURN, amount_cents=back_cents)
            self._at(visit.second + HOUR_S, undo)

    def _redeem_alone(self, customer: Customer) -> bool:
        """Take the dearest product there are points for."""
        return any(isinstance(self._booker.redeem(customer, reward_id), Redemption) for reward_id in PRODUCTS)

    def _sell(self, customer: Customer, basket: Basket, *, wishes: bool) -> Sale | None:
        """A purchase, with the dearest reward that points and sum allow when the customer wishes one."""
        for reward_id in IN_A_SALE if wishes and customer.balance >= WISH_POINTS else ():
            sold = self._booker.sell(customer, basket, (RewardRequest(reward_id),))
            if isinstance(sold, Sale):
                return sold
        sold = self._booker.sell(customer, basket)
        return sold if isinstance(sold, Sale) else None

    def _correct(self, customer: Customer, sale: Sale) -> None:
        """A wrong sum was typed: undo it and book the right one."""
        self._booker.undo(customer, sale, ReversalReason.MISTAKE)
        self._booker.sell(customer, Basket(sale.amount_cents + CORRECTION_CENTS))
