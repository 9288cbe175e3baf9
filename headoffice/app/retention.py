"""What was kept of people for long enough: members without a sign of life, and notes behind bookings of long ago.

Members are forgotten here and at every till; every till deletes its notes by itself.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import exists, func, or_, select

from headoffice.app.erase import erase
from headoffice.people.directory import family
from headoffice.people.erasing import TEXTS_AT_ONCE, empty_texts, old_texts
from headoffice.store import bulk
from headoffice.store.tables import ACCOUNT, CARD, PROFILE_FIELD, RECORD
from headoffice.views import Forgotten, IdleMember
from loyalty.cards import masked
from loyalty.outcomes import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from headoffice.office import Office

ACCOUNTS_A_TIME: Final = 500
"""How many accounts one question looks at."""

_BEFORE_ALL: Final = UUID(int=0)


def idle_before(office: Office, years: int) -> date:
    """The day since which a member must have given a sign of life; periods begin with the end of its year."""
    return date(office.clock.business_day(office.clock.now_us()).year - years, 1, 1)


def idle_members(office: Office, before: date) -> Iterator[IdleMember]:
    """Members whom head office still names and of whom no till has told anything since a day.

    Args:
        office: Whose.
        before: A member with a record of this day, or a later one, is left out; that points expired is no sign of life.
    """
    after: UUID | None = _BEFORE_ALL
    while after is not None:
        with office.database.snapshot() as connection:
            found, after = _some(connection, before, after)
        yield from found


def forget(office: Office, years: int, *, with_points: bool, by: str) -> Forgotten:
    """Forget those who are due, one by one; who has points left, or owes some, only when it is said.

    Args:
        office: Whose.
        years: Whole years after the one of the last sign of life.
        with_points: Whether points that are left may be lost.
        by: Who decided it.
    """
    before = idle_before(office, years)
    gone: list[UUID] = []
    kept = 0
    for found in idle_members(office, before):
        with office.database.snapshot() as connection:  # a till may have told something since it was found
            idle = _idle(connection, found.member_id, before)
        if idle is None:
            continue
        if idle.balance and not with_points:
            kept += 1
        elif not isinstance(erase(office, idle.member_id, by=by), Refused):
            gone.append(idle.member_id)
    return Forgotten(tuple(gone), kept)


def old_notes(office: Office, years: int) -> int:
    """How many notes stand behind corrections and reversals whose time as vouchers is over."""
    with office.database.snapshot() as connection:
        return len(old_texts(connection, idle_before(office, years)))


def forget_notes(office: Office, years: int) -> int:
    """Empty them, some at a time; gives how many there were."""
    with office.database.snapshot() as connection:
        references = sorted(old_texts(connection, idle_before(office, years)))
    return sum(
        office.database.transact(partial(empty_texts, references=references[start : start + TEXTS_AT_ONCE]))
        for start in range(0, len(references), TEXTS_AT_ONCE)
    )


def _some(connection: Connection, before: date, after: UUID) -> tuple[list[IdleMember], UUID | None]:
    """The idle ones among the next accounts, and the last account looked at; ``None`` when there were none."""
    account = ACCOUNT.c
    members = connection.scalars(
        select(account.member_id)
        .where(
            account.member_id > after,
            account.merged_into.is_(None),
            or_(account.enrolled_day.is_(None), account.enrolled_day < before),
            or_(account.last_sale_day.is_(None), account.last_sale_day < before),
        )
        .order_by(account.member_id)
        .limit(ACCOUNTS_A_TIME)
    ).all()
    idle = [_idle(connection, member, before) for member in members]
    return [found for found in idle if found], members[-1] if members else None


def _idle(connection: Connection, member_id: UUID, before: date) -> IdleMember | None:
    """A member without a sign of life, ``None`` for one who gave one or whom nothing names."""
    names = family(connection, member_id)
    last_day = _last_record(connection, names)
    if (last_day is not None and last_day >= before) or not _is_named(connection, names):
        return None
    balance = connection.scalar(select(ACCOUNT.c.balance).where(ACCOUNT.c.member_id == member_id)) or 0
    return IdleMember(member_id, last_day, balance, _card(connection, names))


def _last_record(connection: Connection, names: list[UUID]) -> date | None:
    asked = select(func.max(RECORD.c.business_day)).where(
        bulk.among(connection, RECORD.c.member_id, names), RECORD.c.kind != "expiry"
    )
    told: date | None = connection.scalar(asked)
    return told


def _is_named(connection: Connection, names: list[UUID]) -> bool:
    asked = [
        exists().where(bulk.among(connection, table.c.member_id, names)).select_from(table)
        for table in (PROFILE_FIELD, CARD)
    ]
    return bool(connection.scalar(select(or_(*asked))))


def _card(connection: Connection, names: list[UUID]) -> str:
    number = connection.scalar(select(CARD.c.number).where(bulk.among(connection, CARD.c.member_id, names)).limit(1))
    return masked(number) if number else ""
