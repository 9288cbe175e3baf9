"""A correction by hand: points given or taken with a reason, as a record of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from loyalty.bounds import POINTS_MAX
from loyalty.encoding import command_digest
from loyalty.masking import Masked
from loyalty.outcomes import Reason, Refused
from loyalty.records import Adjustment
from terminal.app.reverse import NOTE_LENGTH_MAX
from terminal.app.till import account_for_booking, earlier, header, keep_card

if TYPE_CHECKING:
    from terminal.app.till import Till


class AdjustCommand(Masked, frozen=True):
    """What to correct and why; the reason is free text and kept outside the journal.

    Attributes:
        record_id: Minted before the work; every retry carries the same.
        card: The card's number as read.
        points: Signed.
        reason: Why, of which the first ``NOTE_LENGTH_MAX`` characters are kept.
        cashier_id: Who.
    """

    record_id: UUID
    card: str
    points: int
    reason: str
    cashier_id: UUID | None = None


class Adjusted(msgspec.Struct, frozen=True):
    """A correction that is on disk."""

    record: Adjustment
    seq: int
    balance: int
    repeated: bool = False


def adjust(till: Till, command: AdjustCommand) -> Adjusted | Refused:
    """Correct a balance; it may become negative.

    Returns:
        The correction once COMMIT has returned, or why nothing was written.

    Raises:
        StorageError: If the disk did not take it.
    """
    reason = " ".join(command.reason.split())
    if not reason:
        return Refused(Reason.REASON_MISSING)
    if command.points == 0:
        return Refused(Reason.AMOUNT_MISSING)
    if abs(command.points) > POINTS_MAX:
        return Refused(Reason.AMOUNT_INVALID)
    digest = command_digest(till.store.programme_key, "adjust", command.card, command.points, reason)
    with till.store.unit() as unit:
        before = earlier(unit, command.record_id, digest)
        if isinstance(before, Refused):
            return before
        if before is not None and isinstance(before.record, Adjustment) and before.record.member_id:
            return Adjusted(before.record, before.seq, unit.account(before.record.member_id).balance, repeated=True)
        found = account_for_booking(till, unit, command.card)
        if isinstance(found, Refused):
            return found
        card, account = found
        text_ref = till.ids.random_id()
        unit.put_text(text_ref, reason[:NOTE_LENGTH_MAX], account.member_id)
        record = Adjustment(
            **header(till, unit, command, account.member_id, digest), points=command.points, text_ref=text_ref
        )
        keep_card(unit, card)
        stored = unit.append(record)
    return Adjusted(record, stored.seq, account.balance + command.points)
