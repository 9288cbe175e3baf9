"""What people at the till change besides the journal, kept until head office has taken it and for a time beyond.

Edits lie sealed: about a member with that member's key, so that erasing the key would be enough to forget them, about
anything else with a key of the till. The kind and the random id of what is changed are in the clear, for the till must
know which of its rows head office has not heard of.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, assert_never
from uuid import UUID

import msgspec

from loyalty.feed import (
    EDITS_KEPT_US,
    EDITS_MAX,
    TEXT_MAX,
    VALUE_MAX,
    CardEdit,
    CashierEdit,
    Edit,
    ProfileEdit,
    ProfileField,
    TextEdit,
    TombstoneEdit,
)
from storage.exchange import Again
from storage.reads import Reads
from storage.unsent import outdated_edits
from storage.vault import TillKey, key_for, key_of, seal_bytes, till_key, till_key_for_edits, unseal_bytes

if TYPE_CHECKING:
    from loyalty.directory import Profile
    from loyalty.ports import Ids
    from storage.connection import Database
    from storage.tombstones import Tombstone
    from storage.types import CardRow, CashierRow

NAME_MAX: Final = 80
"""The longest name of a person who works at the till, in characters; as ``loyalty.feed.Name``."""

_PUT: Final = "INSERT INTO edit(edit_id, kind, subject, member_id, nonce, box) VALUES (?, ?, ?, ?, ?, ?)"
_AFTER: Final = """SELECT stamp, edit_id, member_id, nonce, box FROM edit
WHERE stamp > ? AND taken_at_us IS NULL ORDER BY stamp LIMIT ?"""
_KEPT: Final = _AFTER.replace("taken_at_us IS NULL", "taken_at_us >= ?")
_ENCODER = msgspec.json.Encoder()
_DECODER: msgspec.json.Decoder[Edit] = msgspec.json.Decoder(Edit)


class Outbox:
    """Writes edits in the transaction that changes the rows they are about.

    Args:
        ledger: The writing connection, inside a transaction.
        vault: Keys; one that is made here is on the disk before that transaction can commit.
        ids: Fresh ids.
        fills: Whether the edits are only for what head office has nothing about.
    """

    __slots__ = ("_fills", "_ids", "_ledger", "_vault")

    def __init__(self, ledger: Database, vault: Database, ids: Ids, *, fills: bool = False) -> None:
        self._ledger = ledger
        self._vault = vault
        self._ids = ids
        self._fills = fills

    def filling(self) -> Outbox:
        """The same for rows that head office seems to have lost: it keeps what it has."""
        return Outbox(self._ledger, self._vault, self._ids, fills=True)

    def profile(self, member_id: UUID, before: Profile | None, after: Profile) -> None:
        """Every field of a person that is another one now."""
        old, new = _fields(before), _fields(after)
        for field in ProfileField:
            if old[field] != new[field]:
                edit = ProfileEdit(self._ids.random_id(), member_id, field, new[field][:VALUE_MAX], self._fills)
                self._put(edit, "profile", member_id, member_id)

    def card(self, card: CardRow) -> None:
        """A card, with the account it means and its status."""
        edit = CardEdit(self._ids.random_id(), card.card_ref, card.number, card.member_id, card.status, self._fills)
        self._put(edit, "card", card.card_ref, card.member_id)

    def text(self, text_ref: UUID, text: str, member_id: UUID | None) -> None:
        """A free text, about a member or nobody."""
        self._put(TextEdit(self._ids.random_id(), text_ref, text[:TEXT_MAX]), "text", text_ref, member_id)

    def cashier(self, cashier: CashierRow) -> None:
        """A person who works at the till; wrong PINs are nobody else's business."""
        edit = CashierEdit(
            self._ids.random_id(),
            cashier.cashier_id,
            cashier.name[:NAME_MAX],
            cashier.role,
            cashier.pin_hash,
            cashier.blocked,
            self._fills,
        )
        self._put(edit, "cashier", cashier.cashier_id, None)

    def tombstone(self, tombstone: Tombstone) -> None:
        """A member was erased."""
        edit = TombstoneEdit(
            self._ids.random_id(),
            tombstone.member_id,
            tombstone.erased_at_us,
            date.fromisoformat(tombstone.erased_day),
        )
        self._put(edit, "tombstone", tombstone.member_id, None)

    def take(self, edit: Edit) -> bool:
        """An edit that was made before, under its own id: of a lost till; gives whether it was not here yet."""
        if self._ledger.one("SELECT 1 FROM edit WHERE edit_id = ?", (edit.edit_id.bytes,)):
            return False
        match edit:
            case ProfileEdit():
                self._put(edit, "profile", edit.member_id, edit.member_id)
            case CardEdit():
                self._put(edit, "card", edit.card_ref, edit.member_id)
            case TextEdit():
                self._put(edit, "text", edit.text_ref, None)
            case CashierEdit():
                self._put(edit, "cashier", edit.cashier_id, None)
            case TombstoneEdit():
                self._put(edit, "tombstone", edit.member_id, None)
            case _:
                assert_never(edit)
        return True

    def _put(self, edit: Edit, kind: str, subject: UUID, member_id: UUID | None) -> None:
        key = key_for(self._vault, member_id) if member_id else till_key_for_edits(self._vault)
        nonce, box = seal_bytes(_ENCODER.encode(edit), key, edit.edit_id.bytes)
        member = member_id.bytes if member_id else None
        self._ledger.run(_PUT, (edit.edit_id.bytes, kind, subject.bytes, member, nonce, box))


def _fields(profile: Profile | None) -> dict[ProfileField, str]:
    """A person field by field, as texts; nobody is empty in every one."""
    return {
        ProfileField.NAME: profile.name if profile else "",
        ProfileField.PHONE: profile.phone if profile else "",
        ProfileField.EMAIL: profile.email if profile else "",
        ProfileField.BIRTHDAY: profile.birthday.isoformat() if profile and profile.birthday else "",
    }


class EditReads(Reads):
    """Reads of what head office has not taken yet."""

    __slots__ = ()

    def edits_after(self, stamp: int, limit: int = EDITS_MAX) -> list[tuple[int, Edit]]:
        """Edits that wait behind a stamp, in the order in which they were made.

        One that can't be opened any more, because its key is gone, is left out; it never keeps those behind it waiting.

        Args:
            stamp: The stamp; 0 for all.
            limit: How many are looked at in one go.
        """
        while waiting := self._opened(_AFTER, stamp, limit):
            readable = [(number, edit) for number, edit in waiting if edit is not None]
            if readable:
                return readable
            stamp = waiting[-1][0]
        return []

    def kept_after(self, stamp: int, limit: int = EDITS_MAX) -> list[tuple[int, Edit | None]]:
        """Edits behind a stamp that head office has taken; ``None`` for one that can't be opened any more.

        Those that are kept too long already are left out, whether they were forgotten yet or not: head office need not
        know them any more, and would take an old word for a new one.
        """
        return self._opened(_KEPT, stamp, self._now_us() - EDITS_KEPT_US, limit)

    def edits_waiting(self) -> int:
        """How many edits head office has not taken yet."""
        return int(self._ledger.value("SELECT count(*) FROM edit WHERE taken_at_us IS NULL"))

    def has_outdated_edits(self) -> bool:
        """Whether there are kept edits to be forgotten."""
        return bool(outdated_edits(self._ledger, self._now_us()))

    def again(self) -> Again:
        """What head office, having been put back, still has to be told once more."""
        return Again(self._ledger.value("SELECT again FROM head_office") or Again.NOTHING)

    def _opened(self, query: str, *values: int) -> list[tuple[int, Edit | None]]:
        found: list[tuple[int, Edit | None]] = []
        for number, edit_id, member, nonce, box in self._ledger.all(query, values):
            key = key_of(self._vault, UUID(bytes=member)) if member else till_key(self._vault, TillKey.EDITS)
            data = unseal_bytes(nonce, box, key, edit_id) if key else None
            found.append((number, _DECODER.decode(data) if data is not None else None))
        return found
