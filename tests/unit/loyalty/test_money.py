"""Amounts: what people type is read as exactly one sum or refused with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.money import (
    AMOUNT_CENTS_MAX,
    AMOUNT_TEXT_LENGTH_MAX,
    AmountProblem,
    BadAmount,
    decimal_text,
    parse_amount,
    split_by_weight,
)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12,50", 1250),
        ("12.50", 1250),
        ("12,5", 1250),
        ("12", 1200),
        ("12,", 1200),
        (",50", 50),
        (".5", 50),
        ("0,01", 1),
        ("007,10", 710),
        ("1.500,00", 150_000),
        ("1,500.00", 150_000),
        ("1.500,5", 150_050),
        ("1 500", 150_000),
        ("1'500,25", 150_025),
        ("1’500", 150_000),
        ("  12,50 ", 1250),
        ("12,50\n", 1250),
        ("12,50 €", 1250),
        ("€12,50", 1250),
        ("€ 12,50", 1250),
        ("EUR 12.50", 1250),
        ("12.50eur", 1250),
        ("12,50\u00a0€", 1250),
        ("1\u202f500,00", 150_000),
        ("999.999,99", AMOUNT_CENTS_MAX),
    ],
)
def test_one_sum_is_read_whichever_way_it_is_written(text: str, cents: int) -> None:
    """Comma and point both mark decimals, grouping and the euro sign are understood, nothing depends on a locale."""
    assert parse_amount(text) == cents


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", AmountProblem.EMPTY),
        (" \n\u00a0", AmountProblem.EMPTY),
        ("€", AmountProblem.EMPTY),
        ("0", AmountProblem.ZERO),
        ("0,00", AmountProblem.ZERO),
        ("-5", AmountProblem.NEGATIVE),
        ("−5,00", AmountProblem.NEGATIVE),
        ("€ -5", AmountProblem.NEGATIVE),
        ("1.500", AmountProblem.AMBIGUOUS),
        ("1,500", AmountProblem.AMBIGUOUS),
        ("0.500", AmountProblem.TOO_MANY_DECIMALS),
        ("12,505", AmountProblem.AMBIGUOUS),
        ("1234,505", AmountProblem.TOO_MANY_DECIMALS),
        ("123456789012", AmountProblem.TOO_LARGE),
        ("2900000000124", AmountProblem.TOO_LARGE),
        ("1.000.000", AmountProblem.TOO_LARGE),
        ("9" * AMOUNT_TEXT_LENGTH_MAX, AmountProblem.TOO_LARGE),
        ("9" * (AMOUNT_TEXT_LENGTH_MAX + 1), AmountProblem.NOT_AN_AMOUNT),
        ("abc", AmountProblem.NOT_AN_AMOUNT),
        ("12,50x", AmountProblem.NOT_AN_AMOUNT),
        ("1e3", AmountProblem.NOT_AN_AMOUNT),
        ("12\n50", AmountProblem.NOT_AN_AMOUNT),
        ("12.50.", AmountProblem.NOT_AN_AMOUNT),
        ("1.500.00", AmountProblem.NOT_AN_AMOUNT),
        ("1.50,000", AmountProblem.NOT_AN_AMOUNT),
        (",", AmountProblem.NOT_AN_AMOUNT),
        ("12,50 USD", AmountProblem.NOT_AN_AMOUNT),
        ("€€5", AmountProblem.NOT_AN_AMOUNT),
        ("١٢", AmountProblem.NOT_AN_AMOUNT),
        ("１２", AmountProblem.NOT_AN_AMOUNT),
        ("²", AmountProblem.NOT_AN_AMOUNT),
        ("Σύνολο 12,50 €", AmountProblem.NOT_AN_AMOUNT),
    ],
)
def test_what_is_no_sum_is_refused_with_its_reason(text: str, problem: AmountProblem) -> None:
    """Nothing is guessed: a sum that could be read two ways, or is no sum, is named for what it is."""
    assert parse_amount(text) == BadAmount(problem)


def test_zero_is_an_amount_only_where_it_makes_sense() -> None:
    """The sum "of which without points" may be zero; a purchase may not."""
    assert parse_amount("0,00", zero_ok=True) == 0
    assert parse_amount("", zero_ok=True) == BadAmount(AmountProblem.EMPTY)


def test_the_mark_of_the_programmes_own_currency_is_the_one_understood() -> None:
    """A franc amount pasted into a euro shop is not silently euros."""
    assert parse_amount("CHF 12.50", currency="CHF") == 1250
    assert parse_amount("£7", currency="GBP") == 700
    assert parse_amount("CHF 12.50") == BadAmount(AmountProblem.NOT_AN_AMOUNT)


@given(st.text(max_size=40))
def test_any_text_is_an_amount_in_bounds_or_a_reason(text: str) -> None:
    """No pasted text raises, and none gives a sum outside the bounds."""
    found = parse_amount(text)
    assert isinstance(found, BadAmount) or 0 < found <= AMOUNT_CENTS_MAX


@given(st.integers(0, AMOUNT_CENTS_MAX))
def test_a_written_amount_is_read_back_to_the_cent(cents: int) -> None:
    """The command line's own output is its own input (78.00 stays 78.00)."""
    assert parse_amount(decimal_text(cents), zero_ok=True) == cents
    assert parse_amount(decimal_text(cents).replace(".", ","), zero_ok=True) == cents


@pytest.mark.parametrize(
    ("cents", "text"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (1250, "12.50"), (-123_456, "-1234.56")]
)
def test_cents_are_written_as_decimals_with_their_sign(cents: int, text: str) -> None:
    """Small negative sums keep their sign, which integer division alone would lose."""
    assert decimal_text(cents) == text


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), max_size=20))
def test_parts_of_a_split_sum_to_the_whole_and_keep_their_proportion(total: int, weights: list[int]) -> None:
    """No point is lost or made, no part is more than one off its exact share, nothing goes to a part of no weight."""
    parts = split_by_weight(total, weights)
    assert sum(parts) == (total if any(weights) else 0)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - total * weight) < max(1, sum(weights))
        assert part == 0 or weight > 0
        assert part >= 0


def test_a_part_gets_what_the_running_sum_rounded_down_leaves_it() -> None:
    """Points per line are booked, so till and server must split alike: the later of two gets the odd one."""
    assert split_by_weight(3, (1, 0, 1)) == (1, 0, 2)
    assert split_by_weight(10, (333, 333, 334)) == (3, 3, 4)
