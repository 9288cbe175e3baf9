"""The digest of a row: the same for ever, and another one for every other row."""

from loyalty.checksums import CHECKSUM_BITS, CHECKSUM_MASK, row_checksum


def test_it_never_changes() -> None:
    """It stands in files; another one for the same row would be told as damage."""
    assert row_checksum("card", b"\x01\x02", b"2900000000018", 7, None) == 767_708_300_951_045_391


def test_everything_in_a_row_counts() -> None:
    """The table, the order, the type, and what is missing."""
    rows: list[tuple[bytes | int | str | None, ...]] = [
        ("card", b"1", b"2"),
        ("cards", b"1", b"2"),
        ("card", b"2", b"1"),
        ("card", b"12", b""),
        ("card", b"1", 2),
        ("card", b"1", None),
        ("card", b"1"),
        ("card", b"1", b"2", None),
        ("card", b"1", -2),
    ]
    assert len({row_checksum(*row) for row in rows}) == len(rows)


def test_two_can_be_added_in_sqlites_integers() -> None:
    """Sixty-four bits with a sign."""
    assert CHECKSUM_MASK.bit_length() == CHECKSUM_BITS
    assert 2 * CHECKSUM_MASK < 2**63
    assert all(0 <= row_checksum("card", number) <= CHECKSUM_MASK for number in range(1_000))
