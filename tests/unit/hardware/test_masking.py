"""What logs may show of a scanned text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.masking import VISIBLE_CHARACTERS, masked, masked_hex
from hardware.scans import Scan


@pytest.mark.parametrize(
    ("text", "shown"),
    [("2912345678904", "*********8904"), ("1234", "****"), ("", ""), ("4111111111111111", "*" * 16)],
)
def test_at_most_the_last_four_characters_show(text: str, shown: str) -> None:
    """Enough to recognise a card in a support call; of a payment card nothing at all."""
    assert masked(text) == shown


@given(st.text(max_size=600))
def test_no_log_line_can_be_forged(text: str) -> None:
    """Whatever was scanned, the masked text is short, printable and shows four characters at most."""
    shown = masked(text)
    assert shown.isprintable()
    assert len(shown) <= 30
    assert len(shown.lstrip("*")) <= VISIBLE_CHARACTERS


def test_a_scan_in_a_log_is_masked() -> None:
    """Logging the whole value does not log the card, neither as text nor as bytes."""
    scan = Scan(
        device_id="counter", text="2912345678904", raw=b"2912345678904", aim="", symbology=None, t_monotonic_ns=1
    )
    assert "291234" not in f"{scan!r} {scan}"
    assert "8904" in repr(scan)


@pytest.mark.parametrize(
    ("data", "text", "shown"),
    [
        (b"]E012345678\r", "12345678", "5d 45 30 ** ** ** ** 35 36 37 38 0d"),
        (b"1234\r", "1234", "** ** ** ** 0d"),
        (b"4111111111111111\r", "4111111111111111", " ".join(["**"] * 16) + " 0d"),
        ("Größe 12345".encode(), "Größe 12345", " ".join(["**"] * 13)),
        (b"801812\x1d34567", "801812\x1d34567", "** ** ** ** ** ** 1d ** 34 35 36 37"),
        (b"29\xff\x0034", "", "** ** ff 00 ** **"),
    ],
)
def test_hex_hides_what_the_text_hides(data: bytes, text: str, shown: str) -> None:
    """What frames a code is shown, and of the code no more than its masked text shows."""
    assert masked_hex(data, text) == shown


def test_a_code_that_looks_like_its_prefix_is_hidden_where_it_stands() -> None:
    """The code is at the end of its frame; the same characters in front are the prefix."""
    assert masked_hex(b"77777777", "7777") == "37 37 37 37 ** ** ** **"
