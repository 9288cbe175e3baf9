"""A downloaded snapshot becomes this till's replica: whole, checked, and with readers reading on."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from loyalty.directory import Profile
from loyalty.replica import REPLICA, REPLICA_APPLICATION_ID, REPLICA_VERSION
from storage import sqlite
from storage.errors import Damaged, StorageError
from storage.exchange import Link
from tests.fakes.ledger_joined import SERVER, SERVER_EPOCH, TERMINAL, JoinedLedger, cursor, sealed

if TYPE_CHECKING:
    from pathlib import Path

    from storage.store import Reader

HERS = UUID(int=0xA)
HIS = UUID(int=0xB)


def snapshot(path: Path, joined: JoinedLedger, *, covered: int, server: UUID = SERVER) -> Path:
    """What head office builds: two members, and how far it has every terminal's records."""
    item = sealed(HERS, Profile("Anna"))
    with closing(sqlite.connect(path, isolation_level=None)) as connection:
        for statement in REPLICA:
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {REPLICA_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {REPLICA_VERSION}")
        for member, balance in ((HERS, 100), (HIS, 200)):
            row = (member.bytes, balance, b"[]")
            connection.execute("INSERT INTO statement VALUES (?, ?, 1, 2, NULL, NULL, NULL, ?, X'5B5D', NULL, 77)", row)
        connection.execute("INSERT INTO profile VALUES (?, ?, ?)", (HERS.bytes, item.nonce, item.box))
        connection.execute("INSERT INTO search_member VALUES (1, ?, ' anna ', '')", (HERS.bytes,))
        connection.execute("INSERT INTO search_key VALUES ('wanna', 1)")
        for terminal, epoch, seq in ((TERMINAL, joined.head().epoch, covered), (SERVER, SERVER_EPOCH, 9)):
            connection.execute("INSERT INTO position VALUES (?, ?, ?)", (terminal.bytes, epoch.bytes, seq))
        connection.execute(
            "INSERT INTO state VALUES (1, ?, ?, 40, ?, 77, 0, 0)", (server.bytes, SERVER_EPOCH.bytes, cursor(40).token)
        )
    return path


def take(joined: JoinedLedger, reader: Reader, path: Path, n: int = 40) -> None:
    """Take it over as the sync thread does; the first epoch counts as known."""
    first = reader.epochs()[0]
    joined.replica.take_snapshot(
        path,
        terminal_id=TERMINAL,
        cursor=cursor(n),
        position_prefix=lambda positions: reader.position_prefix({first.epoch: first.last} | positions),
    )


def test_a_snapshot_is_taken_over_with_the_own_position(
    joined: JoinedLedger, joined_reader: Reader, tmp_path: Path
) -> None:
    """Own records it includes are not counted twice, later ones come on top, and pulling goes on behind it."""
    joined.append(joined.sale(HERS, 1_000))
    covered = joined.head().seq
    joined.append(joined.sale(HERS, 2_000))
    link = Link(joined.acked(), bytes(64), 3)
    joined.replica.put_link(link)
    joined.replica.stage_page(joined.page(joined.statement(HERS, 5), more=True), 0)
    take(joined, joined_reader, snapshot(tmp_path / "s.sqlite", joined, covered=covered))
    assert joined_reader.account(HERS).balance == 120
    assert joined_reader.account(HIS).balance == 200
    assert joined_reader.profile(HERS) == Profile("Anna")
    assert [hit.balance for hit in joined_reader.search("ann")] == [120]
    assert joined.replica.link() == link
    assert joined.replica.cursor() == cursor(40)
    state = joined.replica.state()
    assert state is not None
    assert (state.covered_seq, state.as_of_us, state.complete) == (covered, 77, False)
    assert joined.replica._database.value("SELECT count(*) FROM position") == 0


def test_rows_of_a_snapshot_keep_their_position_when_others_are_newer(
    joined: JoinedLedger, joined_reader: Reader, tmp_path: Path
) -> None:
    """A page about somebody else says nothing about what the snapshot includes."""
    take(joined, joined_reader, snapshot(tmp_path / "s.sqlite", joined, covered=joined.head().seq))
    joined.append(joined.sale(HERS, 1_000))
    joined.pull(joined.statement(HIS, 300))
    assert joined_reader.account(HERS).balance == 110
    assert joined_reader.account(HIS).balance == 300


def test_a_reader_in_the_middle_of_reading_sees_one_state(
    joined: JoinedLedger, joined_reader: Reader, tmp_path: Path
) -> None:
    """The file stays the same one; whoever reads ends with what he began with."""
    joined.pull(joined.statement(HERS, 5))
    assert joined_reader.account(HERS).balance == 5
    assert joined_reader._replica is not None
    database = joined_reader._replica.database()
    database.run("BEGIN")
    assert database.value("SELECT balance FROM statement") == 5
    path = snapshot(tmp_path / "s.sqlite", joined, covered=0)
    take(joined, joined_reader, path)
    assert database.all("SELECT balance FROM statement") == [(5,)]
    database.run("COMMIT")
    assert database.value("SELECT count(*) FROM statement") == 2
    assert joined_reader._replica.database() is database


LAX = "replace(sql, 'points INTEGER NOT NULL', 'points INTEGER')"
STRICT = "replace(sql, 'points INTEGER,', 'points INTEGER NOT NULL,')"


def test_contents_that_break_their_own_rules_are_found(
    joined: JoinedLedger, joined_reader: Reader, tmp_path: Path
) -> None:
    """The layout is right, but a row has nothing where it must have something."""
    path = snapshot(tmp_path / "s.sqlite", joined, covered=0)
    fill = "INSERT INTO conflict VALUES (x'01', 'overspent', NULL, NULL, NULL, 1, 0)"
    for sql in (LAX, fill, STRICT):
        with closing(sqlite.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA writable_schema = ON")
            schema = f"UPDATE sqlite_schema SET sql = {sql} WHERE name = 'conflict'"  # noqa: S608 - planted faults
            connection.execute(sql if sql == fill else schema)
    with pytest.raises(Damaged, match="NULL value in conflict"):
        take(joined, joined_reader, path)


FAULTS = {
    "another program's": "PRAGMA application_id = 5",
    "a newer layout": f"PRAGMA user_version = {REPLICA_VERSION + 1}",
    "a newer layout than any": "PRAGMA user_version = 99",
    "a table more": "CREATE TABLE more(x)",
    "a view": "CREATE VIEW v AS SELECT 1",
    "without a state": "DELETE FROM state",
    "another cursor": "UPDATE state SET cursor_n = 41",
    "another head office": "UPDATE state SET server_id = zeroblob(16)",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_not_the_announced_snapshot_changes_nothing(
    joined: JoinedLedger, joined_reader: Reader, tmp_path: Path, fault: str
) -> None:
    """The replica is as it was; the till pulls page by page instead."""
    joined.pull(joined.statement(HERS, 5))
    path = snapshot(tmp_path / "s.sqlite", joined, covered=0)
    with closing(sqlite.connect(path, isolation_level=None)) as connection:
        connection.execute(FAULTS[fault])
    with pytest.raises(StorageError):
        take(joined, joined_reader, path)
    assert joined_reader.account(HERS).balance == 5
    assert joined.replica.cursor() == cursor(1)


def test_a_damaged_snapshot_changes_nothing(joined: JoinedLedger, joined_reader: Reader, tmp_path: Path) -> None:
    """An index that does not fit its table is found before anything is taken over."""
    path = snapshot(tmp_path / "s.sqlite", joined, covered=0)
    with closing(sqlite.connect(path, isolation_level=None)) as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'search_key'").fetchone()[0]
    data = bytearray(path.read_bytes())
    data[(root - 1) * 4096 + 3 : (root - 1) * 4096 + 5] = b"\x00\x09"
    path.write_bytes(data)
    with pytest.raises(StorageError):
        take(joined, joined_reader, path)
    assert joined.replica.state() is None


def test_a_snapshot_that_can_not_be_prepared_is_closed(
    joined: JoinedLedger, joined_reader: Reader, tmp_path: Path
) -> None:
    """Whatever breaks while it is made this till's own."""
    path = snapshot(tmp_path / "s.sqlite", joined, covered=0)

    def breaks(_: dict[UUID, int]) -> int:
        raise OSError

    with pytest.raises(OSError, match=r"^$"):
        joined.replica.take_snapshot(path, terminal_id=TERMINAL, cursor=cursor(40), position_prefix=breaks)
    take(joined, joined_reader, path)
    assert joined_reader.account(HIS).balance == 200
