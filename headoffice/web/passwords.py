"""Passwords as argon2id hashes, and how long to wait after wrong ones."""

from __future__ import annotations

import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

PASSWORD_LENGTH_MIN: Final = 12
PASSWORD_LENGTH_MAX: Final = 200
"""Bounds of a password, in characters. Length counts, not a mix of signs (NIST SP 800-63B, 5.1.1.2)."""

LETTERS_MIN: Final = 5
"""So many different characters at least: ``aaaaaaaaaaaa`` is long and no password."""

WAITS_FROM_FAILURE: Final = 3
"""The first wrong password in a row that costs waiting."""

FIRST_WAIT_S: Final = 30
WAIT_MAX_S: Final = 15 * 60
"""The first waiting time and the longest; it doubles with every further wrong password, in seconds."""

_DOUBLINGS_MAX: Final = 10
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""19 MiB and two passes: the second of the settings that OWASP's password storage cheat sheet gives as equal."""

NOBODY: Final = "$argon2id$v=19$m=19456,t=2,p=1$c3RhbW1rdW5kZS5ubw$J4L9oTAkqAeCXOJ5Nf0rcK+5ODqvKZ8A3Q1vUo1qtEM"
"""The form of a hash that no password has: an unknown name is answered no sooner than a known one."""


def password_is_weak(password: str, name: str) -> bool:
    """Whether a password is too short, too long, made of a few characters, or the person's own name."""
    plain = normal(password)
    return (
        not PASSWORD_LENGTH_MIN <= len(plain) <= PASSWORD_LENGTH_MAX
        or len(set(plain)) < LETTERS_MIN
        or (len(name) > 2 and plain.casefold().replace(name.casefold(), "") == "")  # noqa: PLR2004 - initials are no name
    )


def hash_password(password: str) -> str:
    """The argon2id hash with a salt of its own (RFC 9106)."""
    return _HASHER.hash(normal(password))


def matches(password_hash: str, password: str) -> bool:
    """Whether a password belongs to a hash; takes about as long for every answer."""
    try:
        return _HASHER.verify(password_hash, normal(password[:PASSWORD_LENGTH_MAX]))
    except (VerificationError, InvalidHashError):
        return False


def normal(text: str) -> str:
    """A text as every keyboard would write it: composed letters of one form (Unicode NFKC, as NIST asks for)."""
    return unicodedata.normalize("NFKC", text)


def wait_s(failures: int) -> int:
    """How long to wait after so many wrong passwords in a row, in seconds."""
    if failures < WAITS_FROM_FAILURE:
        return 0
    return min(FIRST_WAIT_S << min(failures - WAITS_FROM_FAILURE, _DOUBLINGS_MAX), WAIT_MAX_S)
