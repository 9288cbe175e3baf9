"""Pages are staged and published together; a replica that can't be right is an empty one."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import pytest

from loyalty.feed import Cursor, StatementItem
from loyalty.replica import REPLICA
from loyalty.wire import EpochHead
from storage import sqlite
from storage.connection import open_reader
from storage.exchange import Link, Published, ReplicaState
from storage.replica import TABLES, discard, open_replica
from tests.fakes.ledger_joined import PROFILE_KEY, SERVER, SERVER_EPOCH, JoinedLedger, cursor, head_office

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.replica import Replica
    from storage.store import Reader

HERS = UUID(int=0xA)
HIS = UUID(int=0xB)


def test_pages_show_together_or_not_at_all(joined: JoinedLedger, joined_reader: Reader) -> None:
    """A merge that spans two pages never shows one side alone, and the cursor follows the rows."""
    joined.pull(joined.statement(HERS, 10), joined.statement(HIS, 20))
    joined.replica.stage_page(joined.page(StatementItem(HERS, merged_into=HIS), more=True), 0)
    assert (joined_reader.account(HERS).balance, joined_reader.account(HIS).balance) == (10, 20)
    assert joined.replica.cursor() == cursor(3)
    joined.replica.stage_page(joined.page(joined.statement(HIS, 30)), 0)
    state = joined_reader.replica_state()
    assert state is not None
    assert state.cursor == cursor(2)
    assert joined.replica.publish() == Published(statements=2)
    assert joined_reader.account(HERS).balance == joined_reader.account(HIS).balance == 30
    assert joined.replica.cursor() == cursor(4)
    assert joined.replica.publish() == Published(), "everything staged is published"


def test_an_empty_replica_has_no_cursor(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Nothing was ever heard, which is not the same as nothing to know."""
    assert joined.replica.cursor() is None
    assert joined.replica.state() is None
    assert joined_reader.replica_state() is None
    assert joined.pull().reset
    state = ReplicaState(SERVER, cursor(0), joined.clock.now_us(), 0, complete=True)
    assert joined.replica.state() == joined_reader.replica_state() == state


def test_a_fresh_start_voids_what_was_staged_and_what_was_there(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Head office was put back, or the scope changed: only what comes after that word counts."""
    joined.pull(joined.statement(HERS, 10))
    joined.replica.stage_page(joined.page(joined.statement(HERS, 11), more=True), 0)
    joined.replica.stage_page(joined.page(joined.statement(HIS, 5), more=True, reset=True), 0)
    joined.replica.stage_page(joined.page(joined.statement(UUID(int=0xC), 6)), 0)
    assert joined_reader.account(HERS).balance == 10
    assert joined.replica.publish() == Published(statements=2, reset=True)
    assert [joined_reader.account(member).balance for member in (HERS, HIS, UUID(int=0xC))] == [0, 5, 6]


def test_a_pull_that_took_days_is_as_old_as_its_first_page(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Or a statement would count as fresh because another page came later."""
    first_us = joined.clock.now_us()
    joined.replica.stage_page(joined.page(joined.statement(HERS, 10), more=True), 0)
    joined.clock.advance(days=3)
    joined.replica.stage_page(joined.page(), 0)
    joined.replica.publish()
    known = joined_reader.safe_known(HERS)
    assert known is not None
    assert known.as_of_us == first_us


def test_the_link_is_kept(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Over closing and opening, and readable beside the writer."""
    assert joined.replica.link() == joined_reader.link() == Link()
    link = Link(joined.acked(), bytes(64), 5, -6, "fenced", 7)
    joined.replica.put_link(link)
    assert joined_reader.link() == link
    joined.close_replica()
    assert joined.replica.link() == link
    joined.replica.put_link(Link(last_contact_us=9))
    assert joined_reader.link() == Link(last_contact_us=9)


def test_what_the_journal_does_not_hold_was_never_acknowledged(joined: JoinedLedger, joined_reader: Reader) -> None:
    """The ledger was put back by hand: nothing that head office said may count until it was pulled again."""
    joined.pull(joined.statement(HERS, 500))
    head = joined.acked()
    joined.replica.put_link(Link(EpochHead(head.epoch, head.seq + 1, head.hash)))
    joined.close_replica()
    assert joined.replica.link() == Link()
    assert joined.replica.state() is None
    known = joined_reader.safe_known(HERS)
    assert known is not None
    assert not known.caught_up


def test_another_head_offices_state_is_dropped(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Under a new head office nothing of the old one is shown."""
    joined.pull(joined.statement(HERS, 500))
    other = UUID(int=0x5F)
    opened = open_replica(joined.store.replica_path, server_id=other, profile_key=PROFILE_KEY, holds=lambda _: True)
    opened.close()
    assert joined_reader.account(HERS).balance == 0


def overwritten(path: Path) -> None:
    """Something else stands there."""
    path.write_bytes(b"something else" * 100)


def changed(sql: str) -> Callable[[Path], None]:
    """A file in which one statement was run."""

    def change(path: Path) -> None:
        with closing(sqlite.connect(path, isolation_level=None)) as connection:
            connection.execute(sql)

    return change


BROKEN: dict[str, Callable[[Path], Any]] = {
    "gone": lambda path: path.unlink(),
    "no database": overwritten,
    "cut off": lambda path: os.truncate(path, 4096 * 3),
    "newer": changed("PRAGMA user_version = 9"),
    "older": changed("PRAGMA user_version = 0"),
    "another program's": changed("PRAGMA application_id = 1"),
    "a table short": changed("DROP TABLE conflict"),
    "an index short": changed("DROP INDEX card_by_end"),
    "an epoch that is none": changed("UPDATE state SET server_epoch = x'00'"),
    "with a trigger": changed("CREATE TRIGGER t BEFORE INSERT ON card BEGIN SELECT 1; END"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_file_that_is_no_replica_is_made_anew(joined: JoinedLedger, fault: str) -> None:
    """Readers that were open see the new one; nothing of the old is left."""
    joined.pull(joined.statement(HERS, 500))
    joined.close_replica()
    path = joined.store.replica_path
    with joined.store.reader() as before:
        assert before.account(HERS).balance == 500
    BROKEN[fault](path)
    with joined.store.reader() as reader:
        assert reader.account(HERS).balance in {0, 500}
        assert joined.replica.state() is None
        assert reader.account(HERS).balance == 0
        joined.pull(joined.statement(HERS, 7))
        assert reader.account(HERS).balance == 7
    assert path.stat().st_mode & 0o077 == 0


def test_another_page_size_is_made_anew(joined: JoinedLedger) -> None:
    """Pages of a snapshot could not be copied into it."""
    path = joined.store.replica_path
    with closing(sqlite.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA page_size = 8192")
        for statement in REPLICA:
            connection.execute(statement)
        connection.execute("PRAGMA user_version = 1")
        connection.execute(f"PRAGMA application_id = {0x53544B52}")
    joined.replica.put_link(Link(last_contact_us=1))
    with closing(open_reader(path)) as database:
        assert database.value("PRAGMA page_size") == 4096


def test_a_replica_that_fails_while_opening_is_closed(joined: JoinedLedger) -> None:
    """Nothing keeps the file."""
    link = Link(joined.acked())
    joined.replica.put_link(link)
    joined.close_replica()

    def breaks(_: EpochHead) -> bool:
        raise OSError

    with pytest.raises(OSError, match=r"^$"):
        open_replica(joined.store.replica_path, server_id=SERVER, profile_key=PROFILE_KEY, holds=breaks)
    with joined.store.open_replica() as replica:
        assert replica.link() == link


def test_emptying_leaves_no_row(joined: JoinedLedger) -> None:
    """Not even in the log."""
    joined.pull(joined.statement(HERS, 1))
    joined.replica.put_link(Link(last_contact_us=1))
    joined.replica.stage_page(joined.page(joined.statement(HIS, 1), more=True), 0)
    replica: Replica = joined.replica
    replica.empty()
    for table in (*TABLES, "position", "state", "link", "stage", "stage_state"):
        assert replica._database.value(f"SELECT count(*) FROM {table}") == 0, table  # noqa: S608 - names of our own


def test_a_new_epoch_empties_it(joined: JoinedLedger, joined_reader: Reader) -> None:
    """The till was restored or cloned: nothing is safe until everything was pulled again."""
    joined.pull(joined.statement(HERS, 500))
    joined.store.begin_epoch()
    known = joined_reader.safe_known(HERS)
    assert known is not None
    assert not known.caught_up
    joined.pull(joined.statement(HERS, 500))
    assert joined_reader.account(HERS).balance == 500


def test_only_a_joined_till_has_one(joined: JoinedLedger) -> None:
    """A till that stands alone has nobody's state."""
    joined.close_replica()
    joined.store.leave()
    for refused in (joined.store.open_replica, joined.store.leave):
        with pytest.raises(ValueError, match="stands alone"):
            refused()
    assert not joined.store.replica_path.exists()
    joined.store.begin_epoch()
    joined.join(msgspec.structs.replace(head_office(), store="Nord"))
    assert joined.replica.cursor() is None
    joined.pull()
    assert joined.replica.cursor() == Cursor(SERVER_EPOCH, 0, cursor(0).token)


def test_discarding_where_nothing_is_makes_nothing(tmp_path: Path) -> None:
    """Not even the folder: there is no name in it that a power cut could bring back."""
    discard(tmp_path / "none" / "replica.sqlite")
    assert list(tmp_path.iterdir()) == []
