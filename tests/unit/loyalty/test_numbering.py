"""Fresh numbers: counted between prefix and check digit, and begun in places of one's own."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.cards import CardRule, Check, MemberCard, classify
from loyalty.numbering import BLOCK_NUMBERS, Series, request_id

PLASTIC = Series("29", 13, Check.GS1)
LETTERS = Series("BM-", 8, Check.NONE)
ONE = Series("2900", 5, Check.GS1)


@pytest.mark.parametrize(
    ("series", "serial", "number"),
    [
        (PLASTIC, 1, "2900000000018"),
        (PLASTIC, 9_999_999_999, "2999999999991"),
        (LETTERS, 42, "BM-00042"),
        (Series("", 16, Check.LUHN), 7, "0000000000000075"),
        (ONE, 0, "29001"),
        (Series("A", 30, Check.NONE), 10**18 - 1, "A" + "0" * 11 + "9" * 18),
    ],
)
def test_a_serial_is_a_number_with_its_check_digit(series: Series, serial: int, number: str) -> None:
    """Zeros in front, so that every number has the rule's length."""
    assert series.number(serial) == number
    assert series.serial_within(number) == serial
    assert series.lowest(serial) <= number <= series.highest(serial)


@given(
    st.text("0123456789", max_size=6),
    st.integers(8, 20),
    st.sampled_from([Check.GS1, Check.LUHN]),
    st.integers(0, 10**20),
)
def test_every_fresh_number_is_read_as_a_card_of_its_rule(prefix: str, length: int, check: Check, serial: int) -> None:
    """Whatever the rule looks like, and wherever in its range the counting is."""
    rule = CardRule(id="any", prefix=prefix, length=length, check=check)
    number = Series.of(rule).number(serial % Series.of(rule).capacity)
    assert classify(number, (rule,)) == MemberCard(number, "any")


def test_a_short_range_is_cut_into_small_blocks() -> None:
    """Or the first till would take what all need."""
    assert PLASTIC.block_numbers == BLOCK_NUMBERS
    assert Series("BM-", 7, Check.NONE).block_numbers == 100
    assert (ONE.capacity, ONE.block_numbers) == (1, 1)
    assert Series("A", 60, Check.NONE).capacity == 10**18


def test_everybody_begins_at_a_place_of_their_own() -> None:
    """Drawn once for all from the epoch; a range too short to be shared begins at its beginning."""
    places = {PLASTIC.start(UUID(int=number)) for number in range(100)}
    assert len(places) == 100
    assert all(place % BLOCK_NUMBERS == 0 and 0 <= place < PLASTIC.capacity for place in places)
    assert PLASTIC.start(UUID(int=1)) == PLASTIC.start(UUID(int=1)) == 9_707_116_000
    assert ONE.start(UUID(int=1)) == 0


def test_a_request_has_the_same_id_until_it_was_answered() -> None:
    """Another block, series or epoch is another request."""
    epoch = UUID(int=1)
    asked = request_id(epoch, PLASTIC, 0)
    assert (asked.version, asked) == (8, request_id(epoch, PLASTIC, 0))
    assert (
        len({asked, request_id(epoch, PLASTIC, 1), request_id(epoch, LETTERS, 0), request_id(UUID(int=2), PLASTIC, 0)})
        == 4
    )


@pytest.mark.parametrize(
    ("prefix", "length", "check"), [("29000", 5, Check.NONE), ("BM-", 8, Check.GS1), ("BM", 8, Check.LUHN)]
)
def test_a_series_without_numbers_is_none(prefix: str, length: int, check: Check) -> None:
    """A prefix as long as the number, letters under a check digit."""
    with pytest.raises(ValueError, match=r"prefix|digits"):
        Series(prefix, length, check)
