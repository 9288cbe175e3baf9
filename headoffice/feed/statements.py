"""Head office's word on members: balance, counted sales, what is left of earned points, and what they agreed to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from headoffice.people.consents import consents
from headoffice.store import bulk
from headoffice.store.tables import ACCOUNT, ENTRY, PROGRAMME
from loyalty.expiry import last_day
from loyalty.feed import StatementItem, StatementLot
from loyalty.programme import Programme, parse_programme
from loyalty.statement import NOTHING, Account, Entry, EntryKind, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from uuid import UUID

    from sqlalchemy import Connection

    from loyalty.programme import Expiring

PROGRAMMES_KEPT: Final = 4
"""How many documents are kept read."""

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def utc_day(at_us: int) -> date:
    """The calendar day of a moment in UTC, where no shop's clock is at hand."""
    return (_BEGINNING + timedelta(microseconds=at_us)).date()


def programme_in_force(connection: Connection, now_us: int) -> Programme | None:
    """The newest published programme whose time has come, ``None`` before the first."""
    row = PROGRAMME.c
    document = connection.scalar(
        select(row.document).where(row.starts_at_us <= now_us).order_by(row.version.desc()).limit(1)
    )
    return _read(document) if document is not None else None


@lru_cache(maxsize=PROGRAMMES_KEPT)
def _read(document: str) -> Programme | None:
    """A published programme; reading one takes longer than all the rest of a page of changes."""
    programme = parse_programme(document)
    return programme if isinstance(programme, Programme) else None


def accounts(connection: Connection, member_ids: Collection[UUID]) -> dict[UUID, Account]:
    """Accounts as the fold of their entries; those without an entry are missing."""
    row = ENTRY.c
    query = (
        select(row.member_id, row.position, row.record_id, row.kind, row.points, row.at_us, row.original_id)
        .where(bulk.among(connection, row.member_id, member_ids))
        .order_by(row.member_id, row.position, row.part)
    )
    return {
        member_id: fold(
            Entry(position, record_id, EntryKind(kind), points, at_us, original_id)
            for _, position, record_id, kind, points, at_us, original_id in rows
        )
        for member_id, rows in groupby(connection.execute(query), key=itemgetter(0))
    }


def statements(
    connection: Connection,
    member_ids: Collection[UUID],
    rule: Expiring | None,
    day_of: Callable[[int], date] = utc_day,
) -> list[StatementItem]:
    """Statements of members, in the order of their ids; members that nobody has used are missing.

    Args:
        connection: In a transaction that sees one state.
        member_ids: Whose.
        rule: How long points live, ``None`` for ever.
        day_of: The shop's day of a moment, in microseconds since 1970 UTC.
    """
    if not member_ids:
        return []
    row = ACCOUNT.c
    query = (
        select(
            row.member_id,
            row.balance,
            row.sales,
            row.revenue_cents,
            row.enrolled_day,
            row.last_sale_day,
            row.merged_into,
        )
        .where(bulk.among(connection, row.member_id, member_ids))
        .order_by(row.member_id)
    )
    found = connection.execute(query).all()
    standing = [line.member_id for line in found if line.merged_into is None]
    folded = accounts(connection, standing)
    agreed = consents(connection, standing)
    return [
        StatementItem(line.member_id, merged_into=line.merged_into)
        if line.merged_into is not None
        else StatementItem(
            *line,
            lots=_lots(folded.get(line.member_id, NOTHING), rule, day_of),
            consents=agreed.get(line.member_id, ()),
        )
        for line in found
    ]


def _lots(account: Account, rule: Expiring | None, day_of: Callable[[int], date]) -> tuple[StatementLot, ...]:
    return tuple(
        StatementLot(
            lot.record_id, lot.earned_at_us, lot.points, lot.left, last_day(rule, lot, day_of) if rule else None
        )
        for lot in account.lots
    )
