"""Every journal, link by link: no position is missing, and each hash covers the record and the hash before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from headoffice.checks.findings import each
from headoffice.intake.arrivals import read_all
from headoffice.store.tables import QUARANTINE, RECORD, TERMINAL_EPOCH, TERMINAL_RECORD
from loyalty.chain import FIRST_PREV_HASH
from loyalty.records import EpochStart
from loyalty.wire import WireRecord

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Connection, Row

    from headoffice.checks.findings import Findings
    from headoffice.intake.arrivals import Arrived

CHECK = "chain"


def check_chains(connection: Connection, findings: Findings) -> None:
    """Walk all epochs of all terminals, head office's own journal included."""
    order = (TERMINAL_EPOCH.c.terminal_id, TERMINAL_EPOCH.c.first_seq)
    for epoch in connection.execute(select(TERMINAL_EPOCH).order_by(*order)).all():
        _check_epoch(connection, epoch, findings)


def _check_epoch(connection: Connection, epoch: Row[Any], findings: Findings) -> None:
    place = f"terminal {epoch.terminal_id}, epoch {epoch.epoch}"
    position, left_out = TERMINAL_RECORD.c, QUARANTINE.c
    query = (
        select(position.seq, position.hash, RECORD.c.payload, left_out.payload.label("quarantined"))
        .outerjoin(
            QUARANTINE,
            and_(
                left_out.terminal_id == position.terminal_id,
                left_out.epoch == position.epoch,
                left_out.seq == position.seq,
            ),
        )
        .outerjoin(RECORD, RECORD.c.record_id == position.record_id)
        .where(position.terminal_id == epoch.terminal_id, position.epoch == epoch.epoch)
        .order_by(position.seq)
    )
    wanted, prev_hash, count, points = epoch.first_seq, b"", 0, 0
    for row in each(connection, query):
        findings.step()
        if row.seq != wanted:
            findings.found(CHECK, f"{place}, seq {wanted}", "The position is missing")
        wanted = row.seq + 1
        payload = row.payload if row.quarantined is None else row.quarantined
        if payload is None:
            findings.found(CHECK, f"{place}, seq {row.seq}", "The record of this position is missing")
            prev_hash = row.hash
            continue
        wire = WireRecord(row.seq, payload, row.hash)
        if row.seq == epoch.first_seq:
            prev_hash = _before_first(wire, epoch)
        [arrived] = read_all(epoch.epoch, prev_hash, [wire])
        if arrived.flaw is not None and row.quarantined is None:
            findings.found(CHECK, f"{place}, seq {row.seq}", f"The record was changed: {arrived.detail}")
        prev_hash = row.hash
        count += 1
        points += arrived.points
    if (epoch.seq, epoch.hash, epoch.records, epoch.points) != (wanted - 1, prev_hash, count, points):
        findings.found(CHECK, place, "The head of the epoch says something else than its records")


def _before_first(wire: WireRecord, epoch: Row[Any]) -> bytes:
    """The hash that an epoch's first record names as the one before."""
    first: Arrived = read_all(epoch.epoch, FIRST_PREV_HASH, [wire])[0]
    if isinstance(first.record, EpochStart) and first.record.parent_hash:
        return bytes.fromhex(first.record.parent_hash)
    return FIRST_PREV_HASH
