"""Arrays for PostgreSQL in its binary format, a whole column at once.

The driver turns elements into bytes one by one, which takes as long as everything else head office does with a batch.
The format is that of ``array_send`` in PostgreSQL: dimensions, whether there are nulls, the element's type, length and
lower bound, and then each element behind its length.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import lru_cache
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg.adapt import Dumper
from psycopg.pq import Format
from sqlalchemy import BigInteger, Date, Integer, LargeBinary, SmallInteger, String, Uuid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from psycopg.abc import AdaptContext
    from sqlalchemy import Column

_HEADER: Final = struct.Struct(">iiIii")
_NULL: Final = b"\xff\xff\xff\xff"
_UUID_LENGTH: Final = struct.pack(">i", 16)
_DATE: Final = struct.Struct(">ii")
_INTEGER: Final = struct.Struct(">ii")
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
    return f"%b::{_encoding(column).name}[]"


def array(column: Column[Any], values: Sequence[Any]) -> BinaryArray:
    """Values of a column, ``None`` for null, as an array of the column's type."""
    _, oid, encode, repeated = _encoding(column)
    if repeated:
        each = {value: _NULL if value is None else encode(value) for value in set(values)}
        body, nulls = b"".join([each[value] for value in values]), None in each
    elif len(set(map(id, values))) == 1:
        body, nulls = (_NULL if values[0] is None else encode(values[0])) * len(values), values[0] is None
    elif encode is _big and None not in values:
        body, nulls = _bigs(len(values)).pack(*chain.from_iterable(zip(repeat(8), values, strict=False))), False
    elif encode is _uuid and None not in values:
        body, nulls = _behind(_UUID_LENGTH, [value.int.to_bytes(16, "big") for value in values]), False
    elif encode is _bytes and len(lengths := set(map(len, values))) == 1:
        body, nulls = _behind(_LENGTH.pack(*lengths), values), False
    else:
        parts = [_NULL if value is None else encode(value) for value in values]
        body, nulls = b"".join(parts), _NULL in parts
    return BinaryArray(_HEADER.pack(1, nulls, oid, len(values), 1) + body)


def element(column: Column[Any], value: Any) -> bytes:  # noqa: ANN401 - whatever the column holds
    """One value of a column behind its length, ``None`` for null."""
    return _NULL if value is None else _encoding(column).encode(value)


def repeats(column: Column[Any]) -> bool:
    """Whether a column usually holds few different values, so that each is best encoded once."""
    return _encoding(column).repeats


def _behind(length: bytes, values: Sequence[bytes]) -> bytes:
    """Elements of one length, each behind it."""
    return length + length.join(values) if values else b""


def _uuid(value: UUID) -> bytes:
    return _UUID_LENGTH + value.int.to_bytes(16, "big")  # what value.bytes is, without a call for each


def _date(value: date) -> bytes:
    return _DATE.pack(4, value.toordinal() - _POSTGRES_DAY_0)


def _small(value: int) -> bytes:
    return _SMALL.pack(2, value)


@lru_cache(maxsize=256)
def _bigs(count: int) -> struct.Struct:
    """So many elements of a bigint array at once."""
    return struct.Struct(">" + "iq" * count)


def _integer(value: int) -> bytes:
    return _INTEGER.pack(4, value)


def _big(value: int) -> bytes:
    return _BIG.pack(8, value)


def _bytes(value: bytes) -> bytes:
    return _LENGTH.pack(len(value)) + value


def _text(value: str) -> bytes:
    data = value.encode()
    return _LENGTH.pack(len(data)) + data


class _Encoding(NamedTuple):
    """How values of a type are sent.

    Attributes:
        name: PostgreSQL's name of the type.
        oid: Its number there (``pg_type.dat``).
        encode: Makes an element of a value.
        repeats: Whether a column usually holds few different values, so that each is encoded once.
    """

    name: str
    oid: int
    encode: Callable[[Any], bytes]
    repeats: bool


_ENCODINGS: Final[tuple[tuple[type, _Encoding], ...]] = (
    (Uuid, _Encoding("uuid", 2950, _uuid, repeats=False)),
    (Date, _Encoding("date", 1082, _date, repeats=True)),
    (SmallInteger, _Encoding("smallint", 21, _small, repeats=True)),
    (BigInteger, _Encoding("bigint", 20, _big, repeats=False)),
    (Integer, _Encoding("integer", 23, _integer, repeats=True)),
    (LargeBinary, _Encoding("bytea", 17, _bytes, repeats=False)),
    # of any length; a value that is too long for its column is refused there
    (String, _Encoding("text", 25, _text, repeats=True)),
)


@lru_cache(maxsize=256)
def _encoding(column: Column[Any]) -> _Encoding:
    for kind, encoding in _ENCODINGS:
        if isinstance(column.type, kind):
            return encoding
    raise TypeError(f"No binary array of {column.type}")
