"""Undoing a booking, whole or in part, with a preview of what it would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.encoding import command_digest
from loyalty.outcomes import Reason, Refused
from loyalty.records import Redemption, Reversal, ReversalReason, Sale
from loyalty.reversal import ReversalPlan, ReversalRequest, plan_reversal
from terminal.app.till import earlier, header

if TYPE_CHECKING:
    from storage.store import Reader
    from terminal.app.till import Till

NOTE_LENGTH_MAX: Final = 200
"""The longest free text behind a reason, in characters."""


class ReverseCommand(msgspec.Struct, frozen=True):
    """What to undo and why; ``note`` is free text and kept outside the journal."""

    record_id: UUID
    request: ReversalRequest
    reason: ReversalReason
    note: str = ""
    cashier_id: UUID | None = None


class Reversed(msgspec.Struct, frozen=True):
    """A reversal that is on disk, with the booking it undid."""

    record: Reversal
    original: Sale | Redemption
    seq: int
    balance: int
    repeated: bool = False


class Preview(msgspec.Struct, frozen=True):
    """What a reversal would do."""

    original: Sale | Redemption
    plan: ReversalPlan
    balance: int
    balance_after: int


def preview(reader: Reader, request: ReversalRequest) -> Preview | Refused:
    """Say what a reversal would take back and return, without writing."""
    original = _original(reader, request.original_id)
    if isinstance(original, Refused):
        return original
    plan = plan_reversal(original, request, reader.reversed_so_far(request.original_id))
    if isinstance(plan, Refused):
        return plan
    balance = reader.account(original.member_id).balance if original.member_id else 0
    return Preview(original, plan, balance, balance + plan.returns - plan.takes_back)


def reverse(till: Till, command: ReverseCommand) -> Reversed | Refused:
    """Undo a booking.

    Undoing once more what has been undone answers with the reversal that did it, so a second try moves nothing.

    Returns:
        The reversal once COMMIT has returned, or why nothing was written.

    Raises:
        StorageError: If the disk did not take it.
    """
    digest = command_digest(till.store.programme_key, "reverse", command.request, command.reason, command.note)
    with till.store.unit() as unit:
        before = earlier(unit, command.record_id, digest)
        if isinstance(before, Refused):
            return before
        original = _original(unit, command.request.original_id)
        if isinstance(original, Refused):
            return original
        balance = unit.account(original.member_id).balance if original.member_id else 0
        if before is not None and isinstance(before.record, Reversal):
            return Reversed(before.record, original, before.seq, balance, repeated=True)
        plan = plan_reversal(original, command.request, unit.reversed_so_far(command.request.original_id))
        if isinstance(plan, Refused):
            return _earlier_result(unit, command, original, digest, balance) or plan
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
        )
        stored = unit.append(record)
    return Reversed(record, original, stored.seq, balance + plan.returns - plan.takes_back)


def _original(reader: Reader, record_id: UUID) -> Sale | Redemption | Refused:
    stored = reader.record(record_id)
    if stored is None:
        return Refused(Reason.RECORD_UNKNOWN)
    if not isinstance(stored.record, Sale | Redemption):
        return Refused(Reason.RECORD_NOT_REVERSIBLE)
    return stored.record


def _earlier_result(
    reader: Reader, command: ReverseCommand, original: Sale | Redemption, digest: str, balance: int
) -> Reversed | None:
    """The reversal that did what is asked for once more: the same command, or the one that undid the last of it.

    Asking for a sum again is no repetition: two returns of one euro are two returns, and the second is refused when
    nothing is left.
    """
    if command.request.amount_cents is not None:
        return None
    done = [stored for stored in reader.reversals_of(original.record_id) if isinstance(stored.record, Reversal)]
    same = [stored for stored in done if getattr(stored.record, "command_digest", "") == digest]
    found = same or (done if command.request.line is None else [])
    if not found or not isinstance(found[-1].record, Reversal):
        return None
    return Reversed(found[-1].record, original, found[-1].seq, balance, repeated=True)
