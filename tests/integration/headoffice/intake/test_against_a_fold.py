"""Booking against a slow fold: whatever tills do and hand in, in whatever parts, both come to the same.

The fold knows nothing of locks, columns or batches. It takes one record after the other in the order of arrival, and
looks everything up again in plain lists.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from headoffice.intake.accounts import Change
from headoffice.intake.waiting import Original
from headoffice.store.tables import ACCOUNT, CONFLICT, DAY_TOTAL, ENTRY, RECORD, REWARD_TOTAL
from loyalty.encoding import decode
from loyalty.records import (
    Adjustment,
    AnyRecord,
    CardChange,
    DayTotals,
    Enrolment,
    Redemption,
    Reversal,
    Sale,
    UnknownRecord,
)
from loyalty.wire import Verdict
from tests.fakes.clock import START
from tests.fakes.headoffice import PretendTill, member

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import RowMapping

    from headoffice.store.engine import Database
    from loyalty.lines import RedemptionLine, ReversedLine

TILLS: Final = 3
MEMBERS: Final = 4
NOBODY: Final = MEMBERS
_NUMBERS = count(1)
"""Each try has tills and members of its own, so that all of them can share a database."""

Step = tuple[Any, ...]
Sums = dict[tuple[UUID, date, str], int]
_TILL = st.integers(0, TILLS - 1)
_MEMBER = st.integers(0, MEMBERS - 1)
_ANY = st.integers(0, 30)
_DAY = st.integers(0, 2)
STEPS: Final = st.lists(
    st.one_of(
        st.tuples(st.just("sale"), _TILL, st.integers(0, NOBODY), st.integers(1, 9), _DAY),
        st.tuples(st.just("spending sale"), _TILL, _MEMBER, st.integers(1, 9), st.integers(1, 9)),
        st.tuples(st.just("redemption"), _TILL, _MEMBER, st.integers(1, 12)),
        st.tuples(st.just("reversal"), _TILL, _ANY, st.one_of(st.none(), st.integers(1, 6))),
        st.tuples(st.just("merge"), _TILL, _MEMBER, _MEMBER),
        st.tuples(st.just("enrolment"), _TILL, _MEMBER, _DAY),
        st.tuples(st.just("adjustment"), _TILL, _MEMBER, st.integers(-5, 5).filter(bool)),
        st.tuples(st.just("copy"), _TILL, _TILL, _ANY),
        st.tuples(st.just("push"), _TILL, st.integers(0, 4), st.integers(1, 12)),
    ),
    min_size=4,
    max_size=30,
)


@dataclass
class Facts:
    """What head office holds, from either side, in one shape.

    Attributes:
        accounts: By member: balance, sales, revenue, first enrolment, last sale, whom it was merged into.
        entries: In the order of booking: account, account as recorded, kind, points and record.
        days: By till, day and name, the sums that are not zero.
        rewards: So too: how many, points and cents.
        conflicts: Kind, record and points of each.
        waiting: Reversals whose original is not there.
    """

    accounts: dict[UUID, tuple[Any, ...]] = field(default_factory=dict)
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    days: Sums = field(default_factory=dict)
    rewards: Sums = field(default_factory=dict)
    conflicts: set[tuple[str, UUID, int]] = field(default_factory=set)
    waiting: set[UUID] = field(default_factory=set)


class Fold:
    """Head office as a list of records."""

    def __init__(self) -> None:
        self.entries: list[tuple[UUID, str, int, UUID]] = []
        self.days: Counter[tuple[UUID, date, str]] = Counter()
        self.rewards: Counter[tuple[UUID, date, str]] = Counter()
        self.conflicts: set[tuple[str, UUID, int]] = set()
        self.taken: dict[UUID, tuple[UUID, AnyRecord]] = {}
        self.into: dict[UUID, UUID] = {}
        self.heard_of: set[UUID] = set()
        self.enrolled: dict[UUID, date] = {}
        self.undone: dict[tuple[UUID, int], list[int]] = {}
        self.waiting: list[tuple[UUID, Reversal]] = []

    def take(self, till: UUID, record: AnyRecord) -> None:
        """Take one record, unless it is there."""
        if record.record_id not in self.taken:
            self.taken[record.record_id] = till, record
            self._book(till, record)
            for waiting in [one for one in self.waiting if one[1].original_id == record.record_id]:
                self.waiting.remove(waiting)
                self._undo(*waiting)

    def verdict(self, record_id: UUID | None) -> Verdict:
        """What became of a record, ``None`` for one that was there before."""
        if record_id is None:
            return Verdict.DUPLICATE
        if record_id in {record.record_id for _, record in self.waiting}:
            return Verdict.WAITING
        return Verdict.CONFLICT if record_id in {one[1] for one in self.conflicts} else Verdict.BOOKED

    def root(self, name: UUID) -> UUID:
        """The account that stands for one."""
        while name in self.into:
            name = self.into[name]
        return name

    def balance(self, name: UUID) -> int:
        """Points of all accounts that are one."""
        return sum(points for of, _, points, _ in self.entries if self.root(of) == self.root(name))

    def _book(self, till: UUID, record: AnyRecord) -> None:
        name = record.member_id
        if name is not None:
            self.heard_of.add(name)
        match record:
            case Sale(member_id=None):
                self._sum(till, record.business_day, sales=1, revenue_cents=record.amount_cents)
            case Sale():
                self._spend(till, record, record.redemptions)
                self._move(record, "earn", record.lines[0].points)
                of_members = {"member_sales": 1, "member_revenue_cents": record.amount_cents}
                self._sum(till, record.business_day, sales=1, revenue_cents=record.amount_cents, **of_members)
                self._sum(till, record.business_day, points_issued=record.lines[0].points)
            case Redemption():
                self._spend(till, record, (record.redemption,))
            case Adjustment():
                self._move(record, "adjust", record.points)
                self._sum(till, record.business_day, points_adjusted=record.points)
            case Enrolment() if name is not None and self.root(name) not in self.enrolled:
                self.enrolled[self.root(name)] = record.business_day
                self._sum(till, record.business_day, new_members=1)
            case CardChange():
                self._merge(record)
            case Reversal() if record.original_id in self.taken:
                self._undo(till, record)
            case Reversal():
                self.waiting.append((till, record))
            case _:
                pass

    def _spend(self, till: UUID, record: Sale | Redemption, lines: tuple[RedemptionLine, ...]) -> None:
        points = sum(line.points for line in lines)
        if not lines or record.member_id is None:
            return
        there = self.balance(record.member_id)
        if points > there:
            self.conflicts.add(("overspent", record.record_id, min(points, points - there)))
        self._move(record, "redeem", -points)
        self._sum(till, record.business_day, points_redeemed=points, redemptions=len(lines))
        values = {"count": len(lines), "points": points, "value_cents": sum(line.value_cents for line in lines)}
        self.rewards.update({(till, record.business_day, name): value for name, value in values.items()})

    def _merge(self, record: CardChange) -> None:
        assert record.member_id is not None
        assert record.into_member_id is not None
        self.heard_of.add(record.into_member_id)
        gone, kept = self.root(record.member_id), self.root(record.into_member_id)
        if gone != kept:
            self.into[gone] = kept
            days = [self.enrolled.pop(one) for one in (gone, kept) if one in self.enrolled]
            if days:
                self.enrolled[kept] = min(days)

    def _undo(self, till: UUID, record: Reversal) -> None:
        _, original = self.taken[record.original_id]
        taken = sum(self._cut(original, line)[1] for line in record.lines)
        cents = sum(self._cut(original, line)[0] for line in record.lines)
        given = sum(self._cut(original, line)[1] for line in record.redemptions)
        asked = [(line.cents, line.points) for line in (*record.lines, *record.redemptions)]
        if asked != [self._cut(original, line) for line in (*record.lines, *record.redemptions)]:
            beyond = record.takes_back + record.returns - taken - given
            self.conflicts.add(("reversed_twice", record.record_id, beyond))
        for line in (*record.lines, *record.redemptions):
            cut = self._cut(original, line)
            self.undone.setdefault((original.record_id, line.line), []).append(cut[0])
            self.undone.setdefault((original.record_id, -line.line), []).append(cut[1])
        self._sum(till, record.business_day, reversed_cents=cents)
        if record.member_id is not None:
            self._move(record, "return", given)
            self._move(record, "take_back", -taken)
            self._sum(till, record.business_day, points_taken_back=taken, points_returned=given)

    def _cut(self, original: AnyRecord, line: ReversedLine) -> tuple[int, int]:
        """What of a line is left of what a reversal wants of it."""
        cents, points = 0, 0
        if isinstance(original, Sale):
            cents, points = next(
                ((one.amount_cents, one.points) for one in original.lines if one.line == line.line), (0, 0)
            )
        if isinstance(original, Sale | Redemption):
            rewards = original.redemptions if isinstance(original, Sale) else (original.redemption,)
            cents += sum(one.value_cents for one in rewards if one.line == line.line)
            points += sum(one.points for one in rewards if one.line == line.line)
        cents -= sum(self.undone.get((original.record_id, line.line), ()))
        points -= sum(self.undone.get((original.record_id, -line.line), ()))
        return min(cents, line.cents), min(points, line.points)

    def _move(self, record: AnyRecord, kind: str, points: int) -> None:
        if points and record.member_id is not None:
            self.entries.append((record.member_id, kind, points, record.record_id))

    def _sum(self, till: UUID, day: date, **sums: int) -> None:
        self.days.update({(till, day, name): value for name, value in sums.items()})

    def finished(self) -> Facts:
        """What all of it comes to."""
        return Facts(
            {name: self._account(name) for name in self.heard_of},
            [(self.root(one[0]), *one) for one in self.entries],
            {key: value for key, value in self.days.items() if value},
            {key: value for key, value in self.rewards.items() if value},
            self.conflicts,
            {record.record_id for _, record in self.waiting},
        )

    def _account(self, name: UUID) -> tuple[Any, ...]:
        if name in self.into:
            return 0, 0, 0, None, None, self.root(name)
        sales = [
            (record, record.amount_cents - sum(self.undone.get((record.record_id, 1), ())))
            for _, record in self.taken.values()
            if isinstance(record, Sale) and record.member_id is not None and self.root(record.member_id) == name
        ]
        standing = [record.business_day for record, left in sales if left]
        revenue = sum(left for _, left in sales)
        return self.balance(name), len(standing), revenue, self.enrolled.get(name), max(standing, default=None), None


class Shop:
    """Tills that write what they are told and hand it in; beside them, the fold."""

    def __init__(self, database: Database) -> None:
        number = next(_NUMBERS)
        self.database = database
        self.tills = [PretendTill(database, number * TILLS + one) for one in range(TILLS)]
        self.members = [member(number * 100 + one) for one in range(MEMBERS)]
        self.sold: list[Sale | Redemption] = []
        self.handed_in = [0] * TILLS
        self.fold = Fold()

    def do(self, step: Step) -> None:
        """One step."""
        name, number, *more = step
        if name == "push":
            self._push(number, *more)
        else:
            till = self.tills[number]
            till.append(*self._records(name, till, *more))

    def _records(self, name: str, till: PretendTill, first: int, second: Any = 0, third: int = 0) -> list[AnyRecord]:  # noqa: ANN401 - whatever the step says
        match name:
            case "sale":
                buyer = None if first == NOBODY else self.members[first]
                return self._sold(till.sale(buyer, second * 100, day=_day(third)))
            case "spending sale":
                return self._sold(till.sale(self.members[first], second * 100, rewards=[till.reward(third, line=2)]))
            case "redemption":
                return self._sold(till.redemption(self.members[first], second))
            case "reversal" if self.sold:
                original = self.sold[first % len(self.sold)]
                cents = None if second is None else second * 100
                return [
                    till.reversal(
                        original, cents, None if isinstance(original, Sale) and not original.member_id else second
                    )
                ]
            case "merge" if first != second:
                return [till.merge(self.members[first], self.members[second])]
            case "enrolment":
                enrolment = till.enrolment(self.members[first])
                return [msgspec.structs.replace(enrolment, business_day=_day(second))]
            case "adjustment":
                return [till.adjustment(self.members[first], second)]
            case "copy" if len(self.tills[first].records) > 1:
                records = self.tills[first].records[1:]
                record = decode(records[second % len(records)][1].payload)
                assert not isinstance(record, UnknownRecord)
                return [record]
        return []

    def _sold(self, record: Sale | Redemption) -> list[AnyRecord]:
        self.sold.append(record)
        return [record]

    def finish(self) -> None:
        """Hand in all that is left."""
        for number, till in enumerate(self.tills):
            self._push(number, 1, len(till.records))

    def _push(self, number: int, again: int, length: int) -> None:
        """Hand in a batch that begins with some that were handed in before, and fold what is new in it."""
        till = self.tills[number]
        first = max(0, self.handed_in[number] - again)
        batch = till.records[first : first + length]
        if not batch:
            return
        verdicts = till.push(first + 1, first + len(batch)).verdicts
        told: list[UUID | None] = []
        for seq, (_, wire) in enumerate(batch, start=first):
            record = decode(wire.payload)
            assert not isinstance(record, UnknownRecord)
            is_new = seq >= self.handed_in[number] and record.record_id not in self.fold.taken
            told.append(record.record_id if is_new else None)
            self.fold.take(till.terminal_id, record)
        assert list(verdicts) == [self.fold.verdict(record_id) for record_id in told]
        self.handed_in[number] = max(self.handed_in[number], first + len(batch))

    def facts(self) -> Facts:
        """What head office holds of these tills and members."""
        tills = [till.terminal_id for till in self.tills]
        with self.database.snapshot() as connection:
            account, entry, day, reward = ACCOUNT.c, ENTRY.c, DAY_TOTAL.c, REWARD_TOTAL.c
            accounts = connection.execute(select(ACCOUNT).where(account.member_id.in_(self.members)))
            entries = connection.execute(
                select(entry.member_id, entry.original_member_id, entry.kind, entry.points, entry.record_id)
                .where(entry.original_member_id.in_(self.members))
                .order_by(entry.position, entry.part)
            )
            days = connection.execute(select(DAY_TOTAL).where(day.terminal_id.in_(tills))).mappings()
            rewards = connection.execute(select(REWARD_TOTAL).where(reward.terminal_id.in_(tills))).mappings()
            conflicts = connection.execute(
                select(CONFLICT.c.kind, CONFLICT.c.record_id, CONFLICT.c.points).where(
                    CONFLICT.c.terminal_id.in_(tills)
                )
            )
            waiting = select(RECORD.c.record_id).where(RECORD.c.terminal_id.in_(tills), RECORD.c.state == "waiting")
            return Facts(
                {
                    one.member_id: (
                        *(one.balance, one.sales, one.revenue_cents),
                        *(one.enrolled_day, one.last_sale_day, one.merged_into),
                    )
                    for one in accounts
                },
                [tuple(one) for one in entries],
                _sums(days, DayTotals.__struct_fields__),
                _sums(rewards, ("count", "points", "value_cents")),
                {tuple(one) for one in conflicts},
                set(connection.scalars(waiting)),
            )


def _sums(rows: Iterable[RowMapping], names: Iterable[str]) -> Sums:
    return {(row["terminal_id"], row["business_day"], name): row[name] for row in rows for name in names if row[name]}


def _day(number: int) -> date:
    return START.date() - timedelta(days=number)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_handed_in_comes_to_what_the_fold_says(database: Database, steps: list[Step]) -> None:
    """Accounts, entries in their order, sums of the days, conflicts, what waits, and every verdict on the way."""
    shop = Shop(database)
    for step in steps:
        shop.do(step)
    _finish_and_compare(shop)


def _loses_a_share(change: Change, other: Change) -> None:
    other.meant_for = change


def _cuts_nothing(original: Original, lines: Iterable[ReversedLine]) -> tuple[ReversedLine, ...]:
    del original
    return tuple(lines)


@pytest.mark.parametrize(
    ("faulty", "name", "fault"),
    [
        (Change, "take_over", _loses_a_share),
        (Original, "take", _cuts_nothing),
        (Change, "account", property(lambda one: one)),
    ],
    ids=["a share is lost", "undone twice", "an alias spends for itself"],
)
def test_the_fold_would_show_a_fault(
    database: Database, monkeypatch: pytest.MonkeyPatch, faulty: type, name: str, fault: object
) -> None:
    """The control: the same steps with and without a planted fault."""
    steps: list[Step] = [
        ("sale", 0, 0, 9, 0),
        ("merge", 0, 0, 1),
        ("push", 0, 0, 9),
        ("sale", 1, 0, 5, 0),
        ("redemption", 1, 1, 12),
        ("redemption", 1, 0, 5),
        ("reversal", 1, 0, None),
        ("reversal", 2, 0, None),
    ]
    for planted in (False, True):
        with monkeypatch.context() as patch:
            if planted:
                patch.setattr(faulty, name, fault)
            shop = Shop(database)
            for step in steps:
                shop.do(step)
            if planted:
                with pytest.raises(AssertionError):
                    _finish_and_compare(shop)
            else:
                _finish_and_compare(shop)


def _finish_and_compare(shop: Shop) -> None:
    shop.finish()
    assert shop.facts() == shop.fold.finished()
