"""The reading side of one thread, and the unit of work: the same reads inside one transaction, plus every write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from storage import journal
from storage.directory import DirectoryReads
from storage.reports import ReportReads
from storage.statements import StatementReads
from storage.tombstones import Tombstone, erase
from storage.vault import key_for, seal

if TYPE_CHECKING:
    from uuid import UUID

    from loyalty.ports import Clock
    from loyalty.programme import Programme
    from loyalty.records import AnyRecord
    from storage.connection import Database
    from storage.types import CardRow, CashierRow, Profile, Stored


class Reader(StatementReads, DirectoryReads, ReportReads):
    """Every read of the ledger, on connections of its own that can't write. Belongs to the thread that asked for it."""

    __slots__ = ()

    def close(self) -> None:
        """Close its connections."""
        self._ledger.close()
        self._vault.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Unit(Reader):
    """One transaction: what is read is what was there before, what is written is there together or not at all.

    Attributes:
        appended: How many records it has appended.
        profiles_changed: Whether search terms have to follow.
        programme_changed: Whether the programme in force may be another one afterwards.
        tombstones: Whom it erases.
    """

    __slots__ = ("_clock", "appended", "profiles_changed", "programme_changed", "tombstones")

    def __init__(self, ledger: Database, vault: Database, clock: Clock) -> None:
        super().__init__(ledger, vault)
        self._clock = clock
        self.appended = 0
        self.profiles_changed = False
        self.programme_changed = False
        self.tombstones: list[Tombstone] = []

    def close(self) -> None:
        """A unit ends with its block; the connections are the store's."""
        raise ValueError("A unit of work is ended by its block")

    def append(self, record: AnyRecord) -> Stored:
        """Append one record to the journal and update every projection.

        Raises:
            RecordConflict: The journal holds a record with this id; a retry is answered from ``record()`` before.
            ValueError: The record's types or bounds are wrong, its day is closed, or it reverses more than is left.
        """
        stored = journal.append(self._ledger, record)
        self.appended += 1
        return stored

    def put_card(self, card: CardRow) -> None:
        """Write a card or change its account or status; a number belongs to one card only."""
        self._ledger.run(
            "INSERT INTO card(card_ref, number, number_reversed, member_id, status) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT(card_ref) DO UPDATE SET member_id = excluded.member_id, status = excluded.status",
            (card.card_ref.bytes, card.number, card.number[::-1], card.member_id.bytes, card.status.value),
        )

    def put_profile(self, member_id: UUID, profile: Profile) -> None:
        """Write who a member is, encrypted; the member's key is on disk before this transaction can commit."""
        nonce, box = seal(profile, key_for(self._vault, member_id), member_id)
        self._ledger.run(
            "INSERT INTO member_profile(member_id, nonce, box) VALUES (?1, ?2, ?3)"
            " ON CONFLICT(member_id) DO UPDATE SET nonce = ?2, box = ?3",
            (member_id.bytes, nonce, box),
        )
        self._ledger.run("INSERT INTO profile_change(member_id) VALUES (?)", (member_id.bytes,))
        self.profiles_changed = True

    def put_text(self, text_ref: UUID, text: str) -> None:
        """Write a free text that a record of this transaction names by its random reference."""
        self._ledger.run("INSERT INTO free_text(text_ref, text) VALUES (?, ?)", (text_ref.bytes, text))

    def erase_member(self, member_id: UUID) -> None:
        """Erase profile, card numbers, texts and key of a member. The records stay; they name nobody."""
        now_us = self._clock.now_us()
        tombstone = Tombstone(member_id, now_us, self._clock.business_day(now_us).isoformat())
        erase(self._ledger, tombstone)
        self.tombstones.append(tombstone)
        self.profiles_changed = True

    def put_programme(self, programme: Programme, document: str) -> None:
        """Keep the document of a programme version; a version once written stays as it is."""
        self._ledger.run("INSERT INTO programme(version, document) VALUES (?, ?)", (programme.version, document))
        self.programme_changed = True

    def put_cashier(self, cashier: CashierRow) -> None:
        """Write or change a person who works at the till."""
        self._ledger.run(
            "INSERT INTO cashier(cashier_id, name, role, pin_hash, blocked, failures, locked_until_us)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(cashier_id) DO UPDATE SET name = ?2, role = ?3,"
            " pin_hash = ?4, blocked = ?5, failures = ?6, locked_until_us = ?7",
            (
                cashier.cashier_id.bytes,
                cashier.name,
                cashier.role.value,
                cashier.pin_hash,
                int(cashier.blocked),
                cashier.failures,
                cashier.locked_until_us,
            ),
        )
