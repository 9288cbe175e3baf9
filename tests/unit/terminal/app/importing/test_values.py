"""Single fields: what is a number of what, and what spreadsheets have done to it."""

from __future__ import annotations

import pytest

from loyalty.bounds import POINTS_MAX
from loyalty.programme import Programme, parse_programme
from terminal.app.importing import values
from terminal.app.importing.flaws import Bad, Wrong
from terminal.app.importing.values import (
    CardReader,
    read_amount,
    read_category,
    read_points,
    read_quantity,
    read_receipt,
    read_sku,
)
from tests.fakes.ledger import PROGRAMME, card_number

ZEROS = """
[[cards]]
id = "old"
prefix = "00"
length = 8
check = "luhn"
"""


def cards(more: str = "") -> CardReader:
    """The bakery's cards, and those of further rules."""
    programme = parse_programme(PROGRAMME + more)
    assert isinstance(programme, Programme)
    return CardReader(programme)


def wrong(found: object) -> Wrong:
    """What is wrong with what was read."""
    assert isinstance(found, Bad), found
    return found.wrong


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12.50", 1250),
        ("12,50", 1250),
        ("0,00", 0),
        ("7", 700),
        ("1.234,50", 123450),
        ("€ 3,2", 320),
        ("999999.99", 99999999),
    ],
)
def test_amounts_as_german_and_english_exports_write_them(text: str, cents: int) -> None:
    """An article that was given away costs nothing."""
    assert read_amount(text, "EUR") == cents


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Wrong.MISSING),
        ("-3,50", Wrong.AMOUNT_NEGATIVE),
        ("1.500", Wrong.AMOUNT_AMBIGUOUS),
        ("1,2345", Wrong.AMOUNT_DECIMALS),
        ("1000000.00", Wrong.AMOUNT_TOO_LARGE),
        ("12 CHF", Wrong.AMOUNT),
        ("free", Wrong.AMOUNT),
    ],
)
def test_what_is_no_amount(text: str, expected: Wrong) -> None:
    """Each for its own reason."""
    assert wrong(read_amount(text, "EUR")) is expected


@pytest.mark.parametrize(("text", "points"), [("0", 0), ("500", 500), ("500,00", 500), ("12.0", 12), ("+7", 7)])
def test_points(text: str, points: int) -> None:
    """Whole, whatever zeros stand behind the mark."""
    assert read_points(text) == points


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-5", Wrong.POINTS_NEGATIVE),
        ("12,5", Wrong.POINTS_FRACTION),
        (".5", Wrong.POINTS_FRACTION),
        ("1.500", Wrong.POINTS_AMBIGUOUS),
        ("many", Wrong.POINTS),
        ("", Wrong.POINTS),
        ("1000000001", Wrong.POINTS_TOO_MANY),
        ("1234567890123", Wrong.POINTS),
    ],
)
def test_what_are_no_points(text: str, expected: Wrong) -> None:
    """Points are money: nothing is rounded and nothing guessed."""
    assert wrong(read_points(text)) is expected


def test_somebody_may_begin_in_debt() -> None:
    """Where fewer points than none have a meaning."""
    assert read_points("-50", signed=True) == -50
    assert wrong(read_points(str(-POINTS_MAX - 1), signed=True)) is Wrong.POINTS_TOO_MANY


def test_quantities() -> None:
    """Pieces; weights are none."""
    assert [read_quantity(text) for text in ("1", "12", "3,00")] == [1, 12, 3]
    for text in ("", "0", "-1", "0,342", "1,000", "1000001", "x"):
        assert wrong(read_quantity(text)) is Wrong.QUANTITY


def test_receipts() -> None:
    """As registers print them; the shortened ones are named."""
    assert read_receipt("2025/12-31_A.7") == "2025/12-31_A.7"
    assert wrong(read_receipt("")) is Wrong.MISSING
    assert wrong(read_receipt("4,00E+12")) is Wrong.SHORTENED_BY_SPREADSHEET
    for text in ("#17", "R 17", "x" * 41, "Ä1"):
        assert wrong(read_receipt(text)) is Wrong.RECEIPT


def test_articles() -> None:
    """As long as the journal takes them, without characters that can't be shown."""
    assert (read_sku("4711"), read_category("Brot & Brötchen")) == ("4711", "Brot & Brötchen")
    assert wrong(read_sku("4.71E+10")) is Wrong.SHORTENED_BY_SPREADSHEET
    assert wrong(read_sku("x" * 41)) is Wrong.TOO_LONG
    assert wrong(read_category("Brot\x07")) is Wrong.CONTROL_CHARACTER


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2.9E+12", Wrong.SHORTENED_BY_SPREADSHEET),
        ("2,90000000001E+12", Wrong.SHORTENED_BY_SPREADSHEET),
        (card_number(1)[:-1] + "0", Wrong.CARD_CHECK_DIGIT),
        ("4111111111111111", Wrong.PAYMENT_CARD),
        ("4111 1111 1111 1111", Wrong.PAYMENT_CARD),
        ("4006381333931", Wrong.NOT_A_MEMBER_CARD),
        ("17", Wrong.CARD),
        ("Anna", Wrong.CARD),
    ],
)
def test_what_is_no_card(text: str, expected: Wrong) -> None:
    """By the programme's own rules; what a spreadsheet has shortened is named as such."""
    assert wrong(cards().read(text)) is expected


def test_cards_that_lost_their_zeros_are_recognised() -> None:
    """A spreadsheet takes them for numbers; with the zeros they are cards."""
    reader = cards(ZEROS)
    assert reader.read("00123455") == "00123455"
    assert wrong(reader.read("123455")) is Wrong.CARD_ZEROS_LOST
    assert wrong(reader.read("123456")) is Wrong.CARD


def test_remembered_cards_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever numbers a file names; a number read twice is the same."""
    monkeypatch.setattr(values, "CARDS_KEPT_MAX", 2)
    reader = cards()
    for number in (1, 1, 2, 3, 1, 4):
        assert reader.read(card_number(number)) == card_number(number)
        assert len(reader._read) <= 2
