"""The chain's hash: one text for one row, whatever stands in it, and by the quick way the same as column by column."""

from __future__ import annotations

import hashlib
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.chain import FIRST_PREV_HASH, Column, chain_hash

USUAL: tuple[Column, ...] = (
    7,
    bytes(range(16)),
    bytes(range(16, 32)),
    "sale",
    bytes(16),
    1_795_268_692_381_582,
    "2026-11-22",
    60,
    -5,
    3,
    b'{"kind":"sale"}',
    bytes(range(32)),
    FIRST_PREV_HASH,
)


def column_by_column(columns: tuple[Any, ...]) -> bytes:
    """The definition: a mark, and each column behind its type and its length in four bytes."""
    hashed = b"stammkunde journal 1"
    for value in columns:
        if value is None:
            hashed += b"n" + bytes(4)
        elif isinstance(value, bytes):
            hashed += b"b" + len(value).to_bytes(4, "big") + value
        elif isinstance(value, int):
            hashed += b"i" + (8).to_bytes(4, "big") + struct.pack(">q", value)
        else:
            hashed += b"t" + len(value.encode()).to_bytes(4, "big") + value.encode()
    return hashlib.sha256(hashed).digest()


def test_the_hash_of_a_usual_row_never_changes() -> None:
    """Journals that exist hold it: no later version may compute another."""
    assert chain_hash(USUAL) == column_by_column(USUAL)
    assert chain_hash(USUAL).hex() == "bdf00c9112ae4f8aca9102a0ed2c0eaf8a3d9589dd1476c43353247b78b2ae39"


ANYTHING = st.none() | st.binary(max_size=40) | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=12)


def test_a_row_without_some_columns_has_a_hash_too() -> None:
    """What can't be read is chained by what there is of it."""
    row = USUAL[:2] + USUAL[10:]
    assert chain_hash(row) == column_by_column(row)


@given(st.dictionaries(st.integers(0, len(USUAL) - 1), ANYTHING, max_size=4))
def test_a_damaged_row_has_a_hash_too(damage: dict[int, Column]) -> None:
    """A broken file can hold anything in any column, and proving it wrong must not stumble over that."""
    row = tuple(damage.get(index, USUAL[index]) for index in range(len(USUAL)))
    assert chain_hash(row) == column_by_column(row)


@pytest.mark.parametrize("index", range(len(USUAL)))
@pytest.mark.parametrize("other", [None, b"", b"x" * 16, b"x" * 32, b"x" * 33, 0, "", "2026-11-2\u00fc", "2026-11-23"])
def test_no_column_is_left_out_or_cut(index: int, other: Column) -> None:
    """Another value in any column is another hash; a length that does not fit is neither filled up nor cut off."""
    row: tuple[Column, ...] = (*USUAL[:index], other, *USUAL[index + 1 :])
    assert chain_hash(row) == column_by_column(row)
    if other != USUAL[index]:
        assert chain_hash(row) != chain_hash(USUAL)


def test_a_fraction_is_no_column() -> None:
    """A damaged file can say that a number is one; no row that was written has such a hash."""
    row: tuple[Any, ...] = (*USUAL[:5], 1.5, *USUAL[6:])
    with pytest.raises(TypeError, match=r"1\.5"):
        chain_hash(row)
