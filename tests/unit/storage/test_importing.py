"""Many purchases at once make the same rows as one after the other, and many questions get the same answers as one."""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from loyalty.lines import SaleLine
from loyalty.records import Sale
from storage import journal, sqlite
from storage.connection import Database
from storage.errors import RecordConflict
from storage.schema import PROJECTIONS
from storage.store import open_store
from storage.types import CardRow
from storage.vault import key_of
from storage.verify import verify
from tests.fakes.ledger import LedgerOfTests, card_number

if TYPE_CHECKING:
    from storage.connection import Row
    from storage.store import Reader, Store
    from tests.fakes.ledger_joined import JoinedLedger

MEMBERS = 3
FEW = settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
"""No shrinking: an example takes half a second."""


def rows(store: Store) -> dict[str, list[Row]]:
    """All rows of the journal and of every projection."""
    database = store._ledger
    return {
        table: database.all(f"SELECT * FROM {table} ORDER BY 1, 2")  # noqa: S608 - names of our own
        for table in ("journal", *PROJECTIONS)
    }


@pytest.fixture
def template(ledger: LedgerOfTests) -> LedgerOfTests:
    """A closed ledger to be copied: one member with a sale, another merged into that one."""
    ledger.append(ledger.sale(ledger.member(1), 1_000), ledger.merge(ledger.member(2), ledger.member(1)))
    ledger.store.close()
    return ledger


@FEW
@given(
    sales=st.lists(
        st.tuples(
            st.integers(0, MEMBERS), st.lists(st.integers(0, 9_999), min_size=1, max_size=3), st.integers(0, 50_000)
        ),
        max_size=12,
    )
)
def test_many_at_once_are_the_same_rows_as_one_by_one(
    template: LedgerOfTests, sales: list[tuple[int, list[int], int]]
) -> None:
    """Journal, chain and every projection, for anonymous sales, merged members and days in any order."""
    records = [_old_sale(template, *sale) for sale in sales]
    with tempfile.TemporaryDirectory() as folder:
        twins = [Path(shutil.copytree(template.directory, Path(folder) / name)) for name in ("one", "other")]
        one, other = (open_store(twin, clock=template.clock, ids=template.ids) for twin in twins)
        with one, other:
            with one.unit() as unit:
                unit.append_sales(records)
            with other.unit() as unit:
                for record in records:
                    unit.append(record, keeps_day=True)
            assert rows(one) == rows(other)
        assert verify(twins[0]).problems == ()


def _old_sale(ledger: LedgerOfTests, member: int, cents: list[int], minutes: int) -> Sale:
    """A sale so many minutes ago, of the n-th member or nobody."""
    at_us = ledger.clock.now_us() - minutes * 60_000_000
    amounts = enumerate(cents, 1)
    return ledger.sale(
        ledger.member(member) if member else None,
        sum(cents),
        lines=tuple(SaleLine(number, amount, amount // 100 if member else 0) for number, amount in amounts),
        at_us=at_us,
        business_day=ledger.clock.business_day(at_us),
        late=True,
    )


def test_what_follows_in_the_same_transaction_goes_on_behind_them(ledger: LedgerOfTests) -> None:
    """The tip is known without being read again."""
    with ledger.store.unit() as unit:
        unit.append(ledger.sale(None))
        unit.append_sales([ledger.sale(None), ledger.sale(None)])
        assert unit.append(ledger.sale(None)).seq == 6
        assert unit.appended == 4
    assert verify(ledger.directory).ok


def test_an_id_that_is_there_stops_all_of_them(ledger: LedgerOfTests, reader: Reader) -> None:
    """Whether the journal had it before, or it comes twice among them; the error names it and nothing is written."""
    known, new = ledger.sale(None), ledger.sale(None)
    ledger.append(known)
    for sales, culprit in (((known, new), known), ((new, known), known), ((new, new), new)):
        with pytest.raises(RecordConflict) as caught, ledger.store.unit() as unit:
            unit.append_sales(sales)
        assert caught.value.record_id == culprit.record_id
    assert reader.count() == 3


def test_other_refusals_of_the_file_are_no_conflict(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the triggers refuse besides is a bug, and says so."""

    def refuse(_database: Database, _sql: str, _rows: object) -> None:
        raise sqlite.IntegrityError("journal: prev_hash must be the last hash")

    monkeypatch.setattr(Database, "many", refuse)
    with pytest.raises(sqlite.IntegrityError, match="prev_hash"), ledger.store.unit() as unit:
        unit.append_sales([ledger.sale(None)])


def test_a_reward_taken_in_one_is_a_bug_of_the_caller(ledger: LedgerOfTests) -> None:
    """Old programmes' rewards are not taken over, so nothing here counts them."""
    sale = ledger.sale(ledger.member(), 1_000, 10, ledger.reward())
    with pytest.raises(ValueError, match="reward"), ledger.store.unit() as unit:
        unit.append_sales([sale])


def test_old_facts_keep_their_days_although_these_are_closed(ledger: LedgerOfTests, reader: Reader) -> None:
    """The close stays what it was, the day's figures have the old sale, and verify holds both for right."""
    ledger.append(ledger.sale(ledger.member(), 1_000))
    ledger.append(ledger.day_close())
    day = ledger.clock.today()
    old = ledger.sale(ledger.member(), 700, late=True)
    with pytest.raises(ValueError, match="closed"):
        ledger.append(old)
    enrolment = msgspec.structs.replace(ledger.enrolment(ledger.member(2)), business_day=day - timedelta(days=1))
    with ledger.store.unit() as unit:
        unit.append_sales([old])
        unit.append(enrolment, keeps_day=True)
    assert reader.day_report(day).totals.revenue_cents == 1_700
    close = reader.stored(4)
    assert close is not None
    assert getattr(close.record, "totals").revenue_cents == 1_000  # noqa: B009 - a record of any kind
    assert verify(ledger.directory).problems == ()


def test_a_close_that_froze_wrong_totals_is_found(ledger: LedgerOfTests) -> None:
    """Also where sales of that day came later: only the records before it count."""
    wrong = ledger.day_close()
    ledger.append(ledger.sale(None, 500))
    ledger.append(wrong)
    (problem,) = verify(ledger.directory).problems
    assert "day close 1" in problem


def test_cards_are_found_by_their_numbers(ledger: LedgerOfTests, reader: Reader) -> None:
    """Those that are there, and no others."""
    card = CardRow(UUID(int=1), card_number(1), ledger.member())
    with ledger.store.unit() as unit:
        unit.put_card(card)
        assert not unit.tells
    assert reader.cards_numbered([card_number(1), card_number(2)]) == {card.number: card}
    assert reader.cards_numbered([]) == {}


def test_many_cards_are_kept_like_one_after_the_other(ledger: LedgerOfTests, reader: Reader) -> None:
    """A number that has a row keeps it."""
    first, second = (CardRow(UUID(int=number), card_number(number), ledger.member(number)) for number in (1, 2))
    with ledger.store.unit() as unit:
        unit.put_card(first)
    with ledger.store.unit() as unit:
        unit.keep_cards([msgspec.structs.replace(first, card_ref=UUID(int=3), member_id=ledger.member(3)), second])
        unit.keep_cards([])
    numbers = [card_number(1), card_number(2)]
    assert reader.cards_numbered(numbers) == {first.number: first, second.number: second}


def test_a_joined_till_tells_head_office_of_each_new_card(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Once each, however often they are kept."""
    cards = [CardRow(UUID(int=number), card_number(number), joined.member(number)) for number in (1, 2)]
    for _ in range(2):
        with joined.store.unit() as unit:
            unit.keep_cards(cards)
    assert joined_reader.cards_numbered([card.number for card in cards]) == {card.number: card for card in cards}
    assert joined.store._ledger.value("SELECT count(*) FROM edit WHERE kind = 'card'") == len(cards)


def test_a_joined_till_finds_its_own_cards_and_head_offices(joined: JoinedLedger, joined_reader: Reader) -> None:
    """What waits for head office counts, and what an erasure took does not."""
    card = CardRow(UUID(int=1), card_number(1), joined.member(1))
    with joined.store.unit() as unit:
        assert unit.tells
        unit.put_card(card)
    assert joined_reader.cards_numbered([card.number, card_number(2)]) == {card.number: card}
    assert joined_reader.anyone_erased()
    with joined.store.unit() as unit:
        unit.erase_member(card.member_id)
    assert joined_reader.cards_numbered([card.number]) == {}


def test_sales_are_found_by_their_receipts(ledger: LedgerOfTests, reader: Reader) -> None:
    """Oldest first; one that was wholly undone is no longer open."""
    first, second = ledger.sale(None, receipt="R-1"), ledger.sale(None, receipt="R-1")
    ledger.append(first, ledger.reversal(first), second, ledger.sale(None))
    found = reader.sales_with(["R-1", "R-2"])
    assert [(sale.record, sale.is_open) for sale in found["R-1"]] == [(first, False), (second, True)]
    assert list(found) == ["R-1"]


def test_whether_anybody_was_erased(ledger: LedgerOfTests, reader: Reader) -> None:
    """Nobody has to be asked about one by one until somebody was."""
    assert not reader.anyone_erased()
    with ledger.store.unit() as unit:
        unit.erase_member(ledger.member())
    assert reader.anyone_erased()


def test_keys_are_made_for_those_who_have_none(ledger: LedgerOfTests) -> None:
    """A key that is there stays, or the profile under it could not be opened any more."""
    first, second = ledger.member(1), ledger.member(2)
    with ledger.store.unit() as unit:
        unit.make_keys([first])
    key = key_of(ledger.store._vault, first)
    with ledger.store.unit() as unit:
        unit.make_keys([first, second])
    assert key_of(ledger.store._vault, first) == key
    assert key_of(ledger.store._vault, second) is not None


def test_the_journal_takes_none(ledger: LedgerOfTests) -> None:
    """Nothing to append leaves the tip where it is."""
    tip = journal.tip(ledger.store._ledger)
    with ledger.store.unit() as unit:
        unit.append_sales([])
    assert journal.tip(ledger.store._ledger) == tip
