"""Files are there whole or not at all."""

from pathlib import Path

import pytest

from terminal.cli.files import TEXT_FILE_LENGTH_MAX, read_text, write_file, write_files
from terminal.errors import FileUnreadable, FileUnwritable


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


def test_a_file_that_cannot_be_replaced_stays(tmp_path: Path) -> None:
    """A folder of that name is in the way: nothing is left beside it either."""
    (tmp_path / "report.csv").mkdir()
    with pytest.raises(FileUnwritable):
        write_file(tmp_path / "report.csv", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["report.csv"]


def test_exports_are_for_their_owner_only(tmp_path: Path) -> None:
    """They hold names and purchases."""
    (path,) = write_files(tmp_path / "export", {"member.json": b"{}"})
    assert path.read_bytes() == b"{}"
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
