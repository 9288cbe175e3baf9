"""The black box when something is wrong: with the stick, the file, or the ledger it follows."""

from __future__ import annotations

import errno
import io
import os
import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import pytest

from storage import blackbox_file, blackbox_frames, blackbox_read
from storage.backup import backup, restore
from storage.blackbox import BlackBox
from storage.blackbox_frames import Heading, box_name, frame_bytes
from storage.blackbox_read import black_boxes_in, read_box_file
from storage.errors import BlackBoxAway, BlackBoxFull
from storage.files import KEY_FILE
from storage.store import open_store
from tests.fakes.boxed import acknowledge, boxed, path_of, sell, seqs
from tests.fakes.ledger import LedgerOfTests
from tests.fakes.ledger_joined import PROFILE_KEY, JoinedLedger

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import ReadableBuffer


def test_a_torn_end_is_cut_off_and_gone_on_from(ledger: LedgerOfTests, box: BlackBox, folder: Path) -> None:
    """Power went while a frame was written: what is before it counts, and reading says how much is not."""
    sell(ledger, 2)
    box.catch_up()
    path = path_of(ledger, folder)
    with path.open("rb+") as file:
        file.truncate(path.stat().st_size - 7)
    assert boxed(folder).torn_bytes > 0
    assert seqs(folder) == [1, 2, 3]
    assert box.catch_up() == 1
    assert seqs(folder) == [1, 2, 3, 4]
    assert boxed(folder).torn_bytes == 0


def test_a_flipped_bit_is_found_and_the_box_written_anew(ledger: LedgerOfTests, box: BlackBox, folder: Path) -> None:
    """Reading tells where; the till, which still has everything, mends it."""
    sell(ledger, 3)
    box.catch_up()
    path = path_of(ledger, folder)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 4
    path.write_bytes(raw)
    [damage] = boxed(folder).damage
    assert damage.length > 0
    assert len(seqs(folder)) < 5
    with closing(BlackBox(ledger.directory, folder)) as again:
        again.catch_up()
    assert seqs(folder) == [1, 2, 3, 4, 5]
    assert boxed(folder).damage == ()


def test_a_damaged_beginning_costs_the_heading_alone(ledger: LedgerOfTests, box: BlackBox, folder: Path) -> None:
    """The records name themselves, and the file's name says whose they are."""
    sell(ledger)
    box.catch_up()
    path = path_of(ledger, folder)
    raw = bytearray(path.read_bytes())
    raw[20] ^= 1
    path.write_bytes(raw)
    contents = boxed(folder)
    assert contents.heading is None
    assert contents.ledger_id == ledger.store.shop.terminal_id
    assert seqs(folder) == [1, 2, 3]
    with closing(BlackBox(ledger.directory, folder)) as again:
        again.catch_up()
    assert boxed(folder).heading is not None


def test_a_record_that_is_not_what_the_till_wrote_is_damage(ledger: LedgerOfTests, box: BlackBox, folder: Path) -> None:
    """Its frame is whole, but its hash does not cover it."""
    sell(ledger)
    box.catch_up()
    path = path_of(ledger, folder)
    found = read_box_file(path)
    assert found is not None
    forged = msgspec.structs.replace(found.records[-1], at_us=1)
    path.write_bytes(path.read_bytes() + frame_bytes(forged, found.file_id, found.frames))
    assert [damage.after_seq for damage in boxed(folder).damage] == [2]


def test_another_tills_file_is_refused(ledger: LedgerOfTests, box: BlackBox, folder: Path, tmp_path: Path) -> None:
    """Somebody renamed it: nobody reads it as this till's, and the till sets it aside."""
    other = LedgerOfTests(tmp_path / "other", seed=2)
    with closing(other), closing(BlackBox(other.directory, folder)) as others:
        others.catch_up()
        path_of(other, folder).rename(path_of(ledger, folder))
        assert read_box_file(path_of(ledger, folder)) is None
        assert black_boxes_in(folder) == ()
        sell(ledger)
        box.catch_up()
        assert boxed(folder).ledger_id == ledger.store.shop.terminal_id
        assert not box.set_aside


def test_two_tills_share_a_folder(ledger: LedgerOfTests, box: BlackBox, folder: Path, tmp_path: Path) -> None:
    """Each has its own file; strange files are left out."""
    other = LedgerOfTests(tmp_path / "other", seed=2)
    with closing(other), closing(BlackBox(other.directory, folder)) as others:
        sell(other, 2)
        for each in (box, others):
            each.catch_up()
        (folder / "holiday.jpg").write_bytes(b"\xff")
        (folder / f"stammkunde-{'-' * 36}.blackbox").write_bytes(b"")
        found = {contents.ledger_id: len(contents.records) for contents in black_boxes_in(folder)}
    assert read_box_file(folder / "holiday.jpg") is None
    assert found == {ledger.store.shop.terminal_id: 2, other.store.shop.terminal_id: 4}


def test_a_stick_may_be_pulled_out_and_put_in_again(ledger: LedgerOfTests, box: BlackBox, folder: Path) -> None:
    """Bookings go on; when it is back they are caught up with, on an empty stick all of them."""
    box.catch_up()
    pulled = folder.with_name("pocket")
    folder.rename(pulled)
    sell(ledger, 2)
    folder.write_text("no folder")
    with pytest.raises(BlackBoxAway):
        box.catch_up()
    folder.unlink()
    pulled.rename(folder)
    assert box.catch_up() == 2
    shutil.rmtree(folder)
    assert box.catch_up() == 4
    assert seqs(folder) == [1, 2, 3, 4]


def test_the_empty_place_of_a_stick_is_not_the_stick(
    ledger: LedgerOfTests, box: BlackBox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a volume was mounted, the till's own disk must not be taken for it."""
    folder.mkdir()
    real = Path.stat

    def on_a_stick(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        found = real(path, follow_symlinks=follow_symlinks)
        return os.stat_result((*found[:2], found.st_dev + 1, *found[3:])) if path == folder else found

    with monkeypatch.context() as patched:
        patched.setattr(Path, "stat", on_a_stick)
        box.catch_up()
    with pytest.raises(BlackBoxAway, match="own disk"):
        box.catch_up()


def test_a_missing_parent_is_not_made(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """The place where sticks appear is the system's."""
    with closing(BlackBox(ledger.directory, tmp_path / "media" / "stick")) as box, pytest.raises(BlackBoxAway):
        box.catch_up()


def test_a_full_stick_is_said_and_nothing_is_half_there(
    ledger: LedgerOfTests, box: BlackBox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written of the frame is taken back; with room again everything is caught up with."""
    box.catch_up()
    size = path_of(ledger, folder).stat().st_size
    sell(ledger)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", _with_room_for(100))
        with pytest.raises(BlackBoxFull):
            box.catch_up()
    assert path_of(ledger, folder).stat().st_size == size
    assert box.catch_up() == 1


def test_after_a_failed_sync_the_file_is_not_gone_on_with(
    ledger: LedgerOfTests, box: BlackBox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows what of it is on the disk, whatever reading it says: it is written anew."""
    box.catch_up()
    before = read_box_file(path_of(ledger, folder))
    sell(ledger)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", _fails_with(errno.EIO))
        with pytest.raises(BlackBoxAway):
            box.catch_up()
        with pytest.raises(BlackBoxAway):
            box.catch_up()
    assert not list(folder.glob("*-part"))
    box.catch_up()
    after = read_box_file(path_of(ledger, folder))
    assert before is not None
    assert after is not None
    assert before.file_id != after.file_id
    assert seqs(folder) == [1, 2, 3]


def _with_room_for(room: int) -> Callable[..., io.FileIO]:
    """Files that take so many more bytes at their end."""

    class Full(io.FileIO):
        def write(self, data: ReadableBuffer) -> int:
            super().write(bytes(data)[:room])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def opened(path: Path, mode: str = "r", *_: object) -> io.FileIO:
        return Full(path, mode.replace("b", ""))

    return opened


def _fails_with(code: int) -> Callable[[int], None]:
    def fail(_handle: int) -> None:
        raise OSError(code, os.strerror(code))

    return fail


def test_the_box_has_a_bound(
    ledger: LedgerOfTests, box: BlackBox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dropping the oldest would drop what exists nowhere else; so it is said, and what is there stays."""
    box.catch_up()
    monkeypatch.setattr(blackbox_file, "BOX_BYTES_MAX", path_of(ledger, folder).stat().st_size + 10)
    sell(ledger)
    with pytest.raises(BlackBoxFull, match="larger than"):
        box.catch_up()
    with pytest.raises(BlackBoxFull, match="bound"):
        box.catch_up()
    assert seqs(folder) == [1, 2]
    monkeypatch.setattr(blackbox_read, "BOX_BYTES_MAX", 10)
    assert black_boxes_in(folder) == ()


def test_what_is_no_longer_needed_makes_room(
    joined: JoinedLedger, joined_box: BlackBox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Acknowledged records stay until it is worth writing anew; a full box is."""
    sell(joined, 2)
    joined_box.catch_up()
    acknowledge(joined)
    monkeypatch.setattr(blackbox_file, "BOX_BYTES_MAX", path_of(joined, folder).stat().st_size + 10)
    sell(joined)
    assert joined_box.catch_up() == 1
    assert seqs(folder) == [joined.head().seq]


def test_a_folder_that_cannot_be_read_is_away(folder: Path) -> None:
    """As is a box in it."""
    with pytest.raises(BlackBoxAway):
        black_boxes_in(folder)
    (folder / box_name(UUID(int=1))).mkdir(parents=True)
    with pytest.raises(BlackBoxAway):
        black_boxes_in(folder)


# -------------------------------------------------------------------------------------- the ledger was put back


def test_a_box_that_is_newer_than_its_ledger_is_set_aside(ledger: LedgerOfTests, folder: Path, tmp_path: Path) -> None:
    """The ledger was restored: what only the box has is never overwritten, and goes when the ledger has it."""
    copy = tmp_path / "copy.sqlite"
    sell(ledger)
    backup(ledger.directory, copy)
    sell(ledger, 2)
    with closing(BlackBox(ledger.directory, folder)) as box:
        box.catch_up()
        assert box.boxed_seq == 5
    lost = boxed(folder).records[3:]
    ledger.store.close()
    restore(copy, ledger.directory, clock=ledger.clock, ids=ledger.ids)
    ledger.store = open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids)
    sell(ledger)
    with closing(BlackBox(ledger.directory, folder)) as box:
        box.catch_up()
        assert box.set_aside
        assert box.boxed_seq == 5
    contents = boxed(folder)
    assert {record.record_id for record in lost} < {record.record_id for record in contents.records}
    assert len(list(folder.glob("*.before-*"))) == 1
    assert len(contents.records) == 5 + 2
    with closing(BlackBox(ledger.directory, folder)) as box:
        box.catch_up()
        assert box.set_aside


def test_a_box_of_before_a_copy_is_not_trusted_about_copies(ledger: LedgerOfTests, box: BlackBox, folder: Path) -> None:
    """Its heading says what was copied of another past of the ledger."""
    sell(ledger)
    box.catch_up()
    path = path_of(ledger, folder)
    found = read_box_file(path)
    assert found is not None
    assert found.heading is not None
    heading = msgspec.structs.replace(found.heading, copied=(4, 9))
    path.write_bytes(path.read_bytes() + frame_bytes(heading, found.file_id, found.frames))
    with closing(BlackBox(ledger.directory, folder)) as again:
        again.catch_up()
    assert _copied(folder) == (0, 0)
    assert seqs(folder) == [1, 2, 3]


def _copied(folder: Path) -> tuple[int, int]:
    heading: Heading | None = boxed(folder).heading
    assert heading is not None
    return heading.copied


def test_joining_seals_anew(joined: JoinedLedger, folder: Path) -> None:
    """A box from before the joining is of a till that stood alone: it is written anew under head office's key."""
    alone = LedgerOfTests(folder.with_name("alone"), seed=5)
    with closing(alone), closing(BlackBox(alone.directory, folder)) as box:
        sell(alone)
        box.catch_up()
        assert _heading(folder).server_id is None
        row = joined.store.head_office
        assert row is not None
        alone.store.join(row, programme_key=joined.store.programme_key, profile_key=PROFILE_KEY)
        box.catch_up()
        assert _heading(folder).server_id == row.server_id
        assert (alone.directory / KEY_FILE).read_bytes() == joined.store.programme_key


def _heading(folder: Path) -> Heading:
    heading = boxed(folder).heading
    assert heading is not None
    return heading


def test_a_box_whose_part_was_left_behind_is_read_with_it(ledger: LedgerOfTests, box: BlackBox, folder: Path) -> None:
    """Power went while it was written anew: both files count, each record once."""
    sell(ledger, 2)
    box.catch_up()
    path = path_of(ledger, folder)
    shutil.copy(path, path.with_name(path.name + "-part"))
    assert seqs(folder) == [1, 2, 3, 4]
    assert blackbox_frames.PART_SUFFIX.endswith("-part")
