"""Reading the words of a command line."""

from datetime import UTC, date, datetime

import pytest
import typer

from terminal.cli import parsing
from terminal.cli.answers import Answer
from tests.fakes.clock import FakeClock, us_of
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21T14:30+01:00", datetime(2026, 11, 21, 13, 30, tzinfo=UTC)),
        ("2026-11-21T14:30Z", datetime(2026, 11, 21, 14, 30, tzinfo=UTC)),
        ("2026-11-21T14:30:15", datetime(2026, 11, 21, 13, 30, 15, tzinfo=UTC)),
        ("2026-11-21", datetime(2026, 11, 20, 23, 0, tzinfo=UTC)),
        ("1969-12-31T23:59:59+00:00", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_moment_is_microseconds_since_1970(text: str, expected: datetime) -> None:
    """With an offset it is exact, without one the shop's time of day (here one hour ahead of UTC)."""
    assert parsing.moment(text, FakeClock()) == us_of(expected)


@pytest.mark.parametrize("text", ["", "now", "2026-02-30", "25:00", "2026-11-21T14:30+99:00"])
def test_what_is_no_moment_is_a_usage_error(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(typer.BadParameter):
        parsing.moment(text, FakeClock())


def test_a_year_the_system_cannot_hold_is_a_usage_error() -> None:
    """Time zone tables end somewhere, and the program does not end with them."""

    class EndOfTime(FakeClock):
        def utc_offset_min(self, at_us: int) -> int:
            raise OverflowError

    with pytest.raises(typer.BadParameter):
        parsing.moment("9999-12-31", EndOfTime())


def test_a_day_is_iso() -> None:
    """Other orders of day and month mean two days."""
    assert parsing.day("2026-11-21") == date(2026, 11, 21)
    with pytest.raises(typer.BadParameter):
        parsing.day("21.11.2026")


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


def test_what_is_no_id_is_a_usage_error() -> None:
    """The message shows what one looks like."""
    with pytest.raises(typer.BadParameter, match="0198c0de"):
        parsing.uuid("17")
