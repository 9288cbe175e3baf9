"""What passes between the ledger, the replica and the sync thread: frozen rows without any driver in them."""

from __future__ import annotations

from enum import IntEnum
from uuid import UUID

import msgspec

from loyalty.feed import CardItem, CashierItem, Cursor, TombstoneItem
from loyalty.wire import EpochHead


class Again(IntEnum):
    """What a head office that was put back to an older state still has to be told once more.

    First the edits it had taken, under their ids; then, when its whole state has come down, what is missing in it.
    """

    NOTHING = 0
    EDITS = 1
    MISSING = 2


class HeadOfficeRow(msgspec.Struct, frozen=True):
    """The head office a till has joined.

    Attributes:
        url: Where it answers.
        terminal_id: This till's id there.
        server_id: Its own id.
        server_epoch: Its epoch when the till joined.
        server_key: The Ed25519 key it signs with.
        store: The store this till belongs to.
        ca_pem: The certificate authority that vouches for it; empty without TLS.
        joined_at_us: When, in microseconds since 1970 UTC.
    """

    url: str
    terminal_id: UUID
    server_id: UUID
    server_epoch: UUID
    server_key: bytes
    store: str
    ca_pem: str = ""
    joined_at_us: int = 0


class JournalRow(msgspec.Struct, frozen=True):
    """A record as it is handed in: its place, its canonical bytes, and its links."""

    seq: int
    epoch: UUID
    payload: bytes
    hash: bytes
    prev_hash: bytes
    at_us: int


class EpochRange(msgspec.Struct, frozen=True):
    """The positions of one epoch, from its start to its last record, both included."""

    epoch: UUID
    first: int
    last: int


class Link(msgspec.Struct, frozen=True):
    """How this till stands with head office; kept in the replica by the sync thread.

    Attributes:
        acked: The last record head office has durably taken, ``None`` for none.
        acked_signature: Head office's signature under it.
        last_contact_us: When head office last answered, by the till's corrected clock; 0 for never.
        offset_ms: Head office's clock less the till's, in milliseconds.
        failure: The code of what went wrong in the last round, empty when nothing did.
        quarantined: How many of this till's records head office could not read.
    """

    acked: EpochHead | None = None
    acked_signature: bytes = b""
    last_contact_us: int = 0
    offset_ms: int = 0
    failure: str = ""
    quarantined: int = 0


class ReplicaState(msgspec.Struct, frozen=True):
    """How far the replica goes.

    Attributes:
        server_id: Whose state it is.
        cursor: The last published step of the feed.
        as_of_us: Head office's clock when it was read.
        covered_seq: Up to which journal position own records are in rows that don't say it themselves.
        complete: Whether head office's whole state was published since the replica was last emptied.
    """

    server_id: UUID
    cursor: Cursor
    as_of_us: int
    covered_seq: int
    complete: bool


class Published(msgspec.Struct, frozen=True):
    """How many items of which kind one publication brought."""

    statements: int = 0
    cards: int = 0
    profiles: int = 0
    programmes: int = 0
    cashiers: int = 0
    conflicts: int = 0
    removed: int = 0
    tombstones: int = 0
    tills: int = 0
    reset: bool = False


class Adoptions(msgspec.Struct, frozen=True):
    """What the replica knows and the ledger's own tables don't yet; empty when there is nothing to take over."""

    tombstones: tuple[TombstoneItem, ...] = ()
    cards: tuple[CardItem, ...] = ()
    cashiers: tuple[CashierItem, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is something."""
        return bool(self.tombstones or self.cards or self.cashiers)
