"""Whose account is meant when a person names a card or an account."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from headoffice.people.directory import erased, root
from headoffice.store.tables import ACCOUNT, CARD
from loyalty.directory import CardStatus
from loyalty.outcomes import Reason, Refused

if TYPE_CHECKING:
    from sqlalchemy import Connection


def account_of(connection: Connection, who: str | UUID) -> UUID | Refused:
    """The surviving account of a card's number or an account's id; a replaced card counts, a blocked one is refused."""
    member_id: UUID | None
    if isinstance(who, UUID):
        member_id = connection.scalar(select(ACCOUNT.c.member_id).where(ACCOUNT.c.member_id == who))
        if member_id is None:
            return Refused(Reason.MEMBER_UNKNOWN)
    else:
        number = "".join(who.split()).upper()
        row = connection.execute(select(CARD.c.member_id, CARD.c.status).where(CARD.c.number == number)).first()
        if row is None:
            return Refused(Reason.CARD_UNKNOWN)
        if row.status == CardStatus.BLOCKED:
            return Refused(Reason.CARD_BLOCKED)
        member_id = row.member_id
    account = root(connection, member_id)
    return Refused(Reason.MEMBER_UNKNOWN) if erased(connection, [member_id, account]) else account


def balance_of(connection: Connection, account: UUID) -> int:
    """The balance of a surviving account."""
    return connection.scalar(select(ACCOUNT.c.balance).where(ACCOUNT.c.member_id == account)) or 0
