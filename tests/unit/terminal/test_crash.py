"""What a crash leaves behind names nobody."""

from pathlib import Path

import pytest

from terminal.crash import crash_text, write_crash

CARD = "2900000000018"


def _raised(error: Exception, cause: Exception | None = None) -> Exception:
    """An exception with a traceback."""
    with pytest.raises(type(error)) as caught:
        raise error from cause
    return caught.value


@pytest.mark.parametrize(
    "value",
    ["'Anna Bauer'", '"Anna"', CARD, "+49 171 2345678", "0171/2345678", "24.12.1990", "1990-12-24", "anna@example.org"],
)
def test_values_in_messages_are_hidden(value: str) -> None:
    """Libraries quote the data they choke on; numbers and addresses may be a member's."""
    text = crash_text(_raised(ValueError(f"bad input {value} here")), [])
    assert "ValueError: bad input ... here" in text


def test_words_of_the_command_line_are_hidden() -> None:
    """A name typed as an argument comes back in messages without quotes."""
    text = crash_text(_raised(ValueError("no member Annegret on this card")), ["member", "find", "Annegret"])
    assert "ValueError: no ... ... on this card" in text


def test_the_places_in_the_code_stay() -> None:
    """They are what support needs, for every exception in the chain."""
    text = crash_text(_raised(RuntimeError("outer"), _raised(KeyError("inner"))), [])
    assert text.count("in _raised") == 2
    assert "RuntimeError: outer" in text
    assert "which came from" in text
    assert "KeyError" in text


def test_a_crash_in_a_folder_that_is_not_there_is_no_second_crash(tmp_path: Path) -> None:
    """A crash handler must not crash."""
    assert write_crash(tmp_path / "none", "text") is None


def test_the_log_is_for_its_owner_only(tmp_path: Path) -> None:
    """Even without names it says when the shop had trouble."""
    path = write_crash(tmp_path, "text")
    assert path is not None
    assert path.stat().st_mode & 0o077 == 0
