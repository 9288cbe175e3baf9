"""A booking of this till taken from the journal once more, for a copy of its receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from loyalty.outcomes import Reason, Refused
from loyalty.records import Enrolment, Redemption, Reversal, Sale
from loyalty.reversal import Original, OriginalLine
from terminal.app.earn import Earned
from terminal.app.enrol import Enrolled
from terminal.app.redeem import Redeemed
from terminal.app.reverse import Reversed

if TYPE_CHECKING:
    from uuid import UUID

    from storage.store import Reader


class Reprint(msgspec.Struct, frozen=True):
    """What a booking was.

    Attributes:
        booked: As it was told when it was booked.
        has_balance: Whether its balance is the one behind it; a joined till knows only today's.
    """

    booked: Earned | Redeemed | Reversed | Enrolled
    has_balance: bool = True


class NoReceipt(msgspec.Struct, frozen=True):
    """A record for which no customer gets a paper, such as a day close, or an enrolment of somebody who is erased."""

    record_id: UUID


def reprint(reader: Reader, record_id: UUID) -> Reprint | NoReceipt | Refused:
    """Look up a booking of this till for a copy of its receipt.

    Raises:
        StorageError: If the ledger can't be read.
    """
    stored = reader.record(record_id)
    if stored is None:
        return Refused(Reason.RECORD_UNKNOWN)
    record, seq = stored.record, stored.seq
    match record:
        case Sale():
            balance = _balance_behind(reader, record.member_id, seq)
            return Reprint(Earned(record, seq, balance or 0), balance is not None)
        case Redemption():
            balance = _balance_behind(reader, record.member_id, seq)
            return Reprint(Redeemed(record, seq, balance or 0), balance is not None)
        case Reversal():
            balance = _balance_behind(reader, record.member_id, seq)
            return Reprint(_reversed(reader, record, seq, balance or 0), balance is not None)
        case Enrolment():
            return _enrolled(reader, record)
        case _:
            return NoReceipt(record_id)


def _balance_behind(reader: Reader, member_id: UUID | None, seq: int) -> int | None:
    """The member's balance right behind a booking, ``None`` where other tills' bookings count as well."""
    if member_id is None:
        return 0
    found = reader.bookings(member_id, 1, before_seq=seq + 1)
    return found[0].balance_after if found and found[0].seq == seq else None


def _reversed(reader: Reader, record: Reversal, seq: int, balance: int) -> Reversed:
    """A reversal with what it undid; of another till's booking only what the reversal itself says is known here."""
    stored = reader.record(record.original_id)
    if stored is not None and isinstance(stored.record, Sale | Redemption):
        return Reversed(record, stored.record, seq, balance)
    lines, rewards = (
        tuple(OriginalLine(line.line, line.cents, line.points) for line in part)
        for part in (record.lines, record.redemptions)
    )
    original = Original(record.original_id, record.member_id, record.business_day, lines, rewards)
    return Reversed(record, original, seq, balance, elsewhere=True)


def _enrolled(reader: Reader, record: Enrolment) -> Reprint | NoReceipt:
    profile = None if record.member_id is None else reader.profile(record.member_id)
    card = reader.card_by_ref(record.card_ref)
    if profile is None or card is None:
        return NoReceipt(record.record_id)
    return Reprint(Enrolled(record, card.number, profile, 0), has_balance=False)
