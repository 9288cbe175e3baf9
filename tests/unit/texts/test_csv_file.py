"""Tables for spreadsheets."""

import pytest

from texts.csv_file import csv_bytes


@pytest.mark.parametrize("text", ["=1+1", "+49 call", "@sum", "-x", "\tx"])
def test_a_text_never_becomes_a_formula(text: str) -> None:
    """A note that begins like a formula would be run by whoever opens the file."""
    assert f"'{text}" in csv_bytes(("note",), [{"note": text}]).decode("utf-8-sig")


@pytest.mark.parametrize("value", ["-12.50", -300, "0.05"])
def test_numbers_stay_numbers(value: object) -> None:
    """A minus alone makes no formula."""
    assert csv_bytes(("points",), [{"points": value}]).decode("utf-8-sig") == f"points\r\n{value}\r\n"


def test_undefined_is_an_empty_cell() -> None:
    """A rate of nothing is not 0."""
    assert csv_bytes(("rate", "more"), [{"rate": None}]).decode("utf-8-sig") == "rate,more\r\n,\r\n"


def test_spreadsheets_are_told_the_encoding() -> None:
    """Excel takes a file without a byte order mark for another encoding."""
    assert csv_bytes(("ä",), []).startswith(b"\xef\xbb\xbf")
