"""What must be true in the end, kept apart from the program: who holds which fact, and sums over plain JSON.

A place is a machine's disk. A fact that was acknowledged stays required for as long as any place that is meant to have
it was not put back to an older state; the program's own folding and booking are never asked. A member's name is a fact
beside the record of the enrolment: it goes to head office by itself, so a disk can take it along to its end when head
office has the record already.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Facts = dict[str, Any]

COUNTED: Final = (
    "sales",
    "member_sales",
    "revenue_cents",
    "member_revenue_cents",
    "reversed_cents",
    "points_issued",
    "points_redeemed",
    "redemptions",
    "points_taken_back",
    "points_returned",
    "points_adjusted",
    "points_expired",
)
"""The sums of a day that follow from the records alone."""

UNDONE: Final = ("reversed_cents", "points_taken_back", "points_returned")
"""Those of them that reversals make."""


@dataclass(frozen=True)
class Held:
    """What was on a disk at some moment: the acknowledged facts, and the members with a name."""

    facts: frozenset[UUID]
    named: frozenset[UUID]


@dataclass
class Place:
    """A disk, the acknowledged facts that must be on it, and the members whose names must be."""

    name: str
    holds: set[UUID] = field(default_factory=set)
    named: set[UUID] = field(default_factory=set)

    @property
    def held(self) -> Held:
        """What is on it now."""
        return Held(frozenset(self.holds), frozenset(self.named))

    def go_back(self, held: Held) -> None:
        """Only this is on it from now on."""
        self.holds, self.named = set(held.facts), set(held.named)

    def take_over(self, other: Place) -> None:
        """All of another disk comes to it."""
        self.holds |= other.holds
        self.named |= other.named


@dataclass(frozen=True)
class Receipt:
    """What somebody was told: a record with the points it moved, or an erasure."""

    fact_id: UUID
    kind: str
    points: int
    member_id: UUID | None


class Model:
    """Every receipt and where it has to be."""

    def __init__(self) -> None:
        self.receipts: dict[UUID, Receipt] = {}
        self.lost: set[UUID] = set()
        self.names: dict[str, UUID] = {}
        self.erasures: dict[UUID, UUID] = {}

    def acknowledge(self, place: Place, receipt: Receipt) -> None:
        """Somebody was told at a place that this is on disk."""
        self.receipts.setdefault(receipt.fact_id, receipt)
        self.lost.discard(receipt.fact_id)
        place.holds.add(receipt.fact_id)

    def put_back(self, places: Iterable[Place]) -> set[UUID]:
        """A place was put back to an older state: what is on no disk now is lost and no longer required."""
        held: set[UUID] = set()
        for place in places:
            held |= place.holds
        gone = self.receipts.keys() - held - self.lost
        self.lost |= gone
        return gone

    def required(self) -> Iterator[Receipt]:
        """All receipts that must have come through."""
        return (receipt for receipt in self.receipts.values() if receipt.fact_id not in self.lost)


def moved(record: Facts) -> int:
    """The points a record moves as it says itself, from its JSON."""
    kind = record["kind"]
    if record["member_id"] is None:
        return 0
    if kind == "sale":
        return _points(record["lines"]) - _points(record.get("redemptions", ()))
    if kind == "redemption":
        return -int(record["redemption"]["points"])
    if kind == "reversal":
        return _points(record.get("redemptions", ())) - _points(record.get("lines", ()))
    if kind == "adjustment":
        return int(record["points"])
    return -int(record["points"]) if kind == "expiry" else 0


def _points(lines: Iterable[Facts]) -> int:
    return sum(int(line["points"]) for line in lines)


class Sums:
    """What a set of records adds up to by the documented rules.

    Reversals of one line never book more than the line has, in sum and whatever their order: the rest is a conflict.

    Attributes:
        records: The records, by their id.
        balances: By account as recorded, before anything is merged.
        sales: Counted sales, those not wholly undone, and
        revenue: what they came to in cents; both by account as recorded.
        days: By business day, the sums in ``COUNTED``; those of reversals as asked for.
        undone: What reversals come to over all days.
        overdone: Whether some line was undone beyond what it had, so that no single day's reversals are certain.
        merges: Accounts that a record joins.
        consents: By account as recorded and purpose, when it was last agreed to and last withdrawn; -1 for never.
    """

    def __init__(self, payloads: Iterable[bytes]) -> None:
        self.records: dict[str, Facts] = {record["record_id"]: record for record in map(json.loads, payloads)}
        self.balances: Counter[UUID] = Counter()
        self.sales: Counter[UUID] = Counter()
        self.revenue: Counter[UUID] = Counter()
        self.days: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.undone: Counter[str] = Counter()
        self.overdone = False
        self.merges: list[tuple[UUID, UUID]] = []
        self.consents: dict[tuple[UUID, str], tuple[int, int]] = {}
        reversals = []
        for record in self.records.values():
            if record["kind"] != "reversal":
                self._add(record)
            elif record["original_id"] in self.records:
                reversals.append(record)
        self._add_reversals(reversals)

    def _add(self, record: Facts) -> None:
        member_id = UUID(record["member_id"]) if record["member_id"] else None
        day, taken = self.days[record["business_day"]], record.get("redemptions", ())
        if member_id is not None:
            self.balances[member_id] += moved(record)
        match record["kind"]:
            case "sale":
                cents = record["amount_cents"]
                day.update(sales=1, revenue_cents=cents)
                if member_id is not None:
                    self.sales[member_id] += 1
                    self.revenue[member_id] += cents
                    day.update(member_sales=1, member_revenue_cents=cents, points_issued=_points(record["lines"]))
                    day.update(points_redeemed=_points(taken), redemptions=len(taken))
            case "redemption":
                day.update(points_redeemed=record["redemption"]["points"], redemptions=1)
            case "adjustment":
                day.update(points_adjusted=record["points"])
            case "expiry":
                day.update(points_expired=record["points"])
            case "consent" if member_id is not None:
                yes, no = self.consents.get((member_id, record["purpose"]), (-1, -1))
                at_us = record["at_us"]
                said = (max(yes, at_us), no) if record["granted"] else (yes, max(no, at_us))
                self.consents[member_id, record["purpose"]] = said
            case "card_change" if record["action"] == "merge" and member_id is not None:
                self.merges.append((member_id, UUID(record["into_member_id"])))

    def _add_reversals(self, reversals: list[Facts]) -> None:
        """Sum them by the line they undo, and cap each sum with the line."""
        asked: dict[tuple[str, str, int], list[int]] = {}
        vouched: set[str] = set()
        for record in reversals:
            day = self.days[record["business_day"]]
            if record.get("vouched_by"):
                vouched.add(record["original_id"])
            for part, name in (("lines", "points_taken_back"), ("redemptions", "points_returned")):
                for line in record.get(part, ()):
                    sums = asked.setdefault((record["original_id"], part, line["line"]), [0, 0])
                    sums[0] += line["cents"]
                    sums[1] += line["points"]
                    day.update({name: line["points"]})
                    if part == "lines":
                        day.update(reversed_cents=line["cents"])
        for original_id in sorted(vouched):
            self._undo_wholly(original_id, asked)
        undone_cents: Counter[str] = Counter()
        for (original_id, part, number), (cents, points) in asked.items():
            undone_cents[original_id] += self._undo(self.records[original_id], part, number, cents, points)
        for original_id, cents in undone_cents.items():
            original = self.records[original_id]
            if original["member_id"] and original["kind"] == "sale":
                member_id = UUID(original["member_id"])
                self.revenue[member_id] -= cents
                self.sales[member_id] -= cents >= original["amount_cents"]

    def _undo_wholly(self, original_id: str, asked: dict[tuple[str, str, int], list[int]]) -> None:
        """A manager vouched for what was left of a receipt, in sums: with what else was undone of it, that is all."""
        original = self.records[original_id]
        for part, worth in (("lines", "amount_cents"), ("redemptions", "value_cents")):
            sums = [asked.pop(key) for key in list(asked) if key[:2] == (original_id, part)]
            lines = _lines(original, part)
            points = sum(line["points"] for line in lines)
            cents = sum(line[worth] for line in lines) if part == "lines" else 0
            is_too_much = sum(one[1] for one in sums) > points or (
                part == "lines" and sum(one[0] for one in sums) > cents
            )
            self.overdone |= is_too_much
            for line in lines:
                asked[original_id, part, line["line"]] = [line[worth], line["points"]]

    def _undo(self, original: Facts, part: str, number: int, cents: int, points: int) -> int:
        """Undo one line as far as it goes; gives the cents of the purchase that are undone."""
        line = _line(original, part, number)
        whole_cents, whole_points = line["value_cents" if part == "redemptions" else "amount_cents"], line["points"]
        self.overdone |= cents > whole_cents or points > whole_points
        booked_cents, booked = min(cents, whole_cents), min(points, whole_points)
        if original["member_id"]:
            self.balances[UUID(original["member_id"])] += booked if part == "redemptions" else -booked
        if part == "redemptions":
            self.undone.update(points_returned=booked)
            return 0
        self.undone.update(points_taken_back=booked, reversed_cents=booked_cents)
        return int(booked_cents)


def _line(original: Facts, part: str, number: int) -> Facts:
    return next(line for line in _lines(original, part) if line["line"] == number)


def _lines(original: Facts, part: str) -> list[Facts]:
    if original["kind"] == "redemption":
        return [dict(original["redemption"])] if part == "redemptions" else []
    return [dict(line) for line in original.get(part, ())]
