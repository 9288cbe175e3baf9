"""Errors of the driver become the ledger's own, each with the sentence that fits what happened."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from storage import sqlite
from storage.connection import open_reader
from storage.errors import Busy, Damaged, DiskFailed, DiskFull, OutOfResources, StorageError, as_written, known_error

IOERR_WRITE = 10 | 3 << 8
IOERR_SHMSIZE = 10 | 19 << 8


@pytest.mark.parametrize(
    ("code", "kind"),
    [(5, Busy), (11, Damaged), (13, DiskFull), (IOERR_WRITE, DiskFailed), (IOERR_SHMSIZE, DiskFull)],
)
def test_a_full_disk_is_no_failing_one(code: int, kind: type[StorageError]) -> None:
    """No room for the log's index says "make room", a failed write says "call support"."""
    error = sqlite.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    assert type(known_error(error, "opening")) is kind


def test_a_text_that_is_none_is_damage() -> None:
    """A disk has turned a letter over."""
    error = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
    assert type(known_error(error, "ledger.sqlite")) is Damaged


def test_a_header_of_a_format_that_is_none_is_damage(tmp_path: Path) -> None:
    """SQLite gives it no code of its own."""
    path = tmp_path / "x.sqlite"
    with closing(sqlite.connect(path)) as connection:
        connection.execute("CREATE TABLE t(a)")
    with path.open("r+b") as file:
        file.seek(44)  # the schema format number (sqlite.org/fileformat2.html, 1.3.13)
        file.write(bytes([0x7F] * 4))
    with closing(open_reader(path)) as database, pytest.raises(Damaged, match="unsupported file format"):
        database.all("SELECT * FROM sqlite_schema")


def test_no_memory_is_no_bug_of_ours() -> None:
    """The driver has no error of its own for SQLite that finds none; closing a program may help, support can't."""
    assert type(known_error(MemoryError(), "ledger.sqlite")) is OutOfResources


def test_rows_that_cannot_be_read_are_damage() -> None:
    """In a block as in a read; what is no fault of a row goes its own way."""

    @as_written("day")
    def read(text: str) -> date:
        return date.fromisoformat(text)

    assert read("2026-11-22") == date(2026, 11, 22)
    with pytest.raises(Damaged, match="day: a row is not as it was written"):
        read("2026-13-45")
    with pytest.raises(Damaged, match="opening: a row"), as_written("opening"):
        raise ValueError("no such role")
    with pytest.raises(KeyError), as_written("opening"):
        raise KeyError
