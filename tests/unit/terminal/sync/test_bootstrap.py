"""The first fill from a snapshot, and what may be done between it and the pull that follows."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from loyalty.feed import Cursor, StatementItem
from loyalty.offline import SafeLimit
from loyalty.replica import REPLICA, REPLICA_APPLICATION_ID, REPLICA_VERSION
from storage import sqlite
from terminal.app.safe import safe_now
from terminal.sync.errors import Away
from tests.fakes.joined_till import JoinedTill


def _offer(till: JoinedTill, path: Path, member: UUID, balance: int) -> None:
    """Let head office offer a snapshot with one member, made at the first step of its feed."""
    office = till.office
    office.feed.append(StatementItem(member, balance=balance))
    cursor: Cursor = office._cursor(1)
    with closing(sqlite.connect(path, isolation_level=None)) as file:
        for statement in REPLICA:
            file.execute(statement)
        file.execute(f"PRAGMA application_id = {REPLICA_APPLICATION_ID}")
        file.execute(f"PRAGMA user_version = {REPLICA_VERSION}")
        row = (member.bytes, balance, b"[]", till.ledger.clock.now_us())
        file.execute("INSERT INTO statement VALUES (?, ?, 1, 2, NULL, NULL, NULL, ?, NULL, ?)", row)
        state = (office.server_id.bytes, cursor.epoch.bytes, cursor.n, cursor.token, till.ledger.clock.now_us())
        file.execute("INSERT INTO state VALUES (1, ?, ?, ?, ?, ?, 0, 1)", state)
    office.snapshot_file, office.snapshot_cursor = path, cursor


def _safe_limit(till: JoinedTill, number: int = 1) -> SafeLimit | None:
    with till.ledger.store.reader() as reader:
        safe = safe_now(till.till, reader, till.member(number))
    return safe.limit if safe else None


def test_nothing_is_safe_to_spend_until_the_pull_behind_a_snapshot(till: JoinedTill, tmp_path: Path) -> None:
    """The file may be hours old: what a restored till spent since its making is known only when all has come down."""
    _offer(till, tmp_path / "offered.sqlite", till.member(), 500)
    till.office.feed.append(StatementItem(till.member(), balance=20))
    till.office.fails["changes"] = Away("no line")
    with pytest.raises(Away):
        till.round()
    assert till.account().balance == 500  # shown, as far as known
    assert _safe_limit(till) is SafeLimit.NOT_CAUGHT_UP
    till.round()
    assert till.account().balance == 20
    assert _safe_limit(till) is None  # online
    assert till.office.calls.count("snapshot_part") == 1
