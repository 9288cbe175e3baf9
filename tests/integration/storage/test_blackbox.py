"""The black box: what only this disk has, on another one, whatever becomes of the stick or the ledger."""

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

from loyalty.directory import CardStatus, Profile
from loyalty.feed import CardEdit, ProfileEdit, TextEdit, TombstoneEdit
from storage import blackbox_file, blackbox_frames, blackbox_read
from storage.backup import backup, restore
from storage.blackbox import PRUNE_BYTES_MIN, BlackBox, key_path
from storage.blackbox_frames import Heading, box_name, frame_bytes
from storage.blackbox_read import BlackBoxContents, black_boxes_in, read_box_file
from storage.blackbox_source import box_key, open_edit
from storage.errors import BlackBoxAway, BlackBoxFull
from storage.exchange import Link
from storage.files import KEY_FILE
from storage.store import open_store
from storage.types import CardRow
from tests.fakes.ledger import PROGRAMME, LedgerOfTests, card_number
from tests.fakes.ledger_joined import PROFILE_KEY, JoinedLedger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _typeshed import ReadableBuffer

    from loyalty.feed import Edit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the box lies; not made yet."""
    return tmp_path / "stick"


@pytest.fixture
def box(ledger: LedgerOfTests, folder: Path) -> Iterator[BlackBox]:
    """The box of a till that stands alone."""
    with closing(BlackBox(ledger.directory, folder)) as made:
        yield made


@pytest.fixture
def joined_box(joined: JoinedLedger, folder: Path) -> Iterator[BlackBox]:
    """The box of a till of a head office."""
    with closing(BlackBox(joined.directory, folder)) as made:
        yield made


def path_of(ledger: LedgerOfTests, folder: Path) -> Path:
    """The file of a ledger's box."""
    return folder / box_name(ledger.store.shop.terminal_id)


def boxed(folder: Path) -> BlackBoxContents:
    """What lies in a folder of one till."""
    [contents] = black_boxes_in(folder)
    return contents


def seqs(folder: Path) -> list[int]:
    """The positions in the box."""
    return [record.seq for record in boxed(folder).records]


def sell(ledger: LedgerOfTests, count: int = 1) -> None:
    """Some sales."""
    ledger.append(*(ledger.sale(ledger.member()) for _ in range(count)))


def acknowledge(ledger: JoinedLedger) -> None:
    """Head office has everything."""
    ledger.replica.put_link(Link(acked=ledger.acked()))


def edits_of(folder: Path, secret: bytes) -> list[Edit]:
    """The edits in the box."""
    opened = [open_edit(edit, [box_key(secret)]) for edit in boxed(folder).edits]
    return [edit for edit in opened if edit is not None]


# ------------------------------------------------------------------------------------------------- following


def test_a_till_that_stands_alone_boxes_its_whole_journal(ledger: LedgerOfTests, box: BlackBox, folder: Path) -> None:
    """Byte by byte, with its heading, its rules and its key: there is no other copy."""
    sell(ledger, 3)
    assert box.catch_up() == 5
    assert box.catch_up() == 0
    sell(ledger)
    assert box.catch_up() == 1
    contents = boxed(folder)
    assert box.boxed_seq == contents.records[-1].seq == 6
    with ledger.store.reader() as reader:
        assert [record.payload for record in contents.records] == [row.payload for row in reader.records_after(0)]
    assert contents.heading is not None
    assert (contents.heading.till_name, contents.heading.currency) == ("Kasse 1", "EUR")
    assert [programme.version for programme in contents.programmes] == [1]
    assert (contents.damage, contents.torn_bytes) == ((), 0)
    assert key_path(path_of(ledger, folder)).read_bytes() == ledger.store.programme_key


def test_the_box_goes_back_to_the_last_copy_but_one(ledger: LedgerOfTests, box: BlackBox, folder: Path) -> None:
    """The newest copy may be the one that can't be read; the key goes when the copies have it."""
    sell(ledger, 200)
    box.catch_up()
    box.copied_elsewhere(150)
    box.catch_up()
    assert seqs(folder)[0] == 1
    assert key_path(path_of(ledger, folder)).exists()
    box.copied_elsewhere(202)
    box.catch_up()
    assert seqs(folder) == list(range(151, 203))
    assert not key_path(path_of(ledger, folder)).exists()
    contents = boxed(folder)
    assert contents.heading is not None
    assert contents.heading.copied == (150, 202)
    assert [programme.version for programme in contents.programmes] == [1]
    with closing(BlackBox(ledger.directory, folder)) as again:
        assert again.catch_up() == 0
        again.close()
    assert seqs(folder) == list(range(151, 203))


def test_a_till_of_a_head_office_boxes_what_that_has_not_acknowledged(
    joined: JoinedLedger, joined_box: BlackBox, folder: Path
) -> None:
    """Acknowledged records are gone on from, and go when it is worth it."""
    sell(joined)
    acknowledge(joined)
    sell(joined, 2)
    assert joined_box.catch_up() == 2
    assert seqs(folder) == [joined.head().seq - 1, joined.head().seq]
    acknowledge(joined)
    assert joined_box.catch_up() == 0
    sell(joined)
    assert joined_box.catch_up() == 1
    assert not key_path(path_of(joined, folder)).exists()


def test_what_is_acknowledged_goes_when_it_is_worth_writing_anew(
    joined: JoinedLedger, joined_box: BlackBox, folder: Path
) -> None:
    """The file shrinks to its heading and rules."""
    sell(joined, 150)
    joined_box.catch_up()
    before = path_of(joined, folder).stat().st_size
    assert before > PRUNE_BYTES_MIN
    acknowledge(joined)
    joined_box.catch_up()
    assert seqs(folder) == []
    assert path_of(joined, folder).stat().st_size < before // 10
    sell(joined)
    assert joined_box.catch_up() == 1


def test_a_head_office_that_was_put_back_gets_its_records_from_the_box_again(
    joined: JoinedLedger, joined_box: BlackBox, folder: Path
) -> None:
    """What it has forgotten is boxed once more; what it acknowledged can't be read counts as nothing."""
    sell(joined, 2)
    early = joined.acked()
    sell(joined, 2)
    acknowledge(joined)
    joined_box.catch_up()
    assert seqs(folder) == []
    joined.replica.put_link(Link(acked=early))
    joined_box.catch_up()
    assert seqs(folder) == [early.seq + 1, early.seq + 2]
    joined.close_replica()
    joined.store.replica_path.write_bytes(b"no database")
    for leftover in joined.directory.glob("replica.sqlite-*"):
        leftover.unlink()
    joined_box.catch_up()
    assert seqs(folder)[0] == 1


def test_unsent_edits_are_sealed_and_go_when_they_were_taken(
    joined: JoinedLedger, joined_box: BlackBox, folder: Path
) -> None:
    """The file names nobody; head office's profile key opens it, and nothing else does."""
    member = joined.member()
    with joined.store.unit() as unit:
        unit.put_profile(member, Profile("Anna Bauer"))
    joined_box.catch_up()
    assert b"Anna" not in path_of(joined, folder).read_bytes()
    [edit] = edits_of(folder, PROFILE_KEY)
    assert isinstance(edit, ProfileEdit)
    assert (edit.member_id, edit.value) == (member, "Anna Bauer")
    assert edits_of(folder, bytes(32)) == []
    with closing(BlackBox(joined.directory, folder)) as again:
        again.catch_up()
    assert len(boxed(folder).edits) == 1
    with joined.store.unit() as unit:
        for number in range(300):
            unit.put_profile(member, Profile(f"Anna {number} Bauer"))
    joined_box.catch_up()
    assert len(boxed(folder).edits) == 301
    with joined.store.unit() as unit:
        unit.drop_edits(2**40)
    joined_box.catch_up()
    assert boxed(folder).edits == ()


def test_an_erased_member_leaves_the_box_at_once(joined: JoinedLedger, joined_box: BlackBox, folder: Path) -> None:
    """Only that somebody was erased stays in it, for whoever recovers."""
    member = joined.member()
    with joined.store.unit() as unit:
        unit.put_profile(member, Profile("Anna Bauer"))
    joined_box.catch_up()
    with joined.store.unit() as unit:
        unit.erase_member(member)
    joined_box.catch_up()
    [edit] = edits_of(folder, PROFILE_KEY)
    assert isinstance(edit, TombstoneEdit)
    assert edit.member_id == member


def test_cards_and_texts_of_boxed_records_come_along(ledger: LedgerOfTests, box: BlackBox, folder: Path) -> None:
    """A backup before them has no such rows, and a till that stands alone tells nobody of them."""
    member = ledger.member()
    card = CardRow(ledger.ids.random_id(), card_number(1), member, CardStatus.ACTIVE)
    text_ref = ledger.ids.random_id()
    with ledger.store.unit() as unit:
        unit.put_card(card)
        unit.append(ledger.sale(member, card_ref=card.card_ref))
        unit.append(ledger.sale(member, card_ref=ledger.ids.random_id()))
        unit.put_text(text_ref, "too much", member)
        unit.append(ledger.adjustment(member, 5, text_ref))
        unit.append(ledger.adjustment(member, 6, ledger.ids.random_id()))
    box.catch_up()
    found = edits_of(folder, ledger.store.programme_key)
    assert [type(edit) for edit in found] == [CardEdit, TextEdit]
    assert (found[0].number, found[1].text) == (card.number, "too much")  # type: ignore[union-attr]  # as just seen
    with ledger.store.unit() as unit:
        unit.erase_member(member)
    box.catch_up()
    [edit] = edits_of(folder, ledger.store.programme_key)
    assert isinstance(edit, TombstoneEdit)
    sell(ledger)
    box.catch_up()
    assert len(boxed(folder).edits) == 1


def test_a_head_office_on_the_same_disk_is_no_second_copy(
    joined: JoinedLedger, joined_box: BlackBox, folder: Path
) -> None:
    """A till that serves the others of the shop loses both together: its box is that of a till that stands alone."""
    sell(joined)
    acknowledge(joined)
    joined_box.catch_up()
    assert seqs(folder) == []
    (joined.directory / "headoffice").mkdir()
    joined_box.catch_up()
    assert seqs(folder)[0] == 1
    assert key_path(path_of(joined, folder)).exists()


def test_a_newer_programme_is_boxed(ledger: LedgerOfTests, box: BlackBox, folder: Path) -> None:
    """The rules under which the newest records were made come with them."""
    box.catch_up()
    with ledger.store.unit() as unit:
        newer = msgspec.structs.replace(ledger.store.programme, version=2)
        unit.put_programme(newer, PROGRAMME.replace("version = 1\n", "version = 2\n", 1))
        unit.append(ledger.sale(None))
    box.catch_up()
    assert [programme.version for programme in boxed(folder).programmes] == [1, 2]


# ---------------------------------------------------------------------------------------- what becomes of it


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
