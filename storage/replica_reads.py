"""What a joined till reads of its replica besides accounts and people."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from loyalty.directory import CardStatus, Role
from loyalty.feed import CardItem, CashierItem, ConflictItem, ConflictKind, ProgrammeItem, TillItem, TombstoneItem
from storage.exchange import Adoptions, Link
from storage.incoming import ROWS_MAX
from storage.reads import Reads
from storage.replica_rows import read_link, read_state
from storage.unsent import is_unsent

if TYPE_CHECKING:
    from storage.connection import Database
    from storage.exchange import HeadOfficeRow, ReplicaState

CONFLICTS_MAX: Final = 100
"""The most conflicts one read returns."""

_CONFLICTS: Final = """SELECT conflict_id, kind, member_id, record_id, points, at_us, resolved FROM conflict
WHERE resolved = 0 ORDER BY at_us DESC LIMIT ?"""
_TILL: Final = "SELECT terminal_id, name, store, public_key, last_day FROM till WHERE terminal_id = ?"
_PROGRAMMES: Final = "SELECT version, document, starts_at_us FROM programme WHERE version > ? ORDER BY version"


class ReplicaReads(Reads):
    """Reads of the replica; a till that stands alone has nothing in it."""

    __slots__ = ()

    def head_office(self) -> HeadOfficeRow | None:
        """The head office this till has joined."""
        joined = self._replica.belonging.joined if self._replica else None
        return joined.head_office if joined else None

    def link(self) -> Link:
        """How this till stands with head office."""
        shared = self._shared()
        return read_link(shared.replica) if shared else Link()

    def replica_state(self) -> ReplicaState | None:
        """How far the replica goes; ``None`` while nothing was published, or when the till stands alone."""
        shared = self._shared()
        return read_state(shared.replica) if shared else None

    def conflicts(self, limit: int = CONFLICTS_MAX) -> list[ConflictItem]:
        """What people have to look at, newest first."""
        shared = self._shared()
        rows = shared.replica.all(_CONFLICTS, (min(limit, CONFLICTS_MAX),)) if shared else []
        return [
            ConflictItem(
                UUID(bytes=row[0]), ConflictKind(row[1]), _id(row[2]), _id(row[3]), row[4], row[5], bool(row[6])
            )
            for row in rows
        ]

    def programmes_ahead(self) -> list[ProgrammeItem]:
        """Published programmes that are newer than the newest this till has, in force already or later."""
        shared = self._shared()
        newest = int(self._ledger.value("SELECT ifnull(max(version), 0) FROM programme"))
        rows = shared.replica.all(_PROGRAMMES, (newest,)) if shared else []
        return [ProgrammeItem(*row) for row in rows]

    def till(self, terminal_id: UUID) -> TillItem | None:
        """A till of the programme, with the key behind its receipts; ``None`` for one nobody has told of."""
        shared = self._shared()
        row = shared.replica.one(_TILL, (terminal_id.bytes,)) if shared else None
        if row is None:
            return None
        return TillItem(UUID(bytes=row[0]), row[1], row[2], row[3], date.fromisoformat(row[4]) if row[4] else None)

    def adoptions(self, limit: int = ROWS_MAX) -> Adoptions:
        """What the own tables lack of what head office says, at most ``limit`` of each; see ``Unit.take_cards``.

        It walks all of the replica's cards, so it is for the sync thread, after a publication that brought any.
        """
        shared = self._shared()
        if shared is None:
            return Adoptions()
        replica = shared.replica
        return Adoptions(
            tuple(self._tombstones(replica)[:limit]),
            tuple(self._cards(replica, limit)),
            tuple(self._cashiers(replica)[:limit]),
        )

    def _tombstones(self, replica: Database) -> list[TombstoneItem]:
        known = {member for (member,) in self._ledger.each("SELECT member_id FROM tombstone")}
        return [
            TombstoneItem(UUID(bytes=member), at_us, date.fromisoformat(day))
            for member, at_us, day in replica.each("SELECT member_id, erased_at_us, erased_day FROM tombstone")
            if member not in known
        ]

    def _cards(self, replica: Database, limit: int) -> list[CardItem]:
        found: list[CardItem] = []
        for number, member, status, card_ref in self._ledger.each(
            "SELECT number, member_id, status, card_ref FROM card"
        ):
            row = replica.one("SELECT card_ref, member_id, status FROM card WHERE number = ?", (number,))
            if row and (row[1], row[2]) != (member, status) and not is_unsent(self._ledger, "card", card_ref):
                found.append(CardItem(number, UUID(bytes=row[0]), UUID(bytes=row[1]), CardStatus(row[2])))
                if len(found) == limit:
                    break
        return found

    def _cashiers(self, replica: Database) -> list[CashierItem]:
        columns = "cashier_id, name, role, pin_hash, blocked"
        known = set(self._ledger.all(f"SELECT {columns} FROM cashier"))  # noqa: S608 - names of our own
        return [
            CashierItem(UUID(bytes=row[0]), row[1], Role(row[2]), row[3], bool(row[4]))
            for row in replica.all(f"SELECT {columns} FROM cashier")  # noqa: S608 - names of our own
            if row not in known and not is_unsent(self._ledger, "cashier", row[0])
        ]


def _id(raw: bytes | None) -> UUID | None:
    return UUID(bytes=raw) if raw else None
