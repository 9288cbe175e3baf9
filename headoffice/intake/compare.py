"""Comparing facts as recorded, epoch by epoch; what is missing is handed in again, and nothing is overwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from headoffice.intake import journals
from headoffice.store.tables import TERMINAL_RECORD
from loyalty.wire import CompareReply, EpochFacts, Range

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from headoffice.intake.journals import EpochRow
    from headoffice.store.engine import Database
    from headoffice.store.rows import TerminalRow
    from loyalty.wire import CompareRequest

RANGES_MAX: Final = 100
"""The most ranges asked for at once; the next comparison finds the rest."""


def compare(database: Database, terminal: TerminalRow, request: CompareRequest) -> CompareReply:
    """Find what a till must hand in again.

    Returns:
        Ranges that are missing here. Empty when both agree, and also when something differs of which nothing is
        missing: a fork shows when the positions are pushed again, never here.
    """
    ranges: list[Range] = []
    with database.snapshot() as connection:
        known = journals.epochs(connection, terminal.terminal_id)
        for facts in request.epochs:
            row = known.get(facts.epoch)
            if row is None or not _agrees(row, facts):
                ranges += _missing(connection, terminal.terminal_id, row, facts)
    return CompareReply(tuple(ranges[:RANGES_MAX]))


def _agrees(row: EpochRow, facts: EpochFacts) -> bool:
    return (row.seq, row.hash, row.records, row.points) == (facts.seq, facts.hash, facts.records, facts.points)


def _missing(connection: Connection, terminal_id: UUID, row: EpochRow | None, facts: EpochFacts) -> list[Range]:
    """Gaps below the till's position: inside what is here, and behind it."""
    if row is None:
        first = max(1, facts.seq - facts.records + 1)  # nobody has more records than positions
        return [Range(facts.epoch, first, facts.seq)] if first <= facts.seq else []
    ranges = []
    cells = TERMINAL_RECORD.c
    before = func.lag(cells.seq, 1, row.first_seq - 1).over(order_by=cells.seq)
    stored = (
        select(cells.seq, before.label("before"))
        .where(cells.terminal_id == terminal_id, cells.epoch == facts.epoch)
        .subquery()
    )
    gaps = select(stored.c.before, stored.c.seq).where(stored.c.seq > stored.c.before + 1).order_by(stored.c.seq)
    for below, above in connection.execute(gaps.limit(RANGES_MAX)):
        if below < facts.seq:
            ranges.append(Range(facts.epoch, below + 1, min(above - 1, facts.seq)))
    highest = connection.scalar(
        select(func.max(cells.seq)).where(cells.terminal_id == terminal_id, cells.epoch == facts.epoch)
    )
    last = row.first_seq - 1 if highest is None else highest
    if last < facts.seq:
        ranges.append(Range(facts.epoch, last + 1, facts.seq))
    return ranges
