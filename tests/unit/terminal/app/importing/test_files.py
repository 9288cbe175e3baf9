"""Which characters a file's bytes are: told for certain, or refused in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from terminal.app.importing import files
from terminal.app.importing.files import TextFile, examine, lines
from terminal.app.importing.flaws import Bad, Wrong
from terminal.errors import FileUnreadable

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "card,name\n1,Jürgen Groß €\n"


def written(folder: Path, data: bytes) -> Path:
    """A file with these bytes."""
    path = folder / "file.csv"
    path.write_bytes(data)
    return path


def read(file: TextFile) -> list[str]:
    """All lines of a sound file."""

    def stopped(_line: int, bad: Bad) -> None:
        raise AssertionError(bad)

    return list(lines(file, stopped, lambda _done, _total: None))


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (TEXT.encode(), "UTF-8"),
        (TEXT.encode("utf-8-sig"), "UTF-8"),
        (TEXT.encode("utf-16"), "UTF-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "UTF-16"),
        (TEXT.encode("cp1252"), "Windows-1252"),
    ],
)
def test_encodings_that_exports_have_are_recognised(tmp_path: Path, data: bytes, name: str) -> None:
    """By their bytes alone, and the names come out as they were."""
    found = examine(written(tmp_path, data))
    assert isinstance(found, TextFile)
    assert found.encoding_name == name
    assert found.bytes == len(data)
    assert "".join(read(found)) == TEXT


@pytest.mark.parametrize(
    ("data", "wrong", "line"),
    [
        (b"", Wrong.EMPTY_FILE, 0),
        (b"PK\x03\x04 a workbook", Wrong.SPREADSHEET, 0),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old workbook", Wrong.SPREADSHEET, 0),
        (b"a,b\n1,\x002\n", Wrong.NUL_BYTES, 2),
        ("a,b\n1,2\n".encode("utf-16-le"), Wrong.NUL_BYTES, 1),
        ("a,b\n1,2\n3,Jürgen\n".encode("cp850"), Wrong.ENCODING_DOUBTFUL, 3),
        ("a,b\n1,Jürgen\n".encode("mac-roman") + b"\x8d", Wrong.ENCODING_DOUBTFUL, 3),
        ("a,b\n1,Jürgen\n".encode() + "2,Jürgen\n".encode("cp1252"), Wrong.ENCODING_DOUBTFUL, 2),
        (b"\xef\xbb\xbfa,b\n1,\xfc\n", Wrong.ENCODING_UNKNOWN, 2),
        (b"\xff\xfea\x00\n\x00\xd8", Wrong.ENCODING_UNKNOWN, 2),
    ],
)
def test_what_cannot_be_told_is_refused_with_its_line(tmp_path: Path, data: bytes, wrong: Wrong, line: int) -> None:
    """A wrong guess would stand on every receipt."""
    found = examine(written(tmp_path, data))
    assert not isinstance(found, TextFile)
    assert (found[1].wrong, found[0]) == (wrong, line)


def test_a_letter_cut_off_at_the_end_is_not_utf_8(tmp_path: Path) -> None:
    """Half a letter is a letter of its own in Windows-1252, which is why it is asked for."""
    path = written(tmp_path, b"a,b\n1,x\xc3")
    assert isinstance(examine(path), TextFile)
    found = examine(path, "utf-8")
    assert not isinstance(found, TextFile)
    assert found[1].wrong is Wrong.ENCODING_UNKNOWN


def test_an_encoding_that_is_said_is_taken(tmp_path: Path) -> None:
    """For files of DOS tills; what does not fit it is refused all the same."""
    found = examine(written(tmp_path, TEXT.replace("€", "").encode("cp850")), "cp850")
    assert isinstance(found, TextFile)
    assert "Jürgen Groß" in read(found)[1]
    refused = examine(written(tmp_path, b"a\n\x81\n"), "cp1252")
    assert not isinstance(refused, TextFile)
    assert refused[0] == 2


def test_the_telling_byte_may_stand_at_the_end_of_a_large_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole file is looked at, and letters that lie across two pieces are whole."""
    monkeypatch.setattr(files, "CHUNK_BYTES", 7)
    found = examine(written(tmp_path, ("a;ü\n" * 50).encode()))
    assert isinstance(found, TextFile)
    assert found.encoding == "utf-8"
    found = examine(written(tmp_path, b"a;b\n" * 50 + b"\xfc\n"))
    assert isinstance(found, TextFile)
    assert found.encoding == "cp1252"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_system(tmp_path: Path, end: str) -> None:
    """CR alone is how old Macs wrote, and some tills still do; it stays with its line."""
    found = examine(written(tmp_path, f"a,b{end}1,2{end}".encode()))
    assert isinstance(found, TextFile)
    assert read(found) == [f"a,b{end}", f"1,2{end}"]


def test_a_line_without_end_is_not_read_into_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gigabyte on one line is refused where it begins."""
    monkeypatch.setattr(files, "LINE_CHARACTERS_MAX", 10)
    found = examine(written(tmp_path, b"a,b\n" + b"x" * 100 + b"\n1,2\n"))
    assert isinstance(found, TextFile)
    told: list[tuple[int, Bad]] = []
    assert list(lines(found, lambda line, bad: told.append((line, bad)), lambda *_: None)) == ["a,b\n"]
    assert [(line, bad.wrong) for line, bad in told] == [(2, Wrong.LINE_TOO_LONG)]


def test_a_line_may_be_as_long_as_the_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its end counts."""
    monkeypatch.setattr(files, "LINE_CHARACTERS_MAX", 4)
    found = examine(written(tmp_path, b"a,b\n1,2\n"))
    assert isinstance(found, TextFile)
    assert read(found) == ["a,b\n", "1,2\n"]


def test_lines_beyond_the_bound_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has more divides the file."""
    monkeypatch.setattr(files, "LINES_MAX", 2)
    found = examine(written(tmp_path, b"a\nb\nc\nd\n"))
    assert isinstance(found, TextFile)
    told: list[Wrong] = []
    assert len(list(lines(found, lambda _, bad: told.append(bad.wrong), lambda *_: None))) == 2
    assert told == [Wrong.LINES_TOO_MANY]


def test_progress_is_told_in_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Now and then, and at the end all of them."""
    monkeypatch.setattr(files, "PROGRESS_LINES", 10)
    found = examine(written(tmp_path, b"a;b\n" * 25))
    assert isinstance(found, TextFile)
    told: list[tuple[int, int]] = []
    list(lines(found, lambda *_: None, lambda done, total: told.append((done, total))))
    assert len(told) == 3
    assert told[-1] == (100, 100)


def test_a_file_that_is_not_there_is_a_known_error(tmp_path: Path) -> None:
    """At the first look, and when it goes between the two."""
    with pytest.raises(FileUnreadable):
        examine(tmp_path / "none.csv")
    found = examine(written(tmp_path, b"a\n"))
    assert isinstance(found, TextFile)
    found.path.unlink()
    with pytest.raises(FileUnreadable):
        read(found)
