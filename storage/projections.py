"""What the journal's records add up to: rows that a screen or a report reads without adding anything up.

``apply`` runs in the transaction that appends the record. The same function, fed with the whole journal, rebuilds
every table and tells the verify command what the tables should hold; nothing here may look at anything but records
and projections.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.encoding import decode, kind_of
from loyalty.lines import RedemptionLine
from loyalty.records import (
    Adjustment,
    AnyRecord,
    CardAction,
    CardChange,
    DayClose,
    DayTotals,
    Enrolment,
    EpochStart,
    Expiry,
    Redemption,
    Reversal,
    Sale,
    UnknownRecord,
)
from loyalty.statement import Movement, movements
from loyalty.totals import day_totals, hour_of
from storage.reversals import reversed_lines, reversed_state
from storage.types import Reversed

if TYPE_CHECKING:
    from storage.connection import Database

MOVING: Final = (Sale, Redemption, Reversal, Adjustment, Expiry, Enrolment)
"""Record kinds that change a business day's totals."""

_ADD_TO_ACCOUNT = """
INSERT INTO account(member_id, balance, sales, revenue_cents, last_sale_day) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT(member_id) DO UPDATE SET
  balance = balance + ?2,
  sales = sales + ?3,
  revenue_cents = revenue_cents + ?4,
  last_sale_day = CASE WHEN ?5 IS NULL OR last_sale_day >= ?5 THEN last_sale_day ELSE ?5 END
WHERE merged_into IS NULL
RETURNING balance"""
_KNOW_ACCOUNT = "INSERT INTO account(member_id) VALUES (?) ON CONFLICT DO NOTHING"
ADD_ENTRY = """
INSERT INTO entry(member_id, seq, part, kind, points, at_us, record_id, original_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
ADD_BOOKING = """
INSERT INTO booking(seq, kind, member_id, business_day, at_us, points, balance_after, amount_cents, is_open, receipt)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
ADD_TO_DAY = """
INSERT INTO day_total(
  business_day, hour, sales, member_sales, revenue_cents, member_revenue_cents, reversed_cents, points_issued,
  points_redeemed, redemptions, points_taken_back, points_returned, points_adjusted, new_members,
  points_expired)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT(business_day, hour) DO UPDATE SET
  sales = sales + excluded.sales,
  member_sales = member_sales + excluded.member_sales,
  revenue_cents = revenue_cents + excluded.revenue_cents,
  member_revenue_cents = member_revenue_cents + excluded.member_revenue_cents,
  reversed_cents = reversed_cents + excluded.reversed_cents,
  points_issued = points_issued + excluded.points_issued,
  points_redeemed = points_redeemed + excluded.points_redeemed,
  redemptions = redemptions + excluded.redemptions,
  points_taken_back = points_taken_back + excluded.points_taken_back,
  points_returned = points_returned + excluded.points_returned,
  points_adjusted = points_adjusted + excluded.points_adjusted,
  new_members = new_members + excluded.new_members,
  points_expired = points_expired + excluded.points_expired"""
_REWARD = """
INSERT INTO reward_total(business_day, reward_id, count, points, value_cents) VALUES (?, ?, 1, ?, ?)
ON CONFLICT(business_day, reward_id) DO UPDATE SET
  count = count + 1, points = points + excluded.points, value_cents = value_cents + excluded.value_cents"""
_REVERSED_LINE = """
INSERT INTO reversed_line(original_id, line, cents, points) VALUES (?, ?, ?, ?)
ON CONFLICT(original_id, line) DO UPDATE SET cents = cents + excluded.cents, points = points + excluded.points"""
_ORIGINAL = """
SELECT journal.seq, journal.payload, booking.member_id, booking.amount_cents, booking.reversed_cents
FROM journal JOIN booking ON booking.seq = journal.seq WHERE journal.record_id = ?"""
_LAST_SALE_DAY = """
UPDATE account SET last_sale_day = (
  SELECT max(business_day) FROM booking WHERE member_id = ?1 AND kind = 'sale' AND reversed_cents < amount_cents)
WHERE member_id = ?1"""
_JOIN_ACCOUNTS = """
UPDATE account SET
  balance = target.balance + source.balance,
  sales = target.sales + source.sales,
  revenue_cents = target.revenue_cents + source.revenue_cents,
  enrolled_day = min(
    ifnull(target.enrolled_day, source.enrolled_day), ifnull(source.enrolled_day, target.enrolled_day)),
  last_sale_day = max(
    ifnull(target.last_sale_day, source.last_sale_day), ifnull(source.last_sale_day, target.last_sale_day))
FROM account AS target, account AS source
WHERE account.member_id = ?1 AND target.member_id = ?1 AND source.member_id = ?2"""
_EMPTY_ACCOUNT = """
UPDATE account SET
  merged_into = ?1, balance = 0, sales = 0, revenue_cents = 0, enrolled_day = NULL, last_sale_day = NULL
WHERE member_id = ?2 OR merged_into = ?2"""
_EPOCH_OF = "SELECT payload FROM journal WHERE kind = 'epoch_start' AND seq < ? ORDER BY seq DESC LIMIT 1"


def apply(database: Database, seq: int, record: AnyRecord | UnknownRecord) -> None:
    """Add one record to every projection.

    Args:
        database: A connection whose projections hold exactly the records before ``seq``.
        seq: The record's position.
        record: The record; an unknown kind moves nothing.
    """
    match record:
        case Sale():
            _apply_sale(database, seq, record)
        case Redemption():
            _book(database, seq, record, is_open=True)
            _count(database, record, day_totals(record))
            _count_rewards(database, record, (record.redemption,))
        case Adjustment() | Expiry():
            _book(database, seq, record)
            _count(database, record, day_totals(record))
        case Reversal():
            _apply_reversal(database, seq, record)
        case Enrolment():
            _apply_enrolment(database, record)
        case CardChange(action=CardAction.MERGE):
            _apply_merge(database, record)
        case DayClose():
            _apply_day_close(database, seq, record)
        case UnknownRecord():
            pass
        case _:
            if record.member_id:
                database.run(_KNOW_ACCOUNT, (record.member_id.bytes,))


def root_of(database: Database, member_id: UUID) -> bytes:
    """The account that stands for a member: its own, or the one it was merged into."""
    merged: bytes | None = database.value("SELECT merged_into FROM account WHERE member_id = ?", (member_id.bytes,))
    return merged or member_id.bytes


def original_of(record: AnyRecord) -> bytes | None:
    """The record whose lot an entry takes from first: what a reversal undoes, or whose points expire."""
    match record:
        case Reversal():
            return record.original_id.bytes
        case Expiry():
            return record.lot_id.bytes
        case _:
            return None


def _apply_sale(database: Database, seq: int, record: Sale) -> None:
    _book(database, seq, record, amount_cents=record.amount_cents, is_open=True, receipt=record.receipt or None)
    _count(database, record, day_totals(record))
    if record.redemptions and record.member_id:
        _count_rewards(database, record, record.redemptions)


def _book(
    database: Database,
    seq: int,
    record: Sale | Redemption | Reversal | Adjustment | Expiry,
    *,
    amount_cents: int = 0,
    is_open: bool = False,
    receipt: str | None = None,
) -> None:
    """Write account, entries and booking, which carries the running balance so that a history needs no sum."""
    day = record.business_day.isoformat()
    is_sale = isinstance(record, Sale)
    moved: tuple[Movement, ...] = ()
    points = balance = 0
    root: bytes | None = None
    if record.member_id:
        root = record.member_id.bytes
        moved = movements(record)
        points = sum([movement.points for movement in moved])
        added = (points, int(is_sale), amount_cents, day if is_sale else None)
        after = database.one(_ADD_TO_ACCOUNT, (root, *added))
        if after is None:  # a merged account takes nothing more
            root = root_of(database, record.member_id)
            after = database.one(_ADD_TO_ACCOUNT, (root, *added))
        assert after is not None, "an account that others were merged into is not merged itself"
        balance = after[0]
    original = None if is_sale else original_of(record)
    for part, movement in enumerate(moved):
        row = (root, seq, part, movement.kind.value, movement.points, record.at_us, record.record_id.bytes, original)
        database.run(ADD_ENTRY, row)
    database.run(
        ADD_BOOKING,
        (seq, kind_of(record), root, day, record.at_us, points, balance, amount_cents, int(is_open), receipt),
    )


def _count(database: Database, record: AnyRecord, totals: DayTotals) -> None:
    database.run(ADD_TO_DAY, (record.business_day.isoformat(), hour_of(record), *msgspec.structs.astuple(totals)))


def _count_rewards(database: Database, record: Sale | Redemption, lines: tuple[RedemptionLine, ...]) -> None:
    day = record.business_day.isoformat()
    for line in lines:
        database.run(_REWARD, (day, line.reward_id, line.points, line.value_cents))


def _apply_enrolment(database: Database, record: Enrolment) -> None:
    """The first enrolment of an account makes a new member; a further one, with a second card, does not."""
    if record.member_id is None:
        return
    root = root_of(database, record.member_id)
    database.run(_KNOW_ACCOUNT, (root,))
    first = database.run(
        "UPDATE account SET enrolled_day = ? WHERE member_id = ? AND enrolled_day IS NULL",
        (record.business_day.isoformat(), root),
    )
    if first:
        _count(database, record, DayTotals(new_members=1))


def _apply_day_close(database: Database, seq: int, record: DayClose) -> None:
    """Freeze a day of this till's. A close that was taken over from a lost till's black box is of that till's days."""
    payload = database.value(_EPOCH_OF, (seq,))
    start = decode(payload) if payload else None
    if isinstance(start, EpochStart) and start.taken_from is not None:
        return
    row = (record.number, record.closed_day.isoformat(), seq, record.open_points)
    database.run("INSERT INTO day_close(number, closed_day, seq, open_points) VALUES (?, ?, ?, ?)", row)


def _apply_reversal(database: Database, seq: int, record: Reversal) -> None:
    _book(database, seq, record)
    _count(database, record, day_totals(record))
    original_id = record.original_id.bytes
    for line in (*record.lines, *record.redemptions):
        database.run(_REVERSED_LINE, (original_id, line.line, line.cents, line.points))
    database.run("INSERT INTO reversal_of(original_id, seq) VALUES (?, ?)", (original_id, seq))
    original = database.one(_ORIGINAL, (original_id,))
    if original is None:  # a sale of another till: head office knows it
        return
    original_seq, payload, member, amount_cents, reversed_cents = original
    reversed_after = reversed_cents + record.cents
    is_open = reversed_state(decode(payload), reversed_lines(database, record.original_id)) is not Reversed.WHOLE
    database.run(
        "UPDATE booking SET reversed_cents = ?, is_open = ? WHERE seq = ?", (reversed_after, int(is_open), original_seq)
    )
    if member and record.cents:
        uncounted = int(reversed_cents < amount_cents <= reversed_after)
        database.one(_ADD_TO_ACCOUNT, (member, 0, -uncounted, -record.cents, None))
        if uncounted:
            database.run(_LAST_SALE_DAY, (member,))


def _apply_merge(database: Database, record: CardChange) -> None:
    """Join two accounts: the union of their bookings in journal order; what is one account already stays as it is."""
    if record.member_id is None or record.into_member_id is None:
        return
    source, target = root_of(database, record.member_id), root_of(database, record.into_member_id)
    database.run(_KNOW_ACCOUNT, (source,))
    database.run(_KNOW_ACCOUNT, (target,))
    if source == target:
        return
    database.run("UPDATE entry SET member_id = ? WHERE member_id = ?", (target, source))
    database.run("UPDATE booking SET member_id = ? WHERE member_id = ?", (target, source))
    database.run(_JOIN_ACCOUNTS, (target, source))
    database.run(_EMPTY_ACCOUNT, (target, source))
    _renew_running_balances(database, target)


def _renew_running_balances(database: Database, member: bytes) -> None:
    balance = 0
    rows: list[tuple[int, int]] = []
    for seq, points in database.all("SELECT seq, points FROM booking WHERE member_id = ? ORDER BY seq", (member,)):
        balance += points
        rows.append((balance, seq))
    database.many("UPDATE booking SET balance_after = ? WHERE seq = ?", rows)
