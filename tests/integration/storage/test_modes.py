"""Whatever holds personal data or secrets is its owner's alone, however open the user's mask is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from loyalty.directory import Profile
from storage import migrations
from storage.backup import backup, layout_copy, restore
from storage.schema import SCHEMA_VERSION
from storage.store import create_store, open_store
from tests.fakes.ledger import PROGRAMME, LedgerOfTests

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="permissions work differently there")


@pytest.fixture(autouse=True)
def open_mask() -> Iterator[None]:
    """The usual mask: everybody may read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def readable_by_others(directory: Path) -> list[str]:
    """Files and folders, the directory included, that anybody but the owner may touch."""
    return [path.name for path in (directory, *sorted(directory.rglob("*"))) if path.stat().st_mode & 0o077]


def test_a_shop_and_its_logs_are_private(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """While it is open, with logs, mark and erasures, and after it was closed."""
    names = {"shop_name": "A", "till_name": "1", "currency": "EUR"}
    new = tmp_path / "new"
    with create_store(new, programme_text=PROGRAMME, clock=ledger.clock, ids=ledger.ids, **names) as store:
        with store.unit() as unit:
            unit.put_profile(ledger.member(), Profile("Anna"))
        with store.unit() as unit:
            unit.erase_member(ledger.member())
        assert {"ledger.sqlite-wal", "vault.sqlite-shm", "ledger.open", "tombstones"} <= {
            path.name for path in new.iterdir()
        }
        assert readable_by_others(new) == []
    assert readable_by_others(new) == []


def test_copies_and_restored_shops_are_private(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """The copy, its key, the ledger restored from it, a new vault, and the ledger set aside."""
    copies = tmp_path / "copies"
    copies.mkdir(mode=0o700)
    backup(ledger.directory, copies / "copy.sqlite")
    backup(ledger.directory, copies / "copy.sqlite")
    assert readable_by_others(copies) == []
    ledger.close()
    (ledger.directory / "ledger.sqlite").chmod(0o644)
    for directory in (ledger.directory, tmp_path / "new"):
        restore(copies / "copy.sqlite", directory, clock=ledger.clock, ids=ledger.ids)
        with open_store(directory, clock=ledger.clock, ids=ledger.ids):
            assert readable_by_others(directory) == []
    assert len(list(ledger.directory.glob("ledger.before-*"))) == 1


def test_the_copy_before_a_migration_is_private(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds what the ledger holds."""
    ledger.close()
    now = migrations.LEDGER_LAYOUT
    step = migrations.Step("9999_more", ("CREATE TABLE more(x INTEGER) STRICT",))
    newer = migrations.Layout(now.name, now.application_id, now.version + 1, (*now.steps, step))
    for module in ("storage.migrations", "storage.checks"):
        monkeypatch.setattr(f"{module}.LEDGER_LAYOUT", newer)
    with open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids):
        assert layout_copy(ledger.directory, SCHEMA_VERSION).exists()
        assert readable_by_others(ledger.directory) == []
