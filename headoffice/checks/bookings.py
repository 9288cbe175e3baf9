"""Records against what was booked of them: the registry's own columns, entries, accounts, and the sums of days."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import func, select

from headoffice.checks.findings import each
from headoffice.intake.registry import BOOKED
from headoffice.store.tables import ACCOUNT, DAY_TOTAL, ENTRY, RECORD
from loyalty.encoding import body_hash, decode, kind_of
from loyalty.records import DayTotals, Reversal, UnknownRecord
from loyalty.statement import EntryKind, movements
from loyalty.totals import day_totals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Row

    from headoffice.checks.findings import Findings
    from loyalty.records import AnyRecord

_SUMS: Final = tuple(name for name in DayTotals.__struct_fields__ if name in DAY_TOTAL.c)
_NOT_BY_RECORD: Final = frozenset({"reversed_cents", "new_members"})
"""Sums that a record alone does not tell: how much of a reversal was left to book, and who was no member before."""

DayKey = tuple[Any, ...]


def check_bookings(connection: Connection, findings: Findings) -> None:
    """Go once through all records and once through all entries, side by side in the order of the record ids."""
    days: dict[DayKey, Counter[str]] = defaultdict(Counter)
    entries = _by_record(connection)
    ahead = next(entries, None)
    for row in each(connection, select(RECORD).order_by(RECORD.c.record_id)):
        findings.step()
        while ahead is not None and ahead[0] < row.record_id:
            findings.found("entry", f"record {ahead[0]}", "Points were moved without a record")
            ahead = next(entries, None)
        moved: list[tuple[str, int]] = []
        if ahead is not None and ahead[0] == row.record_id:
            moved = ahead[1]
            ahead = next(entries, None)
        record = _check_record(row, findings)
        if record is not None:
            _check_moved(row, record, moved, findings)
            _count(days[row.store_id, row.terminal_id, row.business_day, row.hour], record, row, moved)
    while ahead is not None:
        findings.found("entry", f"record {ahead[0]}", "Points were moved without a record")
        ahead = next(entries, None)
    _check_days(connection, days, findings)


def _by_record(connection: Connection) -> Iterator[tuple[Any, list[tuple[str, int]]]]:
    """By record, the kinds and points it moved."""
    query = select(ENTRY.c.record_id, ENTRY.c.kind, ENTRY.c.points).order_by(ENTRY.c.record_id, ENTRY.c.part)
    current, moved = None, list[tuple[str, int]]()
    for record_id, kind, points in each(connection, query):
        if record_id != current and moved:
            yield current, moved
            moved = []
        current = record_id
        moved.append((kind, points))
    if moved:
        yield current, moved


def _check_record(row: Row[Any], findings: Findings) -> AnyRecord | None:
    """The registry's row against its payload; ``None`` when nothing more can be said about it."""
    place = f"record {row.record_id}"
    if body_hash(row.payload) != row.body_hash:
        findings.found("registry", place, "The record was changed: its hash does not fit")
        return None
    try:
        record = decode(row.payload)
    except ValueError as error:
        findings.found("registry", place, f"The record can't be read: {error}")
        return None
    if isinstance(record, UnknownRecord):
        return None
    said = (record.record_id, kind_of(record), record.member_id, record.at_us, record.business_day)
    if said != (row.record_id, row.kind, row.member_id, row.at_us, row.business_day):
        findings.found("registry", place, "The registry's columns say something else than the record")
    return record


def _check_moved(row: Row[Any], record: AnyRecord, moved: list[tuple[str, int]], findings: Findings) -> None:
    place = f"record {row.record_id}"
    if row.state != BOOKED:
        if moved:
            findings.found("entry", place, "The record waits and has moved points already")
        return
    recorded = [(movement.kind.value, movement.points) for movement in movements(record)]
    if isinstance(record, Reversal):  # booked as far as something was left
        left = dict(recorded)
        too_much = any(kind not in left or abs(points) > abs(left[kind]) for kind, points in moved)
        if too_much:
            findings.found("entry", place, "More was undone than the record says")
    elif moved != recorded:
        findings.found("entry", place, f"It moved {moved}, the record says {recorded}")
    if row.points != sum(points for _, points in moved):
        findings.found("entry", place, "The registry says that it moved something else")


def _count(sums: Counter[str], record: AnyRecord, row: Row[Any], moved: list[tuple[str, int]]) -> None:
    if row.state != BOOKED:
        return
    if isinstance(record, Reversal):
        points = dict(moved)
        sums["points_returned"] += points.get(EntryKind.RETURN.value, 0)
        sums["points_taken_back"] -= points.get(EntryKind.TAKE_BACK.value, 0)
        return
    for name, value in msgspec.structs.asdict(day_totals(record)).items():
        sums[name] += value


def _check_days(connection: Connection, days: dict[DayKey, Counter[str]], findings: Findings) -> None:
    keys = (DAY_TOTAL.c.store_id, DAY_TOTAL.c.terminal_id, DAY_TOTAL.c.business_day, DAY_TOTAL.c.hour)
    names = [name for name in _SUMS if name not in _NOT_BY_RECORD]
    for row in each(connection, select(DAY_TOTAL).order_by(*keys)):
        counted = days.pop((row.store_id, row.terminal_id, row.business_day, row.hour), Counter())
        wrong = [name for name in names if getattr(row, name) != counted[name]]
        if wrong:
            place = f"terminal {row.terminal_id}, {row.business_day}, hour {row.hour}"
            findings.found("day_total", place, f"The records say something else of {', '.join(wrong)}")
    for key, counted in days.items():
        if any(counted[name] for name in names):
            findings.found("day_total", f"terminal {key[1]}, {key[2]}, hour {key[3]}", "The sums are missing")
    reversed_cents = connection.scalar(select(func.coalesce(func.sum(RECORD.c.reversed_cents), 0)))
    summed = connection.scalar(select(func.coalesce(func.sum(DAY_TOTAL.c.reversed_cents), 0)))
    if reversed_cents != summed:
        findings.found("day_total", "all days", f"{summed} cents are reversed, the records say {reversed_cents}")


def check_accounts(connection: Connection, findings: Findings) -> None:
    """Every balance is the sum of its entries; a merged account has nothing and leads straight to a standing one."""
    root = ACCOUNT.alias("root")
    sums = select(ENTRY.c.member_id, func.sum(ENTRY.c.points).label("points")).group_by(ENTRY.c.member_id).subquery()
    query = (
        select(
            ACCOUNT.c.member_id,
            ACCOUNT.c.balance,
            ACCOUNT.c.merged_into,
            sums.c.points,
            root.c.member_id.label("root"),
            root.c.merged_into.label("further"),
        )
        .outerjoin(sums, sums.c.member_id == ACCOUNT.c.member_id)
        .outerjoin(root, root.c.member_id == ACCOUNT.c.merged_into)
        .order_by(ACCOUNT.c.member_id)
    )
    for row in each(connection, query):
        place = f"account {row.member_id}"
        if row.balance != (row.points or 0):
            findings.found("account", place, f"The balance is {row.balance}, its entries come to {row.points or 0}")
        if row.merged_into is not None and (row.root is None or row.further is not None or row.points is not None):
            findings.found("account", place, "It was merged and does not lead to a standing account")
    orphans = select(ENTRY.c.member_id).distinct().where(ENTRY.c.member_id.not_in(select(ACCOUNT.c.member_id)))
    for member_id in connection.scalars(orphans):
        findings.found("account", f"account {member_id}", "It has entries and does not exist")
