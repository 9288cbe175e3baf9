"""The open mark and the log tell one story: no start that fails, and no end beside a reader, parts them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from loyalty.directory import Profile
from storage import connection, ending, incoming, store
from storage.errors import DiskFailed, DiskFull, ErasureUnfinished, StorageError
from storage.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from storage.connection import Database
    from tests.fakes.ledger import LedgerOfTests


@pytest.fixture
def crashed(ledger: LedgerOfTests, tmp_path: Path) -> Path:
    """The data directory as a crash leaves it: the newest sale in the log only, the mark beside it."""
    ledger.append(ledger.sale(ledger.member()))
    return shutil.copytree(ledger.directory, tmp_path / "crashed", ignore=shutil.ignore_patterns("*-shm"))


def refuse_vault(error: StorageError) -> object:
    """An ``open_writer`` that works for the ledger and not for the vault."""

    def open_writer(path: Path) -> Database:
        if path.name == "vault.sqlite":
            raise error
        return connection.open_writer(path)

    return open_writer


@pytest.mark.parametrize("error", [DiskFull("vault"), DiskFailed("vault")])
def test_a_start_that_fails_after_a_crash_can_be_tried_again(
    ledger: LedgerOfTests, crashed: Path, monkeypatch: pytest.MonkeyPatch, error: StorageError
) -> None:
    """The ledger opened, the vault did not: the log is not moved behind the mark's back."""
    before = (crashed / "ledger.sqlite-wal").read_bytes()
    for _ in range(2):
        with monkeypatch.context() as patch:
            patch.setattr(store, "open_writer", refuse_vault(error))
            with pytest.raises(type(error)):
                open_store(crashed, clock=ledger.clock, ids=ledger.ids)
        assert (crashed / "ledger.open").exists()
        assert (crashed / "ledger.sqlite-wal").read_bytes() == before
    with open_store(crashed, clock=ledger.clock, ids=ledger.ids) as opened, opened.reader() as reader:
        assert reader.account(ledger.member()).balance == 10


def test_a_start_that_fails_behind_its_mark_can_be_tried_again(
    ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clean shop: the mark was set, then something broke; the log is empty, so the mark goes as well."""
    ledger.close()

    def broken(*_: object) -> None:
        raise DiskFull("x")

    with monkeypatch.context() as patch:
        patch.setattr(incoming, "missing_from", broken)
        with pytest.raises(DiskFull):
            open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids)
    assert not (ledger.directory / "ledger.open").exists()
    with open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids) as opened:
        assert opened.shop.till_name == "Kasse 1"


def test_a_reader_that_leaves_late_takes_no_log_along(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end's checkpoint finds the log in use; the reader goes before the writing connection does."""
    ledger.store._ledger.one("PRAGMA busy_timeout = 1")
    reader = ledger.store.reader()
    reader._ledger.run("BEGIN")
    assert reader.count() == 2
    ledger.append(ledger.sale(ledger.member()))
    checkpoint = ledger.store.checkpoint

    def then_the_reader_leaves(*, now: bool) -> bool:
        ran = checkpoint(now=now)
        reader.close()
        return ran

    monkeypatch.setattr(ledger.store, "checkpoint", then_the_reader_leaves)
    ledger.store.close()
    assert (ledger.directory / "ledger.open").exists() == (ledger.directory / "ledger.sqlite-wal").exists()
    with open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids) as opened, opened.reader() as after:
        assert after.account(ledger.member()).balance == 10


def test_a_mark_that_may_come_back_keeps_its_log(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was deleted, but not for sure on the disk; after a power cut it would call a log that is gone lost."""

    def failing(_: Path) -> None:
        raise OSError(5, "Input/output error")

    ledger.append(ledger.sale(ledger.member()))
    with monkeypatch.context() as patch:
        patch.setattr(ending, "sync_directory", failing)
        with pytest.raises(DiskFailed):
            ledger.store.close()
    ledger.store.close()  # once more is allowed, and changes nothing
    assert (ledger.directory / "ledger.sqlite-wal").exists()
    (ledger.directory / "ledger.open").touch()  # the power cut
    with open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids) as opened, opened.reader() as after:
        assert after.account(ledger.member()).balance == 10


def test_a_mark_that_may_not_be_deleted_is_no_reason_to_say_nothing_was_booked(
    ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sale is on the disk when its till closes; mark and log stay, and the next start reads them."""

    def refuse(_: Path) -> None:
        raise OSError(13, "Permission denied")

    ledger.append(ledger.sale(ledger.member()))
    with monkeypatch.context() as patch:
        patch.setattr(ending, "sync_directory", refuse)
        ledger.store.close()
    assert (ledger.directory / "ledger.sqlite-wal").exists()
    with open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids) as opened, opened.reader() as after:
        assert after.account(ledger.member()).balance == 10


def fails_with(error: StorageError) -> object:
    """A ``catch_up`` that can't."""

    def catch_up(*_: object) -> None:
        raise error

    return catch_up


def test_a_vault_whose_disk_fails_stops_the_till(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """The enrolment stands, for its commit returned; nothing more is written, and the next start finds the log."""
    with monkeypatch.context() as patch:
        patch.setattr(store, "catch_up", fails_with(DiskFailed("vault: fsync")))
        with ledger.store.unit() as unit:
            unit.put_profile(ledger.member(), Profile("Anna"))
    with pytest.raises(DiskFailed, match="vault"):
        ledger.append(ledger.sale(ledger.member()))
    ledger.store.close()
    assert (ledger.directory / "ledger.sqlite-wal").stat().st_size > 0
    with ledger.reopen().reader() as reader:
        assert [hit.name for hit in reader.search("anna")] == ["Anna"]


def test_a_start_that_meets_the_failing_vault_is_refused(
    ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catching up at the start obeys the same rule; a vault that is only full does not keep the shop closed."""
    ledger.close()
    with monkeypatch.context() as patch:
        patch.setattr(store, "catch_up", fails_with(DiskFailed("vault: fsync")))
        with pytest.raises(DiskFailed, match="vault"):
            open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids)
        patch.setattr(store, "catch_up", fails_with(DiskFull("vault")))
        open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids).close()


@pytest.mark.parametrize(("error", "told"), [(DiskFull("vault"), ErasureUnfinished), (DiskFailed("vault"), DiskFailed)])
def test_an_erasure_that_could_not_delete_the_key_says_so(
    ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch, error: StorageError, told: type[StorageError]
) -> None:
    """Who asked must be told neither that everything is gone nor that nothing is; the next start finishes it."""
    with ledger.store.unit() as unit:
        unit.put_profile(ledger.member(), Profile("Anna"))

    def erase() -> None:
        with ledger.store.unit() as unit:
            unit.erase_member(ledger.member())

    with monkeypatch.context() as patch:
        patch.setattr(store, "catch_up", fails_with(error))
        with pytest.raises(told):
            erase()
    with ledger.reopen().reader() as reader:
        assert reader.profile(ledger.member()) is None
        assert reader._vault.all("SELECT member_id FROM member_key") == []
