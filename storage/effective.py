"""A member's account on a joined till: head office's statement, then the own entries it does not include.

A statement says up to which position of this till's journal it includes the till's own records; every own entry behind
it comes on top. That is the whole rule; it needs no clocks. Accounts that were joined, here before the till belonged
to head office or there since, are one.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.consent import ConsentState, effective
from loyalty.feed import StatementLot
from loyalty.offline import Known
from loyalty.statement import Account, Entry, EntryKind, Lot, fold
from storage.consents import OWN_CONSENTS, state_in
from storage.errors import Damaged
from storage.types import AccountRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.connection import Database, Row

KIN_MAX: Final = 1_000
"""The most accounts that are looked at as one; a household has a handful."""

_STATEMENT: Final = """SELECT balance, sales, revenue_cents, enrolled_day, last_sale_day, merged_into, lots,
  consents, covered_seq, as_of_us FROM statement WHERE member_id = ?"""
_KIN_THERE: Final = "SELECT member_id FROM statement WHERE merged_into = ?"
_KIN_HERE: Final = """SELECT member_id FROM account WHERE merged_into = ?1
UNION ALL SELECT merged_into FROM account WHERE member_id = ?1 AND merged_into IS NOT NULL"""
_STATE: Final = "SELECT covered_seq, as_of_us, complete FROM state"
_ENTRIES: Final = """SELECT entry.seq, entry.record_id, entry.kind, entry.points, entry.at_us, entry.original_id,
  journal.member_id
FROM entry JOIN journal ON journal.seq = entry.seq WHERE entry.member_id = ? AND entry.seq > ?
ORDER BY entry.seq, entry.part"""
_SALES: Final = """SELECT booking.seq, booking.business_day, booking.amount_cents - booking.reversed_cents,
  booking.reversed_cents < booking.amount_cents, journal.member_id
FROM booking JOIN journal ON journal.seq = booking.seq
WHERE booking.member_id = ? AND booking.seq > ? AND booking.kind = 'sale'"""
_WRITTEN_HERE: Final = "SELECT 1 FROM journal WHERE record_id = ?"
_CONSENTS: msgspec.json.Decoder[tuple[ConsentState, ...]] = msgspec.json.Decoder(tuple[ConsentState, ...])
_LOTS: msgspec.json.Decoder[tuple[StatementLot, ...]] = msgspec.json.Decoder(tuple[StatementLot, ...])


class Statement(msgspec.Struct, frozen=True):
    """Head office's word on one account, as the replica holds it."""

    balance: int
    sales: int
    revenue_cents: int
    enrolled_day: str | None
    last_sale_day: str | None
    merged_into: bytes | None
    lots: bytes
    consents: bytes
    covered_seq: int | None
    as_of_us: int


def check_lots(member: bytes, balance: int, lots: bytes) -> None:
    """Compare a statement's balance with its points: ``loyalty.statement.fold`` leaves no debt beside points.

    Raises:
        Damaged: They differ; nothing else would tell.
    """
    left = sum(lot.left for lot in _LOTS.decode(lots))
    if left and left != balance:
        raise Damaged(f"statement {member.hex()}: balance is {balance}, its points are {left}")


class Family:
    """All accounts that are one with a member's, and what is known of them.

    Attributes:
        root: The account that stands for all of them.
        members: Their ids.
        statements: Head office's words on those that stand for themselves; mostly one, or none.
        complete: Whether head office's whole state was ever taken over.
    """

    def __init__(self, ledger: Database, replica: Database, member_id: UUID) -> None:
        self._ledger = ledger
        self._state = replica.one(_STATE) or (0, 0, 0)
        self._known: dict[bytes, Statement] = {}
        self.members = self._find(replica, member_id.bytes)
        self.statements = {
            member: statement for member, statement in self._known.items() if statement.merged_into not in self._known
        }
        self.root = self._root(member_id.bytes)
        self.complete = bool(self._state[2])

    def entries(self) -> list[Entry]:
        """The own entries that no statement includes, in journal order."""
        rows = self._uncovered(_ENTRIES, seq=0, owner=6)
        return [
            Entry(seq, UUID(bytes=record), EntryKind(kind), points, at_us, UUID(bytes=original) if original else None)
            for seq, record, kind, points, at_us, original, _ in sorted(rows, key=lambda row: row[0])
        ]

    def account(self, member_id: UUID) -> AccountRow:
        """The effective account.

        Reversals of sales that a statement includes lower sales and revenue once head office has booked them.
        """
        root = UUID(bytes=self.root)
        for member, item in self.statements.items():
            check_lots(member, item.balance, item.lots)
        balance = sum(item.balance for item in self.statements.values()) + sum(item.points for item in self.entries())
        sales = sum(item.sales for item in self.statements.values())
        revenue_cents = sum(item.revenue_cents for item in self.statements.values())
        sale_days = [item.last_sale_day for item in self.statements.values()]
        for _, day, cents, counted, _ in self._uncovered(_SALES, seq=0, owner=4):
            sales += counted
            revenue_cents += cents
            sale_days.append(day if counted else None)
        enrolled = [item.enrolled_day for item in self.statements.values()]
        enrolled += [
            self._ledger.value("SELECT enrolled_day FROM account WHERE member_id = ?", (member,))
            for member in self.members
        ]
        return AccountRow(
            root,
            balance,
            sales,
            revenue_cents,
            min((date.fromisoformat(day) for day in enrolled if day), default=None),
            max((date.fromisoformat(day) for day in sale_days if day), default=None),
            root if root != member_id else None,
        )

    def lots(self, today: date) -> tuple[Lot, ...]:
        """The points that are left to spend; those past their last day are hidden until head office writes them off.

        What this till gave back of another till's booking is spent when head office has booked it and not before: a
        receipt may be invented, or undone at two tills, and a statement can't take back what was carried away.
        """
        balance = sum(item.balance for item in self.statements.values())
        known = list(self._statement_lots())
        past = {lot.record_id for lot in known if lot.last_day and lot.last_day < today}
        opening = Account(balance, tuple(Lot(lot.record_id, lot.earned_at_us, lot.points, lot.left) for lot in known))
        proved = (
            item for item in self.entries() if item.kind is not EntryKind.RETURN or self._is_own(item.original_id)
        )
        return tuple(lot for lot in fold(proved, opening).lots if lot.record_id not in past)

    def last_days(self) -> dict[UUID, date]:
        """The last day of each lot that the statements name and that has one."""
        return {lot.record_id: lot.last_day for lot in self._statement_lots() if lot.last_day}

    def consents(self) -> tuple[ConsentState, ...]:
        """What the member agreed to or withdrew: head office's states and the own records they do not include."""
        states = [state for item in self.statements.values() for state in _CONSENTS.decode(item.consents)]
        states += [state_in(payload) for _, payload, _ in self._uncovered(OWN_CONSENTS, seq=0, owner=2)]
        return effective(states)

    def known(self, today: date) -> Known:
        """What may be told of the account while head office can't be asked.

        Own spending that no statement includes lowers it; own awards don't raise it.
        """
        heard = bool(self.statements) and all(item.as_of_us for item in self.statements.values())
        available = sum(item.balance for item in self.statements.values())
        available -= sum(lot.left for lot in self._statement_lots() if lot.last_day and lot.last_day < today)
        spent: dict[UUID, int] = {}
        for entry in self.entries():
            if entry.kind is EntryKind.REDEEM:
                spent[entry.record_id] = -entry.points
            elif entry.kind is EntryKind.RETURN:
                if entry.original_id in spent:
                    spent[entry.original_id] -= entry.points
            else:
                available += min(0, entry.points)
        return Known(
            available=available,
            as_of_us=int(self._state[1]) if heard else 0,
            own_spent=sum(spent.values()),
            own_redemptions=sum(points > 0 for points in spent.values()),
            caught_up=self.complete,
        )

    def _is_own(self, record_id: UUID | None) -> bool:
        """Whether this till wrote a booking itself."""
        return record_id is not None and self._ledger.one(_WRITTEN_HERE, (record_id.bytes,)) is not None

    def _find(self, replica: Database, member: bytes) -> tuple[bytes, ...]:
        """Follow both sides' joins from one account to all that are one with it."""
        found = {member: None}
        waiting = [member]
        while waiting and len(found) < KIN_MAX:
            current = waiting.pop()
            row = replica.one(_STATEMENT, (current,))
            kin = [item for (item,) in replica.all(_KIN_THERE, (current,))]
            kin += [item for (item,) in self._ledger.all(_KIN_HERE, (current,))]
            if row:
                self._known[current] = Statement(*row)
                kin += [row[5]] if row[5] else []
            waiting += (item for item in dict.fromkeys(kin) if item not in found)
            found |= dict.fromkeys(kin)
        return tuple(found)

    def _root(self, member: bytes) -> bytes:
        """Head office's surviving account; the ledger's own where head office knows none of them."""
        if member not in self._known:
            here = self._ledger.value("SELECT merged_into FROM account WHERE member_id = ?", (member,)) or member
            member = here if here in self._known or not self.statements else min(self.statements)
        return self._standing_for(member) or member

    def _standing_for(self, member: bytes) -> bytes | None:
        """The account whose statement includes a member's records."""
        current: bytes | None = member
        for _ in self._known:
            if current is None or current in self.statements:
                return current
            statement = self._known.get(current)
            current = statement.merged_into if statement else None
        return None

    def _uncovered(self, sql: str, *, seq: int, owner: int) -> Iterator[Row]:
        """Own rows that no statement includes; the record's own member says in which it would be."""
        covered = {member: self._covered(member) for member in self.members}
        lowest = min(covered.values())
        for member in self.members:
            for row in self._ledger.all(sql, (member, lowest)):
                if row[seq] > covered.get(row[owner], lowest):
                    yield row

    def _covered(self, member: bytes) -> int:
        """Up to which position head office's state includes an account's own records."""
        root = self._standing_for(member)
        own = self.statements[root].covered_seq if root is not None else None
        return int(self._state[0]) if own is None else own

    def _statement_lots(self) -> Iterator[StatementLot]:
        for statement in self.statements.values():
            yield from _LOTS.decode(statement.lots)
