"""Reversals and what they undo: originals with what is left of them, and reversals that wait for an original."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec
from sqlalchemy import literal_column, select

from headoffice.intake.registry import BOOKED, WAITING, Source
from headoffice.store import bulk
from headoffice.store.tables import RECORD, REVERSED_LINE
from loyalty.encoding import decode
from loyalty.lines import ReversedLine
from loyalty.records import AnyRecord, Redemption, Reversal, Sale, UnknownRecord
from loyalty.reversal import OriginalLine, reduced, shared_out

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import Connection

WAITS: Final = RECORD.c.state == literal_column(f"'{WAITING}'")
"""Spelled out, never a parameter: a plan made for any state can't use the index of those that wait."""


@dataclass(slots=True)
class Left:
    """What of one line can still be undone."""

    cents: int
    points: int


@dataclass(slots=True)
class Original:
    """A record that reversals name.

    Attributes:
        record_id: Its id.
        member_id: The member it names.
        business_day: Its day.
        amount_cents: The whole purchase.
        reversed_cents: What was undone of it so far.
        left: By line, what can still be undone.
        rewards: Which of the lines are rewards taken; the others are the purchase.
        undone: By line, what this transaction has undone: cents and points.
    """

    record_id: UUID
    member_id: UUID | None
    amount_cents: int
    reversed_cents: int
    left: dict[int, Left]
    rewards: frozenset[int] = frozenset()
    undone: dict[int, tuple[int, int]] = field(default_factory=dict)

    def shared_out(self, reversal: Reversal) -> Reversal:
        """A reversal that a manager vouched for names sums and the card that was shown: as one of this record's lines.

        It moves the member of the original, whatever card that was.
        """
        lines = [OriginalLine(line, left.cents, left.points) for line, left in sorted(self.left.items())]
        found = shared_out(
            reversal,
            [line for line in lines if line.line not in self.rewards],
            [line for line in lines if line.line in self.rewards],
        )
        return msgspec.structs.replace(found, member_id=self.member_id)

    def take(self, lines: Iterable[ReversedLine]) -> tuple[ReversedLine, ...]:
        """Undo lines as far as something of them is left; what is not, is cut off."""
        taken = []
        for line in lines:
            left = self.left.get(line.line, Left(0, 0))
            part = ReversedLine(line.line, min(line.cents, left.cents), min(line.points, left.points))
            left.cents -= part.cents
            left.points -= part.points
            if part.cents or part.points:
                cents, points = self.undone.get(line.line, (0, 0))
                self.undone[line.line] = cents + part.cents, points + part.points
            taken.append(part)
        return tuple(taken)


class Waiting(msgspec.Struct, frozen=True):
    """A reversal that waits, and where it came from."""

    record: Reversal
    source: Source


def originals(connection: Connection, record_ids: Collection[UUID]) -> dict[UUID, Original]:
    """Those of some records that are there, locked in the order of their ids."""
    if not record_ids:
        return {}
    row = RECORD.c
    query = (
        select(row.record_id, row.member_id, row.amount_cents, row.reversed_cents, row.payload)
        .where(bulk.among(connection, row.record_id, record_ids))
        .order_by(row.record_id)
        .with_for_update()
    )
    found = {}
    for record_id, member_id, amount_cents, reversed_cents, payload in connection.execute(query):
        purchase, rewards = _lines(decode(payload))
        found[record_id] = Original(
            record_id, member_id, amount_cents, reversed_cents, purchase | rewards, frozenset(rewards)
        )
    line = REVERSED_LINE.c
    undone = select(line.original_id, line.line, line.cents, line.points)
    for original_id, number, cents, points in connection.execute(
        undone.where(bulk.among(connection, line.original_id, found))
    ):
        left = found[original_id].left.get(number)
        if left is not None:
            left.cents -= cents
            left.points -= points
    return found


def _lines(record: AnyRecord | UnknownRecord) -> tuple[dict[int, Left], dict[int, Left]]:
    """What of a purchase and of the rewards in it can be undone, by line."""
    if not isinstance(record, Sale | Redemption):
        return {}, {}
    whole = reduced(record)
    purchase, rewards = (
        {line.line: Left(line.cents, line.points) for line in lines} for lines in (whole.lines, whole.redemptions)
    )
    return purchase, rewards


def waiting_for(connection: Connection, record_ids: Collection[UUID]) -> list[Waiting]:
    """Reversals that wait for one of some records, in the order in which they came."""
    if not record_ids:
        return []
    row = RECORD.c
    query = (
        select(row.payload, row.terminal_id, row.store_id)
        .where(bulk.among(connection, row.original_id, record_ids), WAITS)
        .order_by(row.position)
    )
    found = []
    for payload, terminal_id, store_id in connection.execute(query):
        record = decode(payload)
        assert isinstance(record, Reversal), "only reversals wait"
        found.append(Waiting(record, Source(terminal_id, store_id)))
    return found


def write_reversed(connection: Connection, changed: Iterable[Original], booked: dict[UUID, int]) -> None:
    """Write back what was undone of originals, and which reversals are booked with how many points."""
    undone = [original for original in changed if original.undone]
    lines = [
        {"original_id": original.record_id, "line": number, "cents": cents, "points": points}
        for original in undone
        for number, (cents, points) in sorted(original.undone.items())
    ]
    bulk.add(connection, REVERSED_LINE, lines)
    sums = [(original.record_id, original.reversed_cents) for original in undone]
    bulk.update(connection, RECORD, ("record_id",), ("reversed_cents",), sums)
    states = [(record_id, BOOKED, points) for record_id, points in sorted(booked.items())]
    bulk.update(connection, RECORD, ("record_id",), ("state", "points"), states)
