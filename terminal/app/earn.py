"""One sale: its award and the rewards taken in it, written as one record in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.encoding import command_digest
from loyalty.masking import Masked
from loyalty.outcomes import Reason, Refused
from loyalty.records import Sale
from loyalty.sale import Basket, RewardRequest, quote_sale
from storage.errors import RecordConflict
from terminal.app.safe import available_points, unsafe
from terminal.app.till import account_for_booking, earlier, header, keep_card

if TYPE_CHECKING:
    from storage.store import Unit
    from terminal.app.till import Till

DAY_US: Final = 86_400_000_000
CLOCK_SLACK_US: Final = 120_000_000
"""How far ahead of the till's clock a given moment may lie, in microseconds."""


class EarnCommand(Masked, frozen=True):
    """What the cashier or the register asked for.

    Attributes:
        record_id: Minted when the sale was opened; every retry carries the same.
        card: The card's number as read.
        basket: The purchase.
        requests: Rewards to take in it.
        receipt: The register's receipt number, empty when unknown.
        at_us: For a forgotten sale the moment it was, ``None`` for now.
        cashier_id: Who.
    """

    record_id: UUID
    card: str
    basket: Basket
    requests: tuple[RewardRequest, ...] = ()
    receipt: str = ""
    at_us: int | None = None
    cashier_id: UUID | None = None


class Earned(msgspec.Struct, frozen=True):
    """A sale that is on disk.

    Attributes:
        record: As booked.
        seq: Its place in the journal.
        balance: The member's balance now.
        repeated: Whether an earlier call with the same id had booked it.
    """

    record: Sale
    seq: int
    balance: int
    repeated: bool = False


def earn(till: Till, command: EarnCommand) -> Earned | Refused:
    """Book a sale.

    Returns:
        The sale once COMMIT has returned, or why nothing was written.

    Raises:
        StorageError: If the disk did not take it; then nothing was written either.
    """
    digest = command_digest(
        till.store.programme_key, "earn", command.card, command.basket, command.requests, command.receipt, command.at_us
    )
    try:
        with till.store.unit() as unit:
            booked = _book(till, unit, command, digest)
            return booked if isinstance(booked, Earned) else _booked_before(unit, command, digest) or booked
    except RecordConflict:  # a retry; nearly every sale is none, so the journal is not asked before it refuses one
        with till.store.unit() as unit:
            before = _booked_before(unit, command, digest)
            assert before is not None, "the journal holds a record with this id"
            return before


def _book(till: Till, unit: Unit, command: EarnCommand, digest: str) -> Earned | Refused:
    if refusal := _late_entry_refusal(till, unit, command):
        return refusal
    found = account_for_booking(till, unit, command.card)
    if isinstance(found, Refused):
        return found
    card, account = found
    available = account.balance
    if command.requests:  # an award alone asks for nothing more
        available = available_points(till, unit, account.member_id, account.balance)
    quote = quote_sale(till.programme, command.basket, command.requests, available=available)
    if isinstance(quote, Refused):
        return quote
    if refusal := unsafe(till, unit, account.member_id, quote.points_redeemed):
        return refusal
    record = Sale(
        **header(till, unit, command, account.member_id, digest, at_us=command.at_us),
        currency=till.programme.currency,
        amount_cents=command.basket.amount_cents,
        lines=quote.lines,
        redemptions=quote.redemptions,
        explain=quote.explain,
        receipt=command.receipt,
        late=command.at_us is not None,
        card_ref=card.card_ref,
    )
    stored = unit.append(record)  # may be refused; the edit of a new card would make a key before
    keep_card(unit, card)
    return Earned(record, stored.seq, account.balance + record.points - record.points_redeemed)


def _booked_before(unit: Unit, command: EarnCommand, digest: str) -> Earned | Refused | None:
    """What an earlier call with the same id has done: whatever has changed since, a retry gets the same answer."""
    before = earlier(unit, command.record_id, digest)
    if before is None or isinstance(before, Refused):
        return before
    assert isinstance(before.record, Sale), "the digest says what was asked for"
    return Earned(before.record, before.seq, _balance(unit, before.record), repeated=True)


def _balance(unit: Unit, record: Sale) -> int:
    return unit.account(record.member_id).balance if record.member_id else 0


def _late_entry_refusal(till: Till, unit: Unit, command: EarnCommand) -> Refused | None:
    """Check the receipt number and the moment of a sale that is entered after the fact."""
    if command.receipt and unit.sale_by_receipt(command.receipt) is not None:
        return Refused(Reason.RECEIPT_ALREADY_BOOKED, {"receipt": command.receipt})
    if command.at_us is None:
        return None
    days = till.programme.limits.late_entry_days
    now_us = till.clock.now_us()
    if command.at_us > now_us + CLOCK_SLACK_US:
        return Refused(Reason.IN_THE_FUTURE)
    if command.at_us < now_us - days * DAY_US:
        return Refused(Reason.TOO_LATE, {"days": days})
    return None
