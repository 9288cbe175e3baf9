"""Both sides hold their facts against each other: count, points and last hash of every epoch, as recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyalty.wire import CompareRequest
from terminal.sync.errors import Broken, answer_wrong
from terminal.sync.status import SyncTrouble
from terminal.sync.steps.records import batch_after

if TYPE_CHECKING:
    from uuid import UUID

    from loyalty.wire import Range
    from terminal.sync.context import Round


def compare(around: Round, positions: dict[UUID, int]) -> int:
    """Compare, and hand in again what differs; nothing is ever overwritten.

    Args:
        around: The round.
        positions: By epoch, how far head office has this till's records.

    Returns:
        How many records were handed in again.

    Raises:
        Broken: It still differs afterwards; people have to look at it.
    """
    ranges = _differences(around, positions)
    if not ranges:
        return 0
    repaired = sum(_hand_in_again(around, part) for part in ranges)
    left = _differences(around, positions)
    if left:
        raise Broken(SyncTrouble.FACTS_DIFFER, f"epoch {left[0].epoch} from {left[0].first} to {left[0].last}")
    return repaired


def _differences(around: Round, positions: dict[UUID, int]) -> tuple[Range, ...]:
    known = (around.reader.facts(epoch, seq) for epoch, seq in sorted(positions.items(), key=lambda item: item[1]))
    facts = tuple(found for found in known if found is not None)
    return around.port.compare(CompareRequest(facts)).ranges if facts else ()


def _hand_in_again(around: Round, part: Range) -> int:
    """Push one range once more; head office knows what it has by the records' ids."""
    done, seq = 0, part.first - 1
    while seq < part.last:
        around.go_on()
        batch = batch_after(around.reader, seq, part.last)
        if batch is None or batch.epoch != part.epoch:
            raise answer_wrong(f"asks for records {seq + 1} to {part.last} of epoch {part.epoch}")
        around.port.push(batch)
        seq = batch.records[-1].seq
        done += len(batch.records)
    return done
