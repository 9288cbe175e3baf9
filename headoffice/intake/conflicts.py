"""What happened and should not have: booked, and listed for people to look at."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from headoffice.store import bulk
from headoffice.store.dirty import touch
from headoffice.store.tables import CONFLICT
from loyalty.feed import ConflictKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

_COLUMNS = (
    "conflict_id",
    "kind",
    "member_id",
    "record_id",
    "terminal_id",
    "points",
    "at_us",
    "resolved_at_us",
    "resolved_by",
)


class Conflict(msgspec.Struct, frozen=True):
    """One conflict.

    Attributes:
        kind: What it is.
        about: What it is about, so that it is listed once however often it is found.
        terminal_id: The till it happened at.
        member_id: The member, as recorded.
        record_id: The record that came second.
        points: Points beyond what there was.
        at_us: When head office found it.
    """

    kind: ConflictKind
    about: str
    terminal_id: UUID
    member_id: UUID | None = None
    record_id: UUID | None = None
    points: int = 0
    at_us: int = 0

    @property
    def conflict_id(self) -> UUID:
        """A UUID version 8 (RFC 9562, 5.8) of what it is about."""
        digest = bytearray(hashlib.sha256(f"conflict {self.kind} {self.terminal_id} {self.about}".encode()).digest())
        digest[6] = (digest[6] & 0x0F) | 0x80
        digest[8] = (digest[8] & 0x3F) | 0x80
        return UUID(bytes=bytes(digest[:16]))


def write_conflicts(connection: Connection, conflicts: Sequence[Conflict]) -> None:
    """List conflicts; those that are listed already stay as people left them."""
    rows = [
        (one.conflict_id, one.kind.value, one.member_id, one.record_id, one.terminal_id, one.points, one.at_us, 0, "")
        for one in sorted(conflicts, key=lambda one: one.conflict_id)
    ]
    new = bulk.insert_new(connection, CONFLICT, _COLUMNS, rows)
    touch(connection, "conflict", map(str, new))
