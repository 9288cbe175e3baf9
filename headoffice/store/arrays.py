"""Arrays for PostgreSQL in its binary format, a whole column at once.

The driver turns elements into bytes one by one, which takes as long as everything else head office does with a batch.
The format is that of ``array_send`` in PostgreSQL: dimensions, whether there are nulls, the element's type, length and
lower bound, and then each element behind its length.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final

from psycopg.adapt import Dumper
from psycopg.pq import Format
from sqlalchemy import BigInteger, Date, LargeBinary, SmallInteger, String, Uuid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from uuid import UUID

    from psycopg.abc import AdaptContext
    from sqlalchemy import Column

_HEADER: Final = struct.Struct(">iiIii")
_NULL: Final = b"\xff\xff\xff\xff"
_UUID_LENGTH: Final = struct.pack(">i", 16)
_DATE: Final = struct.Struct(">ii")
_SMALL: Final = struct.Struct(">ih")
_BIG: Final = struct.Struct(">iq")
_LENGTH: Final = struct.Struct(">i")
_POSTGRES_DAY_0: Final = 730_120
"""The ordinal of 2000-01-01, where PostgreSQL's dates begin."""


class BinaryArray(bytes):
    """An array that is in the binary format already."""

    __slots__ = ()


class BinaryArrayDumper(Dumper):
    """Hands it to the server as it is; which array it is says the cast in the statement."""

    format = Format.BINARY
    oid = 0

    def dump(self, obj: BinaryArray) -> bytes:
        """The bytes themselves."""
        return obj


def register(context: AdaptContext) -> None:
    """Make a connection take them."""
    context.adapters.register_dumper(BinaryArray, BinaryArrayDumper)


def placeholder(column: Column[Any]) -> str:
    """Where a statement takes an array of a column."""
    return f"%b::{_encoding(column)[0]}[]"


def array(column: Column[Any], values: Sequence[Any]) -> BinaryArray:
    """Values of a column, ``None`` for null, as an array of the column's type."""
    _, oid, encode = _encoding(column)
    nulls = None in values
    if nulls:
        body = b"".join(_NULL if value is None else encode(value) for value in values)
    else:
        body = b"".join(map(encode, values))
    return BinaryArray(_HEADER.pack(1, nulls, oid, len(values), 1) + body)


def _uuid(value: UUID) -> bytes:
    return _UUID_LENGTH + value.bytes


def _date(value: date) -> bytes:
    return _DATE.pack(4, value.toordinal() - _POSTGRES_DAY_0)


def _small(value: int) -> bytes:
    return _SMALL.pack(2, value)


def _big(value: int) -> bytes:
    return _BIG.pack(8, value)


def _bytes(value: bytes) -> bytes:
    return _LENGTH.pack(len(value)) + value


def _text(value: str) -> bytes:
    data = value.encode()
    return _LENGTH.pack(len(data)) + data


_ENCODINGS: Final[tuple[tuple[type, str, int, Callable[[Any], bytes]], ...]] = (
    (Uuid, "uuid", 2950, _uuid),
    (Date, "date", 1082, _date),
    (SmallInteger, "smallint", 21, _small),
    (BigInteger, "bigint", 20, _big),
    (LargeBinary, "bytea", 17, _bytes),
    (String, "text", 25, _text),  # of any length; a value that is too long for its column is refused there
)
"""By type: PostgreSQL's name and number for it (``pg_type.dat``), and what makes an element of a value."""


def _encoding(column: Column[Any]) -> tuple[str, int, Callable[[Any], bytes]]:
    for kind, name, oid, encode in _ENCODINGS:
        if isinstance(column.type, kind):
            return name, oid, encode
    raise TypeError(f"No binary array of {column.type}")
