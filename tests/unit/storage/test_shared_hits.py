"""Hits of a joined till's search, many at once: each is what the rules for one member say."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from loyalty.directory import CardStatus, Profile
from loyalty.feed import CardItem, StatementItem, StatementLot, TombstoneItem
from storage.errors import Damaged
from storage.shared_hits import SharedHits
from storage.types import CardRow
from tests.fakes.ledger import card_number
from tests.fakes.ledger_joined import JoinedLedger, sealed

if TYPE_CHECKING:
    from loyalty.feed import Item
    from storage.store import Reader

MEMBERS = 24
STATUSES = tuple(CardStatus)


class Mixture:
    """Members of whom this till and head office know this and that, drawn at random."""

    def __init__(self, joined: JoinedLedger, seed: int) -> None:
        self.joined = joined
        self.random = random.Random(seed)
        self.members = [UUID(int=0xA00 + number) for number in range(MEMBERS)]

    def make(self) -> None:
        for number, member in enumerate(self.members):
            if self.often():
                self.put_here(number, member)
        with self.joined.store.unit() as unit:
            unit.drop_edits(2**62)
        covered = self.random.randrange(self.joined.head().seq)
        self.joined.pull(*(item for number, member in enumerate(self.members) for item in self.there(number, member)))
        replica = self.joined.replica._database
        replica.run("UPDATE state SET covered_seq = ?", (covered,))
        for member in self.members:
            own = self.random.choice([None, self.random.randrange(covered + 2)])
            replica.run("UPDATE statement SET covered_seq = ? WHERE member_id = ?", (own, member.bytes))
        for member in self.members:
            if self.often():
                self.joined.append(self.joined.sale(member, 300))
        if self.often():
            self.joined.append(self.joined.merge(self.members[0], self.members[1]))

    def often(self) -> bool:
        return self.random.random() < 0.6

    def put_here(self, number: int, member: UUID) -> None:
        with self.joined.store.unit() as unit:
            if self.often():
                unit.put_profile(member, Profile(f"Hier {chr(97 + number)}"))
            for card in (2 * number, 2 * number + 1):
                if self.often():
                    status = self.random.choice(STATUSES)
                    unit.keep_card(CardRow(self.joined.ids.random_id(), card_number(card), member, status))
            unit.append(self.joined.sale(member, 700))

    def there(self, number: int, member: UUID) -> list[Item]:
        items: list[Item] = []
        if self.often():
            other = self.random.choice(self.members)
            if other != member and self.random.random() < 0.1:
                items.append(StatementItem(member, merged_into=other))
            else:
                items.append(self.joined.statement(member, self.random.randrange(90)))
        if self.often():
            items.append(sealed(member, Profile(f"Dort {chr(97 + number)}")))
        for card in (2 * number, 2 * number + 1):
            if self.often():
                whose = self.random.choice([member, member, self.members[0]])
                items.append(CardItem(card_number(card), UUID(int=card + 1), whose, self.random.choice(STATUSES)))
        if self.random.random() < 0.1:
            items.append(TombstoneItem(member, 1, self.joined.clock.today()))
        return items


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("waiting", [False, True])
def test_many_hits_are_those_of_one_after_the_other(
    joined: JoinedLedger, joined_reader: Reader, seed: int, *, waiting: bool
) -> None:
    """Whatever both sides know; and when something waits to be told, too."""
    mixture = Mixture(joined, seed)
    mixture.make()
    if waiting:
        with joined.store.unit() as unit:
            unit.put_profile(mixture.members[3], Profile("Neu Nameling"))
    shared = joined_reader._shared()
    assert shared is not None
    many = SharedHits(shared, joined_reader._ledger)
    members = [member.bytes for member in mixture.members]
    many.look_at(members)
    assert {many.root(member) for member in members} == {shared.family(UUID(bytes=each)).root for each in members}
    assert many.own_among(members) == {member for member in members if shared.is_own(member)}
    roots = sorted({many.root(member) for member in members})
    one_by_one = [hit for root in roots if (hit := shared.hit(shared.family(UUID(bytes=root))))]
    assert sorted(many.hits(roots), key=lambda hit: hit.member_id) == sorted(one_by_one, key=lambda hit: hit.member_id)
    assert len(many._plain) > MEMBERS // 2 or waiting


def test_a_statement_that_contradicts_its_points_is_damage(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Nobody is shown a balance that its lots don't come to."""
    member = UUID(int=0xA)
    lot = StatementLot(UUID(int=1), 1, 50, 50)
    joined.pull(joined.statement(member, 50, lots=(lot,)), sealed(member, Profile("Anna Zabel")))
    assert [hit.balance for hit in joined_reader.search("zabel")] == [50]
    joined.replica._database.run("UPDATE statement SET balance = 70")
    with pytest.raises(Damaged, match="balance is 70"):
        joined_reader.search("zabel")
