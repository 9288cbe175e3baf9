"""The search is brought up to date beside a working till."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from loyalty.directory import Profile
from storage import search_following, search_index
from storage.errors import Busy
from storage.store import open_store
from terminal.app import indexing
from terminal.app.desk import StorageThread
from terminal.app.indexing import IndexService, index_command
from tests.fakes.ledger import LedgerOfTests

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NAMES = ("Anna", "Bela", "Clara", "Dora")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StorageThread]:
    """The storage thread of a shop with four members, of whom nobody is found yet."""
    monkeypatch.setattr(search_index, "CHANGES_AT_ONCE", 1)
    monkeypatch.setattr(search_following, "STEPS_AT_START", 0)
    ledger = LedgerOfTests(tmp_path / "till")
    with ledger.store.unit() as unit:
        for number, name in enumerate(NAMES):
            unit.put_profile(ledger.member(number), Profile(name))
    ledger.close()
    (ledger.directory / "search.sqlite").unlink()
    thread = StorageThread(
        lambda: open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids),
        clock=ledger.clock,
        ids=ledger.ids,
        deliver=lambda call: call(),
    )
    thread.start()
    yield thread
    thread.stop()


def run(desk: StorageThread, command: Sequence[str] = ()) -> list[Exception]:
    """Let the service do all there is to do; gives its mistakes."""
    mistakes: list[Exception] = []
    service = IndexService(desk, command or index_command(desk), mistakes.append)
    service.start()
    service._thread.join()
    service.stop()
    return mistakes


def found(desk: StorageThread) -> bool:
    """Whether everybody is."""
    return desk.reader.find("anna").complete


def test_it_follows_in_steps_until_everybody_is_found(desk: StorageThread) -> None:
    """The desk may do other things between them."""
    assert not found(desk)
    assert run(desk) == []
    assert found(desk)
    assert [hit.name for hit in desk.reader.search("dora")] == ["Dora"]


def test_it_is_made_in_another_process_where_that_is_less_work(
    desk: StorageThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And taken by the storage thread."""
    monkeypatch.setattr(search_following, "CHANGES_FOLLOWED_MAX", 1)
    monkeypatch.setattr(search_index, "CHANGES_FOLLOWED_MAX", 1)
    assert run(desk) == []
    assert found(desk)


def test_a_process_that_fails_is_tried_again_at_the_next_start(
    desk: StorageThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else happens."""
    monkeypatch.setattr(search_following, "CHANGES_FOLLOWED_MAX", 1)
    assert run(desk, [sys.executable, "-c", "raise SystemExit(1)"]) == []
    assert not found(desk)


def test_a_till_that_ends_does_not_wait_for_it(desk: StorageThread, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process is ended, and changes nothing."""
    monkeypatch.setattr(search_following, "CHANGES_FOLLOWED_MAX", 1)
    service = IndexService(desk, [sys.executable, "-c", "input()"], lambda _: None)
    service._stopping.set()
    service.start()
    service.stop()
    assert not found(desk)


def test_a_damaged_index_is_begun_anew(desk: StorageThread, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked through once at each start."""
    assert run(desk) == []
    monkeypatch.setattr(indexing, "is_sound", lambda _: False)
    assert run(desk) == []
    assert found(desk)
    assert len(desk.reader.search("anna")) == 1


def test_what_is_nobodys_mistake_is_not_written_down(desk: StorageThread, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in use is; a mistake of ours is told."""

    def busy(_: Path) -> bool:
        raise Busy("search.sqlite")

    def bug(_: Path) -> bool:
        raise TypeError("ours")

    monkeypatch.setattr(indexing, "is_sound", busy)
    assert run(desk) == []
    monkeypatch.setattr(indexing, "is_sound", bug)
    assert [str(mistake) for mistake in run(desk)] == ["ours"]
