"""People and cards on a joined till: own changes first, then head office's word, then what the till knew before."""

from __future__ import annotations

import contextlib
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from loyalty.directory import CardStatus, Profile
from loyalty.feed import CardItem, StatementItem, TombstoneEdit, TombstoneItem
from storage import sqlite
from storage.types import CardRow
from tests.fakes.ledger import card_number
from tests.fakes.ledger_joined import JoinedLedger, sealed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.store import Reader

HERS = UUID(int=0xA)
HIS = UUID(int=0xB)
THEIR_REF = UUID(int=0xC)
ANNA = Profile("Anna Zabel", "+4930123456", "anna@example.org", date(1990, 5, 4))


def sent(joined: JoinedLedger) -> None:
    """Head office has taken all edits."""
    with joined.store.unit() as unit:
        unit.drop_edits(2**62)


def own(joined: JoinedLedger, profile: Profile = ANNA) -> CardRow:
    """A member of this till, on the card with number 1."""
    card = CardRow(joined.ids.random_id(), card_number(1), HERS)
    with joined.store.unit() as unit:
        unit.keep_card(card)
        unit.put_profile(HERS, profile)
        unit.append(joined.sale(HERS))
    return card


def test_a_card_of_another_till_is_known(joined: JoinedLedger, joined_reader: Reader) -> None:
    """With its account and its person, in a transaction as well."""
    joined.pull(
        joined.statement(HERS, 70), CardItem(card_number(1), THEIR_REF, HERS, CardStatus.ACTIVE), sealed(HERS, ANNA)
    )
    known = joined_reader.known_card(card_number(1))
    assert known is not None
    assert (known.account.balance, known.profile, known.status) == (70, ANNA, CardStatus.ACTIVE)
    with joined.store.unit() as unit:
        assert unit.known_card(card_number(1)) == known
        assert unit.known_card(card_number(2)) is None
        found = unit.card_with_account(card_number(1))
        assert found is not None
        assert (found[0].card_ref, found[1]) == (THEIR_REF, known.account)
        assert unit.card_with_account(card_number(2)) is None
    assert joined_reader.known_card(card_number(2)) is None
    assert [card.card_ref for card in joined_reader.cards_of(HERS)] == [THEIR_REF]


def test_using_a_card_of_another_till_writes_its_row(joined: JoinedLedger, joined_reader: Reader) -> None:
    """So that undo finds its number, also when head office's state is gone; head office is told nothing new."""
    joined.pull(CardItem(card_number(1), THEIR_REF, HERS, CardStatus.ACTIVE))
    with joined.store.unit() as unit:
        card = unit.card(card_number(1))
        assert card is not None
        unit.keep_card(card)
    assert joined_reader.card_by_ref(THEIR_REF) == card
    assert joined_reader.edits_waiting() == 0


def test_own_changes_win_until_head_office_has_heard_them(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Then its word counts, under the own reference, which own records name."""
    card = own(joined)
    joined.pull(CardItem(card.number, THEIR_REF, HIS, CardStatus.BLOCKED), sealed(HERS, Profile("Anna Sommer")))
    assert joined_reader.card(card.number) == card
    assert joined_reader.profile(HERS) == ANNA
    assert [hit.name for hit in joined_reader.search("zabel")] == ["Anna Zabel"]
    sent(joined)
    theirs = msgspec.structs.replace(card, member_id=HIS, status=CardStatus.BLOCKED)
    assert joined_reader.card(card.number) == theirs
    assert joined_reader.cards_of(HIS) == [theirs]
    assert joined_reader.cards_of(HERS) == []
    assert joined_reader.profile(HERS) == Profile("Anna Sommer")
    assert [hit.name for hit in joined_reader.search("somm")] == ["Anna Sommer"]
    assert joined_reader.search("zabel") == []


def test_what_head_office_does_not_know_is_still_shown(joined: JoinedLedger, joined_reader: Reader) -> None:
    """A till whose edits were lost on the way, or whose replica is being filled anew."""
    card = own(joined)
    sent(joined)
    for _ in range(2):
        known = joined_reader.known_card(card.number)
        assert known is not None
        assert (known.profile, known.account.balance) == (ANNA, 10)
        assert [hit.balance for hit in joined_reader.search("0123456")] == [10]
        assert [hit.name for hit in joined_reader.profile_duplicates(ANNA)] == ["Anna Zabel"]
        joined.pull(joined.statement(HIS, 5), covered_seq=0)


def test_a_person_is_found_under_any_joined_account(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Once, with the cards of all."""
    own(joined)
    sent(joined)
    joined.pull(
        StatementItem(HERS, merged_into=HIS),
        joined.statement(HIS, 80),
        CardItem(card_number(1), THEIR_REF, HERS, CardStatus.REPLACED),
        CardItem(card_number(2), UUID(int=2), HIS, CardStatus.ACTIVE),
        sealed(HIS, ANNA),
    )
    hits = joined_reader.search("zabel")
    assert [(hit.member_id, hit.balance, hit.card_masked) for hit in hits] == [(HIS, 80, "•••• 0025")]
    assert joined_reader.search(card_number(1)[-4:]) == hits
    assert joined_reader.profile_duplicates(ANNA) == hits
    assert joined_reader.profile_duplicates(Profile("Nobody")) == []
    assert len(joined_reader.cards_of(HERS)) == 2


def test_the_own_profile_of_a_joined_account_stands_in(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Head office knows the surviving account, but nobody behind it yet."""
    own(joined)
    sent(joined)
    joined.pull(StatementItem(HERS, merged_into=HIS), joined.statement(HIS, 80))
    assert joined_reader.profile(HIS) == ANNA


def test_who_was_erased_elsewhere_is_gone_before_the_rows_are(joined: JoinedLedger, joined_reader: Reader) -> None:
    """From the moment the word is published, whatever this till still has."""
    card = own(joined)
    sent(joined)
    joined.pull(TombstoneItem(HERS, 5, date(2026, 11, 20)))
    assert joined_reader.is_erased(HERS)
    assert joined_reader.profile(HERS) is None
    assert joined_reader.card(card.number) is None
    assert joined_reader.cards_of(HERS) == []
    assert joined_reader.search("zabel") == []
    new = CardRow(joined.ids.random_id(), card.number, HIS)
    with joined.store.unit() as unit:
        unit.keep_card(new)
    assert joined_reader.card(card.number) == new, "the card was handed to somebody else"


def test_who_is_erased_here_is_gone_from_head_offices_state(joined: JoinedLedger, joined_reader: Reader) -> None:
    """At once and in every byte, though head office has not been told yet."""
    joined.pull(
        StatementItem(HERS, merged_into=HIS),
        joined.statement(HIS, 70),
        CardItem(card_number(1), THEIR_REF, HERS, CardStatus.ACTIVE),
        CardItem(card_number(2), UUID(int=2), HIS, CardStatus.ACTIVE),
        sealed(HIS, ANNA),
    )
    with joined.store.unit() as unit:
        unit.erase_member(HERS)
    assert joined_reader.search("zabel") == []
    assert joined_reader.cards_of(HIS) == []
    assert joined_reader.is_erased(HIS)
    data = b"".join(path.read_bytes() for path in joined.directory.glob("replica.sqlite*"))
    for trace in (b"zabel", b"4930123456", card_number(2).encode()):
        assert trace not in data, trace
    told = [edit.member_id for _, edit in joined_reader.edits_after(0) if isinstance(edit, TombstoneEdit)]
    assert sorted(told) == [HERS, HIS], "a copy from before the merge knows two people"


def test_erasing_works_while_the_replica_can_not_be_written(joined: JoinedLedger, joined_reader: Reader) -> None:
    """It is missing, or something else stands there: the person is gone here, and head office is told."""
    own(joined)
    with joined.store.unit() as unit:
        unit.erase_member(HERS)
    assert not joined.store.replica_path.exists()
    joined.pull(sealed(HIS, ANNA))
    joined.close_replica()
    joined.store._replica.close()
    joined.store.replica_path.unlink()
    with open_other_database(joined):
        with joined.store.unit() as unit:
            unit.erase_member(HIS)
        assert joined_reader.profile(HIS) is None


@contextlib.contextmanager
def open_other_database(joined: JoinedLedger) -> Iterator[None]:
    """Another program's database in the replica's place."""
    with closing(sqlite.connect(joined.store.replica_path)) as connection:
        connection.execute("CREATE TABLE other(x)")
        connection.commit()
        yield
