"""A ledger that lost its end, or was put back, is noticed by the file that says where it ended."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from storage.errors import Damaged, RecordsMissing
from storage.files import KEY_BEFORE_JOINING, KEY_FILE, TIP_FILE
from storage.tip import TIP_BYTES, Tip, read_tip
from storage.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.fakes.ledger import LedgerOfTests


def test_the_file_follows_each_commit(ledger: LedgerOfTests) -> None:
    """It names the last record; what was not booked does not move it."""
    ledger.append(ledger.sale(ledger.member()))
    stored = ledger.append(ledger.sale(None))[0]
    tip = read_tip(ledger.directory)
    assert tip is not None
    assert (tip.seq, tip.hash) == (stored.seq, stored.hash)
    with ledger.store.unit() as unit:
        assert unit.count() == stored.seq
    assert read_tip(ledger.directory) == tip
    ledger.close()
    assert verify(ledger.directory).ok


@pytest.mark.parametrize("writable", [True, False])
def test_an_older_copy_in_the_ledgers_place_is_refused(
    ledger: LedgerOfTests, tmp_path: Path, *, writable: bool
) -> None:
    """A copy is as sound in itself as the ledger; that bookings are missing is said, by the proof as well."""
    from storage.store import open_store

    ledger.close()
    shutil.copy(ledger.directory / "ledger.sqlite", tmp_path / "older")
    ledger.reopen()
    ledger.append(ledger.sale(ledger.member()))
    ledger.close()
    shutil.copy(tmp_path / "older", ledger.directory / "ledger.sqlite")
    with pytest.raises(RecordsMissing, match="journal seq 3 to 3 are missing"):
        open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids, writable=writable)
    assert any("are missing" in problem for problem in verify(ledger.directory).problems)


def test_a_ledger_that_went_another_way_is_refused(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Two copies of one till were used: the record at the place is not the one that was written here."""
    ledger.close()
    shutil.copytree(ledger.directory, tmp_path / "twin")
    for directory in (ledger.directory, tmp_path / "twin"):
        ledger.directory = directory
        ledger.reopen()
        ledger.append(ledger.sale(ledger.member()))
        ledger.close()
    shutil.copy(tmp_path / "twin" / "ledger.sqlite", tmp_path / "data" / "ledger.sqlite")
    ledger.directory = tmp_path / "data"
    with pytest.raises(RecordsMissing, match="not the record that was written there"):
        ledger.reopen()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(bytes(TIP_BYTES)),
        lambda path: path.write_bytes(path.read_bytes()[:-1] + b"\xff"),
    ],
    ids=["gone", "empty", "zeros", "half written"],
)
def test_a_file_that_says_nothing_stops_nobody(ledger: LedgerOfTests, spoil: Callable[[Path], object]) -> None:
    """A power cut may leave any of it, because nobody waited for it."""
    ledger.close()
    spoil(ledger.directory / TIP_FILE)
    assert read_tip(ledger.directory) is None
    ledger.reopen()
    assert read_tip(ledger.directory) is not None


def test_a_till_that_can_not_write_it_works(ledger: LedgerOfTests) -> None:
    """It notices less, and books all the same."""
    ledger.close()
    (ledger.directory / TIP_FILE).unlink()
    (ledger.directory / TIP_FILE).mkdir()
    tip = Tip(ledger.directory)
    ledger.reopen()
    tip.follow(ledger.store._ledger)
    tip.close()
    ledger.append(ledger.sale(None))
    assert read_tip(ledger.directory) is None


def test_another_programme_key_is_refused(ledger: LedgerOfTests) -> None:
    """Unknown cards would mean other accounts; the key from before a joining that never came to be is put back."""
    ledger.close()
    key = (ledger.directory / KEY_FILE).read_bytes()
    (ledger.directory / KEY_FILE).write_bytes(bytes(32))
    with pytest.raises(Damaged, match="not this ledger's key"):
        ledger.reopen()
    (ledger.directory / KEY_BEFORE_JOINING).write_bytes(key)
    assert ledger.reopen().programme_key == key
    assert (ledger.directory / KEY_FILE).read_bytes() == key
