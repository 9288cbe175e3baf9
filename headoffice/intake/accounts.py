"""Accounts under lock: what one transaction has read of them, changes, and writes back once at its end.

Accounts are locked in the order of their ids, so that two transactions never wait for each other crosswise. A merged
account points straight at the one that stands for it; whoever has locked an account looks once more whether it has been
merged meanwhile, and locks the survivor instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, update

from headoffice.store import bulk
from headoffice.store.dirty import touch
from headoffice.store.tables import ACCOUNT, ENTRY, RECORD

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from sqlalchemy import Connection

LOCK_ROUNDS_MAX: Final = 10
"""How often a lock may find that its account was merged meanwhile; each round needs another merge in between."""

_FRESH: Final = ("member_id", "balance", "sales", "revenue_cents", "region")
_COLUMNS: Final = ("balance", "sales", "revenue_cents", "enrolled_day", "last_sale_day", "merged_into")


@dataclass(slots=True)
class Held:
    """One locked account that stands for itself; ``changed`` when it must be written back."""

    member_id: UUID
    region: str
    balance: int = 0
    sales: int = 0
    revenue_cents: int = 0
    enrolled_day: date | None = None
    last_sale_day: date | None = None
    merged_into: UUID | None = None
    changed: bool = False


class Accounts:
    """The accounts that one transaction works on.

    Attributes:
        touched: Accounts whose statement must go out anew, changed or not.
    """

    def __init__(self, connection: Connection, region: str) -> None:
        self._connection = connection
        self._region = region
        self._held: dict[UUID, Held] = {}
        self._root: dict[UUID, UUID] = {}
        self._merges: list[tuple[UUID, UUID]] = []
        self._last_sale_unknown: set[UUID] = set()
        self.touched: set[UUID] = set()

    def lock(self, members: Iterable[UUID]) -> None:
        """Lock the accounts that stand for members; those that nobody has used yet begin empty."""
        wanted = set(members) - self._root.keys()
        roots = {member: member for member in wanted}
        for _ in range(LOCK_ROUNDS_MAX):
            self._lock_roots(set(roots.values()) - self._held.keys())
            moved = {}
            for member, root in roots.items():
                survivor = self._held[root].merged_into
                if survivor is not None:
                    moved[member] = survivor
            if not moved:
                self._root.update(roots)
                return
            roots.update(moved)
        raise RuntimeError("Accounts are merged faster than they can be locked")

    def _lock_roots(self, members: set[UUID]) -> None:
        """Make those that are missing, and then lock all of them in one go: two goes could wait crosswise."""
        if not members:
            return
        ordered = sorted(members, key=_as_number)
        fresh = [(member, 0, 0, 0, self._region) for member in ordered]
        made = bulk.insert_or_lock(self._connection, ACCOUNT, _FRESH, fresh)
        for member in made:
            self._held[member] = Held(member, self._region)
        there = [member for member in ordered if member not in made]
        if not there:
            return
        query = select(ACCOUNT.c.member_id, ACCOUNT.c.region, *(ACCOUNT.c[name] for name in _COLUMNS))
        for row in self._connection.execute(query.where(bulk.among(self._connection, ACCOUNT.c.member_id, there))):
            self._held[row[0]] = Held(*row)

    def of(self, member_id: UUID) -> Held:
        """The account that stands for a locked member."""
        return self._held[self._root[member_id]]

    def touch(self, member_id: UUID) -> None:
        """Send the statement of a locked member out anew, and of the name it is known by."""
        self.touched |= {member_id, self._root[member_id]}

    def sold(self, member_id: UUID, cents: int, day: date) -> None:
        """Count a sale."""
        account = self.of(member_id)
        account.sales += 1
        account.revenue_cents += cents
        account.last_sale_day = max(account.last_sale_day or day, day)
        account.changed = True

    def unsold(self, member_id: UUID, cents: int, *, whole: bool) -> None:
        """Take a reversed part of a sale away, and with the last of it the sale itself."""
        account = self.of(member_id)
        account.revenue_cents -= cents
        if whole:
            account.sales -= 1
            self._last_sale_unknown.add(account.member_id)
        account.changed = True

    def merge(self, source: UUID, target: UUID) -> bool:
        """Join two locked members' accounts: the union of what both have; ``False`` when they are one already."""
        gone, kept = self.of(source), self.of(target)
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
        gone.changed = kept.changed = True
        for member, root in self._root.items():
            if root == gone.member_id:
                self._root[member] = kept.member_id
        self._merges.append((gone.member_id, kept.member_id))
        self.touched |= {gone.member_id, kept.member_id}
        return True

    def save(self) -> None:
        """Write everything back. The entries of this transaction must be written before, the records too."""
        rows = [
            (held.member_id, *(getattr(held, name) for name in _COLUMNS))
            for held in self._held.values()  # all are locked already, so that any order will do
            if held.changed
        ]
        bulk.update(self._connection, ACCOUNT, ("member_id",), _COLUMNS, rows)
        for source, target in self._merges:
            self._move(source, target)
        for member_id in sorted(self._last_sale_unknown):
            self._renew_last_sale(self._held[member_id].merged_into or member_id)

    def _move(self, source: UUID, target: UUID) -> None:
        """Point everything that stood for the merged account at the surviving one; entries keep both names."""
        aliases = select(ACCOUNT.c.member_id).where(ACCOUNT.c.merged_into == source)
        self.touched |= set(self._connection.scalars(aliases))
        self._connection.execute(update(ACCOUNT).where(ACCOUNT.c.merged_into == source).values(merged_into=target))
        self._connection.execute(update(ENTRY).where(ENTRY.c.member_id == source).values(member_id=target))

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


def _as_number(member_id: UUID) -> int:
    """What ids are ordered by, here as in PostgreSQL; compared faster than ids are."""
    return member_id.int


def merge_accounts(connection: Connection, source: UUID, target: UUID) -> bool:
    """Join two members' accounts where no record says so: two tills that stood alone gave one card two accounts.

    Returns:
        Whether there were two; statements of all concerned go out anew then.
    """
    accounts = Accounts(connection, region="")
    accounts.lock((source, target))
    merged = accounts.merge(source, target)
    accounts.save()
    if merged:
        touch(connection, "member", map(str, sorted(accounts.touched)))
    return merged
