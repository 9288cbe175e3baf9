"""The two rows in which a replica says how far it goes, and how its till stands with head office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from loyalty.feed import Cursor
from loyalty.wire import EpochHead
from storage.exchange import Link, ReplicaState

if TYPE_CHECKING:
    from storage.connection import Database

_PUT_LINK: Final = """INSERT OR REPLACE INTO link(
  id, acked_epoch, acked_seq, acked_hash, acked_signature, last_contact_us, offset_ms, failure, quarantined)
VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)"""


def read_link(database: Database) -> Link:
    """How the till stands with head office, as the replica says."""
    row = database.one(
        "SELECT acked_epoch, acked_seq, acked_hash, acked_signature, last_contact_us, offset_ms, failure, quarantined"
        " FROM link"
    )
    if row is None:
        return Link()
    epoch, seq, digest, signature, *rest = row
    acked = EpochHead(UUID(bytes=epoch), seq, digest) if epoch else None
    return Link(acked, signature or b"", *rest)


def put_link(database: Database, link: Link) -> None:
    """Write the link's row, inside a transaction."""
    acked = link.acked
    head = (acked.epoch.bytes, acked.seq, acked.hash) if acked else (None, 0, None)
    database.run(
        _PUT_LINK,
        (*head, link.acked_signature, link.last_contact_us, link.offset_ms, link.failure, link.quarantined),
    )


def read_state(database: Database) -> ReplicaState | None:
    """How far the replica goes; ``None`` while nothing was published."""
    row = database.one(
        "SELECT server_id, server_epoch, cursor_n, cursor_token, as_of_us, covered_seq, complete FROM state"
    )
    if row is None:
        return None
    cursor = Cursor(UUID(bytes=row[1]), row[2], row[3])
    return ReplicaState(UUID(bytes=row[0]), cursor, row[4], row[5], bool(row[6]))
