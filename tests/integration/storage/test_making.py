"""A new shop is made only where none stands, nor what is left of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from loyalty.directory import Profile
from storage import create
from storage.backup import backup, restore
from storage.errors import AlreadyExists, DiskFailed, DiskFull, PartsOfShop
from storage.files import move_to_free_name, sync_directory
from storage.lock import take_lock
from storage.store import create_store, open_store
from tests.fakes.ledger import PROGRAMME, LedgerOfTests

if TYPE_CHECKING:
    from pathlib import Path

    from storage.store import Store

PARTS = (
    "ledger.sqlite-wal",
    "ledger.sqlite-shm",
    "vault.sqlite",
    "vault.sqlite-wal",
    "vault.sqlite-shm",
    "programme.key",
    "ledger.open",
    "tombstones",
)


def created(ledger: LedgerOfTests, directory: Path) -> Store:
    """Make a new shop."""
    names = {"shop_name": "A", "till_name": "1", "currency": "EUR"}
    return create_store(directory, programme_text=PROGRAMME, clock=ledger.clock, ids=ledger.ids, **names)


def bytes_of(directory: Path) -> dict[str, bytes]:
    """Every file of a directory with its contents."""
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


@pytest.mark.parametrize("part", PARTS)
def test_what_is_left_of_a_shop_is_never_written_over(ledger: LedgerOfTests, tmp_path: Path, part: str) -> None:
    """Each of its files alone is reason enough; nothing changes, and the reason is named for support."""
    target = tmp_path / "target"
    target.mkdir()
    (target / part).write_bytes(b"what is left")
    with pytest.raises(PartsOfShop, match=part) as caught:
        created(ledger, target)
    assert "Restore a backup" in caught.value.cashier
    assert bytes_of(target) == {part: b"what is left"}


def test_keys_outlive_a_lost_ledger(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """The ledger is gone, the shop is set up anew by mistake: vault and key stay, and the copy gives names back."""
    member = ledger.member()
    with ledger.store.unit() as unit:
        unit.put_profile(member, Profile("Anna"))
    backup(ledger.directory, tmp_path / "copy.sqlite")
    ledger.close()
    (ledger.directory / "ledger.sqlite").unlink()
    with pytest.raises(PartsOfShop):
        created(ledger, ledger.directory)
    restore(tmp_path / "copy.sqlite", ledger.directory, clock=ledger.clock, ids=ledger.ids)
    with open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids) as store, store.reader() as reader:
        assert reader.profile(member) == Profile("Anna")


def test_a_shop_that_appears_meanwhile_wins(
    ledger: LedgerOfTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the first look and the lock somebody else may have made one; it is looked at again under the lock."""
    target = tmp_path / "target"

    def late(directory: Path) -> object:
        (directory / "ledger.sqlite").write_bytes(b"another's")
        return take_lock(directory)

    monkeypatch.setattr(create, "take_lock", late)
    with pytest.raises(AlreadyExists):
        created(ledger, target)
    assert (target / "ledger.sqlite").read_bytes() == b"another's"


@pytest.mark.parametrize("stuck", ["programme.key", "vault.sqlite"])
@pytest.mark.parametrize("stopped_at", ["ledger.sqlite", "the last sync"])
def test_a_move_that_can_not_be_taken_back_is_gone_on_with(
    ledger: LedgerOfTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stopped_at: str, stuck: str
) -> None:
    """What was built stays as the sign that key and vault are of no shop yet."""
    target = tmp_path / "target"
    with monkeypatch.context() as patch:
        fail_moving(patch, stopped_at, stuck)
        with pytest.raises(DiskFailed):
            created(ledger, target)
    assert (target / stuck).exists()
    assert not (target / "ledger.sqlite").exists()
    created(ledger, target).close()
    assert not (target / ".new").exists()


def test_a_ledger_that_can_not_be_taken_back_has_everything_beside_it(
    ledger: LedgerOfTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else there would be a shop that opens nowhere, in a folder in which none can be made."""
    target = tmp_path / "target"
    with monkeypatch.context() as patch:
        fail_moving(patch, "the last sync", "ledger.sqlite")
        with pytest.raises(DiskFailed):
            created(ledger, target)
    with pytest.raises(AlreadyExists):
        created(ledger, target)
    open_store(target, clock=ledger.clock, ids=ledger.ids).close()


def fail_moving(patch: pytest.MonkeyPatch, stopped_at: str, stuck: str) -> None:
    """Let a disk fail while a shop is moved into its place, and while one of its files is moved back."""
    is_last = False

    def move(path: Path, to: Path) -> None:
        nonlocal is_last
        if to.name == (stuck if to.parent.name == ".new" else stopped_at):
            raise OSError(5, "Input/output error")
        move_to_free_name(path, to)
        is_last = to.name == "ledger.sqlite"

    def sync(path: Path) -> None:
        if is_last:
            raise OSError(5, "Input/output error")
        sync_directory(path)

    patch.setattr(create, "move_to_free_name", move)
    patch.setattr(create, "sync_directory", sync)


def test_a_move_that_stops_half_way_is_taken_back(
    ledger: LedgerOfTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the next attempt would find parts of a shop that never was."""

    def full(path: Path, target: Path) -> None:
        if target.name == "ledger.sqlite":
            raise OSError(28, "No space left on device")
        move_to_free_name(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(create, "move_to_free_name", full)
        with pytest.raises(DiskFull):
            created(ledger, tmp_path / "target")
    assert not (tmp_path / "target").exists()
    created(ledger, tmp_path / "target").close()
