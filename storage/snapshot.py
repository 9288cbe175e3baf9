"""A downloaded snapshot on its way into the replica: checked, and made this till's own."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING
from uuid import UUID

from loyalty.replica import REPLICA_APPLICATION_ID
from storage.connection import open_frozen, open_private
from storage.errors import Damaged
from storage.files import check_header
from storage.replica_rows import put_link, read_state
from storage.replica_view import layout_problems

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from loyalty.feed import Cursor
    from storage.connection import Database
    from storage.exchange import Link


def prepare(
    path: Path,
    server_id: UUID,
    terminal_id: UUID,
    cursor: Cursor,
    position_prefix: Callable[[dict[UUID, int]], int],
    link: Link,
) -> Database:
    """Check a snapshot, and put into it what only this till knows; see ``Replica.take_snapshot``.

    Returns:
        A connection to it, for copying.

    Raises:
        StorageError: It is not a sound snapshot of this head office.
    """
    check_header(path, REPLICA_APPLICATION_ID)
    with closing(open_frozen(path)) as looked_at:
        problems = layout_problems(looked_at) or _contents_problems(looked_at, server_id, cursor)
    if problems:
        raise Damaged("; ".join(problems))
    database = open_private(path)
    try:
        with database.transaction():
            rows = database.all("SELECT epoch, seq FROM position WHERE terminal_id = ?", (terminal_id.bytes,))
            covered = position_prefix({UUID(bytes=epoch): seq for epoch, seq in rows})
            # Complete only when a pull has gone on from here: the file may be older than what this till last spent.
            database.run("UPDATE state SET covered_seq = ?, complete = 0", (covered,))
            database.run("UPDATE statement SET covered_seq = NULL WHERE covered_seq IS NOT NULL")
            for table in ("position", "stage", "stage_state", "link"):
                database.run(f"DELETE FROM {table}")  # noqa: S608 - names of our own
            put_link(database, link)
    except BaseException:
        database.close()
        raise
    return database


def _contents_problems(database: Database, server_id: UUID, cursor: Cursor) -> list[str]:
    answers = [answer for (answer,) in database.all("PRAGMA integrity_check(10)")]
    if answers != ["ok"]:
        return [f"{database.name}: {answer}" for answer in answers]
    state = read_state(database)
    if state is None or state.server_id != server_id or state.cursor != cursor:
        return [f"{database.name}: it is not the state that head office announced"]
    return []
