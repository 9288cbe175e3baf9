"""Reading what stands on a command line of either program: ids, days and moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final
from uuid import UUID

import typer

if TYPE_CHECKING:
    from loyalty.ports import Clock

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def uuid(text: str) -> UUID:
    """Read an id.

    Raises:
        typer.BadParameter: If it is none.
    """
    try:
        return UUID(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not an id such as 0198c0de-0000-7000-8000-000000000001") from None


def day(text: str) -> date:
    """Read a day.

    Raises:
        typer.BadParameter: If it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day such as 2026-11-21") from None


def moment(text: str, clock: Clock) -> int:
    """Read a moment as microseconds since 1970 UTC; without an offset it is the shop's time of day.

    Raises:
        typer.BadParameter: If it is none.
    """
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            nearly_us = _microseconds(at.replace(tzinfo=UTC))
            at = at.replace(tzinfo=timezone(timedelta(minutes=clock.utc_offset_min(nearly_us))))
        return _microseconds(at)
    except (ValueError, OverflowError, OSError):  # the last two: a year the system's time zone tables can't hold
        raise typer.BadParameter(f"{text!r} is not a time such as 2026-11-21T14:30+01:00") from None


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
