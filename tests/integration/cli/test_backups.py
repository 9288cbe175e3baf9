"""``ledger backup`` without a file and ``ledger backups``."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal.settings import SETTINGS_FILE
from tests.fakes.command_line import CommandLine


@pytest.fixture
def stick(anna: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stick that the settings name as the second place; everything else is on the till's disk."""
    path = tmp_path / "stick"
    path.mkdir()

    def same_disk(folder: Path, _directory: Path) -> bool:
        return path not in (folder, *folder.parents)

    monkeypatch.setattr("terminal.backup.by_hand.same_disk", same_disk)
    (anna.directory / SETTINGS_FILE).write_text(f'[backup]\nsecond_folder = "{(path / "copies").as_posix()}"\n')
    return path


def test_a_copy_goes_into_the_folders_of_the_settings(anna: CommandLine, stick: Path) -> None:
    """Here and on the stick, told by file, and the list has both."""
    done = anna.done("ledger", "backup")
    assert (done["ok"], done["records"], done["problems"]) == (True, 4, [])
    assert [copy["where"] for copy in done["copies"]] == ["here", "elsewhere"]
    assert set(done["copies"][0]) == {"file", "where", "made_at", "records", "bytes", "epoch"}
    listed = anna.done("ledger", "backups")
    assert listed["copies"] == done["copies"]
    assert listed["elsewhere"] == done["copies"][1]
    assert listed["records"] == 4
    assert Path(listed["elsewhere"]["file"]).parent == stick / "copies"
    anna.directory = anna.directory.parent / "restored"
    assert anna.done("ledger", "restore", listed["elsewhere"]["file"])["records"] == 5


def test_a_stick_that_is_away_is_a_problem_and_the_copy_here_is_taken(anna: CommandLine, stick: Path) -> None:
    """Exit code 1, so that a script notices; what the till remembers of the stick is still listed."""
    first = anna.done("ledger", "backup")
    stick.rename(stick.with_name("pocket"))
    ran = anna("ledger", "backup")
    assert ran.code == 1
    assert ran.document["ok"] is False
    assert len(ran.document["problems"]) == 1
    assert [copy["where"] for copy in ran.document["copies"]] == ["here"]
    listed = anna.done("ledger", "backups")
    assert listed["elsewhere"] == first["copies"][1]
    assert {copy["where"] for copy in listed["copies"]} == {"here"}


def test_without_a_second_place_nothing_is_known_elsewhere(anna: CommandLine) -> None:
    """And that is no problem of the command's."""
    assert anna.done("ledger", "backup")["copies"][0]["where"] == "here"
    assert anna.done("ledger", "backups")["elsewhere"] is None


def test_a_file_on_a_stick_counts_as_a_copy_elsewhere(anna: CommandLine, stick: Path, tmp_path: Path) -> None:
    """By hand or not: it is off this disk; one on the till's own disk is not."""
    anna.done("ledger", "backup", str(tmp_path / "here.backup"))
    assert anna.done("ledger", "backups")["elsewhere"] is None
    done = anna.done("ledger", "backup", str(stick / "by hand.backup"))
    assert done["file"] == str(stick / "by hand.backup")
    assert anna.done("ledger", "backups")["elsewhere"]["file"] == done["file"]


def test_people_read_a_line_for_each_copy(anna: CommandLine, stick: Path) -> None:
    """When, where, how many records, which file."""
    del stick
    anna.done("ledger", "backup")
    told = anna.said("ledger", "backups").out
    assert told.count(".backup") == 3
    assert anna.said("ledger", "backup").out.count(".backup") == 2
