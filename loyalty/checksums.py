"""The checksum of a table: a number that any row which a disk has changed, lost or moved makes another one.

It is the sum of the rows' digests modulo 2**62, so that a row is added and taken away without looking at the others
(AdHash: Bellare and Micciancio, "A New Paradigm for Collision-free Hashing", 1997). It is no seal: whoever may write to
the file may write another sum.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

import msgspec

CHECKSUM_TABLE: Final = """CREATE TABLE table_checksum(
  name TEXT PRIMARY KEY,
  rows INTEGER NOT NULL,
  sum INTEGER NOT NULL
) STRICT, WITHOUT ROWID"""
"""Stands in each file that has such tables: how many rows each has, and the sum of their digests."""

CHECKSUM_BITS: Final = 62
"""Two such numbers can be added in SQLite's 64 bits with a sign."""

CHECKSUM_MASK: Final = 2**CHECKSUM_BITS - 1

_ENCODE: Final = msgspec.msgpack.Encoder().encode
_DIGEST_BYTES: Final = 8


def row_checksum(*values: bytes | int | str | None) -> int:
    """The digest of a row.

    Args:
        values: The table's name, so that a row counts in its own table alone, then every column; texts as bytes, as a
            disk may have left them.

    Returns:
        ``CHECKSUM_BITS`` bits of BLAKE2b (RFC 7693) over the values in MessagePack, which is written in one way only.
    """
    digest = blake2b(_ENCODE(values), digest_size=_DIGEST_BYTES).digest()
    return int.from_bytes(digest, "big") & CHECKSUM_MASK
