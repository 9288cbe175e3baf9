"""The chain that ties every column of every journal record to all before it; till and head office compute it alike."""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, Final

from loyalty.encoding import kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyalty.records import AnyRecord

FIRST_PREV_HASH: Final = bytes(32)
"""What stands for the hash before the first record."""

COLUMNS: Final = (
    "seq, epoch, record_id, kind, member_id, at_us, business_day, utc_offset_min, server_offset_ms, programme_version,"
    " payload, body_hash, prev_hash"
)
"""The columns under the hash, in the order in which they are hashed."""

Column = bytes | int | str | None

_CHAIN_MARK: Final = b"stammkunde journal 1"
_LENGTH = struct.Struct(">cI")
_INTEGER = struct.Struct(">cIq")
_NOTHING: Final = _LENGTH.pack(b"n", 0)


def chain_hash(columns: Sequence[Column]) -> bytes:
    """SHA-256 over all columns of ``COLUMNS``; type and length in front of each keep two rows from giving one text."""
    parts_hashed = [_CHAIN_MARK]
    for value in columns:
        if isinstance(value, bytes):
            parts_hashed += _LENGTH.pack(b"b", len(value)), value
        elif isinstance(value, int):
            parts_hashed.append(_INTEGER.pack(b"i", 8, value))
        elif value is None:
            parts_hashed.append(_NOTHING)
        else:
            data = value.encode()
            parts_hashed += _LENGTH.pack(b"t", len(data)), data
    return hashlib.sha256(b"".join(parts_hashed)).digest()


def columns_of(record: AnyRecord) -> tuple[Column, ...]:
    """The columns that repeat the payload for indexing, from ``record_id`` to ``programme_version``."""
    return (
        record.record_id.bytes,
        kind_of(record),
        record.member_id.bytes if record.member_id else None,
        record.at_us,
        record.business_day.isoformat(),
        record.utc_offset_min,
        record.server_offset_ms,
        record.programme_version,
    )
