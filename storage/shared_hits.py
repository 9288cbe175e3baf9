"""Hits of a search on a joined till, many at once: one after the other they take twenty-five statements each.

Most members are one account on both sides, of which nothing waits to be told. What is known of those comes from a few
statements for all of them; the rest is left to ``SharedPeople``, whose rules these are.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from uuid import UUID

from storage.effective import check_lots
from storage.shared_people import hit_of
from storage.vault import unseal

if TYPE_CHECKING:
    from collections.abc import Collection

    from storage.connection import Database
    from storage.shared_people import SharedPeople
    from storage.types import Hit

_WAITING: Final = "SELECT 1 FROM edit WHERE taken_at_us IS NULL AND kind IN ('card', 'profile') LIMIT 1"
_THESE: Final = "SELECT unhex(value) AS member_id FROM json_each(?1)"
_APART: Final = """SELECT member_id FROM ({these}) AS these
WHERE EXISTS (SELECT 1 FROM tombstone WHERE tombstone.member_id = these.member_id)
  OR EXISTS (SELECT 1 FROM {table} WHERE {table}.merged_into = these.member_id)
  OR EXISTS (SELECT 1 FROM {table} WHERE {table}.member_id = these.member_id AND merged_into IS NOT NULL)"""
_APART_HERE: Final = _APART.format(these=_THESE, table="account")
_APART_THERE: Final = _APART.format(these=_THESE, table="statement")
_TOLD: Final = f"SELECT member_id FROM profile WHERE member_id IN ({_THESE})"  # noqa: S608 - constants only
_PROFILES: Final = f"SELECT member_id, nonce, box FROM profile WHERE member_id IN ({_THESE})"  # noqa: S608 - as above
_STATEMENTS: Final = f"""SELECT member_id, balance, covered_seq, lots FROM statement
WHERE member_id IN ({_THESE})"""  # noqa: S608 - as above
_COVERED: Final = "SELECT covered_seq FROM state"
_CARDS: Final = f"""SELECT number, member_id, status <> 'active' FROM card
WHERE member_id IN ({_THESE})"""  # noqa: S608 - as above
_NUMBERS: Final = "SELECT number FROM card WHERE number IN (SELECT value FROM json_each(?))"
_MOVED: Final = """SELECT member_id, sum(points)
FROM json_each(?) AS asked CROSS JOIN entry ON member_id = unhex(asked.value ->> 0) AND seq > asked.value ->> 1
GROUP BY member_id"""


class SharedHits:
    """What a search on a joined till asks of many members at once.

    Args:
        shared: The rules, and those that these are not enough for.
        ledger: The till's own side.
    """

    def __init__(self, shared: SharedPeople, ledger: Database) -> None:
        self._shared = shared
        self._ledger = ledger
        self._replica = shared.replica
        self._all_told = ledger.one(_WAITING) is None
        self._plain: set[bytes] = set()

    def own_among(self, members: Collection[bytes]) -> set[bytes]:
        """Whose profile of this till is the one that counts."""
        if self._all_told:
            return set(members).difference(member for (member,) in self._replica.all(_TOLD, (_these(members),)))
        return {member for member in members if self._shared.is_own(member)}

    def look_at(self, members: Collection[bytes]) -> None:
        """Find out about whom nothing is special."""
        if self._all_told:
            these = (_these(members),)
            apart = self._ledger.all(_APART_HERE, these) + self._replica.all(_APART_THERE, these)
            self._plain = set(members).difference(member for (member,) in apart)

    def root(self, member: bytes) -> bytes:
        """The account that stands for a member's."""
        return member if member in self._plain else self._shared.family(UUID(bytes=member)).root

    def hits(self, roots: Collection[bytes]) -> list[Hit]:
        """Members as a search shows them; erased ones are left out."""
        plain = [member for member in roots if member in self._plain]
        found = [self._shared.hit(self._shared.family(UUID(bytes=root))) for root in roots if root not in self._plain]
        return [*self._plain_hits(plain), *(hit for hit in found if hit)]

    def _plain_hits(self, members: list[bytes]) -> list[Hit]:
        these = (_these(members),)
        profiles = {
            member: unseal(nonce, box, self._shared.profile_key, member)
            for member, nonce, box in self._replica.all(_PROFILES, these)
        }
        cards, balances = self._cards(these), self._balances(members, these)
        return [
            hit_of(
                UUID(bytes=member),
                profiles.get(member) or self._shared.own_profile(member),
                cards.get(member),
                balances.get(member, 0),
            )
            for member in members
        ]

    def _cards(self, these: tuple[str]) -> dict[bytes, str]:
        """The card to show of each; of a number that both sides have, head office's row counts."""
        there = self._replica.all(_CARDS, these)
        here = self._ledger.all(_CARDS, these)
        numbers = json.dumps([number for number, *_ in here])
        known = {number for (number,) in self._replica.all(_NUMBERS, (numbers,))} if here else set()
        rows = [*there, *(row for row in here if row[0] not in known)]
        cards: dict[bytes, str] = {}
        for number, member, _ in sorted(rows, key=lambda row: (row[2], row[0])):
            cards.setdefault(member, number)
        return cards

    def _balances(self, members: list[bytes], these: tuple[str]) -> dict[bytes, int]:
        """Head office's statements, and the own entries that they don't include."""
        balances = dict.fromkeys(members, 0)
        covered = dict.fromkeys(members, int(self._replica.value(_COVERED) or 0))
        for member, balance, seq, lots in self._replica.all(_STATEMENTS, these):
            check_lots(member, balance, lots)
            balances[member] = balance
            covered[member] = covered[member] if seq is None else seq
        asked = json.dumps([(member.hex(), seq) for member, seq in covered.items()])
        for member, points in self._ledger.all(_MOVED, (asked,)):
            balances[member] += points
        return balances


def _these(members: Collection[bytes]) -> str:
    return json.dumps([member.hex() for member in members])
