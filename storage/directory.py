"""Cards, profiles, texts, cashiers and programme versions: the side tables that are not derived from the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from loyalty.directory import Profile, Role, person_term
from loyalty.folding import digits_of, fold_word, fold_words
from loyalty.programme import Programme, parse_programme
from storage.errors import Damaged
from storage.projections import root_of
from storage.reads import Reads
from storage.shared_people import hit_of, read_card
from storage.types import CardRow, CashierRow, Hit
from storage.vault import key_of, unseal

if TYPE_CHECKING:
    from storage.connection import Database, Row
    from storage.shared_people import SharedPeople

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
        own = read_card(row) if row else None
        shared = self._shared()
        return shared.card(number, own) if shared else own

    def card_by_ref(self, card_ref: UUID) -> CardRow | None:
        """The card a record names."""
        row = self._ledger.one(
            "SELECT card_ref, number, member_id, status FROM card WHERE card_ref = ?", (card_ref.bytes,)
        )
        return read_card(row) if row else None

    def cards_of(self, member_id: UUID) -> list[CardRow]:
        """All cards of an account, those of accounts merged into it included."""
        shared = self._shared()
        if shared:
            return shared.cards_of(member_id)
        rows = self._ledger.all(
            "SELECT card_ref, number, member_id, status FROM card WHERE member_id IN"
            " (SELECT ?1 UNION SELECT member_id FROM account WHERE merged_into = ?1) ORDER BY number",
            (root_of(self._ledger, member_id),),
        )
        return [read_card(row) for row in rows]

    def profile(self, member_id: UUID) -> Profile | None:
        """Who a member is; ``None`` when nobody has enrolled, the member was erased, or the key is not on this till."""
        shared = self._shared()
        return shared.profile(member_id) if shared else self._own_profile(member_id)

    def _own_profile(self, member_id: UUID) -> Profile | None:
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
        document = self.programme_document(version)
        return None if document is None else read_programme(document)

    def programme_document(self, version: int) -> str | None:
        """One version as its shop wrote it."""
        document: str | None = self._ledger.value("SELECT document FROM programme WHERE version = ?", (version,))
        return document

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
        for source in self._sources():
            for members in (
                _by_number(source, query, limit),
                _by_email(source, query, limit),
                _by_words(source, query, limit),
            ):
                for member in members:
                    if len(found) < limit and source.counts(member):
                        found[self._root(member)] = None
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
        for source in self._sources():
            for kind, term in wanted:
                rows = source.terms.all(
                    "SELECT member_id FROM search_term WHERE kind = ? AND term = ? LIMIT ?", (kind, term, HITS_MAX)
                )
                found |= {self._root(member): None for (member,) in rows if source.counts(member)}
        return self._hits(found)

    def _sources(self) -> list[_Source]:
        """Where to search: in the ledger's own index, and on a joined till in head office's too."""
        shared = self._shared()
        own = _Source(self._vault, self._ledger, shared)
        return [own, _Source(shared.replica, shared.replica, None)] if shared else [own]

    def _root(self, member: bytes) -> bytes:
        shared = self._shared()
        member_id = UUID(bytes=member)
        return shared.family(member_id).root if shared else root_of(self._ledger, member_id)

    def _hits(self, members: dict[bytes, None]) -> list[Hit]:
        shared = self._shared()
        hits = [shared.hit(UUID(bytes=member)) if shared else self._hit(UUID(bytes=member)) for member in members]
        return sorted(
            (hit for hit in hits if hit), key=lambda hit: (fold_word(hit.name), hit.card_masked, hit.member_id)
        )

    def _hit(self, member_id: UUID) -> Hit:
        balance = self._ledger.value("SELECT balance FROM account WHERE member_id = ?", (member_id.bytes,))
        return hit_of(member_id, self.profile(member_id), self.cards_of(member_id), balance or 0)


class _Source(NamedTuple):
    """One index of search terms with the cards beside it.

    Attributes:
        terms: Has the table ``search_term``.
        cards: Has the table ``card``.
        shared: What decides whether a member found here counts; ``None`` when all do.
    """

    terms: Database
    cards: Database
    shared: SharedPeople | None

    def counts(self, member: bytes) -> bool:
        """Whether a profile of this index is the one in force."""
        return self.shared is None or self.shared.is_own(member)


def _by_number(source: _Source, query: str, limit: int) -> list[bytes]:
    """Members by the end of a card number, or the start or end of a phone number."""
    card = "".join(query.split()).upper()
    if len(card) < NUMBER_QUERY_MIN or not any(letter.isdigit() for letter in card):
        return []
    backwards = card[::-1]
    rows = source.cards.all(
        "SELECT member_id FROM card WHERE number_reversed >= ? AND number_reversed < ? LIMIT ?",
        (backwards, backwards + _ALL_LETTERS, limit),
    )
    digits = digits_of(query)
    if len(digits) >= NUMBER_QUERY_MIN and not any(letter.isalpha() for letter in card):
        rows += _terms(source, "phone", digits.lstrip("0"), limit) + _terms(source, "phone_end", digits[::-1], limit)
    return [member for (member,) in rows]


def _by_email(source: _Source, query: str, limit: int) -> list[bytes]:
    if not query or " " in query:
        return []
    return [member for (member,) in _terms(source, "email", query.casefold(), limit)]


def _by_words(source: _Source, query: str, limit: int) -> list[bytes]:
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
    rows = source.terms.all(f"{sql}{other * (len(words) - 1)} LIMIT ?", (*bounds, limit))
    return [member for (member,) in rows]


def _terms(source: _Source, kind: str, start: str, limit: int) -> list[Row]:
    if not start:
        return []
    return source.terms.all(
        "SELECT DISTINCT member_id FROM search_term WHERE kind = ? AND term >= ? AND term < ? LIMIT ?",
        (kind, start, start + _ALL_LETTERS, limit),
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


def _cashier(row: Row) -> CashierRow:
    cashier_id, name, role, pin_hash, blocked, failures, locked_until_us = row
    return CashierRow(UUID(bytes=cashier_id), name, Role(role), pin_hash, bool(blocked), failures, locked_until_us)
