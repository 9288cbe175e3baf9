"""Head office as a list of records: what booking must come to, found slowly and in another way.

It knows nothing of locks, columns or batches. It takes one record after the other in the order of arrival, and looks
everything up again in plain lists.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from loyalty.records import Adjustment, AnyRecord, CardChange, Enrolment, Redemption, Reversal, Sale
from loyalty.wire import Verdict

if TYPE_CHECKING:
    from loyalty.lines import RedemptionLine, ReversedLine

Sums = dict[tuple[UUID, date, str], int]


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
