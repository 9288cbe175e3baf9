"""A data directory that is made aside takes its place whole, or goes on taking it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.errors import Damaged
from storage.staging import Staging

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def staging(tmp_path: Path) -> Staging:
    """A directory with two new files aside."""
    made = Staging(tmp_path)
    made.begin()
    for name in ("ledger.sqlite", "vault.sqlite", "till.lock"):
        (made.till / name).write_text(f"new {name}")
    return made


def test_it_takes_its_place(staging: Staging) -> None:
    """Without the lock, which is the other directory's; nothing is left of the folder."""
    staging.make_ready()
    assert staging.is_ready
    staging.finish()
    assert {path.name for path in staging.directory.iterdir()} == {"ledger.sqlite", "vault.sqlite"}


def test_nothing_is_ready_without_a_ledger(staging: Staging) -> None:
    """It would be moved over nothing."""
    (staging.till / "ledger.sqlite").unlink()
    with pytest.raises(Damaged, match="no ledger"):
        staging.make_ready()


def test_what_stands_there_is_never_overwritten(staging: Staging) -> None:
    """Whoever made it meant it."""
    (staging.directory / "vault.sqlite").write_text("old")
    staging.make_ready()
    with pytest.raises(Damaged, match="set aside"):
        staging.finish()
    assert (staging.directory / "vault.sqlite").read_text() == "old"


def test_what_stood_there_is_set_aside_with_its_logs(staging: Staging) -> None:
    """Also when an earlier call has moved some of the new files: those are not taken for old ones."""
    for name in ("ledger.sqlite", "ledger.sqlite-wal", "tombstones", "settings.toml"):
        (staging.directory / name).write_text(f"old {name}")
    staging.make_ready("before")
    (staging.till / "vault.sqlite").rename(staging.directory / "vault.sqlite")
    staging.finish()
    aside = staging.directory / "before"
    assert {path.name for path in aside.iterdir()} == {"ledger.sqlite", "ledger.sqlite-wal", "tombstones"}
    assert (staging.directory / "ledger.sqlite").read_text() == "new ledger.sqlite"
    assert (staging.directory / "vault.sqlite").read_text() == "new vault.sqlite"
    assert (staging.directory / "settings.toml").read_text() == "old settings.toml"


def test_what_was_begun_can_be_forgotten(staging: Staging) -> None:
    """Twice as well."""
    staging.discard()
    staging.discard()
    assert not staging.folder.exists()
