"""Points whose time is over, on a till that stands alone; on a joined one head office alone writes them off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.encoding import command_digest
from loyalty.expiry import Due, due, expiry_id
from loyalty.records import Expiry
from loyalty.statement import fold
from terminal.app.till import header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loyalty.ports import Clock
    from loyalty.programme import Programme
    from storage.store import Reader
    from terminal.app.till import Till

MEMBERS_AT_ONCE: Final = 500
"""How many accounts are looked at between two questions to the ledger."""


class _Stamped(msgspec.Struct, frozen=True):
    """The derived id of an expiry; nobody at the till decides it."""

    record_id: UUID
    cashier_id: UUID | None = None


def members_due(reader: Reader, programme: Programme, clock: Clock) -> Iterator[UUID]:
    """Accounts with points whose time is over; long, so it is for a thread on which nobody waits."""
    after: UUID | None = None
    while members := reader.members_with_points(after, MEMBERS_AT_ONCE):
        yield from (member for member in members if _due(reader, programme, clock, member))
        after = members[-1]


def expire_member(till: Till, member_id: UUID) -> int:
    """Write off what is over of one account.

    Returns:
        How many points.

    Raises:
        StorageError: If the disk did not take it.
    """
    points = 0
    with till.store.unit() as unit:
        if till.store.head_office is not None:
            return 0
        for item in _due(unit, till.programme, till.clock, member_id):
            stamp, correction = _stamp(unit, item)
            digest = command_digest(till.store.programme_key, "expire", stamp.record_id)
            unit.append(
                Expiry(
                    **header(till, unit, stamp, member_id, digest),
                    lot_id=item.lot.record_id,
                    points=item.lot.left,
                    last_day=item.last_day,
                    correction=correction,
                )
            )
            points += item.lot.left
    return points


def expire_due(till: Till) -> int:
    """Write off everything that is over; before a day is closed, so that it counts on that day.

    Returns:
        How many points.

    Raises:
        StorageError: If the disk did not take it; what was written off before stays so.
    """
    if till.programme.expiry is None or till.store.head_office is not None:
        return 0
    with till.store.reader() as reader:
        found = list(members_due(reader, till.programme, till.clock))
    return sum(expire_member(till, member_id) for member_id in found)


def _due(reader: Reader, programme: Programme, clock: Clock, member_id: UUID) -> tuple[Due, ...]:
    if programme.expiry is None:
        return ()
    today = clock.business_day(clock.now_us())
    found = due(fold(reader.entries(member_id)), programme.expiry, today, clock.business_day)
    return tuple(item for item in found if item.lot.left > 0)


def _stamp(reader: Reader, item: Due) -> tuple[_Stamped, int]:
    """The id of an expiry and its count: points may come back to a lot that is over, and be over once more."""
    correction = 0
    while reader.record(expiry_id(item.lot.record_id, item.last_day, correction)) is not None:
        correction += 1
    return _Stamped(expiry_id(item.lot.record_id, item.last_day, correction)), correction
