"""How much of a sale or redemption has been undone, from the totals kept per original line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from loyalty.records import AnyRecord, Redemption, Sale, UnknownRecord
from loyalty.reversal import ReversedSoFar
from storage.types import Reversed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from storage.connection import Database


class Part(msgspec.Struct, frozen=True):
    """A line that can be undone: its number, cents and points."""

    line: int
    cents: int
    points: int


def parts(record: AnyRecord | UnknownRecord) -> tuple[Part, ...]:
    """The lines of a record that a reversal can name; none for other kinds."""
    match record:
        case Sale():
            lines = tuple(Part(line.line, line.amount_cents, line.points) for line in record.lines)
            return lines + tuple(Part(item.line, item.value_cents, item.points) for item in record.redemptions)
        case Redemption():
            item = record.redemption
            return (Part(item.line, item.value_cents, item.points),)
        case _:
            return ()


def reversed_lines(database: Database, original_id: UUID) -> dict[int, ReversedSoFar]:
    """By line, what reversals of one record have done; empty when there are none."""
    rows = database.all("SELECT line, cents, points FROM reversed_line WHERE original_id = ?", (original_id.bytes,))
    return {line: ReversedSoFar(cents, points) for line, cents, points in rows}


def reversed_state(record: AnyRecord | UnknownRecord, so_far: Mapping[int, ReversedSoFar]) -> Reversed:
    """How much of a record is undone: wholly when no line has cents or points left."""
    if not so_far:
        return Reversed.NO
    nothing = ReversedSoFar()
    for part in parts(record):
        done = so_far.get(part.line, nothing)
        if done.cents < part.cents or done.points < part.points:
            return Reversed.PARTLY
    return Reversed.WHOLE
