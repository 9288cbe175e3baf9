"""Accounts under lock: what one transaction adds to them, written in one statement that also locks them.

What a sale does to an account is an addition, so nothing has to be read first: the statement that adds tells the
balance it came to. Accounts are written in the order of their ids, so that two transactions never wait for each other
crosswise. A merged account takes nothing and points straight at the one that stands for it, which gets what was meant
for it. Whether an enrolment is the first is asked once the lock is there, too. Only a merge needs accounts as they are
before anything is written: it locks all that its transaction names beforehand, in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, update

from headoffice.store import bulk
from headoffice.store.tables import ACCOUNT, ENTRY, RECORD

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from sqlalchemy import Connection

LOCK_ROUNDS_MAX: Final = 10
"""How often an account may turn out to be merged meanwhile; each round needs another merge in between."""

_FRESH: Final = ("member_id", "balance", "sales", "revenue_cents", "region")
_COLUMNS: Final = ("balance", "sales", "revenue_cents", "enrolled_day", "last_sale_day", "merged_into")
_ADDED: Final = ("member_id", "balance", "sales", "revenue_cents", "last_sale_day", "region")
_ADDING: Final = {
    **{name: f"account.{name} + excluded.{name}" for name in ("balance", "sales", "revenue_cents")},
    "last_sale_day": "CASE WHEN account.last_sale_day >= excluded.last_sale_day OR excluded.last_sale_day IS NULL"
    " THEN account.last_sale_day ELSE excluded.last_sale_day END",
}
_STANDS_FOR_ITSELF: Final = "account.merged_into IS NULL"


@dataclass(slots=True)
class Change:
    """What a transaction adds to one account.

    Attributes:
        balance: Points.
        sales: How many.
        revenue_cents: What they came to.
        last_sale_day: The day of the last sale.
        running: Once it is written, the balance that the account had before, if that was asked for; free to be counted
            up from there.
        enrolled_day: Once it is written, the day of the account's first enrolment so far, if that was asked for.
        meant_for: What was written instead or before, when another account stands for this one.
    """

    balance: int = 0
    sales: int = 0
    revenue_cents: int = 0
    last_sale_day: date | None = None
    running: int = 0
    enrolled_day: date | None = None
    meant_for: Change | None = None

    @property
    def account(self) -> Change:
        """What was written first for the account that stands for this one."""
        return self if self.meant_for is None else self.meant_for.account

    def sold(self, cents: int, day: date) -> None:
        """Count a sale."""
        self.sales += 1
        self.revenue_cents += cents
        if self.last_sale_day is None or self.last_sale_day < day:
            self.last_sale_day = day

    def take_over(self, other: Change) -> None:
        """Add what was meant for another account, or written to this one later."""
        other.meant_for = self
        self.balance += other.balance
        self.sales += other.sales
        self.revenue_cents += other.revenue_cents
        self.last_sale_day = max(filter(None, (self.last_sale_day, other.last_sale_day)), default=None)


@dataclass(slots=True)
class Held:
    """One locked account as it was read."""

    member_id: UUID
    balance: int = 0
    sales: int = 0
    revenue_cents: int = 0
    enrolled_day: date | None = None
    last_sale_day: date | None = None
    merged_into: UUID | None = None


class Accounts:
    """The accounts that one transaction works on.

    Attributes:
        touched: Accounts whose statement must go out anew, changed or not.
    """

    def __init__(self, connection: Connection, region: str) -> None:
        self._connection = connection
        self._region = region
        self._changes: dict[UUID, Change] = {}
        self._held: dict[UUID, Held] = {}
        self._roots: dict[UUID, UUID] = {}
        self._last_sale_unknown: set[UUID] = set()
        self._enrolled: dict[UUID, date] = {}
        self.touched: set[UUID] = set()

    def change(self, member_id: UUID) -> Change:
        """What is added to a member's account; to ask for it is enough to send the statement out anew."""
        change = self._changes.get(member_id)
        if change is None:
            change = self._changes[member_id] = Change()
        return change

    def unsold(self, member_id: UUID, cents: int, *, whole: bool) -> None:
        """Take a reversed part of a sale away, and with the last of it the sale itself."""
        change = self.change(member_id)
        change.revenue_cents -= cents
        if whole:
            change.sales -= 1
            self._last_sale_unknown.add(member_id)

    def enrolled(self, member_id: UUID, change: Change, day: date) -> bool:
        """Note an enrolment of a member that was written and asked for; ``False`` when its account had one before."""
        account = change.account
        if account.enrolled_day is not None:
            return False
        account.enrolled_day = self._enrolled[self.root(member_id)] = day
        return True

    def write_enrolled(self) -> None:
        """Write the first enrolments that were noted; the accounts are locked."""
        bulk.update(self._connection, ACCOUNT, ("member_id",), ("enrolled_day",), list(self._enrolled.items()))
        self._enrolled = {}

    def add(self, asked: Iterable[UUID] = ()) -> None:
        """Write what was gathered since the last time; the accounts are locked then.

        Args:
            asked: Members whose account from before has to be known.
        """
        wanted, self._changes = self._changes, {}
        pending = wanted
        written: dict[UUID, Change] = {}
        for _ in range(LOCK_ROUNDS_MAX):
            gone = self._added(pending)
            for root, change in pending.items():
                first = written.setdefault(root, change) if root not in gone else change
                if first is not change:
                    first.take_over(change)
            if not gone:
                self.touched.update(wanted, map(self.root, wanted) if self._roots else ())
                self._read_before({self.root(member) for member in asked}, written)
                return
            pending = self._moved_on(wanted, gone, pending)
        raise RuntimeError("Accounts are merged faster than they can be locked")

    def _added(self, changes: dict[UUID, Change]) -> dict[UUID, UUID]:
        """Add to those that stand for themselves, or make them; returns who stands for the others."""
        rows = [
            (member, one.balance, one.sales, one.revenue_cents, one.last_sale_day, self._region)
            for member, one in sorted(changes.items(), key=_as_number)
        ]
        count = bulk.insert_or_change(self._connection, ACCOUNT, _ADDED, rows, _ADDING, only=_STANDS_FOR_ITSELF)
        if count == len(rows):
            return {}
        query = select(ACCOUNT.c.member_id, ACCOUNT.c.merged_into).where(
            bulk.among(self._connection, ACCOUNT.c.member_id, changes), ACCOUNT.c.merged_into.is_not(None)
        )
        return {row.member_id: row.merged_into for row in self._connection.execute(query)}

    def _read_before(self, roots: set[UUID], written: dict[UUID, Change]) -> None:
        if roots:
            query = select(ACCOUNT.c.member_id, ACCOUNT.c.balance, ACCOUNT.c.enrolled_day)
            found = query.where(bulk.among(self._connection, ACCOUNT.c.member_id, roots))
            for root, balance, enrolled_day in self._connection.execute(found):
                change = written[root]
                change.running, change.enrolled_day = balance - change.balance, enrolled_day

    def _moved_on(
        self, wanted: Iterable[UUID], gone: dict[UUID, UUID], pending: dict[UUID, Change]
    ) -> dict[UUID, Change]:
        """What was meant for merged accounts, by the accounts that stand for them."""
        for member in wanted:
            root = self.root(member)
            if root in gone:
                self._roots[member] = gone[root]
        moved: dict[UUID, Change] = {}
        for member, survivor in gone.items():
            moved.setdefault(survivor, Change()).take_over(pending[member])
        return moved

    def root(self, member_id: UUID) -> UUID:
        """The account that stands for a member that was locked or added to."""
        return self._roots.get(member_id, member_id) if self._roots else member_id

    def lock(self, members: Iterable[UUID]) -> None:
        """Lock and read the accounts that stand for members; those that nobody has used yet begin empty."""
        wanted = set(members)
        for _ in range(LOCK_ROUNDS_MAX):
            self._lock_roots({self.root(member) for member in wanted})
            moved = {
                member: survivor
                for member in wanted
                if (survivor := self._held[self.root(member)].merged_into) is not None
            }
            if not moved:
                self._roots.update({member: self.root(member) for member in wanted})
                return
            self._roots.update(moved)
        raise RuntimeError("Accounts are merged faster than they can be locked")

    def _lock_roots(self, members: set[UUID]) -> None:
        """Make those that are missing, and lock all of them in one go: two goes could wait crosswise."""
        if not members:
            return
        fresh = [(member, 0, 0, 0, self._region) for member in sorted(members)]
        bulk.insert_or_lock(self._connection, ACCOUNT, _FRESH, fresh)
        query = select(ACCOUNT.c.member_id, *(ACCOUNT.c[name] for name in _COLUMNS))
        for row in self._connection.execute(query.where(bulk.among(self._connection, ACCOUNT.c.member_id, members))):
            self._held[row[0]] = Held(*row)

    def merge(self, source: UUID, target: UUID) -> bool:
        """Join two members' accounts: the union of what both have; ``False`` when they are one already.

        Everything gathered must be written before, entries too.
        """
        self.lock((source, target))
        gone, kept = self._held[self.root(source)], self._held[self.root(target)]
        if gone is kept:
            return False
        kept.balance += gone.balance
        kept.sales += gone.sales
        kept.revenue_cents += gone.revenue_cents
        kept.enrolled_day = min(filter(None, (kept.enrolled_day, gone.enrolled_day)), default=None)
        kept.last_sale_day = max(filter(None, (kept.last_sale_day, gone.last_sale_day)), default=None)
        gone.balance = gone.sales = gone.revenue_cents = 0
        gone.enrolled_day = gone.last_sale_day = None
        gone.merged_into = kept.member_id
        rows = [(held.member_id, *(getattr(held, name) for name in _COLUMNS)) for held in (gone, kept)]
        bulk.update(self._connection, ACCOUNT, ("member_id",), _COLUMNS, rows)
        self._move(gone.member_id, kept.member_id)
        for member, root in self._roots.items():
            if root == gone.member_id:
                self._roots[member] = kept.member_id
        self._roots[gone.member_id] = kept.member_id
        self.touched |= {source, target, gone.member_id, kept.member_id}
        return True

    def _move(self, source: UUID, target: UUID) -> None:
        """Point everything that stood for the merged account at the surviving one; entries keep both names."""
        aliases = select(ACCOUNT.c.member_id).where(ACCOUNT.c.merged_into == source)
        self.touched |= set(self._connection.scalars(aliases))
        self._connection.execute(update(ACCOUNT).where(ACCOUNT.c.merged_into == source).values(merged_into=target))
        self._connection.execute(update(ENTRY).where(ENTRY.c.member_id == source).values(member_id=target))

    def finish(self) -> None:
        """Find the last sale of those whose last sale was undone; everything else must be written before."""
        for root in sorted({self.root(member) for member in self._last_sale_unknown}):
            self._renew_last_sale(root)

    def _renew_last_sale(self, root: UUID) -> None:
        names = select(ACCOUNT.c.member_id).where((ACCOUNT.c.member_id == root) | (ACCOUNT.c.merged_into == root))
        last = select(func.max(RECORD.c.business_day)).where(
            RECORD.c.member_id.in_(names),
            RECORD.c.kind == "sale",
            RECORD.c.state == "booked",
            RECORD.c.reversed_cents < RECORD.c.amount_cents,
        )
        self._connection.execute(
            update(ACCOUNT).where(ACCOUNT.c.member_id == root).values(last_sale_day=last.scalar_subquery())
        )


def _as_number(item: tuple[UUID, Change]) -> int:
    """What ids are ordered by, here as in PostgreSQL; compared faster than ids are."""
    return item[0].int
