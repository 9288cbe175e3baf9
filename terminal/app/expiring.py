"""Which points of a member expire next; for the receipt and the screen, so that nobody loses points by surprise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from loyalty.expiry import last_day

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from loyalty.ports import Clock
    from loyalty.programme import Programme
    from storage.store import Reader


class NextToExpire(msgspec.Struct, frozen=True):
    """Points that can be spent up to and on a day, and are gone after it."""

    points: int
    last_day: date


def next_to_expire(reader: Reader, programme: Programme, clock: Clock, member_id: UUID) -> NextToExpire | None:
    """The points that expire soonest; it looks at all movements, so it is for a thread on which nobody waits.

    On a joined till head office's word on a lot counts: it knows of points that came back after their time and live on
    for a while. Lots that are newer than its word follow the programme.

    Returns:
        ``None`` when the member has no points or they live for ever.
    """
    rule, today = programme.expiry, clock.business_day(clock.now_us())
    told = reader.told_last_days(member_id)
    points: dict[date, int] = {}
    for lot in reader.lots(member_id):
        day = told.get(lot.record_id) or (last_day(rule, lot, clock.business_day) if rule else None)
        if day is not None and day >= today:
            points[day] = points.get(day, 0) + lot.left
    soonest = min(points, default=None)
    return None if soonest is None else NextToExpire(points[soonest], soonest)
