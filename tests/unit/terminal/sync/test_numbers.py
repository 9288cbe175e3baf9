"""Fresh card numbers from head office: asked for ahead, given once, and never mixed up with those of another till."""

from __future__ import annotations

import pytest

from loyalty.numbering import Block, Held, NumbersReply, NumbersRequest, Series
from loyalty.wire import ProblemCode
from terminal.sync.errors import Away, Broken, HeadOfficeSaysNo
from tests.fakes.joined_till import JoinedTill


def series(till: JoinedTill) -> Series:
    """Of the shop's plastic cards."""
    return Series.of(till.till.programme.cards[0])


def take(till: JoinedTill, count: int) -> list[str] | int:
    """Take numbers."""
    with till.till.store.unit() as unit:
        return unit.numbers.take(series(till), count)


def spare(till: JoinedTill) -> int:
    """How many are left."""
    with till.till.store.reader() as reader:
        return reader.spare_numbers(series(till))


def test_a_round_brings_numbers_before_anybody_needs_one(till: JoinedTill) -> None:
    """And no more while there are enough; the next block comes when half of the last is used."""
    till.round()
    assert spare(till) == 1_000
    till.round()
    assert till.office.calls.count("numbers") == 1
    numbers = take(till, 600)
    assert isinstance(numbers, list)
    assert numbers[0] == series(till).number(0)
    till.round()
    assert spare(till) == 1_400


def test_an_answer_that_got_lost_is_given_again(till: JoinedTill) -> None:
    """The question is the same one, so no numbers are lost with the line."""
    till.office.loses_answer_of.add("numbers")
    with pytest.raises(Away):
        till.round()
    assert spare(till) == 0
    till.round()
    assert spare(till) == 1_000
    assert till.office.next_number == 1_000


def test_what_was_handed_out_alone_is_told_first(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Before head office gives its first block, it knows which numbers this till used up."""
    till = JoinedTill(tmp_path_factory.mktemp("alone") / "data", join=False)
    alone = take(till, 3)
    assert isinstance(alone, list)
    till.join()
    till.round()
    first, last = (series(till).serial_within(number) for number in (alone[0], alone[-1]))
    assert till.office.numbers_held == [Held(series(till), Block(first, last))]
    till.round()
    assert till.office.calls.count("numbers") == 2
    till.close()


def test_a_head_office_that_was_put_back_is_told_of_its_own_blocks(till: JoinedTill) -> None:
    """It does not know any more what it gave."""
    till.round()
    till.office.put_back(0, 0)
    till.office.numbers_given.clear()
    till.round()
    assert till.office.numbers_held == [Held(series(till), Block(0, 999))]


def test_a_person_who_wants_more_gets_more_with_the_next_round(till: JoinedTill) -> None:
    """What is missing, in one block."""
    till.round()
    with till.till.store.unit() as unit:
        unit.numbers.demand(series(till), 5_000)
    till.round()
    assert spare(till) == 5_000


def test_an_older_head_office_gives_none_and_everything_else_works(till: JoinedTill) -> None:
    """Its address book has no such page."""
    till.office.fails["numbers"] = HeadOfficeSaysNo(ProblemCode.NOT_FOUND)
    till.sell()
    assert till.round().pushed == till.head_seq()
    assert spare(till) == 0


def test_any_other_no_ends_the_round(till: JoinedTill) -> None:
    """A till that was shut out is told so."""
    till.office.fails["numbers"] = HeadOfficeSaysNo(ProblemCode.REVOKED)
    with pytest.raises(HeadOfficeSaysNo):
        till.round()


def test_a_range_that_is_used_up_gives_nothing(till: JoinedTill, monkeypatch: pytest.MonkeyPatch) -> None:
    """The till goes on without fresh numbers."""
    monkeypatch.setattr(till.office, "numbers", lambda request: NumbersReply())
    till.round()
    assert spare(till) == 0


@pytest.mark.parametrize("block", [Block(5, 4), Block(0, 1_000), Block(10**10 - 1, 10**10)])
def test_other_numbers_than_were_asked_for_are_not_kept(
    till: JoinedTill, monkeypatch: pytest.MonkeyPatch, block: Block
) -> None:
    """They could be another till's, or nobody's."""

    def numbers(request: NumbersRequest) -> NumbersReply:
        return NumbersReply(block)

    monkeypatch.setattr(till.office, "numbers", numbers)
    with pytest.raises(Broken):
        till.round()
    assert spare(till) == 0
