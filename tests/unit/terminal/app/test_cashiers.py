"""PINs."""

import pytest

from terminal.app.cashiers import hash_pin, pin_is_simple


@pytest.mark.parametrize("pin", ["4711", "1357", "123457", "112233445566", "9021"])
def test_a_pin_with_a_turn_in_it_is_taken(pin: str) -> None:
    """Four to twelve digits that are no row."""
    assert not pin_is_simple(pin)


@pytest.mark.parametrize("pin", ["", "123", "1234567890123", "0000", "2345", "9876", "47 11", "abcd", "٤٧١١", "+471"])
def test_what_is_guessed_first_is_refused(pin: str) -> None:
    """Too short, too long, all the same, a row, or no digits."""
    assert pin_is_simple(pin)


def test_equal_pins_have_different_hashes() -> None:
    """A salt of its own: nobody sees who shares a PIN."""
    first, second = hash_pin("4711"), hash_pin("4711")
    assert first != second
    assert first.startswith("$argon2id$")
