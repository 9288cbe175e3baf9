"""Files are there whole or not at all."""

from pathlib import Path

import pytest

from terminal.app.files import write_file, write_files
from terminal.errors import FileUnwritable


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
