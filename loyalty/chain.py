"""The chain that ties every column of every journal record to all before it; till and head office compute it alike."""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, Any, Final

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
_ID_BYTES: Final = 16
_DAY_BYTES: Final = len("2026-01-31")
_HASH_BYTES: Final = len(FIRST_PREV_HASH)
_KIND_BYTES_MAX: Final = 40
_START: Final = _CHAIN_MARK + _LENGTH.pack(b"i", 8)
_INT: Final = _LENGTH.pack(b"i", 8)
_ID: Final = _LENGTH.pack(b"b", _ID_BYTES)
_DAY: Final = _LENGTH.pack(b"t", _DAY_BYTES)
_HASH: Final = _LENGTH.pack(b"b", _HASH_BYTES)


def _shape(kind_bytes: int) -> tuple[bytes, struct.Struct, struct.Struct]:
    """What stands before a kind of so many bytes, and a row's columns up to the payload without and with a member."""
    first, last = f">25sq5s16s5s16s5s{kind_bytes}s", "5sq5s10s5sq5sq5sqcI"
    return _LENGTH.pack(b"t", kind_bytes), struct.Struct(f"{first}5s{last}"), struct.Struct(f"{first}5s16s{last}")


_SHAPES: Final = tuple(_shape(kind_bytes) for kind_bytes in range(_KIND_BYTES_MAX + 1))


def chain_hash(columns: Sequence[Column]) -> bytes:
    """SHA-256 over all columns of ``COLUMNS``; type and length in front of each keep two rows from giving one text.

    Raises:
        TypeError: There is something in one that no column holds.
    """
    return hashlib.sha256(_usual_text(columns) or _text(columns)).digest()


def _text(columns: Sequence[Column]) -> bytes:
    """What is hashed, column by column: also of a damaged row, which can hold anything."""
    parts_hashed = [_CHAIN_MARK]
    for value in columns:
        if isinstance(value, bytes):
            parts_hashed += _LENGTH.pack(b"b", len(value)), value
        elif isinstance(value, int):
            parts_hashed.append(_INTEGER.pack(b"i", 8, value))
        elif value is None:
            parts_hashed.append(_NOTHING)
        elif isinstance(value, str):
            data = value.encode()
            parts_hashed += _LENGTH.pack(b"t", len(data)), data
        else:  # a damaged file can say that a number is a fraction
            raise TypeError(f"No column of the journal holds {value!r}")
    return b"".join(parts_hashed)


def _usual_text(columns: Sequence[Any]) -> bytes | None:
    """The same in half the time for a row as every till writes it; ``None`` for any other.

    Head office computes it for each record that comes, and it is the dearest step of reading one.
    """
    try:
        seq, epoch, record_id, kind, member_id, at_us, day, offset, server_offset, version, payload, body, prev = (
            columns
        )
        name, date = kind.encode(), day.encode()
        who = epoch if member_id is None else member_id
        if not len(epoch) == len(record_id) == len(who) == _ID_BYTES or len(date) != _DAY_BYTES:
            return None
        if not len(body) == len(prev) == _HASH_BYTES:
            return None
        kind_length, of_nobody, of_member = _SHAPES[len(name)]
        start = (_START, seq, _ID, epoch, _ID, record_id, kind_length, name)
        rest = (_INT, at_us, _DAY, date, _INT, offset, _INT, server_offset, _INT, version, b"b", len(payload))
        if member_id is None:
            head = of_nobody.pack(*start, _NOTHING, *rest)
        else:
            head = of_member.pack(*start, _ID, member_id, *rest)
        return b"".join((head, payload, _HASH, body, _HASH, prev))
    except (AttributeError, IndexError, TypeError, ValueError, struct.error):
        return None


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
