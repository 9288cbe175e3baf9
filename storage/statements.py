"""Accounts, bookings and records: the queries behind the member panel, the history and undo."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from loyalty.encoding import decode
from loyalty.records import UnknownRecord
from loyalty.statement import Entry, EntryKind, Lot, fold
from storage.consents import own_consents
from storage.errors import Damaged, as_written
from storage.journal import head, stored
from storage.projections import root_of
from storage.reads import Reads, one_state
from storage.reversals import reversed_lines, reversed_state
from storage.types import AccountRow, Booking, BookingDay, Head, Stored

if TYPE_CHECKING:
    from loyalty.consent import ConsentState
    from loyalty.offline import Known
    from loyalty.reversal import ReversedSoFar
    from storage.connection import Row

BOOKINGS_MAX: Final = 1_000
"""The most bookings one read returns; a longer history is read in pages."""

SAME_SALE_LOOKBACK: Final = 50
"""How many of a member's newest bookings are looked at for a sale typed twice."""

_ERASED = """
SELECT 1 FROM tombstone
WHERE member_id = ?1 OR member_id = (SELECT merged_into FROM account WHERE account.member_id = ?1)"""
_ACCOUNT = """SELECT member_id, balance, sales, revenue_cents, enrolled_day, last_sale_day, merged_into,
  (SELECT balance_after FROM booking WHERE booking.member_id = account.member_id ORDER BY seq DESC LIMIT 1)
FROM account WHERE member_id = ?"""
_BALANCE_WITHOUT_ACCOUNT = """SELECT balance_after FROM booking WHERE member_id = ?1
AND NOT EXISTS (SELECT 1 FROM account WHERE member_id = ?1) ORDER BY seq DESC LIMIT 1"""
_RECORD = "SELECT seq, payload, hash, body_hash FROM journal WHERE record_id = ?"
_AT = "SELECT seq, payload, hash, body_hash FROM journal WHERE seq = ?"
_BOOKINGS = """SELECT booking.seq, journal.payload, booking.points, booking.balance_after, journal.record_id
FROM booking JOIN journal ON journal.seq = booking.seq
WHERE booking.member_id = ? AND booking.seq < ? ORDER BY booking.seq DESC LIMIT ?"""
_RECENT = """SELECT booking.seq, journal.payload, booking.points, booking.balance_after, journal.record_id
FROM booking JOIN journal ON journal.seq = booking.seq ORDER BY booking.seq DESC LIMIT ?"""
_LAST_OPEN = """SELECT journal.seq, journal.payload, journal.hash FROM booking JOIN journal ON journal.seq = booking.seq
WHERE booking.is_open = 1 ORDER BY booking.seq DESC LIMIT 1"""
_SAME_SALE = """SELECT seq FROM (SELECT seq, kind, at_us, amount_cents, reversed_cents FROM booking WHERE member_id = ?
ORDER BY seq DESC LIMIT ?) WHERE kind = 'sale' AND amount_cents = ? AND at_us >= ? AND reversed_cents < amount_cents
LIMIT 1"""
_AFTER_ALL: Final = 2**63 - 1


class StatementReads(Reads):
    """Reads of the journal and of what it means for accounts."""

    __slots__ = ()

    def head(self) -> Head:
        """The journal's last record."""
        return head(self._ledger)

    def count(self) -> int:
        """How many records the journal holds."""
        return self.head().seq

    @as_written("record")
    def record(self, record_id: UUID) -> Stored | None:
        """The record with this id."""
        return self._stored(self._ledger.one(_RECORD, (record_id.bytes,)))

    def stored(self, seq: int) -> Stored | None:
        """The record at this position."""
        return self._stored(self._ledger.one(_AT, (seq,)))

    @as_written("account")
    def account(self, member_id: UUID) -> AccountRow:
        """A member's account; a merged one leads to the surviving one, an unknown one is empty.

        On a joined till it is head office's statement with the own entries that it does not include yet.
        """
        shared = self._shared()
        if shared:
            return shared.family(member_id).account(member_id)
        row = self._ledger.one(_ACCOUNT, (member_id.bytes,))
        if row is None:
            agreed_balance(member_id.bytes, None, self._ledger.value(_BALANCE_WITHOUT_ACCOUNT, (member_id.bytes,)))
            return AccountRow(member_id)
        merged: UUID | None = None
        if row[6]:
            merged = UUID(bytes=row[6])
            row = self._ledger.one(_ACCOUNT, (row[6],)) or row
            member_id = UUID(bytes=row[0])
        agreed_balance(row[0], row[1], row[7])
        return AccountRow(member_id, row[1], row[2], row[3], day_of(row[4]), day_of(row[5]), merged)

    def members_with_points(self, after: UUID | None, limit: int) -> list[UUID]:
        """Own accounts that have points, by id, so many behind one; ``None`` for the first."""
        rows = self._ledger.all(
            "SELECT member_id FROM account WHERE balance > 0 AND merged_into IS NULL AND member_id > ?"
            " ORDER BY member_id LIMIT ?",
            (after.bytes if after else b"", limit),
        )
        return [UUID(bytes=member) for (member,) in rows]

    def is_erased(self, member_id: UUID) -> bool:
        """Whether the person behind an account, or behind the one it was merged into, was erased."""
        shared = self._shared()
        if shared:
            return shared.is_erased(shared.family(member_id))
        return self._ledger.one(_ERASED, (member_id.bytes,)) is not None

    def consents(self, member_id: UUID) -> tuple[ConsentState, ...]:
        """What a member agreed to or withdrew, each purpose at most once; nothing of one who was erased.

        On a joined till it is head office's word with the own records that it does not include yet.
        """
        if self.is_erased(member_id):
            return ()
        shared = self._shared()
        if shared:
            return shared.family(member_id).consents()
        return own_consents(self._ledger, root_of(self._ledger, member_id))

    @as_written("entries")
    def entries(self, member_id: UUID) -> list[Entry]:
        """All movements of an account that this till's own records made, in journal order."""
        rows = self._ledger.all(
            "SELECT seq, record_id, kind, points, at_us, original_id FROM entry WHERE member_id = ? ORDER BY seq, part",
            (root_of(self._ledger, member_id),),
        )
        return [
            Entry(seq, UUID(bytes=record), EntryKind(kind), points, at_us, UUID(bytes=original) if original else None)
            for seq, record, kind, points, at_us, original in rows
        ]

    def lots(self, member_id: UUID) -> tuple[Lot, ...]:
        """The points that are left of an account, oldest first; on a joined till without those past their last day."""
        shared = self._shared()
        if shared:
            return shared.family(member_id).lots(self._today())
        with one_state(self._ledger):
            account = fold(self.entries(member_id))
            agreed_balance(member_id.bytes, self.account(member_id).balance, account.balance)
        return account.lots

    def told_last_days(self, member_id: UUID) -> dict[UUID, date]:
        """Until when points can be spent, by the record that earned them, as head office's statement says it.

        Returns:
            Nothing on a till that stands alone: there the programme says it.
        """
        shared = self._shared()
        return shared.family(member_id).last_days() if shared else {}

    def safe_known(self, member_id: UUID) -> Known | None:
        """What a joined till knows of an account while head office can't be asked.

        Returns:
            ``None`` for a till that stands alone: it is its own authority and all points are safe.
        """
        shared = self._shared()
        return shared.family(member_id).known(self._today()) if shared else None

    @as_written("bookings")
    def bookings(self, member_id: UUID, limit: int = 20, before_seq: int | None = None) -> list[Booking]:
        """An account's history, newest first.

        Args:
            member_id: The member.
            limit: How many, at most ``BOOKINGS_MAX``.
            before_seq: Continue behind this position.
        """
        before = _AFTER_ALL if before_seq is None else before_seq
        most = min(limit, BOOKINGS_MAX)
        rows = [row for member in self._own(member_id) for row in self._ledger.all(_BOOKINGS, (member, before, most))]
        rows.sort(key=lambda row: -row[0])
        return [self._booking(row) for row in rows[:most]]

    @as_written("recent_bookings")
    def recent_bookings(self, limit: int = 20) -> list[Booking]:
        """This till's newest bookings, newest first."""
        return [self._booking(row) for row in self._ledger.all(_RECENT, (min(limit, BOOKINGS_MAX),))]

    @as_written("last_booking")
    def last_booking(self) -> Stored | None:
        """This till's newest sale or redemption that has something left to undo."""
        return self._stored(self._ledger.one(_LAST_OPEN))

    def reversed_so_far(self, record_id: UUID) -> dict[int, ReversedSoFar]:
        """By line, what reversals of a record have done."""
        return reversed_lines(self._ledger, record_id)

    def reversals_of(self, record_id: UUID) -> list[Stored]:
        """The reversals of a record, oldest first."""
        rows = self._ledger.all(
            "SELECT journal.seq, payload, hash FROM reversal_of JOIN journal ON journal.seq = reversal_of.seq"
            " WHERE original_id = ? ORDER BY reversal_of.seq",
            (record_id.bytes,),
        )
        return [stored(row) for row in rows]

    def sale_by_receipt(self, receipt: str) -> Stored | None:
        """The newest sale with a register's receipt number; one that was wholly undone has given its number back."""
        seq = self._ledger.value("SELECT max(seq) FROM booking WHERE receipt = ? AND is_open = 1", (receipt,))
        return None if seq is None else self.stored(seq)

    @as_written("same_sale_since")
    def same_sale_since(self, member_id: UUID, amount_cents: int, since_us: int) -> Stored | None:
        """A sale of the same amount to the same member since a moment, unless it was wholly undone.

        Only the member's newest ``SAME_SALE_LOOKBACK`` bookings are looked at.
        """
        for member in self._own(member_id):
            seq = self._ledger.value(_SAME_SALE, (member, SAME_SALE_LOOKBACK, amount_cents, since_us))
            if seq is not None:
                return self.stored(seq)
        return None

    @as_written("latest_closed_day")
    def latest_closed_day(self) -> date | None:
        """The last business day that was closed."""
        return day_of(self._ledger.value("SELECT max(closed_day) FROM day_close"))

    def last_close_number(self) -> int:
        """The running number of the last day close; 0 before the first."""
        return int(self._ledger.value("SELECT ifnull(max(number), 0) FROM day_close"))

    def booking_day(self, day: date) -> BookingDay:
        """The day a fact of ``day`` is booked on: its own, or the open one when that is closed; then it is late."""
        closed = self.latest_closed_day()
        if closed is None or day > closed:
            return BookingDay(day, late=False)
        return BookingDay(closed + timedelta(days=1), late=True)

    def _own(self, member_id: UUID) -> tuple[bytes, ...]:
        """The accounts under which this till's own bookings of a member stand."""
        shared = self._shared()
        return shared.family(member_id).members if shared else (root_of(self._ledger, member_id),)

    def _stored(self, row: Row | None) -> Stored | None:
        return stored(row) if row else None

    def _booking(self, row: Row) -> Booking:
        seq, payload, points, balance_after, record_id = row
        record = decode(payload)
        assert not isinstance(record, UnknownRecord), "only known kinds are booked"
        so_far = reversed_lines(self._ledger, UUID(bytes=record_id))
        after = None if self._shared() else balance_after
        return Booking(seq, record, points, after, reversed_state(record, so_far))


def agreed_balance(member: bytes, balance: int | None, last: int | None) -> None:
    """Compare an account with the balance behind its last booking: damage rarely hits both in the same way.

    A till shows and books nothing on a balance that its own records contradict; the whole proof comes once a day.

    Args:
        member: Whose.
        balance: What the account says, ``None`` when there is no account.
        last: What the last booking says, ``None`` when there is no booking.

    Raises:
        Damaged: They differ.
    """
    if (balance or 0) != (last or 0):
        raise Damaged(f"account {member.hex()}: balance is {balance}, the bookings say {last}")


def day_of(text: str | None) -> date | None:
    """The day a column names, if any."""
    return date.fromisoformat(text) if text else None
