"""Undoing a booking, whole or in part, with a preview of what it would do.

A booking of another till is undone as what ``terminal.app.elsewhere`` learned of it, or as what a manager reads off the
receipt. What this till shows then is a preview: head office books the reversal against the original.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.encoding import command_digest
from loyalty.masking import Masked
from loyalty.outcomes import Reason, Refused
from loyalty.records import Redemption, Reversal, ReversalReason, Sale
from loyalty.reversal import (
    Original,
    OriginalLine,
    Receipt,
    ReversalPlan,
    ReversalRequest,
    ReversedSoFar,
    plan_reversal,
    plan_vouched,
)
from terminal.app.elsewhere import Elsewhere, own_reversals, undone_so_far
from terminal.app.sign_in import manager_refusal
from terminal.app.till import account_of_new_card, earlier, header, read_card

if TYPE_CHECKING:
    from loyalty.programme import Programme
    from storage.store import Reader, Unit
    from terminal.app.till import Till

NOTE_LENGTH_MAX: Final = 200
"""The longest free text behind a reason, in characters."""

NOBODY: Final = UUID(int=0)
"""Who vouches where nobody has a PIN."""


class Vouch(Masked, frozen=True):
    """What a manager reads off a receipt that nothing else proves.

    Attributes:
        receipt: Its sums; all of it is undone.
        card: The member's card; empty for a purchase without one.
        manager_id: The manager, ``None`` where nobody has a PIN.
        pin: As typed; never stored.
        trusted: Whether no PIN is asked: at the command line, where whoever may write the files may do anything.
    """

    receipt: Receipt
    card: str = ""
    manager_id: UUID | None = None
    pin: str = ""
    trusted: bool = False


class ReverseCommand(msgspec.Struct, frozen=True):
    """What to undo and why.

    Attributes:
        note: Free text, kept outside the journal.
        elsewhere: What is known of a booking of another till.
        vouch: What a manager says of one when nothing is known.
    """

    record_id: UUID
    request: ReversalRequest
    reason: ReversalReason
    note: str = ""
    cashier_id: UUID | None = None
    elsewhere: Elsewhere | None = None
    vouch: Vouch | None = None


class Reversed(msgspec.Struct, frozen=True):
    """A reversal that is on disk, with the booking it undid; ``elsewhere`` when another till wrote that."""

    record: Reversal
    original: Sale | Redemption | Original
    seq: int
    balance: int
    repeated: bool = False
    elsewhere: bool = False


class Preview(msgspec.Struct, frozen=True):
    """What a reversal would do; ``elsewhere`` says what is known of another till's booking."""

    original: Sale | Redemption | Original
    plan: ReversalPlan
    balance: int
    balance_after: int
    elsewhere: Elsewhere | None = None


class _Found(msgspec.Struct, frozen=True):
    """A booking to be undone, with what was undone of it so far."""

    original: Sale | Redemption | Original
    so_far: dict[int, ReversedSoFar]
    elsewhere: Elsewhere | None


def preview(reader: Reader, request: ReversalRequest, elsewhere: Elsewhere | None = None) -> Preview | Refused:
    """Say what a reversal would take back and return, without writing."""
    found = _find(reader, request.original_id, elsewhere)
    if isinstance(found, Refused):
        return found
    plan = plan_reversal(found.original, request, found.so_far)
    if isinstance(plan, Refused):
        return _told(reader, found, plan)
    return _previewed(reader, found.original, plan, found.elsewhere)


def preview_vouched(
    reader: Reader, programme: Programme, programme_key: bytes, request: ReversalRequest, vouch: Vouch
) -> Preview | Refused:
    """Say what a reversal would do that a manager vouches for; nobody's PIN is asked for that."""
    original = _vouched_original(reader, programme, programme_key, request, vouch)
    if isinstance(original, Refused):
        return original
    plan = plan_vouched(vouch.receipt, own_reversals(reader, request.original_id))
    return plan if isinstance(plan, Refused) else _previewed(reader, original, plan, None)


def reverse(till: Till, command: ReverseCommand) -> Reversed | Refused:
    """Undo a booking.

    Undoing once more what has been undone answers with the reversal that did it, so a second try moves nothing.

    Returns:
        The reversal once COMMIT has returned, or why nothing was written.

    Raises:
        StorageError: If the disk did not take it.
    """
    with till.store.unit() as unit:
        digest = _digest(till, command)
        before = earlier(unit, command.record_id, digest)
        if isinstance(before, Refused):
            return before
        if before is not None and isinstance(before.record, Reversal):
            return _again(unit, before.record, before.seq, command.elsewhere)
        is_unknown = till.store.head_office is not None and unit.record(command.request.original_id) is None
        vouch = command.vouch if is_unknown else None
        if vouch is not None:
            return _reverse_vouched(till, unit, command, vouch, digest)
        found = _find(unit, command.request.original_id, command.elsewhere)
        if isinstance(found, Refused):
            return found
        plan = plan_reversal(found.original, command.request, found.so_far)
        if isinstance(plan, Refused):
            return _earlier_result(unit, command, digest) or _told(unit, found, plan)
        return _book(till, unit, command, found.original, plan, digest)


def _reverse_vouched(till: Till, unit: Unit, command: ReverseCommand, vouch: Vouch, digest: str) -> Reversed | Refused:
    refused = None if vouch.trusted else manager_refusal(till, unit, vouch.manager_id, vouch.pin)
    if refused is not None:
        return refused
    request = command.request
    original = _vouched_original(unit, till.programme, till.store.programme_key, request, vouch)
    if isinstance(original, Refused):
        return original
    plan = plan_vouched(vouch.receipt, own_reversals(unit, request.original_id))
    if isinstance(plan, Refused):
        return _earlier_result(unit, command, digest) or plan
    return _book(till, unit, command, original, plan, digest, vouched_by=vouch.manager_id or NOBODY)


def _book(
    till: Till,
    unit: Unit,
    command: ReverseCommand,
    original: Sale | Redemption | Original,
    plan: ReversalPlan,
    digest: str,
    *,
    vouched_by: UUID | None = None,
) -> Reversed:
    """Write the reversal."""
    balance = _balance(unit, original.member_id)
    text_ref = till.ids.random_id() if command.note else None
    if text_ref is not None:
        unit.put_text(text_ref, command.note[:NOTE_LENGTH_MAX], original.member_id)
    record = Reversal(
        **header(till, unit, command, original.member_id, digest),
        original_id=original.record_id,
        lines=plan.lines,
        redemptions=plan.redemptions,
        reason=command.reason,
        text_ref=text_ref,
        vouched_by=vouched_by,
    )
    elsewhere = unit.record(original.record_id) is None
    stored = unit.append(record)
    return Reversed(record, original, stored.seq, balance + plan.returns - plan.takes_back, elsewhere=elsewhere)


def _digest(till: Till, command: ReverseCommand) -> str:
    """What was asked for; how the till learned of the booking is no part of it, what a manager said is."""
    said = () if command.vouch is None else ((command.vouch.receipt, command.vouch.card.strip()),)
    return command_digest(till.store.programme_key, "reverse", command.request, command.reason, command.note, *said)


def _find(reader: Reader, record_id: UUID, elsewhere: Elsewhere | None) -> _Found | Refused:
    """A booking of this till with what others undid of it, else what is known of another's."""
    stored = reader.record(record_id)
    known = elsewhere if elsewhere is not None and elsewhere.original.record_id == record_id else None
    if known is not None and (stored is None or known.own):
        return _Found(known.original, undone_so_far(reader, known), known)
    if stored is None:
        return Refused(Reason.RECORD_UNKNOWN)
    if not isinstance(stored.record, Sale | Redemption):
        return Refused(Reason.RECORD_NOT_REVERSIBLE)
    return _Found(stored.record, reader.reversed_so_far(record_id), None)


def _told(reader: Reader, found: _Found, refused: Refused) -> Refused:
    """Why nothing is left; when this till has undone nothing of it, it was undone elsewhere."""
    gone = refused.reason in (Reason.NOTHING_LEFT_TO_REVERSE, Reason.LINE_ALREADY_REVERSED)
    if gone and found.elsewhere and found.so_far and not own_reversals(reader, found.original.record_id):
        return Refused(Reason.UNDONE_ELSEWHERE)
    return refused


def _vouched_original(
    reader: Reader, programme: Programme, programme_key: bytes, request: ReversalRequest, vouch: Vouch
) -> Original | Refused:
    """The booking as its receipt tells it: one sum for the purchase, one for the rewards."""
    receipt = vouch.receipt
    moves_points = bool(receipt.points or receipt.redeemed)
    is_bad = min(receipt.cents, receipt.points, receipt.redeemed) < 0 or not (receipt.cents or receipt.redeemed)
    partial = request.line is not None or request.amount_cents is not None
    if is_bad or partial or (moves_points and not vouch.card.strip()):
        return Refused(Reason.RECEIPT_INCOMPLETE)
    member_id = None
    if vouch.card.strip():
        card = read_card(programme, vouch.card)
        if isinstance(card, Refused):
            return card
        row = reader.card(card.number)
        member_id = row.member_id if row else account_of_new_card(reader, programme_key, card.number)
    lines = (OriginalLine(1, receipt.cents, receipt.points),) if receipt.cents or receipt.points else ()
    rewards = (OriginalLine(2, 0, receipt.redeemed),) if receipt.redeemed else ()
    return Original(request.original_id, member_id, None, lines, rewards)


def _previewed(
    reader: Reader, original: Sale | Redemption | Original, plan: ReversalPlan, elsewhere: Elsewhere | None
) -> Preview:
    balance = _balance(reader, original.member_id)
    return Preview(original, plan, balance, balance + plan.returns - plan.takes_back, elsewhere)


def _balance(reader: Reader, member_id: UUID | None) -> int:
    return reader.account(member_id).balance if member_id else 0


def _again(reader: Reader, record: Reversal, seq: int, elsewhere: Elsewhere | None) -> Reversed:
    """The result of a reversal that is in the journal already."""
    stored = reader.record(record.original_id)
    balance = _balance(reader, record.member_id)
    if stored is not None and isinstance(stored.record, Sale | Redemption):
        return Reversed(record, stored.record, seq, balance, repeated=True)
    if elsewhere is not None and elsewhere.original.record_id == record.original_id:
        return Reversed(record, elsewhere.original, seq, balance, repeated=True, elsewhere=True)
    lines, rewards = (
        tuple(OriginalLine(line.line, line.cents, line.points) for line in part)
        for part in (record.lines, record.redemptions)
    )
    original = Original(record.original_id, record.member_id, record.business_day, lines, rewards)
    return Reversed(record, original, seq, balance, repeated=True, elsewhere=True)


def _earlier_result(reader: Reader, command: ReverseCommand, digest: str) -> Reversed | None:
    """The reversal that did what is asked for once more: the same command, or the one that undid the last of it.

    Asking for a sum again is no repetition: two returns of one euro are two returns, and the second is refused when
    nothing is left.
    """
    request = command.request
    if request.amount_cents is not None:
        return None
    done = [stored for stored in reader.reversals_of(request.original_id) if isinstance(stored.record, Reversal)]
    same = [stored for stored in done if getattr(stored.record, "command_digest", "") == digest]
    found = same or (done if request.line is None else [])
    if not found or not isinstance(found[-1].record, Reversal):
        return None
    return _again(reader, found[-1].record, found[-1].seq, command.elsewhere)
