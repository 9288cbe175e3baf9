"""What the power proof (tests/power) found, each as one small test: states a power cut can leave on a disk."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from loyalty.directory import Profile
from storage import connection, ending, files
from storage.backup import backup, restore
from storage.connection import open_reader
from storage.create import create_files
from storage.errors import DiskFailed, MissingLedger, NotALedger, PartsOfShop
from storage.files import make_directory
from storage.staging import Staging
from storage.store import open_store
from storage.tombstones import Tombstone, read_tombstones, write_tombstones
from storage.verify import verify
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.ledger import PROGRAMME, LedgerOfTests

if TYPE_CHECKING:
    from tests.fakes.ledger_joined import JoinedLedger

FOLDER = ".new"


def erasure(number: int) -> Tombstone:
    """Somebody was erased."""
    return Tombstone(SeededIds(number).random_id(), number, "2026-11-21")


@pytest.mark.parametrize("torn", [b'{"member_id":"019', b"\0" * 40])
def test_an_erasure_behind_a_torn_one_is_read(ledger: LedgerOfTests, torn: bytes) -> None:
    """A cut tore the line of an erasure that nobody was told of; the next one stands on a line of its own."""
    write_tombstones(ledger.directory, [erasure(1)])
    with (ledger.directory / "tombstones").open("ab") as file:
        file.write(torn)
    write_tombstones(ledger.directory, [erasure(2)])
    assert read_tombstones(ledger.directory) == [erasure(1), erasure(2)]


def test_erasures_are_written_as_a_whole(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a cut takes while one is added, the older ones are there."""

    def dark(_handle: int) -> None:
        raise OSError(5, "the power is gone")

    write_tombstones(ledger.directory, [erasure(1)])
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", dark)
        with pytest.raises(DiskFailed):
            write_tombstones(ledger.directory, [erasure(2)])
    assert read_tombstones(ledger.directory) == [erasure(1)]


def test_an_erasure_the_ledger_missed_is_told_to_head_office(joined: JoinedLedger) -> None:
    """The file outside the ledger knew, the transaction did not happen: the next start erases, and tells."""
    member = joined.member()
    with joined.store.unit() as unit:
        unit.put_profile(member, Profile("Anna"))
    joined.close()
    write_tombstones(joined.directory, [Tombstone(member, 7, "2026-11-21")])
    store = joined.store = open_store(joined.directory, clock=joined.clock, ids=joined.ids)
    with store.reader() as reader:
        assert reader.profile(member) is None
        assert reader._ledger.all("SELECT subject FROM edit WHERE kind = 'tombstone'") == [(member.bytes,)]


def test_the_mark_stands_when_the_name_of_the_log_does(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is synced before the mark is written, for a mark without a log is told as a loss."""
    ledger.close()
    steps: list[str] = []
    monkeypatch.setattr(ending, "sync_directory", lambda path: steps.append(f"sync {path.name}"))
    monkeypatch.setattr(ending, "write_durably", lambda path, _: steps.append(path.name))
    ledger.store = open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids)
    assert steps == [f"sync {ledger.directory.name}", "ledger.open"]


def test_a_new_folder_and_those_above_it_have_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each folder that gets a new one is synced; one that may not be listed is passed over."""
    synced: list[Path] = []

    def note(path: Path) -> None:
        synced.append(path)
        if path == tmp_path:
            raise PermissionError

    monkeypatch.setattr(files, "sync_directory", note)
    make_directory(tmp_path / "shop" / "data")
    assert synced == [tmp_path / "shop", tmp_path]
    make_directory(tmp_path / "shop" / "data")
    assert len(synced) == 2


def half_made(ledger: LedgerOfTests, tmp_path: Path) -> Path:
    """A folder in which a cut kept a shop from being made: its ledger still lies where it was built."""
    ledger.close()
    folder = tmp_path / "half"
    (folder / FOLDER).mkdir(parents=True)
    for name, place in (("programme.key", folder), ("vault.sqlite", folder), ("ledger.sqlite", folder / FOLDER)):
        shutil.copy(ledger.directory / name, place / name)
    return folder


def test_a_shop_that_was_half_made_can_be_made(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Nobody was told of it, so nothing of it is in the way."""
    folder = half_made(ledger, tmp_path)
    with closing(LedgerOfTests(folder)):
        assert not (folder / FOLDER).exists()
    assert verify(folder).ok


def test_what_is_left_of_a_real_shop_is_never_taken_for_half_made(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """A file besides key and vault says that somebody worked with it."""
    folder = half_made(ledger, tmp_path)
    (folder / "tombstones").touch()
    clock = FakeClock()
    with pytest.raises(PartsOfShop):
        create_files(
            folder,
            shop_name="Morgenrot",
            till_name="Kasse 1",
            currency="EUR",
            programme_text=PROGRAMME,
            clock=clock,
            ids=SeededIds(1, clock),
        )
    assert (folder / "vault.sqlite").exists()


def crashed(ledger: LedgerOfTests, folder: Path) -> Path:
    """The till's files as a crash leaves them, log and mark included."""
    return shutil.copytree(ledger.directory, folder, ignore=shutil.ignore_patterns("*-shm"))


def test_a_ledger_too_damaged_to_take_its_log_in_is_set_aside_with_it(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Log and file stay together under the other name, and the new ledger has no log that is not its own."""
    backup(ledger.directory, tmp_path / "copy.sqlite")
    ledger.append(ledger.sale(ledger.member()))
    folder = crashed(ledger, tmp_path / "crashed")
    (folder / "ledger.sqlite").write_bytes(bytes(100) + (folder / "ledger.sqlite").read_bytes()[100:])
    restore(tmp_path / "copy.sqlite", folder, clock=ledger.clock, ids=ledger.ids)
    assert len(list(folder.glob("ledger.before-*.sqlite"))) == len(list(folder.glob("ledger.before-*-wal"))) == 1
    assert not (folder / "ledger.open").exists()
    assert verify(folder).ok


def test_a_ledger_somebody_reads_is_set_aside_with_its_log(
    ledger: LedgerOfTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log can't be taken in while a report goes by it."""
    backup(ledger.directory, tmp_path / "copy.sqlite")
    ledger.append(ledger.sale(ledger.member()))
    folder = crashed(ledger, tmp_path / "crashed")
    at_once = [(name, 1 if name == "busy_timeout" else value) for name, value in connection._COMMON_SETTINGS]
    monkeypatch.setattr(connection, "_COMMON_SETTINGS", tuple(at_once))
    with closing(open_reader(folder / "ledger.sqlite")) as report:
        report.run("BEGIN")
        report.one("SELECT count(*) FROM journal")
        restore(tmp_path / "copy.sqlite", folder, clock=ledger.clock, ids=ledger.ids)
    assert len(list(folder.glob("ledger.before-*-wal"))) == 1
    assert verify(folder).ok


def test_a_broken_ledger_is_gone_before_the_new_one_comes(
    ledger: LedgerOfTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped between its two names a damaged ledger is told as damaged, and with its log it comes back together."""
    backup(ledger.directory, tmp_path / "copy.sqlite")
    ledger.append(ledger.sale(ledger.member()))
    folder = crashed(ledger, tmp_path / "crashed")
    (folder / "ledger.sqlite").write_bytes(bytes(100) + (folder / "ledger.sqlite").read_bytes()[100:])
    before = (folder / "ledger.sqlite-wal").read_bytes()

    def dark(_path: Path) -> None:
        raise OSError(5, "the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr("storage.swap.sync_directory", dark)
        with pytest.raises(DiskFailed):
            restore(tmp_path / "copy.sqlite", folder, clock=ledger.clock, ids=ledger.ids)
    assert list(folder.glob("ledger.before-*")) == []
    assert (folder / "ledger.sqlite-wal").read_bytes() == before
    with pytest.raises(NotALedger):
        open_store(folder, clock=ledger.clock, ids=ledger.ids)


def test_a_broken_ledger_that_gave_way_is_found_aside(
    ledger: LedgerOfTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before the new one came there is none, which is told; the next restore finishes."""
    backup(ledger.directory, tmp_path / "copy.sqlite")
    ledger.append(ledger.sale(ledger.member()))
    folder = crashed(ledger, tmp_path / "crashed")
    (folder / "ledger.sqlite").write_bytes(bytes(100) + (folder / "ledger.sqlite").read_bytes()[100:])

    def dark(_path: Path) -> None:
        if not (folder / "ledger.sqlite").exists():
            raise OSError(5, "the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr("storage.swap.sync_directory", dark)
        with pytest.raises(DiskFailed):
            restore(tmp_path / "copy.sqlite", folder, clock=ledger.clock, ids=ledger.ids)
    assert len(list(folder.glob("ledger.before-*.sqlite"))) == 1
    with pytest.raises(MissingLedger):
        open_store(folder, clock=ledger.clock, ids=ledger.ids)
    restore(tmp_path / "copy.sqlite", folder, clock=ledger.clock, ids=ledger.ids)
    assert verify(folder).ok


def test_the_folder_of_a_shop_set_aside_is_on_the_disk_before_the_shop_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cut could take a folder's own name, and with it the whole shop that a recovery had moved there."""
    staging = Staging(tmp_path)
    staging.begin()
    (staging.till / "ledger.sqlite").write_text("new")
    (tmp_path / "ledger.sqlite").write_text("old")
    staging.make_ready("before")
    stood: list[str] = []

    def note(_folder: Path) -> None:
        stood.append((tmp_path / "ledger.sqlite").read_text() if (tmp_path / "before").exists() else "")

    monkeypatch.setattr(files, "sync_directory", note)
    staging.finish()
    assert stood == ["old"]
