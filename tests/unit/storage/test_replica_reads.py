"""What the ledger's own tables still lack of head office's word, and taking it over."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import pytest

from loyalty.directory import CardStatus, Profile, Role
from loyalty.feed import CardItem, CashierItem, StatementItem, TillItem, TombstoneItem
from storage.exchange import Adoptions, Link
from storage.incoming import ROWS_MAX
from storage.types import CardRow, CashierRow
from tests.fakes.ledger import LedgerOfTests, card_number
from tests.fakes.ledger_joined import JoinedLedger, head_office

if TYPE_CHECKING:
    from storage.store import Reader

HERS = UUID(int=0xA)
HIS = UUID(int=0xB)
MIA = CashierItem(UUID(int=3), "Mia", Role.MANAGER, "hash", blocked=False)
BURIED = TombstoneItem(HERS, 5, date(2026, 11, 20))


def blocked(number: int = 1, member_id: UUID = HERS) -> CardItem:
    """A card as head office knows it."""
    return CardItem(card_number(number), UUID(int=number), member_id, CardStatus.BLOCKED)


def take_over(joined: JoinedLedger, reader: Reader, limit: int = ROWS_MAX) -> int:
    """As the sync thread does; gives how many rounds it took."""
    rounds = 0
    while adoptions := reader.adoptions(limit):
        rounds += 1
        with joined.store.unit() as unit:
            assert unit.take_over(adoptions)
    return rounds


def test_a_till_that_stands_alone_has_heard_nothing(ledger: LedgerOfTests, reader: Reader) -> None:
    """Of nobody."""
    assert reader.link() == Link()
    assert reader.replica_state() is None
    assert reader.conflicts() == []
    assert reader.programmes_ahead() == []
    assert reader.till(UUID(int=5)) is None
    assert not reader.adoptions()
    with ledger.store.unit() as unit:
        assert not unit.take_over(Adoptions())


def test_other_tills_are_known_by_their_keys(joined: JoinedLedger, joined_reader: Reader) -> None:
    """A till that was shut out keeps its key with the last day that counts; one nobody told of is unknown."""
    till = TillItem(UUID(int=5), "Kasse 2", "Nord", bytes(range(32)))
    joined.pull(till)
    assert joined_reader.till(till.terminal_id) == till
    assert joined_reader.till(UUID(int=6)) is None
    shut_out = msgspec.structs.replace(till, last_day=date(2026, 11, 20))
    assert joined.pull(shut_out).tills == 1
    assert joined_reader.till(till.terminal_id) == shut_out


def test_the_head_office_is_told(joined_reader: Reader) -> None:
    """To screens that show where the till belongs."""
    assert joined_reader.head_office() == head_office()


def test_own_rows_follow_head_office(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Cards, cashiers, erasures: what the till has learned it keeps, also without head office's state."""
    cards = [CardRow(joined.ids.random_id(), card_number(number), HERS) for number in (1, 2)]
    with joined.store.unit() as unit:
        for card in cards:
            unit.keep_card(card)
        unit.put_profile(HIS, Profile("Otto"))
        unit.drop_edits(2**62)
    joined.pull(blocked(1, HIS), blocked(3), MIA, BURIED)
    assert take_over(joined, joined_reader) == 1
    assert take_over(joined, joined_reader) == 0
    joined.close_replica()
    joined.store.leave()
    with joined.store.reader() as alone:
        assert alone.card(card_number(1)) == msgspec.structs.replace(cards[0], member_id=HIS, status=CardStatus.BLOCKED)
        assert alone.card(card_number(2)) is None, "it was erased with its member"
        assert alone.card(card_number(3)) is None, "it was never used here"
        assert alone.cashiers() == [CashierRow(MIA.cashier_id, "Mia", Role.MANAGER, "hash")]
        assert alone.is_erased(HERS)


def test_what_head_office_has_not_heard_is_not_overwritten(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Own changes are on their way to it."""
    card = CardRow(joined.ids.random_id(), card_number(1), HERS)
    mine = CashierRow(MIA.cashier_id, "Mia", Role.CASHIER, "mine")
    with joined.store.unit() as unit:
        unit.keep_card(card)
        unit.put_cashier(mine)
    joined.pull(blocked(), MIA)
    assert not joined_reader.adoptions()
    with joined.store.unit() as unit:
        unit.take_cards([blocked()])
        unit.take_cashiers([MIA])
        assert unit.card(card.number) == card
        assert unit.cashiers() == [mine]


def test_wrong_pins_stay_counted(joined: JoinedLedger, joined_reader: Reader) -> None:
    """A new name from head office opens no locked account."""
    locked = CashierRow(MIA.cashier_id, "Maria", Role.MANAGER, "hash", failures=3, locked_until_us=9)
    with joined.store.unit() as unit:
        unit.put_cashier(locked)
        unit.drop_edits(2**62)
    joined.pull(MIA)
    take_over(joined, joined_reader)
    assert joined_reader.cashiers() == [msgspec.structs.replace(locked, name="Mia")]


def test_much_is_taken_over_in_pieces(joined: JoinedLedger, joined_reader: Reader) -> None:
    """No sale waits for more than one of them."""
    with joined.store.unit() as unit:
        for number in range(5):
            unit.keep_card(CardRow(joined.ids.random_id(), card_number(number), HERS))
        unit.drop_edits(2**62)
    joined.pull(*(blocked(number) for number in range(5)))
    assert take_over(joined, joined_reader, limit=2) == 3
    with pytest.raises(ValueError, match="At most 100"), joined.store.unit() as unit:
        unit.take_cards([blocked()] * (ROWS_MAX + 1))


def test_an_erasure_reaches_the_rows_of_every_joined_account(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Head office had joined them; this till had not."""
    with joined.store.unit() as unit:
        unit.put_profile(HIS, Profile("Anna Zabel"))
        unit.keep_card(CardRow(joined.ids.random_id(), card_number(1), HIS))
        unit.drop_edits(2**62)
    joined.pull(StatementItem(HIS, merged_into=HERS), joined.statement(HERS, 1), BURIED)
    take_over(joined, joined_reader)
    assert joined_reader._ledger.all("SELECT * FROM member_profile") == []
    assert joined_reader._ledger.all("SELECT * FROM card") == []
    assert joined.store._vault.all("SELECT * FROM member_key") == []
