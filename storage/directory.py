"""Cards, profiles, texts, cashiers and programme versions: the side tables that are not derived from the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from loyalty.cards import masked
from loyalty.directory import CardStatus, Profile, Role, person_term
from loyalty.folding import digits_of, fold_word, fold_words
from loyalty.programme import Programme, parse_programme
from storage.errors import Damaged
from storage.projections import root_of
from storage.reads import Reads
from storage.types import CardRow, CashierRow, Hit
from storage.vault import key_of, unseal

if TYPE_CHECKING:
    from storage.connection import Row

HITS_MAX: Final = 100
"""The most members one search returns."""

QUERY_LENGTH_MAX: Final = 100
"""How many characters of a query are looked at."""

NUMBER_QUERY_MIN: Final = 4
"""Fewer characters of a card or phone number would find half the shop."""

_CARD = "SELECT card_ref, number, member_id, status FROM card WHERE number = ?"
_CASHIERS = "SELECT cashier_id, name, role, pin_hash, blocked, failures, locked_until_us FROM cashier"
_ALL_LETTERS: Final = "\U0010ffff"
_PROFILE = """SELECT nonce, box, member_id FROM member_profile
WHERE member_id = ifnull((SELECT merged_into FROM account WHERE member_id = ?1), ?1)"""


class DirectoryReads(Reads):
    """Reads of the side tables and the search."""

    __slots__ = ()

    def card(self, number: str) -> CardRow | None:
        """The card with this number."""
        row = self._ledger.one(_CARD, (number,))
        return _card(row) if row else None

    def card_by_ref(self, card_ref: UUID) -> CardRow | None:
        """The card a record names."""
        row = self._ledger.one(
            "SELECT card_ref, number, member_id, status FROM card WHERE card_ref = ?", (card_ref.bytes,)
        )
        return _card(row) if row else None

    def cards_of(self, member_id: UUID) -> list[CardRow]:
        """All cards of an account, those of accounts merged into it included."""
        rows = self._ledger.all(
            "SELECT card_ref, number, member_id, status FROM card WHERE member_id IN"
            " (SELECT ?1 UNION SELECT member_id FROM account WHERE merged_into = ?1) ORDER BY number",
            (root_of(self._ledger, member_id),),
        )
        return [_card(row) for row in rows]

    def profile(self, member_id: UUID) -> Profile | None:
        """Who a member is; ``None`` when nobody has enrolled, the member was erased, or the key is not on this till."""
        row = self._ledger.one(_PROFILE, (member_id.bytes,))
        if row is None:
            return None
        key = key_of(self._vault, UUID(bytes=row[2]))
        return unseal(row[0], row[1], key, row[2]) if key else None

    def text(self, text_ref: UUID) -> str | None:
        """A free text a record refers to; ``None`` when it was erased."""
        text: str | None = self._ledger.value("SELECT text FROM free_text WHERE text_ref = ?", (text_ref.bytes,))
        return text

    def cashiers(self) -> list[CashierRow]:
        """Everybody who works at the till, by name."""
        return [_cashier(row) for row in self._ledger.all(f"{_CASHIERS} ORDER BY name, cashier_id")]

    def cashier(self, cashier_id: UUID) -> CashierRow | None:
        """One person who works at the till."""
        row = self._ledger.one(f"{_CASHIERS} WHERE cashier_id = ?", (cashier_id.bytes,))
        return _cashier(row) if row else None

    def programme_at(self, version: int) -> Programme | None:
        """The rules of one version; reading them parses their document."""
        document = self._ledger.value("SELECT document FROM programme WHERE version = ?", (version,))
        return None if document is None else read_programme(document)

    def search(self, text: str, limit: int = 20) -> list[Hit]:
        """Find members as people at a counter ask for them.

        Args:
            text: Beginnings of words of the name, in any order; a phone number from its start or its last digits; a
                card number or its last characters; the beginning of an e-mail address. Numbers need
                ``NUMBER_QUERY_MIN`` characters.
            limit: How many members, at most ``HITS_MAX``.

        Returns:
            Members by name; merged accounts once.
        """
        query = text.strip()[:QUERY_LENGTH_MAX]
        limit = min(limit, HITS_MAX)
        found: dict[bytes, None] = {}
        for members in (self._by_number(query, limit), self._by_email(query, limit), self._by_words(query, limit)):
            for member in members:
                if len(found) < limit:
                    found[root_of(self._ledger, UUID(bytes=member))] = None
        return self._hits(found)

    def profile_duplicates(self, profile: Profile) -> list[Hit]:
        """Members who may be the same person: same phone, same e-mail, or same name and birthday."""
        wanted: list[tuple[str, str]] = []
        if profile.phone:
            wanted.append(("phone", digits_of(profile.phone)))
        if profile.email:
            wanted.append(("email", profile.email.casefold()))
        if profile.birthday:
            wanted.append(("person", person_term(profile)))
        found: dict[bytes, None] = {}
        for kind, term in wanted:
            rows = self._vault.all(
                "SELECT member_id FROM search_term WHERE kind = ? AND term = ? LIMIT ?", (kind, term, HITS_MAX)
            )
            found |= {root_of(self._ledger, UUID(bytes=member)): None for (member,) in rows}
        return self._hits(found)

    def _by_number(self, query: str, limit: int) -> list[bytes]:
        """Members by the end of a card number, or the start or end of a phone number."""
        card = "".join(query.split()).upper()
        if len(card) < NUMBER_QUERY_MIN or not any(letter.isdigit() for letter in card):
            return []
        backwards = card[::-1]
        rows = self._ledger.all(
            "SELECT member_id FROM card WHERE number_reversed >= ? AND number_reversed < ? LIMIT ?",
            (backwards, backwards + _ALL_LETTERS, limit),
        )
        digits = digits_of(query)
        if len(digits) >= NUMBER_QUERY_MIN and not any(letter.isalpha() for letter in card):
            rows += self._terms("phone", digits.lstrip("0"), limit) + self._terms("phone_end", digits[::-1], limit)
        return [member for (member,) in rows]

    def _by_email(self, query: str, limit: int) -> list[bytes]:
        if not query or " " in query:
            return []
        return [member for (member,) in self._terms("email", query.casefold(), limit)]

    def _by_words(self, query: str, limit: int) -> list[bytes]:
        """Members whose name has, for every word typed, a word beginning with it; the longest, rarest one leads."""
        words = sorted(fold_words(query), key=len, reverse=True)
        if not words:
            return []
        sql = "SELECT DISTINCT member_id FROM search_term AS first WHERE kind = 'word' AND term >= ? AND term < ?"
        other = (
            " AND EXISTS (SELECT 1 FROM search_term INDEXED BY search_term_by_member WHERE member_id = first.member_id"
            " AND kind = 'word' AND term >= ? AND term < ?)"
        )
        bounds = [bound for word in words for bound in (word, word + _ALL_LETTERS)]
        rows = self._vault.all(f"{sql}{other * (len(words) - 1)} LIMIT ?", (*bounds, limit))
        return [member for (member,) in rows]

    def _terms(self, kind: str, start: str, limit: int) -> list[Row]:
        if not start:
            return []
        return self._vault.all(
            "SELECT DISTINCT member_id FROM search_term WHERE kind = ? AND term >= ? AND term < ? LIMIT ?",
            (kind, start, start + _ALL_LETTERS, limit),
        )

    def _hits(self, members: dict[bytes, None]) -> list[Hit]:
        hits = [self._hit(UUID(bytes=member)) for member in members]
        return sorted(hits, key=lambda hit: (fold_word(hit.name), hit.card_masked, hit.member_id))

    def _hit(self, member_id: UUID) -> Hit:
        profile = self.profile(member_id) or Profile("")
        cards = self.cards_of(member_id)
        card = next((card for card in cards if card.status is CardStatus.ACTIVE), cards[0] if cards else None)
        balance = self._ledger.value("SELECT balance FROM account WHERE member_id = ?", (member_id.bytes,))
        return Hit(
            member_id,
            profile.name,
            masked(card.number) if card else "",
            masked(profile.phone) if profile.phone else "",
            balance or 0,
        )


def read_programme(document: str) -> Programme:
    """Parse a programme document that was checked before it was stored.

    Raises:
        Damaged: It can't be read any more.
    """
    programme = parse_programme(document)
    if isinstance(programme, Programme):
        return programme
    raise Damaged(f"A stored programme can't be read: {programme[0].path}: {programme[0].message}")


def _card(row: Row) -> CardRow:
    return CardRow(UUID(bytes=row[0]), row[1], UUID(bytes=row[2]), CardStatus(row[3]))


def _cashier(row: Row) -> CashierRow:
    cashier_id, name, role, pin_hash, blocked, failures, locked_until_us = row
    return CashierRow(UUID(bytes=cashier_id), name, Role(role), pin_hash, bool(blocked), failures, locked_until_us)
