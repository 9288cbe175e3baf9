"""Nobody but the account the server runs under can read what head office keeps."""

from __future__ import annotations

import os
import stat
from contextlib import closing
from pathlib import Path

import pytest

from headoffice.main import DATABASE_FILE, assemble
from headoffice.views import JoinCode

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")


def _open_to_others(folder: Path) -> list[str]:
    """Files that group or others may touch."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]


def test_every_file_is_private_whatever_the_folder_was(tmp_path: Path) -> None:
    """The folder may have been made by an administrator for all to enter; the database's log follows its mode."""
    data = tmp_path / "shared"
    data.mkdir(mode=0o755)
    with closing(assemble(data)) as head:
        assert isinstance(head.enrol_terminal("Mitte", "Kasse 1"), JoinCode)
        assert (data / f"{DATABASE_FILE}-wal").exists()
        assert _open_to_others(data) == []


def test_a_database_of_before_is_made_private(tmp_path: Path) -> None:
    """Earlier versions left it readable inside their private folder."""
    with closing(assemble(tmp_path)):
        pass
    (tmp_path / DATABASE_FILE).chmod(0o644)
    with closing(assemble(tmp_path)) as head:
        head.enrol_terminal("Mitte", "Kasse 1")
        assert _open_to_others(tmp_path) == []
