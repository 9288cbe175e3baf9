"""Reading the words of a command line."""

import pytest
import typer

from terminal.cli import parsing
from texts.command_line.answers import Answer
from texts.i18n import Texts

TEXTS = Texts("en")


def test_an_amount_is_cents() -> None:
    """The one parser for amounts."""
    assert parsing.amount(TEXTS, "12,50") == 1250


def test_a_bad_amount_is_a_refusal_that_says_why() -> None:
    """The problem is for scripts, the message for people."""
    answer = parsing.amount(TEXTS, "1.500")
    assert isinstance(answer, Answer)
    assert answer.document["refused"] == {
        "reason": "amount_invalid",
        "message": "Two sums could be meant. Type 1500 or 1.50. (M-102)",
        "problem": "ambiguous",
    }


@pytest.mark.parametrize("text", ["R-17", "2026/000123", "a" * 40, ""])
def test_receipt_numbers_of_registers_are_taken(text: str) -> None:
    """Letters, digits and a few marks; none at all is fine."""
    assert parsing.receipt(text) == text


@pytest.mark.parametrize("text", ["Anna Bauer", "a" * 41, "-1", "R\n17", "ä"])
def test_words_are_no_receipt_number(text: str) -> None:
    """A receipt number goes into the journal, where nothing can be erased."""
    with pytest.raises(typer.BadParameter):
        parsing.receipt(text)


def test_a_line_is_taken_apart() -> None:
    """SKU and category may be empty; the amount is read when the currency is known."""
    apart = parsing.basket_lines_apart(["4711:bread:2:7,50", ":Pfand:1:0.25"])
    assert [tuple(line) for line in apart] == [("4711", "bread", 2, "7,50"), ("", "Pfand", 1, "0.25")]
    lines = parsing.basket_lines(TEXTS, apart)
    assert not isinstance(lines, Answer)
    assert [line.amount_cents for line in lines] == [750, 25]


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "x", "", "1000001", "٢"])
def test_a_quantity_is_a_whole_number(quantity: str) -> None:
    """From one up to the journal's bound."""
    with pytest.raises(typer.BadParameter):
        parsing.basket_lines_apart([f"a:b:{quantity}:1.00"])
