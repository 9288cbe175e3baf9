"""Rows for COPY: the bytes are those that the manual of PostgreSQL describes, however the columns are packed."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import BigInteger, Column, LargeBinary, Text, Uuid

from headoffice.store.copying import copied


def test_rows_to_copy_are_framed_and_each_value_lies_behind_its_length() -> None:
    """The signature, no flags, no extension; then for each row the number of columns; then an end (manual of COPY)."""
    columns = [Column("a", BigInteger), Column("b", Uuid), Column("c", Text), Column("d", LargeBinary)]
    columns += [Column("e", BigInteger)]
    rows = [(1, UUID(int=2), "ä", b"x", None), (-1, UUID(int=3), "ä", b"", 5)]
    one = "0005 00000008 0000000000000001 00000010 00000000000000000000000000000002 00000002 c3a4 00000001 78 ffffffff"
    two = "0005 00000008 ffffffffffffffff 00000010 00000000000000000000000000000003 00000002 c3a4 00000000"
    two += "00000008 0000000000000005"
    expected = b"PGCOPY\n\xff\r\n\0" + bytes(8) + bytes.fromhex(one + two + "ffff")
    assert copied(columns, rows) == expected


def test_a_column_of_one_value_is_copied_for_every_row() -> None:
    """It is encoded once."""
    same = UUID(int=7)
    (value,) = [bytes.fromhex("0001 00000010") + same.bytes]
    assert copied([Column("a", Uuid)], [(same,)] * 3)[19:-2] == value * 3
