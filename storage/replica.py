"""The replica's writing side, for the sync thread alone: pages are staged, then published together.

A replica may be thrown away at any time. It is emptied when it is another head office's, or when the journal does not
hold what it says was acknowledged: then the ledger was put back, and nothing in it may count as known.
"""

from __future__ import annotations

from contextlib import closing, suppress
from typing import TYPE_CHECKING, Final, Self
from uuid import UUID

import msgspec

from loyalty.feed import Cursor, Item
from loyalty.replica import REPLICA, REPLICA_APPLICATION_ID, REPLICA_PAGE_SIZE, REPLICA_VERSION
from storage import checksums
from storage.connection import open_new, open_replica_writer
from storage.doubt import believe, is_doubted
from storage.errors import Damaged, NewerSchema, NotALedger, StorageError
from storage.exchange import Published
from storage.files import check_header, log_path, os_errors, sync_directory
from storage.publishing import Publication, forget_person
from storage.replica_rows import put_link, read_link, read_state
from storage.replica_view import is_replica, layout_problems
from storage.search_rows import SEARCH_ROWS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from loyalty.feed import ChangesReply
    from loyalty.wire import EpochHead
    from storage.exchange import Link, ReplicaState

TABLES: Final = (
    "statement",
    "card",
    "profile",
    *SEARCH_ROWS,
    "programme",
    "cashier",
    "conflict",
    "tombstone",
    "till",
)
"""What head office says; emptied when its state begins anew."""

OWN_TABLES: Final = ("position", "state", "link", "stage", "stage_state")

_ENCODER = msgspec.json.Encoder()
_DECODER: msgspec.json.Decoder[Item] = msgspec.json.Decoder(Item)
_PUT_STATE: Final = """INSERT OR REPLACE INTO state(
  id, server_id, server_epoch, cursor_n, cursor_token, as_of_us, covered_seq, complete) VALUES (1, ?, ?, ?, ?, ?, ?, 1)
"""
_PUT_STAGE_STATE: Final = """INSERT INTO stage_state(id, server_epoch, cursor_n, cursor_token, reset, as_of_us)
VALUES (1, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET
  server_epoch = excluded.server_epoch, cursor_n = excluded.cursor_n, cursor_token = excluded.cursor_token,
  reset = max(reset, excluded.reset), as_of_us = min(as_of_us, excluded.as_of_us)"""


def open_replica(path: Path, *, server_id: UUID, profile_key: bytes, holds: Callable[[EpochHead], bool]) -> Replica:
    """Open the replica for writing; what can't be used is replaced by an empty one.

    Args:
        path: The file; made when it is missing.
        server_id: Whose state it must be.
        profile_key: Opens the people in head office's answers.
        holds: Whether a record stands in this till's journal.

    Raises:
        StorageError: It can't be read or written, or can't be made.
    """
    with os_errors(str(path)):
        if not _usable(path):
            discard(path)
            _make(path)
    replica = Replica(path, server_id, profile_key)
    try:
        state, acked = replica.state(), replica.link().acked
        if (state and state.server_id != server_id) or (acked and not holds(acked)):
            replica.empty()
    except BaseException:
        replica.close()
        raise
    return replica


def discard(path: Path) -> None:
    """Delete a replica with its log; readers notice and go on with nothing."""
    with os_errors(str(path)):
        for name in (path, log_path(path), path.with_name(f"{path.name}-shm")):
            name.unlink(missing_ok=True)
        if path.parent.exists():
            sync_directory(path.parent)  # or a power cut could leave the log, to be read as the next replica's


def forget(path: Path, members: list[bytes]) -> None:
    """Take persons out of a replica from beside the sync thread: who was erased is gone when that returns.

    Raises:
        StorageError: It can't be written now.
    """
    with os_errors(str(path)), closing(open_replica_writer(path)) as database:
        if not is_replica(database):
            return
        with database.transaction():
            for member in members:
                forget_person(database, member)
        database.one("PRAGMA wal_checkpoint(TRUNCATE)")


class Replica:
    """Head office's state in the making, on the thread that opened it."""

    def __init__(self, path: Path, server_id: UUID, profile_key: bytes) -> None:
        self._path = path
        self._database = open_replica_writer(path)
        self._server_id = server_id
        self._profile_key = profile_key

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; closing twice is allowed."""
        self._database.close()

    def link(self) -> Link:
        """How this till stands with head office."""
        return read_link(self._database)

    def put_link(self, link: Link) -> None:
        """Keep how this till stands with head office."""
        with self._database.transaction():
            put_link(self._database, link)

    def state(self) -> ReplicaState | None:
        """How far the replica goes; ``None`` while nothing was published."""
        return read_state(self._database)

    def cursor(self) -> Cursor | None:
        """Where the next page begins: behind what is staged, else behind what is published; ``None`` at the start."""
        row = self._database.one("SELECT server_epoch, cursor_n, cursor_token FROM stage_state")
        if row:
            return Cursor(UUID(bytes=row[0]), row[1], row[2])
        state = self.state()
        return state.cursor if state else None

    def stage_page(self, reply: ChangesReply, covered_seq: int) -> None:
        """Put a page aside; nobody sees any of it before ``publish``.

        Args:
            reply: The page. One with ``reset`` begins anew: what was staged before it is void.
            covered_seq: Up to which journal position own records are in its statements.
        """
        with self._database.transaction():
            if reply.reset:
                self._clear_stage()
            self._database.many(
                "INSERT INTO stage(covered_seq, item) VALUES (?, ?)",
                ((covered_seq, _ENCODER.encode(item)) for item in reply.items),
            )
            cursor = reply.cursor
            self._database.run(
                _PUT_STAGE_STATE,
                (cursor.epoch.bytes, cursor.n, cursor.token, int(reply.reset), reply.server_time_us),
            )

    def publish(self) -> Published:
        """Make all staged pages visible at once: rows, aliases and cursor in one transaction.

        To be called when a page says that no more follow.

        Returns:
            What it was; nothing when nothing was staged.
        """
        with self._database.transaction():
            row = self._database.one("SELECT server_epoch, cursor_n, cursor_token, reset, as_of_us FROM stage_state")
            if row is None:
                return Published()
            epoch, n, token, reset, as_of_us = row
            before = self.state()
            anew = bool(reset) or before is None
            if anew:
                self._empty(TABLES)
            publication = Publication(self._database, self._profile_key, as_of_us)
            for covered_seq, item in self._database.each("SELECT covered_seq, item FROM stage ORDER BY id"):
                publication.add(_DECODER.decode(item), covered_seq)
            publication.flush()
            covered = publication.covered_seq if anew or before is None else before.covered_seq
            self._database.run(_PUT_STATE, (self._server_id.bytes, epoch, n, token, as_of_us, covered))
            self._clear_stage()
        return publication.published(reset=anew)

    def take_snapshot(
        self, path: Path, *, terminal_id: UUID, cursor: Cursor, position_prefix: Callable[[dict[UUID, int]], int]
    ) -> None:
        """Take a downloaded snapshot over, page by page and all at once; readers go on reading meanwhile.

        Args:
            path: The file, whose hash and signature were checked; it is changed.
            terminal_id: This till's id at head office.
            cursor: Where head office said that pulling goes on.
            position_prefix: The last journal position that head office has everything up to; see
                ``OutgoingReads.position_prefix``.

        Raises:
            StorageError: It is not a sound snapshot of this head office; the replica is as it was.
        """
        from storage.snapshot import prepare  # needed once in the life of a till

        with closing(prepare(path, self._server_id, terminal_id, cursor, position_prefix, self.link())) as prepared:
            prepared.copy_to(self._database, pages=-1, progress=_silent)
        self._settle()

    @property
    def is_doubted(self) -> bool:
        """Whether the daily proof found it damaged."""
        return is_doubted(self._path.parent)

    def begin_anew(self) -> None:
        """Put an empty file in its place, as pages of this one may be damaged; one that others hold open is emptied."""
        self._database.close()
        with suppress(StorageError):  # Windows keeps the name of an open file
            discard(self._path)
        with os_errors(str(self._path)):
            if not self._path.exists():
                _make(self._path)
            self._database = open_replica_writer(self._path)
            self.empty()
            believe(self._path.parent)

    def empty(self) -> None:
        """Forget everything: nothing counts as known until head office's whole state was published again."""
        with self._database.transaction():
            self._empty((*TABLES, *OWN_TABLES))
        self._settle()

    def _settle(self) -> None:
        """Move the log into the file, so that it is on the disk and what was overwritten is gone."""
        self._database.one("PRAGMA wal_checkpoint(TRUNCATE)")

    def _clear_stage(self) -> None:
        self._empty(("stage", "stage_state"))

    def _empty(self, tables: tuple[str, ...]) -> None:
        for table in tables:
            self._database.run(f"DELETE FROM {table}")  # noqa: S608 - names of our own


def _usable(path: Path) -> bool:
    """Whether a file is a sound replica of this layout: nothing proves it later, and it is soon fetched again."""
    if not path.exists():
        return False
    try:
        check_header(path, REPLICA_APPLICATION_ID)
        with closing(open_replica_writer(path)) as database:
            if layout_problems(database) or database.value("PRAGMA quick_check(1)") != "ok":
                return False
            read_state(database)
            read_link(database)
            return True
    except (NotALedger, NewerSchema, Damaged, ValueError, TypeError):  # the last two: an id that is none
        return False


def _make(path: Path) -> None:
    """Make an empty replica aside and move it into place, so that a reader never finds half a one."""
    part = path.with_name(f".{path.name}.part")
    discard(part)
    with closing(open_new(part)) as database:
        database.one(f"PRAGMA page_size = {REPLICA_PAGE_SIZE}")
        database.one("PRAGMA journal_mode = WAL")
        with database.transaction():
            for statement in REPLICA:
                database.run(statement)
            database.run(f"PRAGMA application_id = {REPLICA_APPLICATION_ID}")
            database.run(f"PRAGMA user_version = {REPLICA_VERSION}")
            checksums.begin(database)
        database.one("PRAGMA wal_checkpoint(TRUNCATE)")  # closing would try it, too, and keep a failure to itself
    part.replace(path)


def _silent(_status: int, _remaining: int, _total: int) -> None:
    """Nobody is told how far a copy in one step has come."""
