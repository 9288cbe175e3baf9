"""Copies that give way to sales, are told of erasures, and are carried to another place."""

from __future__ import annotations

import errno
import shutil
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from storage import sqlite
from storage.backup import (
    backup,
    check_copy,
    key_path,
    restore,
    tombstones_of_till,
    tombstones_path,
)
from storage.carrying import carry
from storage.connection import open_new
from storage.errors import CopyStopped, Damaged, DiskFull, ReadOnlyDisk
from storage.files import sync_directory, write_durably
from storage.moments import LedgerWatch, moment_of_copy
from storage.store import open_store
from storage.tombstones import leave_tombstones, read_tombstones, tombstones_in
from storage.types import CardRow
from tests.fakes.ledger import card_number

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from uuid import UUID

    from tests.fakes.ledger import LedgerOfTests


def no_pause(_step_s: float) -> None:
    """Nobody waits."""


def stopping_after(steps: int) -> Callable[[float], None]:
    """A till that closes while a copy is being made."""
    left = [steps]

    def pause(_step_s: float) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise CopyStopped("the till closes")

    return pause


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps so small that a small ledger takes several."""
    monkeypatch.setattr("storage.backup.PAGES_PER_GENTLE_STEP", 16)
    monkeypatch.setattr("storage.carrying.CHUNK_BYTES", 65_536)


def grown(ledger: LedgerOfTests) -> None:
    """So many records that a copy takes several gentle steps."""
    member = ledger.member()
    ledger.append(*(ledger.sale(member) for _ in range(200)))
    ledger.store.checkpoint(now=True)


def with_card(ledger: LedgerOfTests, number: int) -> UUID:
    """A member with a card and points."""
    member = ledger.member(number)
    with ledger.store.unit() as unit:
        unit.put_card(CardRow(ledger.ids.random_id(), card_number(number), member))
        unit.append(ledger.sale(member))
    return member


def erase(ledger: LedgerOfTests, member: UUID) -> None:
    """Forget a member."""
    with ledger.store.unit() as unit:
        unit.erase_member(member)


def test_a_copy_that_gives_way_is_made_in_small_steps_between_which_sales_are_booked(
    ledger: LedgerOfTests, tmp_path: Path
) -> None:
    """It is one moment of the ledger all the same: what is booked between the steps is not in it."""
    grown(ledger)
    before = 202
    steps: list[float] = []

    def sell(step_s: float) -> None:
        steps.append(step_s)
        ledger.append(ledger.sale(ledger.member()))

    assert backup(ledger.directory, tmp_path / "copy.backup", pause=sell).seq == before
    assert len(steps) > 3
    assert all(step_s >= 0 for step_s in steps)
    assert check_copy(tmp_path / "copy.backup").seq == before


@pytest.mark.parametrize("steps", [0, 2])
def test_a_copy_that_is_stopped_leaves_nothing(ledger: LedgerOfTests, tmp_path: Path, steps: int) -> None:
    """The till closes within a step, and the next start finds no half of a copy."""
    grown(ledger)
    target = tmp_path / "copies" / "copy.backup"
    target.parent.mkdir()
    with pytest.raises(CopyStopped):
        backup(ledger.directory, target, pause=stopping_after(steps))
    assert list(target.parent.iterdir()) == []


def test_a_check_that_is_stopped_says_so(
    ledger: LedgerOfTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not that the copy is damaged."""
    grown(ledger)
    backup(ledger.directory, tmp_path / "copy.backup")
    monkeypatch.setattr("storage.backup.CHECK_STEP", 1_000)
    with pytest.raises(CopyStopped):
        check_copy(tmp_path / "copy.backup", stopping_after(1))
    assert check_copy(tmp_path / "copy.backup", no_pause) == check_copy(tmp_path / "copy.backup")


def test_a_check_that_fails_by_itself_is_not_taken_for_a_stop(
    ledger: LedgerOfTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the driver that nobody knows goes its own way."""
    backup(ledger.directory, tmp_path / "copy.backup")

    def broken(*_: object) -> None:
        raise sqlite.Error("something else")

    monkeypatch.setattr("storage.connection.Database.all", broken)
    with pytest.raises(sqlite.Error, match="something else"):
        check_copy(tmp_path / "copy.backup", no_pause)


def test_an_erasure_after_the_copy_reaches_a_new_machine_beside_it(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """The file beside the copies is written anew, and whoever puts an older copy back forgets again."""
    erased, other = with_card(ledger, 1), with_card(ledger, 2)
    copy, till = tmp_path / "stick" / "monday.backup", ledger.store.shop.terminal_id
    copy.parent.mkdir()
    backup(ledger.directory, copy)
    erase(ledger, erased)
    leave_tombstones(ledger.directory, tombstones_of_till(copy.parent, till))
    new = tmp_path / "new"
    restore(copy, new, clock=ledger.clock, ids=ledger.ids)
    assert [tombstone.member_id for tombstone in read_tombstones(new)] == [erased]
    with open_store(new, clock=ledger.clock, ids=ledger.ids) as store, store.reader() as reader:
        assert reader.cards_of(erased) == []
        assert reader.account(erased).balance == 10
        assert len(reader.cards_of(other)) == 1
    assert card_number(1).encode() not in (new / "ledger.sqlite").read_bytes()


def test_a_copy_to_a_file_takes_the_erasures_along(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Under its own name; nothing lies there while nobody was erased."""
    first, second = with_card(ledger, 1), with_card(ledger, 2)
    backup(ledger.directory, tmp_path / "early.backup")
    assert not tombstones_path(tmp_path / "early.backup").exists()
    erase(ledger, first)
    backup(ledger.directory, tmp_path / "late.backup")
    shutil.copy(tombstones_path(tmp_path / "late.backup"), tombstones_path(tmp_path / "early.backup"))
    new = tmp_path / "new"
    restore(tmp_path / "early.backup", new, clock=ledger.clock, ids=ledger.ids)
    erase(ledger, second)
    backup(ledger.directory, tmp_path / "late.backup")
    assert len(tombstones_in(tombstones_path(tmp_path / "late.backup"))) == 2
    with open_store(new, clock=ledger.clock, ids=ledger.ids) as store, store.reader() as reader:
        assert reader.cards_of(first) == []
        assert len(reader.cards_of(second)) == 1


def test_erasures_beside_a_copy_that_cant_be_read_stop_a_restore_and_not_a_copy(
    ledger: LedgerOfTests, tmp_path: Path
) -> None:
    """A restore would bring back who was erased; a copy writes the file anew from the till's own."""
    erased = with_card(ledger, 1)
    copy = tmp_path / "copy.backup"
    backup(ledger.directory, copy)
    tombstones_path(copy).write_bytes(b"{scratched\n")
    with pytest.raises(Damaged, match="tombstones"):
        restore(copy, tmp_path / "new", clock=ledger.clock, ids=ledger.ids)
    erase(ledger, erased)
    backup(ledger.directory, copy)
    assert [tombstone.member_id for tombstone in tombstones_in(tombstones_path(copy))] == [erased]


def test_an_erasure_that_the_directory_knows_is_not_written_twice(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Restoring over the same data again and again does not let the file grow."""
    member = with_card(ledger, 1)
    erase(ledger, member)
    backup(ledger.directory, tmp_path / "copy.backup")
    ledger.close()
    restore(tmp_path / "copy.backup", ledger.directory, clock=ledger.clock, ids=ledger.ids)
    assert len(read_tombstones(ledger.directory)) == 1


def test_a_copy_is_carried_with_its_key(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """What arrives is the same to the byte, and enough to serve everybody on a new machine."""
    grown(ledger)
    here, there = tmp_path / "here.backup", tmp_path / "stick" / "there.backup"
    there.parent.mkdir()
    last = backup(ledger.directory, here)
    assert carry(here, there, part=there.with_name(".part"), pause=no_pause) == last
    assert there.read_bytes() == here.read_bytes()
    assert key_path(there).read_bytes() == ledger.store.programme_key
    assert {path.name for path in there.parent.iterdir()} == {there.name, key_path(there).name}


@pytest.mark.parametrize("steps", [0, 3, 8])
def test_carrying_that_is_stopped_leaves_nothing(ledger: LedgerOfTests, tmp_path: Path, steps: int) -> None:
    """While it is written, while it is read back, while it is checked."""
    grown(ledger)
    here, there = tmp_path / "here.backup", tmp_path / "stick" / "there.backup"
    there.parent.mkdir()
    backup(ledger.directory, here)
    with pytest.raises(CopyStopped):
        carry(here, there, part=there.with_name(".part"), pause=stopping_after(steps))
    assert list(there.parent.iterdir()) == []


def test_a_stick_that_loses_bytes_gets_no_copy(
    ledger: LedgerOfTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read back is not what was written: it does not count, and an older copy there stays."""
    here, there = tmp_path / "here.backup", tmp_path / "there.backup"
    older = backup(ledger.directory, there)
    ledger.append(ledger.sale(ledger.member()))
    backup(ledger.directory, here)

    def lose(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(5_000)
            file.write(b"lost")

    monkeypatch.setattr("storage.carrying._forget_cached", lose)
    with pytest.raises(Damaged, match="not what was sent"):
        carry(here, there, part=tmp_path / ".part", pause=no_pause)
    assert check_copy(there) == older
    assert not (tmp_path / ".part").exists()


def test_a_copy_that_has_turned_bad_is_not_carried_on(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """It arrives as it was, and is found out there."""
    grown(ledger)
    here = tmp_path / "here.backup"
    backup(ledger.directory, here)
    with here.open("r+b") as file:
        file.seek(here.stat().st_size // 2 // 4096 * 4096)
        file.write(b"\xa5" * 4096)
    with pytest.raises(Damaged):
        carry(here, tmp_path / "there.backup", part=tmp_path / ".part", pause=no_pause)
    assert not (tmp_path / "there.backup").exists()


def test_a_stick_without_modes_takes_keys_and_erasures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """FAT refuses to change the mode of a file; what it holds is written all the same."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("pathlib.Path.chmod", refuse)
    write_durably(tmp_path / "copy.key", b"secret")
    assert (tmp_path / "copy.key").read_bytes() == b"secret"


@pytest.mark.parametrize(("number", "is_failure"), [(errno.EINVAL, False), (errno.ENOTSUP, False), (errno.EIO, True)])
def test_a_folder_of_another_machine_may_know_no_syncing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, is_failure: bool
) -> None:
    """That is its answer and no failure; a disk that fails is one."""

    def refuse(_: int) -> None:
        raise OSError(number, "fsync")

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(OSError, match="fsync") if is_failure else nullcontext():
        sync_directory(tmp_path)


def test_a_moment_tells_whether_a_copy_would_hold_anything_new(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Bookings, people, closed days, another epoch; looking again costs no new connection."""
    watch = LedgerWatch(ledger.directory)
    first = watch.look()
    backup(ledger.directory, tmp_path / "copy.backup")
    assert watch.look() == first == moment_of_copy(tmp_path / "copy.backup")
    ledger.append(ledger.sale(ledger.member()))
    sold = watch.look()
    assert (sold.records, sold.closes, sold.people) == (first.records + 1, 0, first.people)
    erase(ledger, with_card(ledger, 1))
    assert watch.look().people > sold.people
    ledger.append(ledger.day_close())
    assert watch.look().closes == 1
    watch.close()
    watch.close()
    assert watch.look().closes == 1
    watch.close()


def test_a_look_that_fails_is_tried_anew(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is given up, and the next look opens another."""
    watch = LedgerWatch(ledger.directory)
    with monkeypatch.context() as patch:

        def full(*_: object) -> None:
            raise DiskFull("shm")

        patch.setattr("storage.moments.head", full)
        with pytest.raises(DiskFull):
            watch.look()
    assert watch.look().records == 2
    watch.close()


def test_a_folder_that_is_gone_is_told_when_a_copy_begins(tmp_path: Path) -> None:
    """Nothing is made above the place that was named."""
    with pytest.raises(ReadOnlyDisk):
        open_new(tmp_path / "none" / "copy")
