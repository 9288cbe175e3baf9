"""What is handed in: whole records of one epoch at a time, and how much of the journal head office has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from loyalty.chain import FIRST_PREV_HASH
from loyalty.wire import EpochHead
from storage.exchange import EpochRange

if TYPE_CHECKING:
    from storage.store import Reader
    from tests.fakes.ledger import LedgerOfTests


def test_records_come_in_journal_order_with_their_links(ledger: LedgerOfTests, reader: Reader) -> None:
    """Each names the hash of the one before, from the very first on, and carries the bytes that were hashed."""
    ledger.append(ledger.sale(ledger.member()))
    rows = reader.records_after(0)
    assert [row.seq for row in rows] == [1, 2, 3]
    assert [row.prev_hash for row in rows] == [FIRST_PREV_HASH, rows[0].hash, rows[1].hash]
    assert rows[2].hash == reader.head().hash
    assert rows[2].at_us == ledger.clock.now_us()
    assert b'"kind":"sale"' in rows[2].payload
    assert [row.seq for row in reader.records_after(2)] == [3]
    assert reader.records_after(3) == []


def test_a_batch_is_bounded_in_records_and_bytes(ledger: LedgerOfTests, reader: Reader) -> None:
    """But one record comes in any case, or a large one would never leave."""
    ledger.append(*(ledger.sale(ledger.member()) for _ in range(5)))
    assert [row.seq for row in reader.records_after(2, limit_records=2)] == [3, 4]
    size = len(reader.records_after(2)[0].payload)
    assert [row.seq for row in reader.records_after(2, limit_bytes=2 * size)] == [3, 4]
    assert [row.seq for row in reader.records_after(2, limit_bytes=1)] == [3]


def test_a_batch_ends_with_its_epoch(ledger: LedgerOfTests, reader: Reader) -> None:
    """Positions run on, but a push is a range of one epoch."""
    first = reader.head().epoch
    ledger.store.begin_epoch()
    ledger.append(ledger.sale(ledger.member()))
    second = reader.head().epoch
    assert [(row.seq, row.epoch) for row in reader.records_after(0)] == [(1, first), (2, first)]
    assert [(row.seq, row.epoch) for row in reader.records_after(2)] == [(3, second), (4, second)]
    assert reader.epochs() == [EpochRange(first, 1, 2), EpochRange(second, 3, 4)]


def test_positions_mean_a_prefix_of_the_journal(ledger: LedgerOfTests, reader: Reader) -> None:
    """What head office has behind a gap, or of an epoch this file does not know, covers nothing."""
    first = reader.head().epoch
    ledger.store.begin_epoch()
    second = reader.head().epoch
    ledger.append(ledger.sale(ledger.member()))
    for positions, covered in (
        ({}, 0),
        ({first: 1}, 1),
        ({first: 2}, 2),
        ({first: 1, second: 4}, 1),
        ({first: 2, second: 3}, 3),
        ({first: 9, second: 9}, 4),
        ({second: 4}, 0),
        ({ledger.ids.random_id(): 4}, 0),
        ({first: 2, second: 1}, 2),
    ):
        assert reader.position_prefix(positions) == covered, positions


def test_the_journal_says_what_it_holds(ledger: LedgerOfTests, reader: Reader) -> None:
    """Epoch, position and hash together; a position alone proves nothing."""
    head = reader.head()
    known = EpochHead(head.epoch, head.seq, head.hash)
    assert reader.holds(known)
    assert not reader.holds(msgspec.structs.replace(known, epoch=ledger.ids.random_id()))
    assert not reader.holds(msgspec.structs.replace(known, hash=bytes(32)))
    assert not reader.holds(msgspec.structs.replace(known, seq=head.seq + 1))


def test_facts_are_counted_per_epoch_and_counted_on(ledger: LedgerOfTests, reader: Reader) -> None:
    """Records and points up to a position, the same whether counted at once, on from before, or back again."""
    member = ledger.member()
    sale = ledger.sale(member, 2_000, 20)
    ledger.append(sale, ledger.adjustment(member, 100), ledger.enrolment(member))
    first = reader.head().epoch
    ledger.store.begin_epoch()
    ledger.append(ledger.redemption(member), ledger.reversal(sale))
    second = reader.head().epoch

    def facts(epoch: object, seq: int) -> tuple[int, int] | None:
        found = reader.facts(epoch, seq)  # type: ignore[arg-type]  # an epoch's id
        if found:
            assert found.hash == reader.records_after(seq - 1)[0].hash
        return (found.records, found.points) if found else None

    assert facts(first, 3) == (3, 20)
    assert facts(first, 5) == (5, 120)
    assert facts(first, 2) == (2, 0)
    assert facts(second, 6) == (1, 0)
    assert facts(second, 8) == (3, -70)
    assert facts(second, 5) is None
    assert facts(first, 9) is None
    assert facts(ledger.ids.random_id(), 3) is None
