"""Changed settings get into the shop's file without losing what somebody wrote there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from terminal.app.keep_settings import BACKUP_FILE, Kept, NotKept, changed, keep_settings
from terminal.errors import FileUnreadable, FileUnwritable
from terminal.settings import SETTINGS_FILE, read_settings

WRITTEN = """\
# The till at the window.
language = "de"

[scanner]
port = "/dev/ttyACM0"  # the Honeywell
terminator = "cr"

[[scanners]]
name = "left"
port = "/dev/ttyUSB1"

[[scanners]]
port = "/dev/ttyUSB2"  # without a name it is the second
"""


def test_only_the_changed_value_changes(tmp_path: Path) -> None:
    """Comments, order and blank lines stay as they are."""
    file = tmp_path / SETTINGS_FILE
    file.write_text(WRITTEN, "utf-8")
    kept = keep_settings(tmp_path, {"scanner.terminator": "tab"})
    assert isinstance(kept, Kept)
    assert file.read_text("utf-8") == WRITTEN.replace('"cr"', '"tab"')
    assert kept.settings.scanner.terminator == "tab"
    assert not kept.in_use


def test_what_the_file_was_is_kept_beside_it(tmp_path: Path) -> None:
    """Whoever regrets the change renames one file."""
    (tmp_path / SETTINGS_FILE).write_text(WRITTEN, "utf-8")
    kept = keep_settings(tmp_path, {"scanner.baud": 19200})
    assert isinstance(kept, Kept)
    assert kept.backup == tmp_path / BACKUP_FILE
    assert kept.backup.read_text("utf-8") == WRITTEN


def test_a_shop_without_a_file_gets_one(tmp_path: Path) -> None:
    """With what was changed and nothing else."""
    kept = keep_settings(tmp_path, {"scanner.prefix": "\x02K", "wedge.layout": "us"})
    assert isinstance(kept, Kept)
    assert kept.backup is None
    settings = read_settings(tmp_path)
    assert not isinstance(settings, list)
    assert settings.scanner.prefix == "\x02K"
    assert settings.wedge.layout == "us"


def test_a_further_scanner_is_found_by_its_name() -> None:
    """Also the one that has none written down and goes by the usual one."""
    assert "baud = 4800" in changed(WRITTEN, {"scanners.left.baud": 4800}).split('"left"')[1].split("[[")[0]
    assert "baud = 4800" in changed(WRITTEN, {"scanners.second.baud": 4800}).split("ttyUSB2")[1]


def test_a_further_scanner_that_is_not_there_is_added(tmp_path: Path) -> None:
    """With its name and its port."""
    (tmp_path / SETTINGS_FILE).write_text(WRITTEN, "utf-8")
    kept = keep_settings(tmp_path, {"scanners.third.port": "/dev/ttyUSB3", "scanners.third.terminator": "tab"})
    assert isinstance(kept, Kept)
    added = kept.settings.scanners[-1]
    assert (added.name, added.port, added.terminator) == ("third", "/dev/ttyUSB3", "tab")


@pytest.mark.parametrize(
    ("written", "changes"),
    [
        (WRITTEN, {"scanner.terminator": "bell"}),
        (WRITTEN, {"scanner.nonsense": 1}),
        ("[scanner]\nbaud = 'fast'\n", {"scanner.terminator": "tab"}),
        ("[scanner\n", {"scanner.terminator": "tab"}),
    ],
)
def test_nothing_is_written_that_the_till_could_not_read(
    tmp_path: Path, written: str, changes: dict[str, str | int]
) -> None:
    """A till that does not open after a well-meant change would be worse than any scanner."""
    file = tmp_path / SETTINGS_FILE
    file.write_text(written, "utf-8")
    kept = keep_settings(tmp_path, changes)
    assert isinstance(kept, NotKept)
    assert kept.problems
    assert file.read_text("utf-8") == written
    assert not (tmp_path / BACKUP_FILE).exists()


def test_a_file_that_can_not_be_read_or_written_is_a_known_error(tmp_path: Path) -> None:
    """Told like every other file's trouble."""
    (tmp_path / SETTINGS_FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(FileUnreadable):
        keep_settings(tmp_path, {"scanner.baud": 4800})
    with pytest.raises(FileUnwritable):
        keep_settings(tmp_path / "missing", {"scanner.baud": 4800})
    folder = tmp_path / "odd"
    (folder / SETTINGS_FILE).mkdir(parents=True)
    with pytest.raises(FileUnreadable):
        keep_settings(folder, {"scanner.baud": 4800})


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps its own rights")
def test_the_file_is_private(tmp_path: Path) -> None:
    """It may hold tokens one day."""
    keep_settings(tmp_path, {"scanner.baud": 4800})
    assert (tmp_path / SETTINGS_FILE).stat().st_mode & 0o077 == 0
