"""The search as people at a counter use it: in every index there is, ranked, and shown with cards and points."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from loyalty.folding import fold_word
from loyalty.searching import same_person_keys
from storage.directory import DirectoryReads
from storage.errors import Damaged, NotALedger
from storage.search import Fitting, holders_of, look_up, parse_query
from storage.search_index import empty_index
from storage.shared_hits import SharedHits
from storage.shared_people import hit_of
from storage.types import Found
from storage.vault import unseal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from loyalty.directory import Profile
    from storage.connection import Database
    from storage.search import Query
    from storage.types import Hit

HITS_MAX: Final = 100
"""The most members one search returns."""

HITS_WANTED: Final = 20
"""How many members somebody looks at before typing on."""

_DAYS: Final = """SELECT member_id, last_sale_day, merged_into FROM account
WHERE member_id IN (SELECT unhex(value) FROM json_each(?1))"""
_SHARED_DAYS: Final = """SELECT member_id, last_sale_day, merged_into FROM statement
WHERE member_id IN (SELECT unhex(value) FROM json_each(?1))"""
_PROFILES: Final = """SELECT member_id, nonce, box FROM member_profile
WHERE member_id IN (SELECT unhex(value) FROM json_each(?1))"""
_KEYS: Final = "SELECT member_id, key FROM member_key WHERE member_id IN (SELECT unhex(value) FROM json_each(?1))"
_BALANCES: Final = "SELECT member_id, balance FROM account WHERE member_id IN (SELECT unhex(value) FROM json_each(?1))"
_CARDS: Final = """WITH these(member_id) AS (SELECT unhex(value) FROM json_each(?1)),
  all_of_them(member_id, root) AS (
    SELECT member_id, member_id FROM these
    UNION ALL SELECT account.member_id, merged_into FROM these JOIN account ON merged_into = these.member_id)
SELECT root, number FROM all_of_them JOIN card USING (member_id) ORDER BY status <> 'active', number"""
"""Behind each other the cards of everybody asked for; the first one of somebody is the one to show."""


class SearchReads(DirectoryReads):
    """Finding members."""

    __slots__ = ()

    def search(self, text: str, limit: int = HITS_WANTED) -> list[Hit]:
        """The members that ``find`` gives."""
        return list(self.find(text, limit).hits)

    def find(self, text: str, limit: int = HITS_WANTED) -> Found:
        """Find members as people at a counter ask for them.

        Args:
            text: Beginnings of words of the name, in any order, each of another word; a phone number from its start,
                with or without the country's code, or its last digits; a card number from its start or its end; an
                e-mail address from its start or from behind a dot in it; a name and a number. Numbers need
                ``NUMBER_QUERY_MIN`` characters.
            limit: How many members, at most ``HITS_MAX``.

        Returns:
            Members, merged accounts once: first whose words were typed whole, then who bought last, then by name. When
            very many fit, only some of them are compared, those with the shorter words.
        """
        query, limit = parse_query(text), min(limit, HITS_MAX)
        fitting: dict[bytes, int] = {}
        cut, complete = False, self._knows_everybody()
        for source in self._sources():
            found, readable = _look_up(source, query)
            cut, complete = cut or found.cut, complete and readable
            counting = source.counting(found.members)
            for member, exact in found.members.items():
                if member in counting:
                    fitting.setdefault(member, exact)
        days, merged = self._last_sale_days(fitting)
        ranks = {member: (exact, days.get(member, "")) for member, exact in fitting.items()}
        ranked = sorted(fitting, key=ranks.__getitem__, reverse=True)
        shared = self._shared_hits()
        if shared:
            shared.look_at(ranked)
        people: dict[bytes, tuple[int, str]] = {}
        for member in ranked:
            if len(people) <= limit:
                people.setdefault(shared.root(member) if shared else merged.get(member) or member, ranks[member])
        chosen = dict(list(people.items())[:limit])
        hits = self._hits(chosen, shared)
        hits.sort(key=lambda hit: chosen[hit.member_id.bytes], reverse=True)  # equals stay in the order of their names
        return Found(tuple(hits), more=cut or len(people) > limit, complete=complete)

    def profile_duplicates(self, profile: Profile) -> list[Hit]:
        """Members who may be the same person: same phone, same e-mail, or same name and birthday."""
        found: dict[bytes, None] = {}
        shared = self._shared_hits()
        for source in self._sources():
            for key in same_person_keys(profile):
                holders = holders_of(source.index, key, HITS_MAX)
                _, merged = self._last_sale_days(holders)
                for member in source.counting(holders):
                    found[shared.root(member) if shared else merged.get(member) or member] = None
        return self._hits(found, shared)

    def _knows_everybody(self) -> bool:
        try:
            return self._search is not None and self._search.knows_all(self._ledger)
        except (Damaged, NotALedger):
            return False

    def _sources(self) -> list[_Source]:
        """Where to search: in the ledger's own index, and on a joined till in head office's too."""
        assert self._search is not None, "a store gives one to every reader"
        shared = self._shared()
        own = _Source(self._search.database(), self._ledger, self._shared_hits())
        return [own, _Source(shared.replica, shared.replica, None)] if shared else [own]

    def _last_sale_days(self, members: Iterable[bytes]) -> tuple[dict[bytes, str], dict[bytes, bytes]]:
        """When members bought last, as far as that is known, and into which accounts this till merged some."""
        these = (_these(members),)
        shared = self._shared()
        own = self._ledger.all(_DAYS, these)
        days: dict[bytes, str] = {}
        for member, day, _ in own + (shared.replica.all(_SHARED_DAYS, these) if shared else []):
            days[member] = max(day or "", days.get(member, ""))
        return days, {member: root for member, _, root in own if root}

    def _shared_hits(self) -> SharedHits | None:
        shared = self._shared()
        return SharedHits(shared, self._ledger) if shared else None

    def _hits(self, members: Collection[bytes], shared: SharedHits | None) -> list[Hit]:
        """Surviving accounts as a search shows them, by name."""
        hits = shared.hits(members) if shared else self._own_hits(_these(members))
        return sorted(hits, key=lambda hit: (fold_word(hit.name), hit.card_masked, hit.member_id))

    def _own_hits(self, these: str) -> list[Hit]:
        """All at once: a list of twenty people must cost little more than one of them."""
        keys: dict[bytes, bytes] = dict(self._vault.all(_KEYS, (these,)))
        balances: dict[bytes, int] = dict(self._ledger.all(_BALANCES, (these,)))
        cards: dict[bytes, str] = {}
        for root, number in self._ledger.all(_CARDS, (these,)):
            cards.setdefault(root, number)
        profiles = {
            member: unseal(nonce, box, keys[member], member)
            for member, nonce, box in self._ledger.all(_PROFILES, (these,))
            if member in keys
        }
        members = [bytes.fromhex(member) for member in json.loads(these)]
        return [
            hit_of(UUID(bytes=member), profiles.get(member), cards.get(member), balances.get(member, 0))
            for member in members
        ]


@dataclass(frozen=True, slots=True)
class _Source:
    """One index with the cards beside it.

    Attributes:
        index: Has the tables of ``loyalty.searching``.
        cards: Has the table ``card``.
        shared: What decides whether a member found here counts; ``None`` when all do.
    """

    index: Database
    cards: Database
    shared: SharedHits | None

    def counting(self, members: Collection[bytes]) -> Collection[bytes]:
        """Whose profile of this index is the one in force."""
        return members if self.shared is None else self.shared.own_among(members)


def _look_up(source: _Source, query: Query) -> tuple[Fitting, bool]:
    """Who fits in one index, and whether it could be read; cards are found without it."""
    found = Fitting()
    try:
        look_up(source.index, source.cards, query, found)
    except (Damaged, NotALedger):
        found = Fitting()
        with closing(empty_index()) as nobody:
            look_up(nobody, source.cards, query, found)  # damage of the cards is told
        return found, False
    return found, True


def _these(members: Iterable[bytes]) -> str:
    return json.dumps([member.hex() for member in members])
