"""Reading beside a replica that can't be used, or that becomes another file in the middle of a read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from loyalty.directory import Profile
from storage import sqlite
from storage.replica_view import Belonging, ReplicaView
from tests.fakes.clock import FakeClock
from tests.fakes.ledger import card_number

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.ledger_joined import JoinedLedger


def test_people_are_found_beside_a_replica_that_can_not_be_read(joined: JoinedLedger) -> None:
    """One of another layout, as after an update, or a broken one: the till's own people are there all the same."""
    with joined.store.unit() as unit:
        unit.put_profile(joined.member(1), Profile("Änne Müller"))
    joined.close_replica()
    path = joined.store.replica_path
    path.write_bytes(b"no database at all" * 1_000)
    with joined.store.reader() as reader:
        for text in ("mueller", "aenne", card_number(1)):
            assert [hit.name for hit in reader.search(text)] == ["Änne Müller"] * (text != card_number(1))
        assert reader.profile_duplicates(Profile("Otto", "+491")) == []


def test_a_read_goes_on_with_the_connection_it_began_with(joined: JoinedLedger) -> None:
    """The sync thread may put another file in place between two of its statements; the next read takes that one."""
    view = ReplicaView(joined.store.replica_path, Belonging(FakeClock()))
    joined.pull()
    joined.close_replica()
    first = view.database()
    _replace(joined.store.replica_path)
    second = view.database()
    assert second is not first
    assert first.value("SELECT count(*) FROM statement") == 0
    _replace(joined.store.replica_path)
    third = view.database()
    with pytest.raises(sqlite.Error, match="closed"):
        first.value("SELECT 1")
    assert [database.value("SELECT count(*) FROM statement") for database in (second, third)] == [0, 0]
    joined.store.replica_path.unlink()
    empty = view.database()
    assert view.database() is empty, "one stands for every file of no use"
    joined.store.replica_path.write_bytes(b"")
    assert view.database() is empty
    view.close()
    view.close()


def _replace(path: Path) -> None:
    """Put another file with the same contents in its place."""
    other = path.with_name("other.sqlite")
    other.write_bytes(path.read_bytes())
    other.replace(path)
