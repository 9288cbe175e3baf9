"""Fresh card numbers: taken once, from where this till may count."""

from __future__ import annotations

import contextlib
from itertools import pairwise
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from loyalty.cards import Check
from loyalty.numbering import NUMBERS_MAX, Block, Held, Series, request_id
from storage.backup import backup, restore
from storage.numbers import Issue
from storage.store import open_store
from storage.types import CardRow
from tests.fakes.ledger_joined import SERVER_EPOCH, head_office

if TYPE_CHECKING:
    from pathlib import Path

    from storage.store import Store
    from tests.fakes.ledger import LedgerOfTests
    from tests.fakes.ledger_joined import JoinedLedger

PLASTIC = Series("29", 13, Check.GS1)
SHORT = Series("BM-", 5, Check.NONE)
ISSUE = UUID(int=1, version=4)


def taken(store: Store, series: Series = PLASTIC, count: int = 1) -> list[str] | int:
    """Take numbers in a transaction of their own."""
    with store.unit() as unit:
        return unit.numbers.take(series, count)


def serials(store: Store, count: int = 1, series: Series = PLASTIC) -> list[int]:
    """Take numbers and read their serials."""
    numbers = taken(store, series, count)
    assert isinstance(numbers, list)
    return [series.serial_within(number) for number in numbers]


def give(store: Store, first: int, last: int, series: Series = PLASTIC) -> None:
    """Keep a block that head office gave."""
    with store.unit() as unit:
        unit.numbers.keep(series, Block(first, last), SERVER_EPOCH)


def test_a_till_alone_counts_from_its_own_place_on(ledger: LedgerOfTests) -> None:
    """Numbers follow each other, across commits and across restarts."""
    first = serials(ledger.store, 3)
    again = serials(ledger.reopen(), 2)
    with ledger.store.reader() as reader:
        start = PLASTIC.start(reader.head().epoch)
        assert reader.spare_numbers(PLASTIC) == PLASTIC.capacity - 5
    assert first + again == list(range(start, start + 5))


def test_what_is_rolled_back_is_taken_by_the_next(ledger: LedgerOfTests) -> None:
    """A number that nobody was told of is not lost."""
    with contextlib.suppress(KeyError), ledger.store.unit() as unit:
        unit.numbers.take(PLASTIC, 5)
        raise KeyError
    with ledger.store.reader() as reader:
        assert serials(ledger.store) == [PLASTIC.start(reader.head().epoch)]


def test_the_whole_range_is_used_around_its_end(ledger: LedgerOfTests) -> None:
    """From the place on, then from the beginning; then there is none, and none is taken in vain."""
    wide = Series("9", 6, Check.GS1)
    with ledger.store.reader() as reader:
        start = wide.start(reader.head().epoch)
    assert start > 0
    found = serials(ledger.store, 6_000, wide) + serials(ledger.store, 3_999, wide)
    assert taken(ledger.store, wide, 2) == 1
    found += serials(ledger.store, 1, wide)
    assert found == [*range(start, wide.capacity), *range(start)]
    assert taken(ledger.store, wide) == 0


def test_numbers_that_are_cards_already_are_passed_over(ledger: LedgerOfTests) -> None:
    """Printed elsewhere, typed in by hand, taken over from an old programme."""
    start = serials(ledger.store)[0]
    with ledger.store.unit() as unit:
        for serial in (start + 1, start + 3):
            unit.put_card(CardRow(UUID(int=serial), PLASTIC.number(serial), UUID(int=1)))
    assert serials(ledger.store, 3) == [start + 2, start + 4, start + 5]


def test_one_id_is_one_set_of_numbers(ledger: LedgerOfTests) -> None:
    """Kept in one transaction with the taking; runs with gaps, and over the end of a block, come back in order."""
    with ledger.store.unit() as unit:
        assert unit.issue(ISSUE) is None
        first = unit.numbers.take(SHORT, 98)
        assert isinstance(first, list)
        unit.put_card(CardRow(UUID(int=9), SHORT.number(98), UUID(int=1)))
    with ledger.store.unit() as unit:
        assert unit.numbers.take_for(ISSUE, "digest", SHORT, 2) == 1
        assert unit.issue(ISSUE) is None
    with ledger.store.unit() as unit:
        numbers = unit.numbers.take_for(ISSUE, "digest", SHORT, 1)
        assert numbers == ["BM-99"]
        assert unit.issue(ISSUE) == Issue("digest", ("BM-99",))
    with ledger.store.unit() as unit:
        start = serials_of(unit.numbers.take(PLASTIC, 1))[0]
        unit.put_card(CardRow(UUID(int=10), PLASTIC.number(start + 2), UUID(int=1)))
        many = unit.numbers.take_for(UUID(int=2), "other", PLASTIC, 4)
        issue = unit.issue(UUID(int=2))
        assert issue is not None
        assert list(issue.numbers) == many
        assert serials_of(many) == [start + 1, start + 3, start + 4, start + 5]


def serials_of(numbers: list[str] | int) -> list[int]:
    """Serials of plastic cards."""
    assert isinstance(numbers, list)
    return [PLASTIC.serial_within(number) for number in numbers]


@pytest.mark.parametrize("count", [0, NUMBERS_MAX + 1])
def test_nobody_takes_more_than_the_bound(ledger: LedgerOfTests, count: int) -> None:
    """The caller has refused it before."""
    with pytest.raises(ValueError, match="numbers are taken at once"):
        taken(ledger.store, PLASTIC, count)


def test_a_copy_that_is_put_back_counts_somewhere_else(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """It does not know what was handed out after it was made."""
    copy = tmp_path / "copy.sqlite"
    before = serials(ledger.store, 5)
    backup(ledger.directory, copy)
    after = serials(ledger.store, 5)
    ledger.store.close()
    restore(copy, ledger.directory, clock=ledger.clock, ids=ledger.ids)
    ledger.store = open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids)
    assert not set(before + after) & set(serials(ledger.store, 10))


def test_a_joined_till_counts_only_where_head_office_lets_it(joined: JoinedLedger) -> None:
    """In order of the blocks, each to its end; what it might count in alone is not asked."""
    assert taken(joined.store) == 0
    give(joined.store, 5_000, 5_002)
    give(joined.store, 1_000, 1_001)
    assert serials(joined.store, 2) == [1_000, 1_001]
    assert serials(joined.store, 1) == [5_000]
    assert taken(joined.store, PLASTIC, 3) == 2
    with joined.store.reader() as reader:
        assert reader.spare_numbers(PLASTIC) == 2


def test_a_till_that_leaves_goes_on_with_what_it_was_given(joined: JoinedLedger) -> None:
    """Nobody else has those; then it counts from its own place, and joined again in blocks of the new epoch alone."""
    give(joined.store, 0, 1)
    joined.store.leave()
    first, second, third = serials(joined.store, 3)
    with joined.store.reader() as reader:
        own = PLASTIC.start(reader.head().epoch)
    assert (first, second, third) == (0, 1, own)
    joined.store.join(head_office(), programme_key=bytes(32), profile_key=bytes(32))
    assert taken(joined.store) == 0
    with joined.store.reader() as reader:
        untold = [each.held for each in reader.untold_numbers(SERVER_EPOCH)]
    assert untold == [Held(PLASTIC, Block(own, own))]


def test_the_till_passes_over_what_it_was_given_when_it_counts_alone_again(joined: JoinedLedger) -> None:
    """All of a short range, each number once: what was given to its end, then everything else."""
    wide = Series("9", 6, Check.GS1)
    give(joined.store, 50, 149, wide)
    give(joined.store, 9_950, 9_999, wide)
    found = serials(joined.store, 30, wide)
    joined.store.leave()
    found += serials(joined.store, 9_000, wide) + serials(joined.store, 970, wide)
    assert sorted(found) == list(range(wide.capacity))


def test_head_office_is_told_what_was_handed_out_without_it(ledger: LedgerOfTests) -> None:
    """What this till took alone; and again when head office was put back, then with all that it gave."""
    alone = serials(ledger.store, 3)
    ledger.store.join(head_office(), programme_key=bytes(32), profile_key=bytes(32))
    give(ledger.store, 100, 199)
    with ledger.store.unit() as unit:
        untold = unit.untold_numbers(SERVER_EPOCH)
        assert [each.held.block for each in untold] == [Block(alone[0], alone[-1])]
        unit.numbers.told(untold, SERVER_EPOCH)
        assert unit.untold_numbers(SERVER_EPOCH) == []
        again = {each.held.block for each in unit.untold_numbers(UUID(int=9))}
        assert again == {Block(alone[0], alone[-1]), Block(100, 199)}
    ledger.store.leave()
    ledger.store.join(head_office(UUID(int=7)), programme_key=bytes(32), profile_key=bytes(32))
    with ledger.store.reader() as reader:
        elsewhere = [each.held.block for each in reader.untold_numbers(UUID(int=70))]
    assert elsewhere == [Block(alone[0], alone[-1])], "of another head office's block nothing was handed out"


def test_a_till_asks_before_it_runs_out_and_for_what_people_want(joined: JoinedLedger) -> None:
    """Half a block is kept to spare; each next block has an id of its own, the same until it has come."""
    with joined.store.reader() as reader:
        epoch = reader.head().epoch
        wanted = reader.numbers_wanted(PLASTIC)
        assert wanted is not None
        assert (wanted.count, wanted.request_id) == (1_000, request_id(epoch, PLASTIC, 0))
        assert reader.numbers_wanted(PLASTIC) == wanted
    give(joined.store, 0, 999)
    with joined.store.unit() as unit:
        assert unit.numbers_wanted(PLASTIC) is None
        unit.numbers.take(PLASTIC, 499)
        assert unit.numbers_wanted(PLASTIC) is None
        unit.numbers.take(PLASTIC, 1)
        wanted = unit.numbers_wanted(PLASTIC)
        assert wanted is not None
        assert (wanted.count, wanted.request_id) == (1_000, request_id(epoch, PLASTIC, 1))
        unit.numbers.demand(PLASTIC, 3_000)
        unit.numbers.demand(PLASTIC, 2_000)
        wanted = unit.numbers_wanted(PLASTIC)
        assert wanted is not None
        assert wanted.count == 2_500
    give(joined.store, 2_000, 4_499)
    with joined.store.unit() as unit:
        assert unit.numbers_wanted(PLASTIC) is None
        assert unit.spare_numbers(PLASTIC) == 3_000


def test_no_number_is_ever_taken_twice(ledger: LedgerOfTests) -> None:
    """Alone, joined, alone again and joined again: every number of this till is another one."""
    found = serials(ledger.store, 10)
    for round_ in range(3):
        ledger.store.join(head_office(), programme_key=bytes(32), profile_key=bytes(32))
        give(ledger.store, 1_000 * round_, 1_000 * round_ + 9)
        found += serials(ledger.store, 7)
        ledger.store.leave()
        found += serials(ledger.store, 7)
    assert len(set(found)) == len(found)
    assert all(one != other for one, other in pairwise(sorted(found)))
