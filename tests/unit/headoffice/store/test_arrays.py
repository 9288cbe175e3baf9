"""Binary arrays: the bytes are those that PostgreSQL sends for the same array."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import BigInteger, Boolean, Column, Date, LargeBinary, SmallInteger, String, Text, Uuid

from headoffice.store.arrays import array, placeholder


@pytest.mark.parametrize(
    ("column", "values", "oid", "elements"),
    [
        (Column("a", BigInteger), [1, -1], 20, "00000008 0000000000000001 00000008 ffffffffffffffff"),
        (Column("a", SmallInteger), [7], 21, "00000002 0007"),
        (Column("a", Date), [date(2000, 1, 1), date(1999, 12, 31)], 1082, "00000004 00000000 00000004 ffffffff"),
        (Column("a", Uuid), [UUID(int=255)], 2950, "00000010 000000000000000000000000000000ff"),
        (Column("a", LargeBinary), [b"", b"\0"], 17, "00000000 00000001 00"),
        (Column("a", String(5)), ["ä"], 25, "00000002 c3a4"),
        (Column("a", Text), [""], 25, "00000000"),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else "",
)
def test_an_array_is_its_header_and_its_elements(
    column: Column[object], values: list[object], oid: int, elements: str
) -> None:
    """One dimension from 1, no nulls, and each element behind its length."""
    header = f"00000001 00000000 {oid:08x} {len(values):08x} 00000001"
    assert array(column, values) == bytes.fromhex(header + elements)


def test_a_null_has_no_bytes() -> None:
    """The header says that there is one."""
    expected = "00000001 00000001 00000014 00000002 00000001 ffffffff 00000008 0000000000000005"
    assert array(Column("a", BigInteger), [None, 5]) == bytes.fromhex(expected)


def test_a_statement_says_which_array_comes() -> None:
    """Text of any length, so that the column itself refuses what is too long."""
    assert placeholder(Column("a", String(5))) == "%b::text[]"


def test_a_type_nobody_wrote_down_is_refused() -> None:
    """Better at once than with wrong bytes."""
    with pytest.raises(TypeError, match="BOOLEAN"):
        array(Column("a", Boolean), [True])
