"""Files that other programs hold, replace or name oddly while the till takes a register's folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal.register import folder as folder_module
from terminal.register.errors import FolderUnusable
from terminal.register.folder import FolderState
from tests.fakes.counter import ANNA, BEN, Counter
from tests.fakes.register_folder import OLD_S, Drop, csv


@pytest.fixture
def drop(tmp_path: Path) -> Iterator[Drop]:
    """The folder of the bakery's register."""
    counter = Counter(tmp_path / "till")
    yield Drop(counter, tmp_path / "exports")
    counter.close()


@pytest.mark.skipif(os.name != "posix", reason="only Unix takes such names")
def test_a_name_that_is_no_text_holds_nothing_up(drop: Drop) -> None:
    """A register of Windows' days writes names in its own code page; without a number the name tells sales apart."""
    raw = f"card;amount\n{ANNA};23,45\n"
    for name in (b"k\xe4se.csv", b"k\xf6se.csv"):
        drop.leave(os.fsdecode(name), raw)
    drop.leave("later.csv", csv(receipt="18", card=BEN), OLD_S + 1)
    assert drop.look() == FolderState(booked=3)
    drop.leave(os.fsdecode(b"k\xe4se.csv"), raw)
    assert drop.look() == FolderState(known=1)


def test_a_sale_left_under_the_same_name_meanwhile_is_not_lost(drop: Drop) -> None:
    """Some registers have one name for every sale; the next one may come while the last is booked."""
    drop.leave("bon.csv", csv(receipt="17"))

    def next_sale() -> None:
        drop.before_move = lambda: None
        (drop.path / "bon.csv").unlink()
        drop.leave("bon.csv", csv(receipt="18", card=BEN), OLD_S + 1)

    drop.before_move = next_sale
    drop.folder.look()
    assert drop.folder.look().booked == 1
    assert drop.look().booked == 1
    assert drop.counter.sales_on_disk == 2
    assert drop.names("done") == ["bon.csv"], "the first one was written over by its register"


def test_a_refused_sale_is_not_mistaken_for_the_next_one(drop: Drop) -> None:
    """A good sale that replaces a bad one while that is looked at does not go to ``failed`` in its place."""
    drop.leave("bon.csv", csv(receipt="17", card="hello"))

    def next_sale() -> None:
        drop.before_move = lambda: None
        (drop.path / "bon.csv").unlink()
        drop.leave("bon.csv", csv(receipt="18"))

    drop.before_move = next_sale
    drop.look()
    assert drop.look().booked == 1
    assert drop.names("failed") == []


def test_one_file_that_another_program_holds_stops_no_other(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Windows refuses a file that the register still has open; it is told, and taken once it can be."""
    for number in range(4):
        drop.leave(f"{number}.csv", csv(receipt=str(number), amount="1,00"), OLD_S + number)
    real = folder_module._regular

    def held(path: str, flags: int) -> int:
        if path.endswith(("0.csv", "1.csv")):
            raise PermissionError(13, "in use", path)
        return real(path, flags)

    monkeypatch.setattr(folder_module, "FILES_PER_LOOK", 2)
    with monkeypatch.context() as patch:
        patch.setattr(folder_module, "_regular", held)
        drop.folder.look()
        with pytest.raises(FolderUnusable):
            drop.folder.look()
        assert drop.folder.look().booked == 2, "those behind come first at the next look"
    assert drop.look().booked + drop.look().booked <= 2
    assert drop.counter.sales_on_disk == 4


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such pipes")
def test_a_pipe_in_the_place_of_a_file_holds_nobody_up(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the opening somebody puts a pipe there; opening one waits for whoever writes."""
    drop.leave("17.csv", csv())
    drop.folder.look()
    real = folder_module.files_in

    def swapped(path: Path) -> list[tuple[str, folder_module.Mark]]:
        found = list(real(path))
        if found and path == drop.path:
            (path / "17.csv").unlink()
            os.mkfifo(path / "17.csv")
        return found

    monkeypatch.setattr(folder_module, "files_in", swapped)
    assert drop.folder.look() == FolderState(waiting=1)
    assert drop.counter.sales_on_disk == 0


def test_thousands_of_files_of_one_name_find_room(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A register with one name for every sale must not stop the folder after some weeks."""
    monkeypatch.setattr(folder_module, "NAMES_MAX", 2)
    for number in range(5):
        drop.leave("bon.csv", csv(receipt=str(number), amount="1,00"), OLD_S + number)
        assert drop.look() == FolderState(booked=1)
    assert len(drop.names("done")) == 5
