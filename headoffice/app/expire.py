"""Expiry: what is left of lots whose time is over goes, as records of head office."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import select

from headoffice import authority
from headoffice.feed.statements import accounts, programme_in_force
from headoffice.store import bulk
from headoffice.store.tables import ACCOUNT, ENTRY
from loyalty.expiry import due, expiry_id
from loyalty.records import Expiry
from loyalty.statement import EntryKind

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy import Connection

    from headoffice.office import Office
    from headoffice.store.archive import RecordLine
    from loyalty.programme import Expiring

ACCOUNTS_A_TIME: Final = 200
"""How many accounts one transaction looks at, so that tills wait for none of them for long."""

_BEFORE_ALL: Final = UUID(int=0)


def expire_due(office: Office, today: date | None) -> int:
    """Write what expired before a day, account by account; once more writes nothing.

    Args:
        office: Whose.
        today: The shop's day, its own today when ``None``.

    Returns:
        How many lots ended.
    """
    day = today or office.clock.business_day(office.clock.now_us())
    with office.database.snapshot() as connection:
        programme = programme_in_force(connection, office.clock.now_us())
    if programme is None or programme.expiry is None:
        return 0
    rule, version = programme.expiry, programme.version
    count = 0
    last: UUID | None = _BEFORE_ALL
    while last is not None:
        after = last

        def work(connection: Connection, after: UUID = after) -> tuple[UUID | None, list[RecordLine]]:
            return _expire_some(office, connection, after, day, rule, version)

        last, lines = office.database.transact(work)
        office.archive.append(lines)
        count += len(lines)
    return count


def _expire_some(
    office: Office, connection: Connection, after: UUID, day: date, rule: Expiring, version: int
) -> tuple[UUID | None, list[RecordLine]]:
    """Expire the lots of the next accounts that have points; gives the last of them, ``None`` when there were none."""
    authority.lock(connection, office.server)
    members = list(
        connection.scalars(
            select(ACCOUNT.c.member_id)
            .where(ACCOUNT.c.member_id > after, ACCOUNT.c.merged_into.is_(None), ACCOUNT.c.balance > 0)
            .order_by(ACCOUNT.c.member_id)
            .limit(ACCOUNTS_A_TIME)
            .with_for_update()
        )
    )
    if not members:
        return None, []
    ended = _ended_before(connection, members)
    records = []
    for member_id, account in accounts(connection, members).items():
        for item in due(account, rule, day, office.clock.business_day):
            lot_id = item.lot.record_id
            correction = ended[lot_id]
            ended[lot_id] += 1
            fields = authority.header(office, member_id, version, "expiry", lot_id, str(item.last_day), correction)
            fields["record_id"] = expiry_id(lot_id, item.last_day, correction)
            records.append(
                Expiry(**fields, lot_id=lot_id, points=item.lot.left, last_day=item.last_day, correction=correction)
            )
    return members[-1], authority.append(office, connection, records)


def _ended_before(connection: Connection, members: Collection[UUID]) -> Counter[UUID]:
    """How often each lot has ended: points may come back to it, and end again after the grace period."""
    lots = connection.scalars(
        select(ENTRY.c.original_id).where(
            bulk.among(connection, ENTRY.c.member_id, members), ENTRY.c.kind == EntryKind.EXPIRE.value
        )
    )
    return Counter(lot for lot in lots if lot is not None)
