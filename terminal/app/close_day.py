"""Freezing business days: their totals become a record, and what comes later counts on the next day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from loyalty.encoding import command_digest
from loyalty.outcomes import Reason, Refused
from loyalty.records import DayClose, DayTotals
from terminal.app.expire import expire_due
from terminal.app.till import header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.store import Unit
    from terminal.app.till import Till

ONE_DAY = timedelta(days=1)


class CloseDayCommand(msgspec.Struct, frozen=True):
    """Close today, and before it every forgotten day on which something happened."""

    cashier_id: UUID | None = None


class DayClosed(msgspec.Struct, frozen=True):
    """Days that are frozen on disk, oldest first; the last one is today."""

    closes: tuple[DayClose, ...]


class _Stamped(msgspec.Struct, frozen=True):
    """The id and the cashier of one of the records that a close writes."""

    record_id: UUID
    cashier_id: UUID | None


def close_day(till: Till, command: CloseDayCommand) -> DayClosed | Refused:
    """Close the business day.

    Returns:
        The closes once COMMIT has returned, or that today is closed already.

    Raises:
        StorageError: If the disk did not take it.
    """
    today = till.clock.business_day(till.clock.now_us())
    expire_due(till)
    with till.store.unit() as unit:
        closed = unit.latest_closed_day()
        if closed is not None and closed >= today:
            return Refused(Reason.DAY_ALREADY_CLOSED)
        number = unit.last_close_number() if closed else 0
        closes: list[DayClose] = []
        for day in _open_days(unit, closed, today):
            report = unit.day_report(day)
            if day != today and report.totals == DayTotals():
                continue
            number += 1
            stamp = _Stamped(till.ids.record_id(), command.cashier_id)
            digest = command_digest(till.store.programme_key, "close_day", day)
            record = DayClose(
                **header(till, unit, stamp, None, digest),
                number=number,
                closed_day=day,
                totals=report.totals,
                open_points=report.open_points,
            )
            unit.append(record)
            closes.append(record)
    return DayClosed(tuple(closes))


def _open_days(unit: Unit, closed: date | None, today: date) -> Iterator[date]:
    """Every day since the last close, or since the ledger began, up to today."""
    first = unit.stored(1)
    if closed is not None:
        day = closed + ONE_DAY
    else:
        day = min(today, getattr(first.record, "business_day", today)) if first else today
    while day <= today:
        yield day
        day += ONE_DAY
