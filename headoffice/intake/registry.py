"""The registry: every record head office ever took, once, by its id and the hash of its body, from whichever till."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from headoffice.intake.positions import Positions
from headoffice.store import bulk
from headoffice.store.tables import RECORD
from loyalty.records import Reversal, Sale

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from typing import Any

    from sqlalchemy import Connection

    from headoffice.intake.arrivals import Arrived

BOOKED: Final = "booked"
WAITING: Final = "waiting"
_AWAITED: Final = "awaited"
"""States of a record; the last lives only inside one transaction."""

_COLUMNS: Final = (
    "record_id",
    "body_hash",
    "position",
    "kind",
    "state",
    "member_id",
    "terminal_id",
    "store_id",
    "at_us",
    "business_day",
    "hour",
    "amount_cents",
    "reversed_cents",
    "points",
    "original_id",
    "payload",
)


class Source(msgspec.Struct, frozen=True):
    """From which till of which store a record comes."""

    terminal_id: UUID
    store_id: UUID
    region: str = ""


def register(connection: Connection, source: Source, arrived: Sequence[Arrived]) -> set[UUID]:
    """Enter records that are not there yet; reversals as waiting, until they are booked.

    A reversal and its original may arrive from two tills at the same moment, and neither transaction sees the other's.
    So a reversal also claims the entry of its original for a moment: the unique key makes one of the two wait for the
    other, and whoever comes second finds what the first one wrote. All in one statement in the order of the ids, so
    that nobody waits crosswise. SQLite has one writer and needs none of this.

    Returns:
        The ids of those that are new.
    """
    positions = Positions(connection)
    rows: dict[UUID, tuple[Any, ...]] = {}
    for item in arrived:
        row = _row(source, item, positions)
        rows.setdefault(row[0], row)
    claims: dict[UUID, tuple[Any, ...]] = {}
    if connection.dialect.name == "postgresql":
        claims = _claims(source, arrived, rows.keys())
    entered = bulk.insert_new(
        connection, RECORD, _COLUMNS, sorted({**claims, **rows}.values(), key=lambda row: row[0].int)
    )
    claimed = entered & claims.keys()
    if claimed:
        connection.execute(
            RECORD.delete().where(bulk.among(connection, RECORD.c.record_id, claimed), RECORD.c.state == _AWAITED)
        )
    return entered - claimed


def bodies(connection: Connection, record_ids: Collection[UUID]) -> dict[UUID, bytes]:
    """The body hashes of records that are there."""
    if not record_ids:
        return {}
    query = select(RECORD.c.record_id, RECORD.c.body_hash)
    return dict(connection.execute(query.where(bulk.among(connection, RECORD.c.record_id, record_ids))).all())


def _row(source: Source, item: Arrived, positions: Positions) -> tuple[Any, ...]:
    record, header = item.record, item.header
    assert header is not None, "only what can be read is registered"
    reversal = isinstance(record, Reversal)
    return (
        header.record_id,
        item.body,
        positions.next(),
        item.kind,
        WAITING if reversal else BOOKED,
        header.member_id,
        source.terminal_id,
        source.store_id,
        header.at_us,
        header.business_day,
        item.hour,
        record.amount_cents if isinstance(record, Sale) else 0,
        0,
        0 if reversal else item.points,
        record.original_id if isinstance(record, Reversal) else None,
        item.payload,
    )


def _claims(source: Source, arrived: Sequence[Arrived], own: Collection[UUID]) -> dict[UUID, tuple[Any, ...]]:
    claims = {}
    for item in arrived:
        if isinstance(item.record, Reversal) and item.record.original_id not in own:
            key, day = item.record.original_id, item.record.business_day
            row = (key, b"", 0, "", _AWAITED, None, source.terminal_id, source.store_id, 0, day, 0, 0, 0, 0, None, b"")
            claims[key] = row
    return claims
