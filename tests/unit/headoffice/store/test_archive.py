"""The archive: whole lines, on the disk before anybody is told, and a torn end is cut off."""

from datetime import date
from pathlib import Path

import pytest

from headoffice.errors import ArchiveDamaged, FolderUnusable
from headoffice.store import archive as archiving
from headoffice.store.archive import Archive, ProgrammeLine, RecordLine, TombstoneLine
from tests.fakes.headoffice import member

RECORD = RecordLine(member(1), 1, b'{"kind":"adjustment"}', bytes(32))
PROGRAMME = ProgrammeLine(1, "format = 1", 2, 3, "Ines")
TOMBSTONE = TombstoneLine(member(2), 5, date(2026, 11, 21))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive that nothing was written to yet."""
    return Archive(tmp_path / "archive" / "authority.jsonl")


def test_lines_come_back_in_their_order(archive: Archive) -> None:
    """All kinds, also after another start."""
    archive.append([RECORD, PROGRAMME])
    Archive(archive.path).append([TOMBSTONE])
    assert list(archive.lines()) == archive.tail() == [RECORD, PROGRAMME, TOMBSTONE]


def test_nothing_is_there_before_the_first_line(archive: Archive) -> None:
    """Not even a file, nor after appending nothing."""
    archive.append([])
    assert list(archive.lines()) == archive.tail() == []
    assert not archive.path.exists()


def test_the_file_is_private(archive: Archive) -> None:
    """It holds no personal data, but is nobody else's business."""
    archive.append([RECORD])
    assert archive.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("cut", [1, 10, 90])
def test_a_torn_last_line_is_left_out_and_cut_off(archive: Archive, cut: int) -> None:
    """A crash came while it was written; the next line begins where it began."""
    archive.append([RECORD, PROGRAMME])
    data = archive.path.read_bytes()
    archive.path.write_bytes(data[:-cut])
    assert list(archive.lines()) == archive.tail() == [RECORD]
    archive.append([TOMBSTONE])
    assert list(archive.lines()) == [RECORD, TOMBSTONE]


def test_a_file_that_is_one_torn_line_begins_anew(archive: Archive) -> None:
    """However long that line is."""
    archive.append([RECORD])
    archive.path.write_bytes(b"x" * 10_000)
    archive.append([TOMBSTONE])
    assert list(archive.lines()) == [TOMBSTONE]


def test_the_end_is_read_without_the_rest(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that begins before what is read is not taken for a whole one."""
    archive.append([RECORD, PROGRAMME, TOMBSTONE])
    longest = max(len(line) for line in archive.path.read_bytes().splitlines(keepends=True))
    monkeypatch.setattr(archiving, "TAIL_BYTES", longest + 1)
    assert archive.tail()[-1:] == [TOMBSTONE]
    assert len(archive.tail()) < 3


def test_damage_in_the_middle_is_said_with_its_place(archive: Archive) -> None:
    """A line that can't be read is a fact that is lost, and no crash explains it."""
    archive.append([RECORD])
    with archive.path.open("ab") as file:
        file.write(b"\xff nonsense\n")
    archive.append([TOMBSTONE])
    with pytest.raises(ArchiveDamaged, match="line 2"):
        list(archive.lines())
    with pytest.raises(ArchiveDamaged):
        archive.tail()


def test_a_folder_that_can_not_be_made_is_said(tmp_path: Path) -> None:
    """A file stands in its place."""
    (tmp_path / "archive").write_text("")
    with pytest.raises(FolderUnusable):
        Archive(tmp_path / "archive" / "authority.jsonl").append([RECORD])
