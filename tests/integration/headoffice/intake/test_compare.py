"""Comparing facts as recorded, and what is asked for again."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from headoffice.intake.compare import compare
from headoffice.store.tables import TERMINAL_EPOCH, TERMINAL_RECORD
from loyalty.wire import CompareRequest, EpochFacts, Range
from tests.fakes.headoffice import PretendTill, member

ANNA = member(1)


def facts(till: PretendTill, seq: int, points: int, records: int | None = None) -> CompareRequest:
    """What the till says of its first epoch up to a position."""
    wire = till.records[seq - 1][1]
    return CompareRequest((EpochFacts(till.records[0][0], seq, wire.hash, records or seq, points),))


@pytest.fixture
def till(till: PretendTill) -> PretendTill:
    """A till that has handed in six records with 50 points."""
    till.append(*(till.sale(ANNA) for _ in range(5)))
    till.push()
    return till


def test_both_sides_agree(till: PretendTill) -> None:
    """Nothing is asked for."""
    assert compare(till.database, till.row, facts(till, 6, 50)).ranges == ()


def test_an_epoch_that_was_lost_here_is_asked_for_whole(till: PretendTill) -> None:
    """From its first record on."""
    with till.database.write() as connection:
        connection.execute(delete(TERMINAL_EPOCH))
        connection.execute(delete(TERMINAL_RECORD))
    assert compare(till.database, till.row, facts(till, 6, 50)).ranges == (Range(till.epoch, 1, 6),)


@pytest.mark.parametrize(
    ("records", "expected"),
    [(9, [(1, 6)]), (0, [])],
    ids=["more records than positions", "no records"],
)
def test_an_unknown_epoch_is_never_asked_for_where_it_can_have_nothing(
    till: PretendTill, records: int, expected: list[tuple[int, int]]
) -> None:
    """Whatever a till says of itself, the answer is one it can read: positions from 1 on, none backwards."""
    epoch = till.ids.random_id()
    request = CompareRequest((EpochFacts(epoch, 6, till.records[5][1].hash, records, 50),))
    ranges = compare(till.database, till.row, request).ranges
    assert ranges == tuple(Range(epoch, first, last) for first, last in expected)


@pytest.mark.parametrize(
    ("lost", "expected"),
    [
        ([1], [(1, 1)]),
        ([3, 4], [(3, 4)]),
        ([2, 5], [(2, 2), (5, 5)]),
        ([5, 6], [(5, 6)]),
        ([1, 2, 3, 4, 5, 6], [(1, 6)]),
    ],
    ids=["the first", "the middle", "two holes", "the end", "all"],
)
def test_what_is_missing_inside_is_asked_for(
    till: PretendTill, lost: list[int], expected: list[tuple[int, int]]
) -> None:
    """Holes are found although the head is there; handed in again they make both sides agree."""
    with till.database.write() as connection:
        connection.execute(delete(TERMINAL_RECORD).where(TERMINAL_RECORD.c.seq.in_(lost)))
    ranges = compare(till.database, till.row, facts(till, 6, 51)).ranges
    assert ranges == tuple(Range(till.epoch, first, last) for first, last in expected)


def test_what_head_office_does_not_have_yet_is_asked_for(till: PretendTill) -> None:
    """The till believes in an acknowledgement that a restored head office no longer knows."""
    till.append(till.sale(ANNA), till.sale(ANNA))
    assert compare(till.database, till.row, facts(till, 8, 70)).ranges == (Range(till.epoch, 7, 8),)


def test_a_difference_without_a_hole_asks_for_nothing(till: PretendTill) -> None:
    """Nothing is overwritten; it is reported by the till."""
    assert compare(till.database, till.row, facts(till, 6, 49)).ranges == ()


def test_the_epoch_after_a_restore_begins_where_it_began(till: PretendTill) -> None:
    """Positions before it belong to the epoch before and are no hole."""
    till.begin_epoch()
    till.append(till.sale(ANNA))
    till.push(7)
    head = till.head
    request = CompareRequest((EpochFacts(head.epoch, head.seq, head.hash, 2, 11),))
    assert compare(till.database, till.row, request).ranges == ()
    with till.database.write() as connection:
        connection.execute(delete(TERMINAL_RECORD).where(TERMINAL_RECORD.c.seq == 7))
    assert compare(till.database, till.row, request).ranges == (Range(head.epoch, 7, 7),)
