"""Journal rows as they travel: whole records of one epoch, bounded in number and bytes."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from loyalty.wire import BATCH_BYTES_MAX, BATCH_RECORDS_MAX, PushRequest, WireRecord

if TYPE_CHECKING:
    from storage.exchange import JournalRow
    from storage.store import Reader


def wire_record(row: JournalRow) -> WireRecord:
    """A journal row as it travels."""
    return WireRecord(row.seq, row.payload, row.hash)


def batch_after(reader: Reader, seq: int, last: int | None = None) -> PushRequest | None:
    """The next batch behind a position: contiguous, of one epoch; ``None`` when there is nothing.

    Args:
        reader: Where to read.
        seq: The position before the first record.
        last: The last position wanted.
    """
    rows = reader.records_after(seq, BATCH_RECORDS_MAX, BATCH_BYTES_MAX)
    if not rows:
        return None
    first = rows[0]
    wanted = takewhile(lambda row: row.epoch == first.epoch and (last is None or row.seq <= last), rows)
    records = tuple(map(wire_record, wanted))
    return PushRequest(first.epoch, first.prev_hash, records) if records else None
