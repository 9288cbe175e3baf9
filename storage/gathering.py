"""Many records into the projections at once: the same rows as from ``storage.projections.apply``, in fewer statements.

Records are gathered until their sums are wanted. Then each account is read once and written once, entries go in by
account and bookings by position, and an hour of a day is added up before it is written. A record that changes rows
which others have written, a reversal or a merge, takes the way through ``apply``, behind those gathered before it.
"""

from __future__ import annotations

from datetime import date
from operator import add
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from loyalty.bounds import TIME_MAX_US, Cents, Code, PointCount, Receipt
from loyalty.encoding import kind_of
from loyalty.records import (
    Adjustment,
    AnyRecord,
    CardAction,
    CardChange,
    DayClose,
    DayTotals,
    Enrolment,
    Expiry,
    Redemption,
    Reversal,
    Sale,
    UnknownRecord,
)
from loyalty.statement import EntryKind, movements
from loyalty.totals import day_totals, hour_at, hour_of
from storage.projections import ADD_BOOKING, ADD_ENTRY, ADD_TO_DAY, apply, original_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from loyalty.lines import RedemptionLine
    from storage.connection import Database, Row

RECORDS_AT_ONCE: Final = 20_000
"""How many records are added up before they are written; they take about 20 MB."""

_EARN: Final = EntryKind.EARN.value
_REDEEM: Final = EntryKind.REDEEM.value
_SALE: Final = "sale"
_NO_SUMS: Final = (0,) * len(DayTotals.__struct_fields__)
_NO_DAY: Final = ""

_ACCOUNTS = """
SELECT member_id, balance, enrolled_day, merged_into FROM account
WHERE member_id IN (SELECT unhex(value) FROM json_each(?))"""
_ADD_TO_ACCOUNTS = """
INSERT INTO account(member_id, balance, sales, revenue_cents, last_sale_day, enrolled_day)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT(member_id) DO UPDATE SET
  balance = balance + ?2,
  sales = sales + ?3,
  revenue_cents = revenue_cents + ?4,
  last_sale_day = CASE WHEN ?5 IS NULL OR last_sale_day >= ?5 THEN last_sale_day ELSE ?5 END,
  enrolled_day = ifnull(enrolled_day, ?6)"""
_ADD_TO_REWARDS = """
INSERT INTO reward_total(business_day, reward_id, count, points, value_cents) VALUES (?, ?, ?, ?, ?)
ON CONFLICT(business_day, reward_id) DO UPDATE SET
  count = count + excluded.count, points = points + excluded.points, value_cents = value_cents + excluded.value_cents"""


class PurchaseLine(msgspec.Struct, frozen=True, gc=False):
    """What a purchase line is booked by."""

    points: PointCount


class PurchaseReward(msgspec.Struct, frozen=True, gc=False):
    """What a reward that was taken is booked by."""

    reward_id: Code
    points: PointCount
    value_cents: Cents


class Purchase(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag=_SALE):
    """As much of a ``Sale`` as is booked, under the same bounds; reading it takes a quarter of the time."""

    record_id: UUID
    member_id: UUID | None
    at_us: Annotated[int, Meta(ge=0, le=TIME_MAX_US)]
    business_day: date
    utc_offset_min: int
    amount_cents: Cents
    lines: tuple[PurchaseLine, ...]
    redemptions: tuple[PurchaseReward, ...] = ()
    receipt: Receipt = ""


class _Account:
    """An account as it was and what the gathered records add to it.

    Attributes:
        root: The account that stands for its members.
        balance: Behind the records so far.
        points: Moved in sum.
        sales: How many.
        cents: What they came to.
        last_day: The latest day of a sale among them.
        enrolled_day: When it was enrolled, before or now.
    """

    __slots__ = ("balance", "cents", "enrolled_day", "last_day", "points", "root", "sales")

    def __init__(self, root: bytes, balance: int, enrolled_day: str | None) -> None:
        self.root = root
        self.balance = balance
        self.enrolled_day = enrolled_day
        self.points = self.sales = self.cents = 0
        self.last_day = _NO_DAY


class Gathering:
    """Records on their way into the projections.

    Args:
        database: A connection whose projections hold exactly the records before the first that is added; nobody reads
            or writes them until the gathering was flushed.
        at_once: How many records are gathered before they are written.
    """

    __slots__ = ("_at_once", "_booked", "_database", "_enrolled", "_known", "_rewards", "_sales", "_sums")

    def __init__(self, database: Database, at_once: int = RECORDS_AT_ONCE) -> None:
        self._database = database
        self._at_once = at_once
        self._begin()

    def _begin(self) -> None:
        self._booked: list[tuple[Any, ...]] = []
        self._enrolled: list[tuple[bytes, str, int]] = []
        self._known: set[bytes] = set()
        self._sales: dict[tuple[str, int], list[int]] = {}
        self._sums: dict[tuple[str, int], list[int]] = {}
        self._rewards: dict[tuple[str, str], list[int]] = {}

    def add(self, seq: int, record: AnyRecord | UnknownRecord) -> None:
        """Take the next record of the journal.

        Raises:
            ValueError: It contradicts the records before it.
            sqlite.IntegrityError: The same, found by the tables.
        """
        match record:
            case Sale():
                self.sell(seq, record)
            case Redemption() | Adjustment() | Expiry():
                self._book(seq, record)
            case Reversal() | CardChange(action=CardAction.MERGE):
                self.flush()
                apply(self._database, seq, record)
            case DayClose():  # it reads the journal and writes a table of its own
                apply(self._database, seq, record)
            case UnknownRecord():
                pass
            case Enrolment(member_id=member_id) if member_id:
                self._enrolled.append((member_id.bytes, record.business_day.isoformat(), hour_of(record)))
            case _ if record.member_id:
                self._known.add(record.member_id.bytes)
        if len(self._booked) + len(self._enrolled) + len(self._known) >= self._at_once:
            self.flush()

    def sell(self, seq: int, sale: Sale | Purchase) -> None:
        """Take a purchase: all there is of most journals, so it is booked without a step that it does not need."""
        day, at_us, cents = sale.business_day.isoformat(), sale.at_us, sale.amount_cents
        hour = day, hour_at(at_us, sale.utc_offset_min)
        sums = self._sales.get(hour)
        if sums is None:
            sums = self._sales[hour] = [0] * 7
        sums[0] += 1
        sums[1] += cents
        member, moved = None, []
        if sale.member_id is not None:
            member = sale.member_id.bytes
            points = sum([line.points for line in sale.lines])
            sums[2] += 1
            sums[3] += cents
            sums[4] += points
            if sale.redemptions:
                redeemed = self._take_rewards(day, sale.redemptions)
                sums[5] += redeemed
                sums[6] += len(sale.redemptions)
                moved.append((_REDEEM, -redeemed))
            if points:
                moved.append((_EARN, points))
        receipt = sale.receipt or None
        self._booked.append((seq, _SALE, sale.record_id.bytes, member, day, at_us, cents, moved, None, 1, receipt))
        if len(self._booked) >= self._at_once:
            self.flush()

    def flush(self) -> None:
        """Write what was gathered."""
        booked, enrolled, known = self._booked, self._enrolled, self._known
        members = {row[3] for row in booked}
        members.discard(None)
        members.update([member for member, _, _ in enrolled], known)
        if not booked and not members:
            return
        accounts = _accounts_of(self._database, members)
        for member, day, hour in enrolled:
            account = accounts[member]
            if account.enrolled_day is None:
                account.enrolled_day = day
                self._count((day, hour), DayTotals(new_members=1))
        for hour_of_day, sums in self._sales.items():
            self._count(hour_of_day, _totals_of(sums))
        entries, bookings = _rows(booked, accounts)
        database, sums_of_days, rewards = self._database, self._sums, self._rewards
        self._begin()
        roots = {account.root: account for account in accounts.values()}
        database.many(_ADD_TO_ACCOUNTS, [_added(account) for _, account in sorted(roots.items())])
        database.many(ADD_ENTRY, entries)
        database.many(ADD_BOOKING, bookings)
        database.many(ADD_TO_DAY, [(*hour, *sums) for hour, sums in sorted(sums_of_days.items())])
        database.many(_ADD_TO_REWARDS, [(*reward, *sums) for reward, sums in sorted(rewards.items())])

    def _book(self, seq: int, record: Redemption | Adjustment | Expiry) -> None:
        day, is_redemption = record.business_day.isoformat(), isinstance(record, Redemption)
        member = record.member_id.bytes if record.member_id else None
        moved = [(movement.kind.value, movement.points) for movement in movements(record)]
        self._count((day, hour_of(record)), day_totals(record))
        if isinstance(record, Redemption):
            self._take_rewards(day, (record.redemption,))
        who, when = (kind_of(record), record.record_id.bytes, member), (day, record.at_us)
        self._booked.append((seq, *who, *when, 0, moved, original_of(record), int(is_redemption), None))

    def _take_rewards(self, day: str, rewards: Sequence[RedemptionLine | PurchaseReward]) -> int:
        """Count rewards; gives the points they cost."""
        redeemed = 0
        for reward in rewards:
            sums = self._rewards.setdefault((day, reward.reward_id), [0, 0, 0])
            sums[:] = map(add, sums, (1, reward.points, reward.value_cents))
            redeemed += reward.points
        return redeemed

    def _count(self, hour: tuple[str, int], totals: DayTotals) -> None:
        sums = self._sums.setdefault(hour, [*_NO_SUMS])
        sums[:] = map(add, sums, msgspec.structs.astuple(totals))


def _accounts_of(database: Database, members: set[bytes]) -> dict[bytes, _Account]:
    """The account of each member, as it is now; those that were merged share one."""
    found = _read(database, members)
    roots = {member: merged_into or member for member, (_, _, merged_into) in found.items()}
    found |= _read(database, {root for root in roots.values() if root not in found})
    accounts: dict[bytes, _Account] = {}
    for member in members:
        root = roots.get(member, member)
        if root not in accounts:
            balance, enrolled_day, _ = found.get(root, (0, None, None))
            accounts[root] = _Account(root, balance, enrolled_day)
        accounts[member] = accounts[root]
    return accounts


def _read(database: Database, members: Iterable[bytes]) -> dict[bytes, tuple[int, str | None, bytes | None]]:
    asked = msgspec.json.encode([member.hex() for member in members]).decode()
    return {row[0]: row[1:] for row in database.all(_ACCOUNTS, (asked,))}


def _added(account: _Account) -> tuple[object, ...]:
    """What ``_ADD_TO_ACCOUNTS`` takes."""
    last_day = account.last_day or None
    return account.root, account.points, account.sales, account.cents, last_day, account.enrolled_day


def _rows(booked: list[tuple[Any, ...]], accounts: dict[bytes, _Account]) -> tuple[list[Row], list[Row]]:
    """Entries by account and bookings by position, with the balance behind each; what they move is added up."""
    entries: list[Row] = []
    bookings: list[Row] = []
    for seq, kind, record_id, member, day, at_us, cents, moved, original_id, is_open, receipt in booked:
        root, points, balance = None, 0, 0
        if member is not None:
            account = accounts[member]
            root = account.root
            for part, (what, moved_points) in enumerate(moved):
                entries.append((root, seq, part, what, moved_points, at_us, record_id, original_id))
                points += moved_points
            account.points += points
            account.balance = balance = account.balance + points
            if kind == _SALE:
                account.sales += 1
                account.cents += cents
                account.last_day = max(account.last_day, day)
        bookings.append((seq, kind, root, day, at_us, points, balance, cents, is_open, receipt))
    entries.sort()
    return entries, bookings


def _totals_of(sums: list[int]) -> DayTotals:
    """What the purchases of an hour add to its day."""
    sales, cents, member_sales, member_cents, issued, redeemed, redemptions = sums
    return DayTotals(
        sales=sales,
        member_sales=member_sales,
        revenue_cents=cents,
        member_revenue_cents=member_cents,
        points_issued=issued,
        points_redeemed=redeemed,
        redemptions=redemptions,
    )


def apply_sales(database: Database, first_seq: int, sales: Sequence[Sale]) -> None:
    """Add many purchases to every projection: the same rows as ``apply`` for one after the other, in fewer statements.

    Args:
        database: A connection whose projections hold exactly the records before ``first_seq``.
        first_seq: The position of the first; the others follow without a gap.
        sales: The purchases.
    """
    gathering = Gathering(database, len(sales) + 1)
    for seq, sale in enumerate(sales, first_seq):
        gathering.sell(seq, sale)
    gathering.flush()
