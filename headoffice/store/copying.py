"""Rows as PostgreSQL's COPY takes them in its binary format.

The manual of COPY describes it: a signature, flags and the length of an extension; then for each row the number of its
columns and each value behind its length, -1 for null; then an end. Neighbouring columns whose values all have one
length are packed together, so that a row costs a few calls and not one for each of its columns.
"""

from __future__ import annotations

import struct
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import BigInteger, LargeBinary, Uuid

from headoffice.store.arrays import element, repeats

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Column

_BEGINS: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_ENDS: Final = b"\xff\xff"
_UUID_BYTES: Final = 16
_BIG_BYTES: Final = 8


class _Even(NamedTuple):
    """A column whose values all have one length: how ``struct`` packs a value, and what it packs, row by row."""

    layout: str
    parts: tuple[Iterable[Any], ...]


def copied(columns: Sequence[Column[Any]], rows: Sequence[Sequence[Any]]) -> bytes:
    """Rows of a table, ``None`` for null, as one text for COPY."""
    pieces: list[Iterable[bytes]] = []
    layout = ">h"
    parts: list[Iterable[Any]] = [repeat(len(columns), len(rows))]
    for column, values in zip(columns, zip(*rows, strict=True), strict=True):
        even = _even(column, values)
        if even is not None:
            layout += even.layout
            parts += even.parts
            continue
        if parts:
            pieces.append(map(struct.Struct(layout).pack, *parts))
            layout, parts = ">", []
        pieces.append([element(column, value) for value in values])
    if parts:
        pieces.append(map(struct.Struct(layout).pack, *parts))
    return b"".join((_BEGINS, *chain.from_iterable(zip(*pieces, strict=False)), _ENDS))


def _even(column: Column[Any], values: Sequence[Any]) -> _Even | None:
    """How a column is packed, ``None`` when its values differ in length."""
    if len(set(map(id, values))) == 1:
        same = element(column, values[0])
        return _Even(f"{len(same)}s", (repeat(same),))
    if repeats(column):
        each = {value: element(column, value) for value in set(values)}
        lengths = set(map(len, each.values()))
        return _Even(f"{lengths.pop()}s", ([each[value] for value in values],)) if len(lengths) == 1 else None
    kind = column.type
    if isinstance(kind, Uuid) and (not column.nullable or all(values)):
        return _Even(
            f"i{_UUID_BYTES}s", (repeat(_UUID_BYTES), [one.int.to_bytes(_UUID_BYTES, "big") for one in values])
        )
    if isinstance(kind, BigInteger) and None not in values:
        return _Even("iq", (repeat(_BIG_BYTES), values))
    if isinstance(kind, LargeBinary) and len(lengths := set(map(len, values))) == 1:
        (length,) = lengths
        return _Even(f"i{length}s", (repeat(length), values))
    return None
