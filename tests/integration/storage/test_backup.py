"""Copies are taken beside a working till, checked, and put back as a new epoch."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from loyalty.directory import Profile
from loyalty.records import EpochStart
from storage import sqlite
from storage.backup import backup, key_path, restore
from storage.errors import AlreadyExists, Damaged, DiskFull, KeyMissing, MissingLedger, NotALedger, TillOpen
from storage.migrations import bring_up_to_date
from storage.store import open_store
from storage.types import CardRow, Head
from storage.verify import verify
from tests.fakes.ledger import card_number

if TYPE_CHECKING:
    from pathlib import Path

    from storage.connection import Database
    from storage.migrations import Layout
    from tests.fakes.ledger import LedgerOfTests


def restored(ledger: LedgerOfTests, source: Path, directory: Path | None = None) -> Head:
    """Restore a copy, into the ledger's own directory unless told otherwise."""
    return restore(source, directory or ledger.directory, clock=ledger.clock, ids=ledger.ids)


def test_a_copy_is_one_sound_file_of_that_moment(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """What is booked afterwards is not in it, the open till goes on, nothing temporary stays, progress was told."""
    ledger.append(*(ledger.sale(ledger.member(number)) for number in range(300)))
    told: list[tuple[int, int]] = []
    target = tmp_path / "copies" / "monday.sqlite"
    target.parent.mkdir()
    head = backup(ledger.directory, target, lambda done, total: told.append((done, total)))
    ledger.append(ledger.sale(ledger.member()))
    assert head.seq == 302
    assert told[-1][0] == told[-1][1] > 0
    assert {path.name for path in target.parent.iterdir()} == {"monday.sqlite", "monday.sqlite.key"}
    assert key_path(target).read_bytes() == ledger.store.programme_key
    assert backup(ledger.directory, target).seq == 303


@pytest.mark.parametrize("what", ["text file", "itself", "no ledger"])
def test_a_copy_replaces_nothing_but_a_copy(ledger: LedgerOfTests, tmp_path: Path, what: str) -> None:
    """A slip in the file name must not cost the shop its letters, or its ledger."""
    target = tmp_path / "letter.txt"
    target.write_text("Dear Sir" * 100)
    if what == "itself":
        with pytest.raises(AlreadyExists):
            backup(ledger.directory, ledger.directory / "ledger.sqlite")
    elif what == "no ledger":
        with pytest.raises(MissingLedger):
            backup(tmp_path, tmp_path / "x")
    else:
        with pytest.raises(NotALedger):
            backup(ledger.directory, target)
    assert target.read_text() == "Dear Sir" * 100
    assert verify(ledger.directory).ok


def test_a_restored_ledger_begins_a_new_epoch(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """It names where it came from, keeps counting, and the replaced file stays beside it."""
    ledger.append(ledger.sale(ledger.member(), 1_000))
    copy = backup(ledger.directory, tmp_path / "copy.sqlite")
    ledger.append(ledger.sale(ledger.member(), 9_000))
    ledger.close()
    started = restored(ledger, tmp_path / "copy.sqlite")
    assert started.seq == copy.seq + 1
    assert started.epoch != copy.epoch
    with ledger.reopen().reader() as reader:
        first = reader.stored(started.seq)
        assert first is not None
        assert isinstance(first.record, EpochStart)
        assert (first.record.parent_epoch, first.record.parent_seq) == (copy.epoch, copy.seq)
        assert first.record.parent_hash == copy.hash.hex()
        assert first.record.terminal_id == ledger.store.shop.terminal_id
        assert reader.account(ledger.member()).balance == 10
    (later,) = ledger.append(ledger.sale(ledger.member()))
    assert later.seq == started.seq + 1
    assert verify(ledger.directory).ok
    assert [path.name for path in ledger.directory.glob("ledger.before-*")] == [
        f"ledger.before-{started.epoch.hex[:8]}.sqlite"
    ]


def test_a_restored_till_finds_people_again(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """With the old vault beside it: names from the copy, and no names that only the lost ledger had."""
    with ledger.store.unit() as unit:
        unit.put_profile(ledger.member(1), Profile("Anna"))
    backup(ledger.directory, tmp_path / "copy.sqlite")
    with ledger.store.unit() as unit:
        unit.put_profile(ledger.member(2), Profile("Berta"))
    ledger.close()
    restored(ledger, tmp_path / "copy.sqlite")
    with ledger.reopen().reader() as reader:
        assert [hit.name for hit in reader.search("anna")] == ["Anna"]
        assert reader.search("berta") == []


def test_a_new_machine_gets_points_and_cards_but_no_names(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """The copy and its key file are enough to serve everybody; names come back from head office or by asking."""
    member = ledger.member()
    with ledger.store.unit() as unit:
        unit.put_card(CardRow(ledger.ids.random_id(), card_number(1), member))
        unit.put_profile(member, Profile("Anna"))
        unit.append(ledger.sale(member, 5_000))
    backup(ledger.directory, tmp_path / "copy.sqlite")
    new = tmp_path / "new" / "machine"
    restored(ledger, tmp_path / "copy.sqlite", new)
    with open_store(new, clock=ledger.clock, ids=ledger.ids) as store, store.reader() as reader:
        assert store.programme_key == ledger.store.programme_key
        assert reader.account(member).balance == 50
        assert reader.card(card_number(1)) is not None
        assert reader.profile(member) is None
    assert verify(new).ok


def test_a_ledger_whose_log_was_lost_can_be_taken_up_again(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Restoring the directory's own file accepts the loss, visibly: a new epoch begins."""
    ledger.append(ledger.sale(ledger.member()))
    ledger.store.checkpoint(now=True)
    ledger.append(ledger.sale(ledger.member()))
    crashed = shutil.copytree(ledger.directory, tmp_path / "crashed", ignore=shutil.ignore_patterns("ledger.sqlite-*"))
    with pytest.raises(Damaged):
        open_store(crashed, clock=ledger.clock, ids=ledger.ids)
    assert restored(ledger, crashed / "ledger.sqlite", crashed).seq == 4
    with open_store(crashed, clock=ledger.clock, ids=ledger.ids) as store, store.reader() as reader:
        assert reader.account(ledger.member()).balance == 10


def test_the_replaced_ledger_keeps_what_its_log_held(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """After a crash the log belongs to the old file; read beside the new one it would destroy it."""
    backup(ledger.directory, tmp_path / "copy.sqlite")
    ledger.append(ledger.sale(ledger.member()))
    crashed = shutil.copytree(ledger.directory, tmp_path / "crashed", ignore=shutil.ignore_patterns("*-shm"))
    restored(ledger, tmp_path / "copy.sqlite", crashed)
    assert list(crashed.glob("ledger.before-*.sqlite-wal")) == [], "it was moved into its file before"
    with open_store(crashed, clock=ledger.clock, ids=ledger.ids) as store, store.reader() as reader:
        assert reader.account(ledger.member()).balance == 0
        assert reader.count() == 3
    restored(ledger, next(crashed.glob("ledger.before-*.sqlite")), tmp_path / "third")
    with open_store(tmp_path / "third", clock=ledger.clock, ids=ledger.ids) as store, store.reader() as reader:
        assert reader.account(ledger.member()).balance == 10


@pytest.mark.parametrize("fails", ["link_or_copy", "log_path"])
def test_a_restore_that_stops_half_way_loses_no_log(
    ledger: LedgerOfTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    """The old ledger has its second name before its log moves, so a failure never parts the two."""
    backup(ledger.directory, tmp_path / "copy.sqlite")
    ledger.append(ledger.sale(ledger.member()))
    crashed = shutil.copytree(ledger.directory, tmp_path / "crashed", ignore=shutil.ignore_patterns("*-shm"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(f"storage.swap.{fails}", full)
        with pytest.raises(DiskFull):
            restored(ledger, tmp_path / "copy.sqlite", crashed)
    assert list(crashed.glob("ledger.before-*")) == []
    with open_store(crashed, clock=ledger.clock, ids=ledger.ids) as store, store.reader() as reader:
        assert reader.account(ledger.member()).balance == 10


def test_a_vault_is_there_whole_or_not_at_all(
    ledger: LedgerOfTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restore on a new machine that stops while it makes the vault can be repeated."""
    ledger.append(ledger.sale(ledger.member()))
    backup(ledger.directory, tmp_path / "copy.sqlite")
    build = bring_up_to_date

    def full(database: Database, layout: Layout, **options: Any) -> bool:  # noqa: ANN401 - passed on
        if layout.name == "vault":
            raise DiskFull("vault")
        return build(database, layout, **options)

    new = tmp_path / "new"
    with monkeypatch.context() as patch:
        patch.setattr("storage.migrations.bring_up_to_date", full)
        with pytest.raises(DiskFull):
            restored(ledger, tmp_path / "copy.sqlite", new)
    assert [path.name for path in new.iterdir()] == ["till.lock"]
    restored(ledger, tmp_path / "copy.sqlite", new)
    with open_store(new, clock=ledger.clock, ids=ledger.ids) as store, store.reader() as reader:
        assert reader.account(ledger.member()).balance == 10


def test_a_copy_that_is_not_sound_is_refused(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """A scratched page, a missing guard, a missing key: told before anything is replaced."""
    ledger.append(*(ledger.sale(ledger.member(number)) for number in range(200)))
    good, bad = tmp_path / "good.sqlite", tmp_path / "bad.sqlite"
    backup(ledger.directory, good)
    ledger.close()
    shutil.copy(good, bad)
    shutil.copy(key_path(good), key_path(bad))
    with bad.open("r+b") as file:
        file.seek(bad.stat().st_size // 2 // 4096 * 4096)
        file.write(b"\xa5" * 4096)
    with pytest.raises(Damaged):
        restored(ledger, bad)
    shutil.copy(good, bad)
    with closing(sqlite.connect(bad, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = 1")
        connection.execute(
            "UPDATE sqlite_schema SET sql = replace(sql, 'IS NOT NULL', 'IS NULL') WHERE name = 'sale_by_receipt'"
        )
    with pytest.raises(Damaged, match="sale_by_receipt"):
        restored(ledger, bad)
    with pytest.raises(MissingLedger):
        restored(ledger, tmp_path / "none.sqlite")
    key_path(good).unlink()
    with pytest.raises(KeyMissing, match="is missing"):
        restored(ledger, good, tmp_path / "fresh")
    assert {path.name for path in ledger.directory.iterdir()} == {
        "ledger.sqlite",
        "ledger.tip",
        "search.sqlite",
        "vault.sqlite",
        "programme.key",
        "till.lock",
    }
    with ledger.reopen().reader() as reader:
        assert reader.count() == 202


def test_a_copy_beside_another_shops_key_is_refused(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """With it every unknown card would mean another account; nothing is put in place."""
    copy, fresh = tmp_path / "copy.sqlite", tmp_path / "fresh"
    backup(ledger.directory, copy)
    key_path(copy).write_bytes(bytes(32))
    with pytest.raises(KeyMissing, match="none of the programme keys"):
        restored(ledger, copy, fresh)
    assert [path.name for path in fresh.iterdir()] == ["till.lock"]


def test_an_open_till_is_not_restored_under_its_feet(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """The lock decides."""
    backup(ledger.directory, tmp_path / "copy.sqlite")
    with pytest.raises(TillOpen):
        restored(ledger, tmp_path / "copy.sqlite")


def test_days_stay_closed_over_a_restore(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """The new epoch continues the books; yesterday's close is not undone."""
    ledger.append(ledger.sale(ledger.member()), ledger.sale(None))
    ledger.append(ledger.day_close())
    backup(ledger.directory, tmp_path / "copy.sqlite")
    ledger.close()
    restored(ledger, tmp_path / "copy.sqlite")
    with ledger.reopen().reader() as reader:
        today = ledger.clock.today()
        assert reader.booking_day(today).day == today + timedelta(days=1)
    assert verify(ledger.directory).ok
