"""Copies that take themselves beside a working till: here, in a place that comes and goes, and in the black box."""

from __future__ import annotations

import shutil
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage import sqlite
from storage.backup import check_copy, restore, tombstones_of_till
from storage.errors import DiskFull
from storage.rotation import copies_in
from storage.tombstones import read_tombstones, tombstones_in
from terminal.backup.memory import MEMORY_FILE, recall
from terminal.backup.places import Volume
from terminal.backup.service import STOP_S
from terminal.backup.status import Level, Trouble, level_of
from tests.fakes.backup_service import CopiesOfTests

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.fakes.ledger import LedgerOfTests

    Make = AbstractContextManager[CopiesOfTests]


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A stick that is plugged in, with nothing on it."""
    path = tmp_path / "media" / "stick"
    path.mkdir(parents=True)
    return path


@pytest.fixture
def started() -> Iterator[list[CopiesOfTests]]:
    """Services to be stopped at the end; none of them may have had a bug."""
    running: list[CopiesOfTests] = []
    yield running
    for copies in running:
        copies.service.stop()
        assert copies.bugs == []


def start(started: list[CopiesOfTests], ledger: LedgerOfTests, **settings: object) -> CopiesOfTests:
    """Start the copies of a till."""
    copies = CopiesOfTests(ledger, **settings)  # type: ignore[arg-type]
    started.append(copies)
    copies.service.start()
    return copies


def test_the_first_copies_take_themselves_and_the_dot_goes(
    started: list[CopiesOfTests], ledger: LedgerOfTests, stick: Path
) -> None:
    """Here, then on the stick, each checked; and they hold what was booked."""
    copies = start(started, ledger, second_folder=str(stick / "copies"))
    done = copies.until(lambda status: status.elsewhere.count == 1)
    assert level_of(done, ledger.clock.now_us()) is Level.FINE
    (here,), (there,) = copies_in(ledger.directory / "backups"), copies_in(stick / "copies")
    assert check_copy(here.path) == check_copy(there.path)
    assert (done.here.newest, done.here.count) != (None, 0)
    assert done.holds_all(done.here.newest)
    assert done.holds_all(done.elsewhere.newest)
    known = recall(ledger.directory).elsewhere
    assert known is not None
    assert known.file == there.path.name


def test_nothing_is_copied_while_nothing_is_booked(started: list[CopiesOfTests], ledger: LedgerOfTests) -> None:
    """A till in its holidays does not push its good copies out of the rotation; the next start knows of them too."""
    copies = start(started, ledger, every_minutes=1)
    copies.until(lambda status: status.here.count == 1)
    copies.service.nudge()
    copies.service.stop()
    again = start(started, ledger, every_minutes=1)
    again.until(lambda status: status.here.count == 1)
    again.service.stop()
    assert len(copies_in(ledger.directory / "backups")) == 1


def test_a_day_that_is_closed_is_copied_at_once(started: list[CopiesOfTests], ledger: LedgerOfTests) -> None:
    """Also where no other copy is ever due."""
    copies = start(started, ledger, every_minutes=0)
    copies.until(lambda status: status.here.newest)
    copies.sell()
    ledger.append(ledger.day_close())
    copies.service.nudge()
    closed = copies.until(lambda status: status.here.count == 2)
    assert closed.here.newest is not None
    assert closed.here.newest.records == 4


def test_a_till_that_was_put_back_is_copied_at_once(started: list[CopiesOfTests], ledger: LedgerOfTests) -> None:
    """The new epoch has no copy yet."""
    copies = start(started, ledger, every_minutes=0)
    copies.until(lambda status: status.here.newest)
    ledger.store.begin_epoch()
    copies.service.nudge()
    copies.until(lambda status: status.here.newest and status.here.newest.records == 3)


def test_a_stick_that_is_pulled_out_and_comes_back(
    started: list[CopiesOfTests], ledger: LedgerOfTests, stick: Path
) -> None:
    """The till says so, remembers the copy on it, writes nothing below its empty place, and carries on by itself."""
    copies = start(started, ledger, second_folder=str(stick / "copies"))
    first = copies.until(lambda status: status.elsewhere.count == 1)
    away = stick.rename(stick.with_name("in a pocket"))
    copies.sell()
    gone = copies.back_up()
    assert gone.elsewhere.trouble is Trouble.NOT_THERE
    assert gone.elsewhere.newest == first.elsewhere.newest
    assert not stick.exists()
    away.rename(stick)
    back = copies.back_up()
    assert back.elsewhere.trouble is None
    assert back.holds_all(back.elsewhere.newest)
    assert back.elsewhere.newest is not None
    assert check_copy(stick / "copies" / back.elsewhere.newest.file).seq == back.records


def test_the_empty_place_of_a_stick_is_this_disk(
    started: list[CopiesOfTests], ledger: LedgerOfTests, stick: Path
) -> None:
    """A folder on the till's own disk does not count, gets nothing, and is told."""
    copies = CopiesOfTests(ledger, second_folder=str(stick / "copies"))
    copies.own_disk.add(stick)
    started.append(copies)
    copies.service.start()
    told = copies.until(lambda status: status.elsewhere.trouble and status.here.newest)
    assert told.elsewhere.trouble is Trouble.SAME_DISK
    assert level_of(told, ledger.clock.now_us()) is Level.NONE
    assert list(stick.iterdir()) == []


def test_a_folder_that_the_shop_vouches_for_counts(
    started: list[CopiesOfTests], ledger: LedgerOfTests, stick: Path
) -> None:
    """A program sends it away; the till can't know."""
    copies = CopiesOfTests(ledger, second_folder=str(stick), second_is="elsewhere")
    copies.own_disk.add(stick)
    started.append(copies)
    copies.service.start()
    told = copies.until(lambda status: status.elsewhere.newest)
    assert level_of(told, ledger.clock.now_us()) is not Level.NONE


@pytest.mark.parametrize("place", ["here", "elsewhere"])
def test_a_full_disk_costs_no_older_copy(
    started: list[CopiesOfTests], ledger: LedgerOfTests, stick: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """It is told, nothing is deleted for it, and the other place gets its copy all the same."""
    copies = start(started, ledger, second_folder=str(stick))
    copies.until(lambda status: status.elsewhere.count == 1)
    usage = shutil.disk_usage
    full = ledger.directory / "backups" if place == "here" else stick

    def room(path: Path) -> object:
        return usage(path)._replace(free=1_000) if path == full else usage(path)

    monkeypatch.setattr("terminal.backup.folder.shutil.disk_usage", room)
    copies.sell()
    told = copies.back_up()
    assert getattr(told, place).trouble is Trouble.FULL
    assert len(copies_in(full)) == 1
    other = told.elsewhere if place == "here" else told.here
    assert other.trouble is None


def test_a_disk_that_fills_up_in_the_middle_leaves_no_half_copy(
    started: list[CopiesOfTests], ledger: LedgerOfTests, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The older copy stays, and nothing else is in the folder."""
    copies = start(started, ledger, second_folder=str(stick))
    copies.until(lambda status: status.elsewhere.count == 1)
    before = sorted(path.name for path in stick.iterdir())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("storage.carrying._digest", full)
    copies.sell()
    assert copies.back_up().elsewhere.trouble is Trouble.FULL
    assert sorted(path.name for path in stick.iterdir()) == before


def test_without_any_copy_here_the_stick_gets_one_directly(
    started: list[CopiesOfTests], ledger: LedgerOfTests, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk without room is the very reason to have one elsewhere."""
    usage = shutil.disk_usage
    full = ledger.directory / "backups"
    monkeypatch.setattr(
        "terminal.backup.folder.shutil.disk_usage",
        lambda path: usage(path)._replace(free=1_000) if path == full else usage(path),
    )
    copies = start(started, ledger, second_folder=str(stick))
    told = copies.until(lambda status: status.elsewhere.newest)
    assert told.here.trouble is Trouble.FULL
    assert check_copy(copies_in(stick)[0].path).seq == 2


def test_a_copy_that_does_not_hold_does_not_count(
    started: list[CopiesOfTests], ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And deletes no older one."""
    copies = start(started, ledger)
    first = copies.until(lambda status: status.here.count == 1 and status.running is None)
    monkeypatch.setattr("storage.backup._integrity", lambda *_: ["row 3 missing from index"])
    copies.sell()
    told = copies.back_up()
    assert told.here.trouble is Trouble.BAD_COPY
    assert told.here.newest == first.here.newest
    assert len(copies_in(ledger.directory / "backups")) == 1


def test_an_erasure_reaches_the_copies_that_were_taken_before(
    started: list[CopiesOfTests], ledger: LedgerOfTests, stick: Path
) -> None:
    """A copy from the stick, put back on a new machine, does not bring the member back."""
    copies = start(started, ledger, second_folder=str(stick))
    copies.until(lambda status: status.elsewhere.count == 1)
    with ledger.store.unit() as unit:
        unit.erase_member(ledger.member())
    copies.back_up()
    older = copies_in(stick)[-1]
    beside = tombstones_of_till(stick, ledger.store.shop.terminal_id)
    assert [tombstone.member_id for tombstone in tombstones_in(beside)] == [ledger.member()]
    new = ledger.directory.parent / "new"
    restore(older.path, new, clock=ledger.clock, ids=ledger.ids)
    assert [tombstone.member_id for tombstone in read_tombstones(new)] == [ledger.member()]


def test_the_black_box_gets_every_booking_at_once(
    started: list[CopiesOfTests], ledger: LedgerOfTests, stick: Path
) -> None:
    """Between two copies; and it survives its stick being pulled out."""
    copies = start(started, ledger, black_box=str(stick / "box"), first_copy_s=3_600.0)
    copies.until(lambda status: status.box.records == 2)
    copies.sell(3)
    copies.until(lambda status: status.box.records == 5)
    away = stick.rename(stick.with_name("pocket"))
    copies.sell()
    copies.until(lambda status: status.box.trouble is Trouble.NOT_THERE)
    away.rename(stick)
    copies.sell()
    back = copies.until(lambda status: status.box.records == 7)
    assert back.box.trouble is None
    assert len(list((stick / "box").glob("*.blackbox"))) == 1


def test_a_place_that_hangs_stops_neither_the_copies_here_nor_the_end_of_the_till(
    started: list[CopiesOfTests], ledger: LedgerOfTests, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A share whose server went away answers nothing for minutes; its thread is left to the end of the process."""
    hangs, released = threading.Event(), threading.Event()

    def hang(*_: object) -> None:
        hangs.set()
        released.wait()
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("terminal.backup.service.HANGS_S", -1.0)
    monkeypatch.setattr("terminal.backup.service.STOP_S", 0.05)
    monkeypatch.setattr("terminal.backup.folder.leave_tombstones", hang)
    copies = start(started, ledger, second_folder=str(stick))
    assert hangs.wait(60)
    copies.sell()
    copies.service.back_up_now()
    told = copies.until(lambda status: status.elsewhere.trouble is Trouble.NO_ANSWER and status.here.newest)
    assert not copies.until(lambda status: not status.asked).asked
    assert told.here.trouble is None
    copies.service.stop()
    assert copies.status.here.newest is not None
    released.set()
    assert STOP_S <= 2.0, "nobody closes a till and waits for longer"


def test_a_stick_becomes_the_second_place_from_the_screen(
    started: list[CopiesOfTests], ledger: LedgerOfTests, stick: Path
) -> None:
    """It is found, chosen, written into the settings, and has a copy."""
    copies = CopiesOfTests(ledger)
    copies.volumes = (Volume(stick / "stammkunde-backups", "stick", 10**9),)
    started.append(copies)
    copies.service.start()
    found: list[tuple[Volume, ...]] = []
    looked, used = threading.Event(), threading.Event()

    def take(volumes: tuple[Volume, ...]) -> None:
        found.append(volumes)
        looked.set()

    copies.service.look_for_places(take)
    assert looked.wait(60)
    assert found == [copies.volumes]
    copies.service.use_place(found[0][0].folder, used.set, copies.bugs.append)
    assert used.wait(60)
    copies.until(lambda status: status.elsewhere.newest)
    assert copies.kept == [stick / "stammkunde-backups"]
    assert len(copies_in(stick / "stammkunde-backups")) == 1


def test_settings_that_cant_be_written_are_told(
    started: list[CopiesOfTests], ledger: LedgerOfTests, stick: Path
) -> None:
    """And the second place stays as it is."""
    copies = start(started, ledger)
    copies.refusal = DiskFull("settings.toml")
    told: list[Exception] = []
    failed = threading.Event()

    def take(error: Exception) -> None:
        told.append(error)
        failed.set()

    copies.service.use_place(stick, failed.set, take)
    assert failed.wait(60)
    assert [type(error) for error in told] == [DiskFull]
    assert copies.status.elsewhere.folder == ""


def test_an_old_copy_that_has_turned_bad_is_set_aside_and_told(
    started: list[CopiesOfTests], ledger: LedgerOfTests
) -> None:
    """Once a day one is read through; it counts no more, and nothing deletes it."""
    copies = start(started, ledger)
    copies.until(lambda status: status.here.count == 1)
    copies.service.stop()
    (copy,) = copies_in(ledger.directory / "backups")
    with closing(sqlite.connect(copy.path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'card_by_end'").fetchone()
    with copy.path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 64)
    scratched = copy.path.with_name(copy.path.name.replace("-00001.", "-00002."))
    scratched.write_bytes(b"\0" * 8192)
    ledger.clock.advance(days=2)
    again = start(started, ledger)
    told = again.until(lambda status: len(status.here.damaged) == 2)
    assert told.here.damaged == (f"{copy.path.name}.damaged", scratched.name)
    assert scratched.exists()


def test_a_till_that_forgot_checks_what_lies_there_before_it_counts(
    started: list[CopiesOfTests], ledger: LedgerOfTests, stick: Path
) -> None:
    """The memory lies on the disk that was lost; the stick does not."""
    copies = start(started, ledger, second_folder=str(stick))
    first = copies.until(lambda status: status.elsewhere.count == 1)
    copies.service.stop()
    (ledger.directory / MEMORY_FILE).unlink()
    again = start(started, ledger, second_folder=str(stick))
    assert again.until(lambda status: status.elsewhere.newest).elsewhere.newest == first.elsewhere.newest
