"""Period counts: the ledger's sums against a slow model that walks every member and every sale by the definitions."""

from __future__ import annotations

import random
from contextlib import closing
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec
import pytest

from loyalty.kpi import INACTIVE_AFTER_DAYS, Assumptions, Ladder, PeriodFacts, figures
from storage.figures import FiguresView
from storage.figures_build import make_figures
from storage.files import FIGURES_FILE
from storage.period import PeriodReads
from tests.fakes.ledger import LedgerOfTests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from loyalty.records import Sale
    from storage.store import Reader

MEMBERS: Final = 40
STEPS: Final = 260
DAYS: Final = 420


class BookedSale(msgspec.Struct):
    """A sale as the model remembers it."""

    record: Sale
    member: UUID | None
    day: date
    cents: int
    reversed_cents: int = 0

    @property
    def counts(self) -> bool:
        return self.reversed_cents < self.cents


class Model:
    """A shop's history in plain lists, and every count straight from its definition."""

    def __init__(self) -> None:
        self.sales: list[BookedSale] = []
        self.enrolled: dict[UUID, date] = {}
        self.known: dict[UUID, date | None] = {}
        self.merged: dict[UUID, UUID] = {}
        self.erased: dict[UUID, date] = {}
        self.points: list[tuple[date, str, int]] = []

    def root(self, member: UUID) -> UUID:
        while member in self.merged:
            member = self.merged[member]
        return member

    def know(self, member: UUID, booked: date | None) -> None:
        """An account was named by a record, or had a booking on a day."""
        before = self.known.get(member)
        self.known[member] = min(before, booked) if before and booked else before or booked

    def accounts(self) -> set[UUID]:
        return {self.root(member) for member in self.known}

    def enrolled_on(self, account: UUID) -> date | None:
        return min((day for member, day in self.enrolled.items() if self.root(member) == account), default=None)

    def is_erased(self, account: UUID, day: date) -> bool:
        return account in self.erased and self.erased[account] <= day

    def sales_of(self, account: UUID, first: date, last: date) -> list[BookedSale]:
        return [
            sale
            for sale in self.sales
            if sale.counts and sale.member and self.root(sale.member) == account and first <= sale.day <= last
        ]

    def is_active(self, account: UUID, day: date, after_days: int) -> bool:
        enrolled = self.enrolled_on(account)
        if enrolled is None or enrolled > day or self.is_erased(account, day):
            return False
        oldest = day - timedelta(days=after_days - 1)
        return enrolled >= oldest or bool(self.sales_of(account, oldest, day))

    def facts(self, first: date, last: date, after_days: int) -> PeriodFacts:
        start = first - timedelta(days=1)
        before = {account for account in self.accounts() if self.is_active(account, start, after_days)}
        after = {account for account in self.accounts() if self.is_active(account, last, after_days)}
        enrolled = {account: day for account in self.accounts() if (day := self.enrolled_on(account))}
        new = {account for account, day in enrolled.items() if first <= day <= last}
        with_card = [sale for account in self.accounts() for sale in self.sales_of(account, first, last)]
        anonymous = [sale for sale in self.sales if not sale.member and sale.counts and first <= sale.day <= last]
        counts = {account: len(self.sales_of(account, first, last)) for account in self.accounts()}
        customers = {account for account, number in counts.items() if number}
        lifespans = [
            max((max(sale.day for sale in bought) - day).days, 0)
            for account, day in enrolled.items()
            if day <= last and account not in after and (bought := self.sales_of(account, date.min, last))
        ]
        return PeriodFacts(
            days=(last - first).days + 1,
            active_at_start=len(before),
            active_at_end=len(after),
            new_and_active_at_end=len(after & new),
            lost_members=len(before - after),
            new_members=len(new),
            member_sales=len(with_card),
            member_revenue_cents=sum(sale.cents - sale.reversed_cents for sale in with_card),
            anonymous_sales=len(anonymous),
            anonymous_revenue_cents=sum(sale.cents - sale.reversed_cents for sale in anonymous),
            customers=len(customers),
            repeat_customers=sum(number >= 2 for number in counts.values()),
            returning_customers=sum(bool(self.sales_of(account, date.min, start)) for account in customers),
            lapsed_members=len(lifespans),
            lapsed_days=sum(lifespans),
            points_issued=self.points_of({"issued"}, first, last),
            points_redeemed=-self.points_of({"redeemed"}, first, last),
            points_reversed=-self.points_of({"taken back"}, first, last),
            points_returned=self.points_of({"returned"}, first, last),
            points_adjusted=self.points_of({"adjusted"}, first, last),
            open_points=sum(points for day, _, points in self.points if day <= last),
            ladder=self.ladder(last),
        )

    def points_of(self, kinds: set[str], first: date, last: date) -> int:
        return sum(points for day, kind, points in self.points if kind in kinds and first <= day <= last)

    def ladder(self, last: date) -> Ladder:
        steps = [0, 0, 0, 0]
        for account in self.accounts():
            enrolled = self.enrolled_on(account)
            booked = [day for member, day in self.known.items() if self.root(member) == account and day]
            if self.is_erased(account, last):
                continue
            if enrolled and enrolled <= last:
                steps[1 + min(len(self.sales_of(account, date.min, last)), 2)] += 1
            elif not booked or min(booked) <= last:
                steps[0] += 1
        return Ladder(*steps)


class History:
    """Makes up a shop's history and books it twice: in the ledger and in the model."""

    def __init__(self, ledger: LedgerOfTests, seed: int) -> None:
        self.ledger = ledger
        self.model = Model()
        self.random = random.Random(seed)

    def make(self, after_step: Callable[[int], None] = lambda _step: None) -> Model:
        for number in range(STEPS):
            after_step(number)
            self.ledger.clock.advance(days=self.random.randrange(2 * DAYS // STEPS + 1))
            member = self.model.root(self.ledger.member(self.random.randrange(MEMBERS)))
            if member not in self.model.erased:
                step = self.random.choices(
                    [
                        self.sell,
                        self.anonymous,
                        self.enrol,
                        self.undo,
                        self.redeem,
                        self.adjust,
                        self.merge,
                        self.erase,
                    ],
                    [60, 12, 14, 16, 8, 4, 1, 1],
                )[0]
                step(member)
        return self.model

    @property
    def today(self) -> date:
        return self.ledger.clock.today()

    def sell(self, member: UUID | None) -> None:
        late = timedelta(days=self.random.choice([0, 0, 0, 9]))
        rewards = [self.ledger.reward()] if member and self.random.random() < 0.3 else []
        cents = self.random.randrange(1, 9_000)
        sale = self.ledger.sale(member, cents, None, *rewards)
        sale = msgspec.structs.replace(sale, business_day=self.today - late)
        self.ledger.append(sale)
        self.model.sales.append(BookedSale(sale, member, sale.business_day, cents))
        if member:
            self.model.know(member, sale.business_day)
            self.model.points += [(sale.business_day, "issued", sale.points)]
            self.model.points += [(sale.business_day, "redeemed", -sale.points_redeemed)]

    def anonymous(self, _: UUID) -> None:
        self.sell(None)

    def enrol(self, member: UUID) -> None:
        self.ledger.append(self.ledger.enrolment(member))
        self.model.enrolled.setdefault(member, self.today)
        self.model.know(member, None)

    def undo(self, _: UUID) -> None:
        untouched = [sale for sale in self.model.sales if not sale.reversed_cents]
        if not untouched:
            return
        sale = self.random.choice(untouched)
        part = self.random.choice([None, self.random.randrange(1, sale.cents + 1)])
        taken = None if part is None else sale.record.points * part // sale.cents
        reversal = self.ledger.reversal(sale.record, part, taken)
        self.ledger.append(reversal)
        sale.reversed_cents = reversal.cents
        if sale.member:
            self.model.know(sale.member, self.today)
            self.model.points += [(self.today, "taken back", -reversal.takes_back)]
            self.model.points += [(self.today, "returned", reversal.returns)]

    def redeem(self, member: UUID) -> None:
        self.ledger.append(self.ledger.redemption(member))
        self.model.know(member, self.today)
        self.model.points += [(self.today, "redeemed", -50)]

    def adjust(self, member: UUID) -> None:
        points = self.random.randrange(-30, 31)
        self.ledger.append(self.ledger.adjustment(member, points))
        self.model.know(member, self.today)
        self.model.points += [(self.today, "adjusted", points)]

    def merge(self, member: UUID) -> None:
        other = self.model.root(self.ledger.member(self.random.randrange(MEMBERS)))
        if other != member and other not in self.model.erased:
            self.ledger.append(self.ledger.merge(member, other))
            self.model.know(member, None)
            self.model.know(other, None)
            self.model.merged[member] = other

    def erase(self, member: UUID) -> None:
        if member in self.model.known:
            with self.ledger.store.unit() as unit:
                unit.erase_member(member)
            self.model.erased[member] = self.today


def periods(start: date, choose: random.Random) -> Iterable[tuple[date, date]]:
    """A day, a month, the whole history, days before it, and some at random."""
    yield start, start
    yield start + timedelta(days=200), start + timedelta(days=229)
    yield start - timedelta(days=30), start + timedelta(days=2 * DAYS)
    yield start - timedelta(days=60), start - timedelta(days=31)
    for _ in range(4):
        first = start + timedelta(days=choose.randrange(DAYS))
        yield first, first + timedelta(days=choose.randrange(120))


@pytest.mark.parametrize("seed", range(4))
def test_the_counts_are_those_of_the_definitions(ledger: LedgerOfTests, reader: Reader, seed: int) -> None:
    """With late entries, partial and whole reversals, merges, erasures, and accounts that nobody named."""
    start = ledger.clock.today()
    model = History(ledger, seed).make()
    for first, last in periods(start, random.Random(seed)):
        for after_days in (INACTIVE_AFTER_DAYS, 20):
            found = PeriodReads.of(reader).period_facts(first, last, inactive_after_days=after_days)
            assert found == model.facts(first, last, after_days), (first, last, after_days)


@pytest.mark.parametrize("seed", range(4))
def test_the_file_of_figures_and_what_is_newer_come_to_the_raw_sums(
    ledger: LedgerOfTests, reader: Reader, seed: int
) -> None:
    """With a file from any moment of the history: reversals, merges and erasures since then touch what is in it."""
    start = ledger.clock.today()
    path = ledger.directory / FIGURES_FILE
    made = random.Random(seed).randrange(STEPS // 3, STEPS - 1)
    model = History(ledger, seed).make(lambda step: make_figures(path, reader._ledger) if step == made else None)
    with closing(FiguresView(path)) as view:
        by_figures, plain = PeriodReads.of(reader, view), PeriodReads.of(reader)
        for first, last in periods(start, random.Random(seed)):
            for after_days in (INACTIVE_AFTER_DAYS, 20):
                assert by_figures._from_figures(first, last, after_days), "the file is of use"
                found = by_figures.period_facts(first, last, inactive_after_days=after_days)
                assert found == plain.period_facts(first, last, inactive_after_days=after_days), (first, last)
                assert found == model.facts(first, last, after_days), (first, last, after_days)


def test_the_made_up_histories_reach_every_count(ledger: LedgerOfTests) -> None:
    """A model that never sees a lapsed member proves nothing about lapsed members."""
    start = ledger.clock.today()
    model = History(ledger, 0).make()
    facts = model.facts(start + timedelta(days=100), start + timedelta(days=300), 30)
    counts = msgspec.structs.asdict(facts)
    ladder = msgspec.structs.asdict(counts.pop("ladder"))
    assert {name for name, count in {**counts, **ladder}.items() if not count} <= {"points_expired", "advocate"}
    assert model.merged
    assert model.erased


def test_an_empty_shop_has_counts_of_nothing(reader: Reader) -> None:
    """Its figures are dashes."""
    day = date(2026, 11, 21)
    facts = PeriodReads.of(reader).period_facts(day, day)
    assert facts == PeriodFacts(days=1)
    assert figures(facts, Assumptions(100, 100)).retention_rate is None


def test_a_later_reversal_takes_a_sale_out_of_its_own_period(ledger: LedgerOfTests, reader: Reader) -> None:
    """A partial one lowers its revenue, a whole one its count; the day on which it is made keeps its own sales."""
    day = ledger.clock.today()
    sale = ledger.sale(ledger.member(), 1_000)
    ledger.append(sale)
    ledger.clock.advance(days=3)
    ledger.append(ledger.reversal(sale, 400, 4))
    reads = PeriodReads.of(reader)
    partly = reads.period_facts(day, day)
    assert (partly.member_sales, partly.member_revenue_cents, partly.points_reversed) == (1, 600, 0)
    ledger.append(ledger.reversal(sale, 600, 6))
    wholly = reads.period_facts(day, day)
    assert (wholly.member_sales, wholly.member_revenue_cents, wholly.customers) == (0, 0, 0)
    assert reads.period_facts(ledger.clock.today(), ledger.clock.today()).points_reversed == 10


@pytest.mark.parametrize(("days", "active"), [(-1, 1), (0, 0)])
def test_a_period_that_is_none_is_a_bug_of_the_caller(reader: Reader, days: int, active: int) -> None:
    """The command line checks both before it asks."""
    day = date(2026, 11, 21)
    with pytest.raises(ValueError, match="No period"):
        PeriodReads.of(reader).period_facts(day, day + timedelta(days=days), inactive_after_days=active)
