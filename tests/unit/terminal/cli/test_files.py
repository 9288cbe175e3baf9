"""Reading files that people name."""

from pathlib import Path

import pytest

from terminal.cli.files import TEXT_FILE_LENGTH_MAX, read_text
from terminal.errors import FileUnreadable


def test_text_with_a_byte_order_mark_is_read_without_it(tmp_path: Path) -> None:
    """Editors on Windows write one."""
    file = tmp_path / "programme.toml"
    file.write_bytes(b"\xef\xbb\xbfname")
    assert read_text(file) == "name"


def test_what_cannot_be_read_is_a_known_error(tmp_path: Path) -> None:
    """Missing, a folder, another encoding, endless."""
    latin, long = tmp_path / "latin", tmp_path / "long"
    latin.write_bytes("Bäcker".encode("latin-1"))
    long.write_bytes(b"x" * (TEXT_FILE_LENGTH_MAX + 1))
    for file in (tmp_path / "none", tmp_path, latin, long):
        with pytest.raises(FileUnreadable):
            read_text(file)
