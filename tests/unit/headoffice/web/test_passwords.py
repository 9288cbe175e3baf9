"""Passwords are long, hashed, and slow to try."""

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from headoffice.web.passwords import (
    NOBODY,
    PASSWORD_LENGTH_MAX,
    WAIT_MAX_S,
    hash_password,
    matches,
    password_is_weak,
    wait_s,
)

GOOD = "vier blaue Brezeln"


def test_a_hash_is_argon2id_with_a_salt_of_its_own() -> None:
    """Two people with one password have two hashes; only the password matches."""
    first, second = hash_password(GOOD), hash_password(GOOD)
    assert first != second
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert matches(first, GOOD)
    assert not matches(first, GOOD.upper())
    assert GOOD not in first


def test_the_hash_of_nobody_costs_as_much_as_any() -> None:
    """It is one of the same settings that can be computed, so an unknown name is not told by a quick answer."""
    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(NOBODY, GOOD)
    assert NOBODY.split("$")[:4] == hash_password(GOOD).split("$")[:4]


def test_what_is_no_hash_matches_nothing() -> None:
    """A damaged row lets nobody in."""
    assert not matches("", GOOD)
    assert not matches("plain", "plain")


def test_a_longer_password_than_there_may_be_matches_nothing_either() -> None:
    """Endless input is cut before it is hashed, and no cut one was ever accepted."""
    assert not matches(hash_password(GOOD), GOOD + "x" * PASSWORD_LENGTH_MAX)


@pytest.mark.parametrize("password", ["", "elf Zeichen", "aaaaaaaaaaaa", "abababababab", "Max Markt" * 2, "x" * 201])
def test_weak_passwords(password: str) -> None:
    """Short, of a few letters, one's own name, endless."""
    assert password_is_weak(password, "Max Markt")


def test_four_words_are_a_password() -> None:
    """Nobody has to mix signs."""
    assert not password_is_weak("vier blaue brezeln", "Max Markt")


def test_waiting_doubles_from_the_third_failure_up_to_a_quarter_of_an_hour() -> None:
    """Slips cost nothing, guessing costs ever more, and nobody is out for a day."""
    assert [wait_s(failures) for failures in range(1, 7)] == [0, 0, 30, 60, 120, 240]
    assert wait_s(10_000) == WAIT_MAX_S == 900
