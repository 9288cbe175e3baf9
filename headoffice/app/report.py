"""A store's day, from the sums that booking keeps: the same figures as each till's own report."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import func, select

from headoffice.errors import Refusal, StoreUnknown
from headoffice.feed.statements import programme_in_force
from headoffice.store.rows import terminal_rows
from headoffice.store.tables import DAY_TOTAL, REWARD_TOTAL, STORE
from headoffice.views import StoreDayReport, TerminalDay, TerminalStatus
from loyalty.kpi import Assumptions
from loyalty.records import DayTotals
from loyalty.report import WEEK, DayFigures, HourTotals, RewardTotals
from loyalty.store_day import StoreDay, TillBehind, TillDay
from loyalty.wire import ProblemCode

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from sqlalchemy import ColumnElement, Connection

    from headoffice.office import Office
    from headoffice.store.rows import TerminalRow
    from loyalty.ports import Clock

WITHOUT_PROGRAMME: Final = Assumptions(value_points=1, value_cents=0)
"""As long as nothing is published, nobody has said what a point is worth."""

FRESH_US: Final = 180_000_000
"""A till that was heard so lately is in touch, in microseconds: one that is online calls at least once a minute."""

YEAR_MIN: Final = 2000
"""Before it there was no programme, and a week before must be a day too."""

_TOTALS: Final = tuple(name for name in DayTotals.__struct_fields__ if name in DAY_TOTAL.c)
_OPENED: Final = ("points_issued", "points_returned", "points_adjusted")
_CLOSED: Final = ("points_redeemed", "points_taken_back", "points_expired")


def day_report(office: Office, day: date, store: str | None) -> StoreDayReport:
    """The figures of one day, together and by till.

    Raises:
        StoreUnknown: There is no store of that name.
    """
    with office.database.snapshot() as connection:
        store_id = _store_id(connection, store)
        assumed = _assumptions(connection, office.clock.now_us())
        tills = _by_terminal(connection, day, store_id, assumed)
        before = _by_terminal(connection, day - WEEK, store_id, assumed)
        rows = {row.terminal_id: row for row in terminal_rows(connection)}
    days = [
        TerminalDay(terminal_id, row.name if row else "", figures, row.store if row else "")
        for terminal_id, figures in tills.items()
        for row in [rows.get(terminal_id)]
    ]
    return StoreDayReport(
        store=store,
        day=day,
        figures=DayFigures.sum(day, assumed, tills.values()),
        week_before=DayFigures.sum(day - WEEK, assumed, before.values()),
        terminals=tuple(sorted(days, key=lambda item: (item.store, item.name, item.terminal_id))),
    )


def store_day(office: Office, terminal: TerminalRow, day: date) -> StoreDay:
    """The day of the store a till stands in, for that till.

    Head office's own corrections and expiries stand in no store: they are counted where there is but one. Where there
    are more, points earned in one are spent in another, and the figures of one store say nothing of what is open.

    Raises:
        Refusal: ``BAD_REQUEST`` for a day before any programme.
    """
    if day.year < YEAR_MIN:
        raise Refusal(ProblemCode.BAD_REQUEST, f"There are no figures before {YEAR_MIN}.")
    with office.database.snapshot() as connection:
        only_one = connection.scalar(select(func.count()).select_from(STORE)) == 1
        rows = [row for row in terminal_rows(connection) if row.store_id == terminal.store_id]
    found = day_report(office, day, None if only_one else terminal.store)
    now_us = office.clock.now_us()
    own_id = office.server.server_id
    others = [row for row in rows if row.terminal_id != terminal.terminal_id]
    return StoreDay(
        store=terminal.store,
        as_of_us=now_us,
        figures=found.figures if only_one else _without_open_points(found.figures),
        week_before=found.week_before if only_one else _without_open_points(found.week_before),
        tills=tuple(
            TillDay("" if each.terminal_id == own_id else each.name, _without_open_points(each.figures))
            for each in found.terminals
        ),
        behind=_behind(others, day, now_us, office.clock),
    )


def _without_open_points(figures: DayFigures) -> DayFigures:
    return msgspec.structs.replace(figures, open_points=None)


def _behind(tills: Iterable[TerminalRow], day: date, now_us: int, clock: Clock) -> tuple[TillBehind, ...]:
    """Tills that may hold more of a day: not heard since it ended, or with bookings left that it had not handed in."""

    def is_behind(till: TerminalRow) -> bool:
        heard_us, is_fresh = till.last_contact_us, now_us - till.last_contact_us < FRESH_US
        if till.backlog and clock.business_day(till.oldest_us) <= day and heard_us - till.oldest_us >= FRESH_US:
            return True
        shut_out = till.status is not TerminalStatus.ACTIVE
        return not shut_out and not is_fresh and clock.business_day(heard_us) <= day

    return tuple(TillBehind(till.name, till.last_contact_us) for till in tills if is_behind(till))


def _store_id(connection: Connection, store: str | None) -> UUID | None:
    if store is None:
        return None
    store_id: UUID | None = connection.scalar(select(STORE.c.store_id).where(STORE.c.name == store))
    if store_id is None:
        raise StoreUnknown(f"No store {store!r}")
    return store_id


def _assumptions(connection: Connection, now_us: int) -> Assumptions:
    programme = programme_in_force(connection, now_us)
    if programme is None:
        return WITHOUT_PROGRAMME
    return Assumptions(programme.point_value.points, programme.point_value.value_cents)


def _by_terminal(
    connection: Connection, day: date, store_id: UUID | None, assumed: Assumptions
) -> dict[UUID, DayFigures]:
    """The figures of every till that has ever moved or sold anything up to that day."""
    table = DAY_TOTAL.c
    everywhere: list[ColumnElement[bool]] = [] if store_id is None else [table.store_id == store_id]
    opened, closed = ([table[name] for name in names] for names in (_OPENED, _CLOSED))
    net = sum(opened[1:], opened[0]) - sum(closed[1:], closed[0])
    open_points = connection.execute(
        select(table.terminal_id, func.sum(net))
        .where(table.business_day <= day, *everywhere)
        .group_by(table.terminal_id)
    ).all()
    totals: dict[UUID, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_TOTALS, 0))
    hours: dict[UUID, list[HourTotals]] = defaultdict(list)
    rows = connection.execute(
        select(DAY_TOTAL).where(table.business_day == day, *everywhere).order_by(table.terminal_id, table.hour)
    ).mappings()
    for row in rows:
        for name in _TOTALS:
            totals[row["terminal_id"]][name] += row[name]
        hour = HourTotals(row["hour"], row["points_issued"], row["points_redeemed"], row["sales"])
        hours[row["terminal_id"]].append(hour)
    rewards = _rewards(connection, day, store_id)
    return {
        terminal_id: DayFigures(
            day,
            DayTotals(**totals[terminal_id]),
            int(points),
            assumed,
            tuple(hours[terminal_id]),
            tuple(rewards[terminal_id]),
        )
        for terminal_id, points in open_points
    }


def _rewards(connection: Connection, day: date, store_id: UUID | None) -> dict[UUID, list[RewardTotals]]:
    table = REWARD_TOTAL.c
    columns = (table.terminal_id, table.reward_id, table["count"], table.points, table.value_cents)
    query = select(*columns).where(table.business_day == day).order_by(table.reward_id)
    if store_id is not None:
        query = query.where(table.store_id == store_id)
    rewards: dict[UUID, list[RewardTotals]] = defaultdict(list)
    for terminal_id, reward_id, count, points, value_cents in connection.execute(query):
        rewards[terminal_id].append(RewardTotals(reward_id, count, points, value_cents))
    return rewards
