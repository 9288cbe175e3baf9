"""What head office has not acknowledged, as a signed file: for a manager to hand in when the till itself can't.

Records go as they are; what names people goes sealed for head office alone.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

import msgspec

from loyalty.feed import EditsRequest
from loyalty.handover import HandoverEnd, HandoverHeader, handover_bytes
from terminal.sync.errors import Broken
from terminal.sync.sealing import seal_edits
from terminal.sync.signatures import public_key, sign
from terminal.sync.status import SyncTrouble
from terminal.sync.steps.edits import parts
from terminal.sync.steps.records import batch_after

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from uuid import UUID

    from loyalty.feed import Edit
    from loyalty.wire import PushRequest
    from storage.exchange import HeadOfficeRow
    from storage.store import Reader

PRIVATE_FILE: Final = 0o600


@dataclass(frozen=True, slots=True)
class Written:
    """How many records, and changes of people and cards, a file holds."""

    records: int
    edits: int


def export_unacknowledged(
    reader: Reader, head_office: HeadOfficeRow, ledger_id: UUID, private_key: bytes, path: Path
) -> Written:
    """Write the file; it is on the disk when this returns.

    Args:
        reader: The ledger.
        head_office: As whom the till has joined.
        ledger_id: The terminal id in the genesis record.
        private_key: The till's, raw.
        path: The file; one of that name is never overwritten.

    Raises:
        Broken: The file can't be written.
    """
    acked = reader.link().acked
    start = acked.seq if acked else 0
    head = reader.head()
    epochs = tuple(known.epoch for known in reader.epochs() if known.last > start)
    header = HandoverHeader(head_office.terminal_id, ledger_id, public_key(private_key), epochs)
    edits = list(_edits(reader))
    sealed = (seal_edits(head_office, EditsRequest(part)) for part in parts(edits))
    digest = hashlib.sha256()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        with os.fdopen(handle, "wb") as file:
            for part in chain((header,), _batches(reader, start, head.seq), sealed):
                line = msgspec.json.encode(part) + b"\n"
                digest.update(line)
                file.write(line)
            end = HandoverEnd(sign(private_key, handover_bytes(digest.digest())))
            file.write(msgspec.json.encode(end) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Broken(SyncTrouble.FILE_NOT_WRITTEN, str(error)) from error
    return Written(head.seq - start, len(edits))


def _edits(reader: Reader) -> Iterator[Edit]:
    stamp = 0
    while waiting := reader.edits_after(stamp):
        yield from (edit for _, edit in waiting)
        stamp = waiting[-1][0]


def _batches(reader: Reader, seq: int, last: int) -> Iterator[PushRequest]:
    while (batch := batch_after(reader, seq, last)) is not None:
        yield batch
        seq = batch.records[-1].seq
