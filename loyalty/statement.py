"""Entries, lots and balances: what the records mean for one member's account.

The balance is the sum of a member's entries and may be negative (debt). Lots say which earned points are left; they are
always computed from the entries by the one allocation rule, never stored in a record.
"""

from __future__ import annotations

import bisect
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.records import Adjustment, AnyRecord, Expiry, Redemption, Reversal, Sale, UnknownRecord

if TYPE_CHECKING:
    from collections.abc import Iterable


class EntryKind(StrEnum):
    """What moved the points."""

    EARN = "earn"
    REDEEM = "redeem"
    TAKE_BACK = "take_back"
    RETURN = "return"
    ADJUST = "adjust"
    EXPIRE = "expire"


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
        original_id: The record a reversal undoes or whose lot expires, ``None`` otherwise.
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
        returned_at_us: When points last came back to it from an undone redemption, 0 for never.
    """

    record_id: UUID
    earned_at_us: int
    points: int
    left: int
    returned_at_us: int = 0


class Account(msgspec.Struct, frozen=True):
    """A member's account as the fold of its entries."""

    balance: int
    lots: tuple[Lot, ...]


NOTHING: Final = Account(0, ())
"""An account without any entry."""


def movements(record: AnyRecord | UnknownRecord) -> tuple[Movement, ...]:
    """The points a record moves, redeemed before earned; the one definition used by projections, verify and the server.

    A movement of zero points is left out, so a sale that earns nothing has no entry, and neither has a sale without a
    card or a record of an unknown kind.
    """
    if isinstance(record, UnknownRecord) or record.member_id is None:
        return ()
    match record:
        case Sale():
            moved = [(EntryKind.REDEEM, -record.points_redeemed), (EntryKind.EARN, record.points)]
        case Redemption():
            moved = [(EntryKind.REDEEM, -record.redemption.points)]
        case Reversal():
            moved = [(EntryKind.RETURN, record.returns), (EntryKind.TAKE_BACK, -record.takes_back)]
        case Adjustment():
            moved = [(EntryKind.ADJUST, record.points)]
        case Expiry():
            moved = [(EntryKind.EXPIRE, -record.points)]
        case _:
            return ()
    return tuple([Movement(kind, points) for kind, points in moved if points])


class _OpenLot:
    """A lot while folding."""

    __slots__ = ("earned_at_us", "left", "order", "points", "record_id", "returned_at_us")

    def __init__(self, record_id: UUID, earned_at_us: int, points: int, order: int) -> None:
        self.record_id = record_id
        self.earned_at_us = earned_at_us
        self.order = order
        self.points = points
        self.left = 0
        self.returned_at_us = 0

    def age(self) -> tuple[int, int]:
        """Sorts the oldest first; of two lots of one moment the one written first."""
        return self.earned_at_us, self.order


class _Spending:
    """What one record spent: which lots paid for it, and what none has paid for yet."""

    __slots__ = ("debt", "taken")

    def __init__(self) -> None:
        self.taken: list[tuple[_OpenLot, int]] = []
        self.debt = 0


class _Fold:
    """Applies entries in order.

    Debt is what was spent or taken back beyond all lots. Points that come free, newly earned or returned, pay it first;
    so there is never debt beside points left. A debt remembers the record that made it: when that record is undone,
    the points go back to the lots that paid the debt meanwhile.
    """

    def __init__(self) -> None:
        self.lots = 0  # how many there were
        self.open: list[_OpenLot] = []  # those with points left, oldest first
        self.spendings: dict[UUID, _Spending] = {}
        self.indebted: list[_Spending] = []  # those with debt, oldest first

    def apply(self, entry: Entry) -> None:
        if entry.kind is EntryKind.RETURN:
            self._give_back(entry)
        elif entry.points < 0:
            self._spend(entry)
        else:
            self._free(self._new_lot(entry.record_id, entry.at_us, entry.points), entry.points)

    def begin(self, account: Account) -> None:
        """Go on from an account that was folded elsewhere."""
        for known in account.lots:
            lot = self._new_lot(known.record_id, known.earned_at_us, known.points)
            lot.left, lot.returned_at_us = known.left, known.returned_at_us
            bisect.insort(self.open, lot, key=_OpenLot.age)
        debt = sum(lot.left for lot in account.lots) - account.balance
        if debt:
            spending = _Spending()
            spending.debt = debt
            self.indebted.append(spending)

    def _new_lot(self, record_id: UUID, earned_at_us: int, points: int) -> _OpenLot:
        self.lots += 1
        return _OpenLot(record_id, earned_at_us, points, self.lots)

    def _free(self, lot: _OpenLot, points: int) -> None:
        """Points of a lot become free: they pay debt, oldest first, and what is left can be spent."""
        while points and self.indebted:
            spending = self.indebted[0]
            paid = min(spending.debt, points)
            spending.debt -= paid
            spending.taken.append((lot, paid))
            points -= paid
            if spending.debt == 0:
                self.indebted.pop(0)
        if points:
            if lot.left == 0:
                bisect.insort(self.open, lot, key=_OpenLot.age)
            lot.left += points

    def _spend(self, entry: Entry) -> None:
        """Oldest lots first, but a reversal or an expiry takes from the lot it names before any other.

        What no lot can pay is debt. All lots of a programme live equally long, so the oldest is the first to expire.
        """
        points = -entry.points
        spending = self.spendings.setdefault(entry.record_id, _Spending())
        own = [lot for lot in self.open if lot.record_id == entry.original_id]
        for lot in own + [lot for lot in self.open if lot not in own]:
            taken = min(lot.left, points)
            if taken == 0:
                break
            lot.left -= taken
            points -= taken
            spending.taken.append((lot, taken))
        self.open = [lot for lot in self.open if lot.left]
        if points:
            spending.debt += points
            self.indebted.append(spending)

    def _give_back(self, entry: Entry) -> None:
        """Undo a spending: first its debt, then back to the lots that paid for it, the last taken first.

        Points whose origin this account does not know (it was joined from another) become a lot of their own.
        """
        points = entry.points
        spending = self.spendings.get(entry.original_id, _Spending()) if entry.original_id else _Spending()
        if spending.debt:
            forgiven = min(spending.debt, points)
            spending.debt -= forgiven
            points -= forgiven
            if spending.debt == 0:
                self.indebted.remove(spending)
        while spending.taken and points:
            lot, taken = spending.taken.pop()
            lot.returned_at_us = entry.at_us
            back = min(taken, points)
            points -= back
            if back < taken:
                spending.taken.append((lot, taken - back))
            self._free(lot, back)
        if points:
            self._free(self._new_lot(entry.record_id, entry.at_us, entry.points), points)


def fold(entries: Iterable[Entry], opening: Account = NOTHING) -> Account:
    """Compute an account from its entries.

    Args:
        entries: All entries of one member in journal order, or those that follow on ``opening``.
        opening: An account that was folded before; a return of points it spent makes a lot of its own.

    Returns:
        Balance and lots with points left; ``balance == sum(lot.left) - debt`` always holds.
    """
    state = _Fold()
    state.begin(opening)
    balance = opening.balance
    for entry in entries:
        balance += entry.points
        state.apply(entry)
    lots = tuple(Lot(lot.record_id, lot.earned_at_us, lot.points, lot.left, lot.returned_at_us) for lot in state.open)
    return Account(balance, lots)
