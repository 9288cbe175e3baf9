"""What a till has kept of people for long enough: members without a sign of life, old texts, people who left the shop.

The journal is never shortened: it holds no names, and every record is proved by those before it. What names a person
lies in tables beside it, and goes from there. Looking is done on connections of its own, so a sale never waits for it;
what is found is then deleted in small transactions.
"""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.encoding import decode
from loyalty.records import Adjustment, Reversal
from storage.connection import open_reader
from storage.files import LEDGER_FILE
from storage.unsent import drop_edits_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from storage.store import Store

ROWS_AT_ONCE: Final = 500
"""How many rows are looked at between two statements, and deleted in one transaction."""

_IDLE: Final = """
SELECT member_id, balance, enrolled_day, last_sale_day FROM account
WHERE member_id > ?1 AND merged_into IS NULL
  AND ifnull(enrolled_day, '') < ?2 AND ifnull(last_sale_day, '') < ?2
ORDER BY member_id LIMIT ?3"""
_IS_NAMED: Final = """
WITH family(member_id) AS (SELECT member_id FROM account WHERE merged_into = ?1 UNION ALL SELECT ?1)
SELECT EXISTS (SELECT 1 FROM member_profile JOIN family USING (member_id))
  OR EXISTS (SELECT 1 FROM card JOIN family USING (member_id))"""
_LAST_BOOKING: Final = """SELECT business_day FROM booking
WHERE member_id = ? AND kind <> 'expiry' ORDER BY seq DESC LIMIT 1"""
_LAST_CONSENT: Final = """SELECT business_day FROM journal
WHERE kind = 'consent' AND member_id = ? ORDER BY seq DESC LIMIT 1"""
_SIGNS_OF_LIFE: Final = (_LAST_BOOKING, _LAST_CONSENT)
_OLD_NOTES: Final = """
SELECT booking.seq, journal.payload FROM booking JOIN journal ON journal.seq = booking.seq
WHERE booking.seq > ? AND booking.kind IN ('reversal', 'adjustment') AND booking.business_day < ?
ORDER BY booking.seq LIMIT ?"""
_HAS_TEXT: Final = "SELECT 1 FROM free_text WHERE text_ref = ?"
_BLOCKED: Final = "SELECT cashier_id FROM cashier WHERE blocked"
_WORKED: Final = "SELECT 1 FROM journal WHERE at_us >= ? AND instr(payload, ?) LIMIT 1"


class Idle(msgspec.Struct, frozen=True):
    """A member without a sign of life for long.

    Attributes:
        member_id: The account.
        last_day: The last day of a purchase, another booking, an enrolment or a consent; ``None`` when there was none.
        balance: Points that are left; negative when in debt.
    """

    member_id: UUID
    last_day: date | None
    balance: int


def idle_members(directory: Path, before: date) -> Iterator[Idle]:
    """Members whom the till still names and of whom there was no sign of life since a day.

    Long for many members; for a thread on which nobody waits. For a till that stands alone: on a joined one the members
    may have bought elsewhere.

    Args:
        directory: The data directory.
        before: A member with a sign of life on this day, or later, is left out.
    """
    with closing(open_reader(directory / LEDGER_FILE)) as ledger:
        after = b""
        while rows := ledger.all(_IDLE, (after, before.isoformat(), ROWS_AT_ONCE)):
            after = rows[-1][0]
            for member, balance, enrolled_day, last_sale_day in rows:
                days = [enrolled_day, last_sale_day, *(ledger.value(sql, (member,)) for sql in _SIGNS_OF_LIFE)]
                last_day = max((day for day in days if day), default="")
                if last_day < before.isoformat() and ledger.value(_IS_NAMED, (member,)):
                    yield Idle(UUID(bytes=member), date.fromisoformat(last_day) if last_day else None, balance)


def old_texts(directory: Path, before: date) -> Iterator[UUID]:
    """Free texts behind corrections and reversals from before a day; long, as ``idle_members``."""
    with closing(open_reader(directory / LEDGER_FILE)) as ledger:
        seq = 0
        while rows := ledger.all(_OLD_NOTES, (seq, before.isoformat(), ROWS_AT_ONCE)):
            seq = rows[-1][0]
            for _, payload in rows:
                record = decode(payload)
                assert isinstance(record, Reversal | Adjustment), "only those were asked for"
                if record.text_ref and ledger.one(_HAS_TEXT, (record.text_ref.bytes,)):
                    yield record.text_ref


def old_cashiers(directory: Path, before_us: int) -> list[UUID]:
    """Blocked people of the shop whom no record since a moment names; long, as ``idle_members``.

    Args:
        directory: The data directory.
        before_us: The moment, in microseconds since 1970 UTC.
    """
    with closing(open_reader(directory / LEDGER_FILE)) as ledger:
        blocked = [UUID(bytes=cashier) for (cashier,) in ledger.all(_BLOCKED)]
        return [each for each in blocked if not ledger.one(_WORKED, (before_us, str(each).encode()))]


def forget_texts(store: Store, texts: Sequence[UUID]) -> None:
    """Delete free texts; on the thread that writes.

    Args:
        store: The open store.
        texts: At most ``ROWS_AT_ONCE``, so that a sale can wait for it.

    Raises:
        StorageError: The disk did not take it.
    """
    with store.exclusive() as ledger:
        for text in texts:
            ledger.run("DELETE FROM free_text WHERE text_ref = ?", (text.bytes,))
            drop_edits_of(ledger, "text", text.bytes)


def forget_cashiers(store: Store, cashiers: Sequence[UUID]) -> None:
    """Delete names and PINs of people who were blocked; what they did stays, under a random id.

    Raises:
        StorageError: The disk did not take it.
    """
    with store.exclusive() as ledger:
        for cashier in cashiers:
            ledger.run("DELETE FROM cashier WHERE cashier_id = ? AND blocked", (cashier.bytes,))
            drop_edits_of(ledger, "cashier", cashier.bytes)
