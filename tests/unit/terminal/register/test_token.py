"""The token that proves a register may talk to the till."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from terminal.register.errors import TokenUnusable
from terminal.register.token import TOKEN_FILE, TokenCheck, renew_token, token_of


def test_it_is_made_once_and_only_the_owner_may_read_it(tmp_path: Path) -> None:
    """Made when first needed; a mode somebody widened is narrowed again."""
    token = token_of(tmp_path)
    path = tmp_path / TOKEN_FILE
    assert len(token) == 43
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
        path.chmod(0o644)
        assert token_of(tmp_path) == token
        assert path.stat().st_mode & 0o777 == 0o600


def test_two_data_directories_have_two_tokens(tmp_path: Path) -> None:
    """Nobody can know it beforehand."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert token_of(tmp_path / "a") != token_of(tmp_path / "b")


def test_a_renewed_token_counts_at_once(tmp_path: Path) -> None:
    """The open till need not be restarted, and the old one is worth nothing."""
    check = TokenCheck(tmp_path)
    before = token_of(tmp_path).encode()
    assert check.allows(before)
    after = renew_token(tmp_path).encode()
    assert check.allows(after)
    assert not check.allows(before)


def test_without_a_readable_file_nothing_is_allowed(tmp_path: Path) -> None:
    """Not even the empty token."""
    check = TokenCheck(tmp_path)
    good = token_of(tmp_path).encode()
    for content in (b"", b"short\n", b"\xff" * 43):
        (tmp_path / TOKEN_FILE).write_bytes(content)
        assert not check.allows(content.strip())
        assert not check.allows(good)
    (tmp_path / TOKEN_FILE).unlink()
    assert not check.allows(good)
    assert not check.allows(b"")


@pytest.mark.parametrize("content", [b"", b"x" * 43 + b"y", "ä".encode() * 21, b"a b" * 14 + b"c"])
def test_a_file_that_holds_no_token_is_told(tmp_path: Path, content: bytes) -> None:
    """It is not overwritten by itself: somebody may have put it there."""
    (tmp_path / TOKEN_FILE).write_bytes(content)
    with pytest.raises(TokenUnusable):
        token_of(tmp_path)
    assert renew_token(tmp_path) == token_of(tmp_path)


def test_a_folder_that_takes_nothing_is_told(tmp_path: Path) -> None:
    """The till goes on without registers."""
    with pytest.raises(TokenUnusable):
        token_of(tmp_path / "missing")
