"""The scratch table: sorted, bounded, and gone whatever happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage import sqlite
from storage.connection import Database
from storage.errors import DiskFailed, DiskFull, ReadOnlyDisk, StorageError
from storage.stage import Item, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Stage]:
    """An empty scratch table."""
    with Stage(tmp_path) as made:
        yield made


def test_things_come_back_by_number_so_many_at_a_time(scratch: Stage) -> None:
    """Whatever the order in which they were put."""
    items = [Item(number, f"key {number}", b"x" * number) for number in (5, 0, 9, 2, 7)]
    scratch.put(items)
    batches = list(scratch.batches(2))
    assert [[item.number for item in batch] for batch in batches] == [[0, 2], [5, 7], [9]]
    assert batches[1][0] == Item(5, "key 5", b"xxxxx")
    assert scratch.count() == 5


def test_those_of_a_batch_may_be_dropped_while_walking(scratch: Stage) -> None:
    """Nothing behind them is passed over."""
    scratch.put([Item(number, str(number), b"") for number in range(6)])
    seen: list[int] = []
    for batch in scratch.batches(2):
        seen += [item.number for item in batch]
        scratch.drop([batch[0].number])
    assert seen == [0, 1, 2, 3, 4, 5]
    assert scratch.count() == 3


def test_things_with_one_key_are_found_and_can_be_made_one(scratch: Stage) -> None:
    """Each key once, and its things by number."""
    scratch.put([Item(1, "a", b"1"), Item(2, "b", b"2"), Item(3, "a", b"3"), Item(4, "c", b"4"), Item(5, "c", b"5")])
    found = []
    for items in scratch.repeated():
        found.append([item.number for item in items])
        scratch.put([Item(items[0].number, items[0].key, b"one")])
        scratch.drop([item.number for item in items[1:]])
    assert found == [[1, 3], [4, 5]]
    assert scratch.count() == 3
    assert list(scratch.repeated()) == []


def test_things_that_share_a_term_name_the_first(scratch: Stage) -> None:
    """A term that two of them share twice tells them once; the list has a bound."""
    scratch.put_terms([("phone 1", 3), ("phone 1", 8), ("mail a", 3), ("mail a", 8), ("phone 2", 5), ("phone 1", 9)])
    assert scratch.alike(10) == [(8, 3), (9, 3)]
    assert scratch.alike(1) == [(8, 3)]


def test_nothing_is_left_of_it(tmp_path: Path) -> None:
    """Its name is gone while it is in use, so that a crash leaves no names and phones behind."""
    with Stage(tmp_path) as scratch:
        scratch.put([Item(1, "a", b"Anna")])
        assert list(tmp_path.iterdir()) == []
    assert list(tmp_path.iterdir()) == []


def test_what_a_crash_left_where_names_stay_is_removed(tmp_path: Path) -> None:
    """Windows keeps the names of open files; other files stay."""
    (tmp_path / ".import-left.sqlite").write_bytes(b"people")
    (tmp_path / "ledger.sqlite").write_bytes(b"ledger")
    with Stage(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == ["ledger.sqlite"]


def test_a_folder_that_takes_no_files_is_a_known_error(tmp_path: Path) -> None:
    """As everywhere in the ledger."""
    with pytest.raises((StorageError, FileNotFoundError)):
        Stage(tmp_path / "missing")


def test_a_full_disk_while_it_is_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is the ledger's own, and the file is gone."""

    def full(_database: Database, _sql: str, _parameters: object = ()) -> int:
        raise DiskFull("no room")

    monkeypatch.setattr(Database, "run", full)
    with pytest.raises(DiskFull):
        Stage(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fails_in_the_end_does_not_hide_how_the_work_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an import has to say comes through; the next one removes the file."""

    def broken(*_: object, **__: object) -> None:
        raise OSError(5, "the disk failed")

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.unlink", broken)
        with pytest.raises(DiskFailed), Stage(tmp_path):
            raise DiskFailed("told by the import")
    assert len(list(tmp_path.iterdir())) == 1
    Stage(tmp_path).close()
    assert list(tmp_path.iterdir()) == []


def test_a_table_that_can_not_be_opened_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file was made a moment ago, and SQLite may not have it; the import says so, and no bug."""

    def refuse(*_: object, **__: object) -> None:
        raise sqlite.OperationalError("unable to open database file")

    monkeypatch.setattr(sqlite, "connect", refuse)
    with pytest.raises(ReadOnlyDisk):
        Stage(tmp_path)
