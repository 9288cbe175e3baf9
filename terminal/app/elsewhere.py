"""What other tills booked or undid, as far as it can be learned here: from head office, or from a receipt's code."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from loyalty.encoding import decode
from loyalty.outcomes import Reason, Refused
from loyalty.records import Redemption, Reversal, Sale
from loyalty.reversal import Original, ReversedSoFar, further_reversed, reduced

if TYPE_CHECKING:
    from collections.abc import Callable

    from loyalty.receipt_code import SignedReceipt
    from loyalty.wire import RecordReply
    from storage.store import Reader


class Elsewhere(msgspec.Struct, frozen=True):
    """A booking of another till, or one of this till that others may have undone.

    Attributes:
        original: The record, or what its receipt's code says of it.
        till: What the till is called that wrote it.
        so_far: By line, what head office has booked as undone; empty when it could not be asked.
        covered_seq: Up to which position of this till's journal its own reversals are in ``so_far``.
        online: Whether head office said all this, and not the receipt alone.
        own: Whether this till wrote it itself; then only ``so_far`` is news.
    """

    original: Sale | Redemption | Original
    till: str
    so_far: dict[int, ReversedSoFar] = {}
    covered_seq: int = 0
    online: bool = False
    own: bool = False


def told_by_head_office(reader: Reader, reply: RecordReply) -> Elsewhere | Refused:
    """Head office's answer as a booking that can be undone here.

    Raises:
        ValueError: The answer holds no record; whoever asked counts it as no answer.
    """
    record = decode(reply.payload)
    if not isinstance(record, Sale | Redemption):
        return Refused(Reason.RECORD_NOT_REVERSIBLE)
    return Elsewhere(
        record,
        _named(reply.till, reply.store),
        {line.line: ReversedSoFar(line.cents, line.points) for line in reply.undone},
        reader.position_prefix(reply.positions),
        online=True,
        own=reader.record(record.record_id) is not None,
    )


def told_by_receipt(
    reader: Reader, receipt: SignedReceipt, holds: Callable[[bytes, bytes, bytes], bool]
) -> Elsewhere | Refused:
    """A receipt's code as a booking that can be undone here, when its till has really signed it.

    Args:
        reader: Knows the tills of the programme and their keys.
        receipt: The code.
        holds: Whether a signature is a key's under a message.
    """
    till = reader.till(receipt.terminal_id)
    if till is None:
        return Refused(Reason.RECEIPT_TILL_UNKNOWN)
    if not holds(till.public_key, receipt.message, receipt.signature):
        return Refused(Reason.RECEIPT_CODE_FORGED)
    if till.last_day is not None and receipt.business_day > till.last_day:
        return Refused(Reason.RECEIPT_TILL_SHUT_OUT)
    return Elsewhere(receipt.original, _named(till.name, till.store))


def own_reversals(reader: Reader, original_id: UUID, behind_seq: int = 0) -> list[Reversal]:
    """What this till itself has undone of a booking, behind a position of its journal; oldest first."""
    return [
        stored.record
        for stored in reader.reversals_of(original_id)
        if stored.seq > behind_seq and isinstance(stored.record, Reversal)
    ]


def undone_so_far(reader: Reader, elsewhere: Elsewhere) -> dict[int, ReversedSoFar]:
    """By line, what was undone of another till's booking as far as anybody here knows; nothing counts twice."""
    original = elsewhere.original
    known = original if isinstance(original, Original) else reduced(original)
    return further_reversed(known, elsewhere.so_far, own_reversals(reader, known.record_id, elsewhere.covered_seq))


def _named(till: str, store: str) -> str:
    return f"{till} ({store})" if store else till
