"""The transactions of a store, and what is remembered from one to the next."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage import journal
from storage.connection import Database, open_in_memory
from storage.errors import DiskFailed
from storage.tip import read_tip
from storage.writing import Writing

if TYPE_CHECKING:
    from tests.fakes.ledger import LedgerOfTests


def test_the_end_of_the_journal_is_remembered(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sale behind another one does not ask for it, and the file beside the ledger says the same."""
    first = ledger.append(ledger.sale(ledger.member()))[0]
    with monkeypatch.context() as patch:
        patch.delattr(journal, "tip")
        second = ledger.append(ledger.sale(None))[0]
    assert second.seq == first.seq + 1
    tip = read_tip(ledger.directory)
    assert tip is not None
    assert (tip.seq, tip.hash) == (second.seq, second.hash)


def test_what_was_taken_back_is_not_remembered(ledger: LedgerOfTests) -> None:
    """The record behind a failed unit goes on from the last one that is there."""

    def failing() -> None:
        with ledger.store.unit() as unit:
            unit.append(ledger.sale(None))
            raise KeyError

    before = ledger.append(ledger.sale(None))[0]
    with pytest.raises(KeyError):
        failing()
    assert ledger.append(ledger.sale(None))[0].seq == before.seq + 1


def test_what_others_wrote_in_between_is_asked_for(ledger: LedgerOfTests) -> None:
    """Work inside the package appends without saying so."""
    ledger.append(ledger.sale(None))
    with ledger.store.exclusive() as database:
        inside = journal.append(database, ledger.sale(None))
    assert ledger.append(ledger.sale(None))[0].seq == inside.seq + 1


@pytest.mark.parametrize("failing", ["BEGIN IMMEDIATE", "COMMIT"])
def test_a_failed_disk_ends_all_writing(failing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the begin as at the end of a transaction; nothing more is tried, although the disk might answer again."""
    run = Database.run

    def refusing(database: Database, sql: str, parameters: tuple[object, ...] = ()) -> int:
        if sql == failing:
            raise DiskFailed("I/O error")
        return run(database, sql, parameters)

    with closing(open_in_memory()) as database:
        writing = Writing(database)
        with writing as ledger:
            ledger.run("CREATE TABLE t(a)")
        with monkeypatch.context() as patch:
            patch.setattr(Database, "run", refusing)
            with pytest.raises(DiskFailed), writing:
                pass
        assert writing.failed == "I/O error"
        with pytest.raises(DiskFailed, match="I/O error"), writing:
            pass
        assert not database.connection.in_transaction
