"""People and cards on a joined till: what was changed here and head office has not taken yet, else what it says.

Whoever was erased on either side is gone at once, whatever rows there still are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.cards import masked
from loyalty.directory import CardStatus, Profile
from storage.effective import Family
from storage.types import CardRow, Hit, KnownCard
from storage.unsent import is_unsent
from storage.vault import key_of, unseal

if TYPE_CHECKING:
    from storage.connection import Database, Row

_CARD: Final = "SELECT card_ref, number, member_id, status FROM card WHERE number = ?"
_CARDS: Final = "SELECT card_ref, number, member_id, status FROM card WHERE member_id = ?"
_TOMBSTONE: Final = "SELECT 1 FROM tombstone WHERE member_id = ?"
_OWN_PROFILE: Final = "SELECT nonce, box FROM member_profile WHERE member_id = ?"
_PROFILE: Final = "SELECT nonce, box FROM profile WHERE member_id = ?"
_IS_THERE: Final = {
    "tombstone": _TOMBSTONE,
    "card": _CARD,
    "cashier": "SELECT 1 FROM cashier WHERE cashier_id = ?",
}


class SharedPeople:
    """The ledger's own tables and the replica, seen as one.

    Attributes:
        replica: Head office's side.
        profile_key: Opens the people on it.
    """

    __slots__ = ("_ledger", "_vault", "profile_key", "replica")

    def __init__(self, ledger: Database, vault: Database, replica: Database, profile_key: bytes) -> None:
        self._ledger = ledger
        self._vault = vault
        self.replica = replica
        self.profile_key = profile_key

    def family(self, member_id: UUID) -> Family:
        """All accounts that are one with a member's."""
        return Family(self._ledger, self.replica, member_id)

    def card(self, number: str, own: CardRow | None) -> CardRow | None:
        """A card, ``own`` being the ledger's row of it."""
        row = self.replica.one(_CARD, (number,))
        card = own
        if row and not (own and is_unsent(self._ledger, "card", own.card_ref.bytes)):
            shared = read_card(row)
            card = msgspec.structs.replace(shared, card_ref=own.card_ref) if own else shared
        return None if card is None or self._buried(card.member_id.bytes) else card

    def known_card(self, card: CardRow | None) -> KnownCard | None:
        """What a scan of a card shows at once."""
        if card is None:
            return None
        family = self.family(card.member_id)
        return KnownCard(card.status, family.account(card.member_id), self.profile_of(family))

    def cards_of(self, family: Family) -> list[CardRow]:
        """All cards of a member's family, by number."""
        numbers: dict[str, None] = {}
        for member in family.members:
            for database in (self._ledger, self.replica):
                numbers |= {number: None for _, number, _, _ in database.all(_CARDS, (member,))}
        cards = [self._card_of(number) for number in sorted(numbers)]
        return [card for card in cards if card and card.member_id.bytes in family.members]

    def profile(self, member_id: UUID) -> Profile | None:
        """Who a member is."""
        return self.profile_of(self.family(member_id))

    def profile_of(self, family: Family) -> Profile | None:
        """Who the member of a family is."""
        if self.is_erased(family):
            return None
        unsent = [member for member in family.members if is_unsent(self._ledger, "profile", member)]
        members = (family.root, *family.members)
        read = [self.own_profile(member) for member in unsent]
        read += [self._shared_profile(member) for member in members if not any(read)]
        read += [self.own_profile(member) for member in members if not any(read)]
        return next((profile for profile in read if profile), None)

    def is_erased(self, family: Family) -> bool:
        """Whether the person behind any of a family's accounts was erased, here or elsewhere."""
        return any(self._buried(member) for member in family.members)

    def is_own(self, member: bytes) -> bool:
        """Whether this till's profile of an account is the one that counts, so that its search terms do too."""
        return is_unsent(self._ledger, "profile", member) or self.replica.one(_PROFILE, (member,)) is None

    def has(self, kind: str, key: bytes | str) -> bool:
        """Whether head office has what stands in a row of the ledger, whatever it says about it.

        Args:
            kind: ``tombstone``, ``card``, ``profile``, ``cashier``; of a ``text`` this till is told nothing.
            key: A card's number, else an id.
        """
        if kind == "profile" and isinstance(key, bytes):
            family = self.family(UUID(bytes=key))  # it may stand under another of the accounts
            return any(self.replica.one(_PROFILE, (member,)) for member in (family.root, *family.members))
        return kind in _IS_THERE and self.replica.one(_IS_THERE[kind], (key,)) is not None

    def hit(self, family: Family) -> Hit | None:
        """A member as a search shows one; ``None`` for an erased one."""
        if self.is_erased(family):
            return None
        root = UUID(bytes=family.root)
        cards = self.cards_of(family)
        card = next((card for card in cards if card.status is CardStatus.ACTIVE), cards[0] if cards else None)
        number = card.number if card else None
        return hit_of(root, self.profile_of(family), number, family.account(root).balance)

    def _card_of(self, number: str) -> CardRow | None:
        row = self._ledger.one(_CARD, (number,))
        return self.card(number, read_card(row) if row else None)

    def _buried(self, member: bytes) -> bool:
        return any(database.one(_TOMBSTONE, (member,)) for database in (self._ledger, self.replica))

    def own_profile(self, member: bytes) -> Profile | None:
        """What this till itself knows of an account's person."""
        row = self._ledger.one(_OWN_PROFILE, (member,))
        key = key_of(self._vault, UUID(bytes=member)) if row else None
        return unseal(row[0], row[1], key, member) if row and key else None

    def _shared_profile(self, member: bytes) -> Profile | None:
        row = self.replica.one(_PROFILE, (member,))
        return unseal(row[0], row[1], self.profile_key, member) if row else None


def hit_of(member_id: UUID, profile: Profile | None, card_number: str | None, balance: int) -> Hit:
    """One member as a search shows one: by an active card if there is any, numbers masked."""
    return Hit(
        member_id,
        profile.name if profile else "",
        masked(card_number) if card_number else "",
        masked(profile.phone) if profile and profile.phone else "",
        balance,
    )


def read_card(row: Row) -> CardRow:
    """A row of ``card_ref, number, member_id, status`` as a card."""
    return CardRow(UUID(bytes=row[0]), row[1], UUID(bytes=row[2]), CardStatus(row[3]))
