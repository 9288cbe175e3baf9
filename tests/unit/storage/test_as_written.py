"""Rows that can't be made into what they were made of are damage, whether a block read them or a whole function."""

from __future__ import annotations

from datetime import date

import pytest

from storage.errors import Damaged, as_written


@as_written("day")
def day(text: str) -> date:
    """A day as a row holds it."""
    return date.fromisoformat(text)


def test_a_read_says_what_it_read_and_what_was_wrong() -> None:
    """The sentence is for support, who has the file."""
    assert day("2026-11-21") == date(2026, 11, 21)
    with pytest.raises(Damaged, match=r"day: a row is not as it was written: .*Martinmas") as damaged:
        day("Martinmas")
    assert isinstance(damaged.value.__cause__, ValueError)


def test_a_block_says_the_same() -> None:
    """Where one function reads several kinds of rows."""
    with pytest.raises(Damaged, match="member: a row is not as it was written"), as_written("member"):
        bytes.fromhex("no hex")
    with pytest.raises(KeyError), as_written("member"):
        raise KeyError("a mistake of ours is none of the disk")
