"""Entries, lots and balances: what the records mean for one member's account.

The balance is the sum of a member's entries and may be negative (debt). Lots say which earned points are left; they are always
computed from the entries by the one allocation rule, never stored in a record.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from loyalty.records import Adjustment, AnyRecord, Redemption, Reversal, Sale, UnknownRecord

if TYPE_CHECKING:
    from collections.abc import Iterable


class EntryKind(StrEnum):
    """What moved the points."""

    EARN = "earn"
    REDEEM = "redeem"
    TAKE_BACK = "take_back"
    RETURN = "return"
    ADJUST = "adjust"


class Movement(msgspec.Struct, frozen=True):
    """One signed points movement a record causes for its member."""

    kind: EntryKind
    points: int


class Entry(msgspec.Struct, frozen=True):
    """A movement with its place in the ledger.

    Attributes:
        seq: The journal position.
        record_id: The record.
        kind: What moved.
        points: Signed.
        at_us: When, in microseconds since 1970 UTC.
        original_id: The record a reversal undoes, ``None`` otherwise.
    """

    seq: int
    record_id: UUID
    kind: EntryKind
    points: int
    at_us: int
    original_id: UUID | None = None


class Lot(msgspec.Struct, frozen=True):
    """Points earned together.

    Attributes:
        record_id: The record that earned them.
        earned_at_us: When, in microseconds since 1970 UTC.
        points: How many were earned.
        left: How many are left to spend.
    """

    record_id: UUID
    earned_at_us: int
    points: int
    left: int


class Account(msgspec.Struct, frozen=True):
    """A member's account as the fold of its entries."""

    balance: int
    lots: tuple[Lot, ...]


def movements(record: AnyRecord | UnknownRecord) -> tuple[Movement, ...]:
    """The points a record moves, redeemed before earned; the one definition used by projections, verify and the server.

    A movement of zero points is left out, so a sale that earns nothing has no entry.
    """
    match record:
        case Sale():
            moved = (Movement(EntryKind.REDEEM, -record.points_redeemed), Movement(EntryKind.EARN, record.points))
        case Redemption():
            moved = (Movement(EntryKind.REDEEM, -record.redemption.points),)
        case Reversal():
            moved = (Movement(EntryKind.RETURN, record.returns), Movement(EntryKind.TAKE_BACK, -record.takes_back))
        case Adjustment():
            moved = (Movement(EntryKind.ADJUST, record.points),)
        case _:
            moved = ()
    if getattr(record, "member_id", None) is None:
        return ()
    return tuple(movement for movement in moved if movement.points)


class _OpenLot:
    """A lot while folding."""

    __slots__ = ("earned_at_us", "left", "points", "record_id")

    def __init__(self, entry: Entry, left: int) -> None:
        self.record_id = entry.record_id
        self.earned_at_us = entry.at_us
        self.points = entry.points
        self.left = left


class _Fold:
    """Applies entries in order. Debt is what was spent or taken back beyond all lots."""

    def __init__(self) -> None:
        self.lots: list[_OpenLot] = []
        self.debt = 0
        self.spent: dict[UUID, list[tuple[_OpenLot, int]]] = {}

    def apply(self, entry: Entry) -> None:
        match entry.kind:
            case EntryKind.REDEEM:
                self._spend(entry, -entry.points)
            case EntryKind.TAKE_BACK:
                self._take_back(entry, -entry.points)
            case EntryKind.RETURN:
                self._give_back(entry)
            case EntryKind.EARN | EntryKind.ADJUST:
                if entry.points < 0:
                    self._spend(entry, -entry.points)
                else:
                    self._earn(entry, entry.points)

    def _earn(self, entry: Entry, points: int) -> None:
        """Earned points pay debt first; the lot keeps what is left."""
        paid = min(self.debt, points)
        self.debt -= paid
        self.lots.append(_OpenLot(entry, points - paid))

    def _spend(self, entry: Entry, points: int, first: UUID | None = None) -> None:
        """Oldest lots first (a lot named ``first`` before all); what no lot covers is debt."""
        used = self.spent.setdefault(entry.record_id, [])
        for lot in sorted(self.lots, key=lambda lot: (lot.record_id != first, lot.earned_at_us)):
            taken = min(lot.left, points)
            if taken:
                lot.left -= taken
                points -= taken
                used.append((lot, taken))
            if points == 0:
                return
        self.debt += points

    def _take_back(self, entry: Entry, points: int) -> None:
        """A reversal takes from the lot of its own sale before any other."""
        self._spend(entry, points, first=entry.original_id)

    def _give_back(self, entry: Entry) -> None:
        """Returned points pay debt, then go back to the lots the redemption took them from, last taken first."""
        points = entry.points
        paid = min(self.debt, points)
        self.debt -= paid
        points -= paid
        used = self.spent.get(entry.original_id, []) if entry.original_id else []
        while used and points:
            lot, taken = used.pop()
            back = min(taken, points)
            lot.left += back
            points -= back
            if back < taken:
                used.append((lot, taken - back))
        if points:
            self.lots.append(_OpenLot(entry, points))


def fold(entries: Iterable[Entry]) -> Account:
    """Compute an account from its entries.

    Args:
        entries: All entries of one member in journal order.

    Returns:
        Balance and lots with points left; ``balance == sum(lot.left) - debt`` always holds.
    """
    state = _Fold()
    balance = 0
    for entry in entries:
        balance += entry.points
        state.apply(entry)
    lots = tuple(Lot(lot.record_id, lot.earned_at_us, lot.points, lot.left) for lot in state.lots if lot.left)
    return Account(balance, lots)
