"""What head office says becomes rows: of every kind, latest first, and gone where it says so."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from loyalty.directory import CardStatus, Profile, Role
from loyalty.feed import (
    CardItem,
    CashierItem,
    ConflictItem,
    ConflictKind,
    Item,
    ProfileItem,
    ProgrammeItem,
    RemovedItem,
    StatementItem,
    TombstoneItem,
)
from storage import publishing
from storage.exchange import Published
from tests.fakes.ledger import PROGRAMME, card_number
from tests.fakes.ledger_joined import JoinedLedger, sealed

if TYPE_CHECKING:
    from storage.store import Reader

HERS = UUID(int=0xA)
HIS = UUID(int=0xB)
ANNA = Profile("Anna Zabel", "+4930123456", "anna@example.org", date(1990, 5, 4))


def card(number: int, member_id: UUID, status: CardStatus = CardStatus.ACTIVE) -> CardItem:
    """A card as head office knows it."""
    return CardItem(card_number(number), UUID(int=number), member_id, status)


def buried(member_id: UUID) -> TombstoneItem:
    """An erasure."""
    return TombstoneItem(member_id, 5, date(2026, 11, 20))


def everything(joined: JoinedLedger) -> tuple[Item, ...]:
    """One item of every kind that adds something."""
    return (
        joined.statement(HERS, 10),
        card(1, HERS),
        sealed(HERS, ANNA),
        ProgrammeItem(2, PROGRAMME.replace("version = 1\n", "version = 2\n"), 99),
        CashierItem(UUID(int=3), "Mia", Role.MANAGER, "hash", blocked=True),
        ConflictItem(UUID(int=4), ConflictKind.OVERSPENT, HERS, None, 5, 6),
    )


@pytest.mark.parametrize("at_once", [1, 2, publishing.ROWS_AT_ONCE])
def test_every_kind_can_be_read(
    joined: JoinedLedger, joined_reader: Reader, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """However many are written at once."""
    monkeypatch.setattr(publishing, "ROWS_AT_ONCE", at_once)
    items = everything(joined)
    counts = Published(statements=1, cards=1, profiles=1, programmes=1, cashiers=1, conflicts=1, reset=True)
    assert joined.pull(*items) == counts
    assert joined_reader.account(HERS).balance == 10
    assert joined_reader.profile(HERS) == ANNA
    assert [row.number for row in joined_reader.cards_of(HERS)] == [card_number(1)]
    assert joined_reader.programmes_ahead() == [items[3]]
    assert joined_reader.conflicts() == [items[5]]
    assert joined_reader.adoptions().cashiers == (items[4],)
    assert [hit.name for hit in joined_reader.search("zab anna")] == ["Anna Zabel"]


def test_a_later_word_replaces_an_earlier_one(joined: JoinedLedger, joined_reader: Reader) -> None:
    """In one publication and over several; the search finds the new words and not the old."""
    joined.pull(*everything(joined))
    married = Profile("Anna Sommer", ANNA.phone)
    joined.pull(
        sealed(HERS, Profile("Anna Winter")),
        card(1, HERS, CardStatus.BLOCKED),
        card(1, HIS),
        sealed(HERS, married),
        CashierItem(UUID(int=3), "Mia", Role.CASHIER, "other", blocked=False),
        ConflictItem(UUID(int=4), ConflictKind.OVERSPENT, HERS, None, 5, 6, resolved=True),
        ProgrammeItem(2, "other", 100),
    )
    assert joined_reader.profile(HERS) == married
    assert joined_reader.cards_of(HERS) == []
    assert joined_reader.card(card_number(1)) is not None
    assert joined_reader.search("zabel") == joined_reader.search("winter") == []
    assert [hit.member_id for hit in joined_reader.search("sommer")] == [HERS]
    assert joined_reader.conflicts() == []
    assert joined_reader.programmes_ahead() == [ProgrammeItem(2, "other", 100)]


def test_a_person_can_be_taken_away(joined: JoinedLedger, joined_reader: Reader) -> None:
    """An empty box means that nobody stands behind the account any more; one of another key opens for nobody."""
    joined.pull(*everything(joined))
    joined.pull(ProfileItem(HERS))
    assert joined_reader.profile(HERS) is None
    assert joined_reader.search("anna") == []
    joined.pull(sealed(HERS, ANNA, bytes(32)))
    assert joined_reader.profile(HERS) is None
    assert joined_reader.search("anna") == []


def test_removals_count_where_they_stand(joined: JoinedLedger, joined_reader: Reader) -> None:
    """A member who left the scope and came back is there; one who came and left is not."""
    whole = everything(joined)
    joined.pull(*whole)
    joined.pull(RemovedItem(HERS), *whole[:3])
    assert joined_reader.profile(HERS) == ANNA
    assert joined_reader.account(HERS).balance == 10
    assert joined.pull(*whole[:3], RemovedItem(HERS)).removed == 1
    assert joined_reader.profile(HERS) is None
    assert joined_reader.cards_of(HERS) == []
    assert joined_reader.search("anna") == []
    assert joined_reader.account(HERS).balance == 0


def test_an_erasure_takes_everybody_who_was_joined(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Profile, cards and words go, of all accounts that are one; the points history stays under its random id."""
    joined.pull(*everything(joined), card(2, HIS), StatementItem(HIS, merged_into=HERS))
    assert len(joined_reader.cards_of(HERS)) == 2
    assert joined.pull(buried(HERS)).tombstones == 1
    assert joined_reader.cards_of(HIS) == []
    assert joined_reader.search("anna") == []
    assert joined_reader.profile(HERS) is None
    assert joined_reader.known_card(card_number(2)) is None
    assert joined_reader.is_erased(HIS)
    assert joined_reader.account(HERS).balance == 10
    assert joined.replica._database.all("SELECT count(*) FROM card") == [(0,)]
