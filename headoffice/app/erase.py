"""Forgetting a person on head office's own account."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sqlalchemy import select

from headoffice.people import erasing
from headoffice.store.archive import TombstoneLine
from headoffice.store.tables import ACCOUNT, CARD, PROFILE_FIELD, TOMBSTONE
from headoffice.views import Erased
from loyalty.outcomes import Reason, Refused

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from headoffice.office import Office

_LOG = logging.getLogger(__name__)


def erase(office: Office, member_id: UUID, *, by: str) -> Erased | Refused:
    """Forget a person; every till does the same with its next round."""
    now_us = office.clock.now_us()
    today = office.clock.business_day(now_us)

    def work(connection: Connection) -> tuple[UUID, ...] | Refused:
        if not _is_known(connection, member_id):
            return Refused(Reason.MEMBER_UNKNOWN)
        return erasing.erase(connection, member_id, now_us, today)

    names = office.database.transact(work)
    if isinstance(names, Refused):
        return names
    _LOG.info("Account %s was erased by %s", member_id, by)
    office.archive.append([TombstoneLine(name, now_us, today) for name in names])
    return Erased(names)


def _is_known(connection: Connection, member_id: UUID) -> bool:
    return any(
        connection.execute(select(table.c.member_id).where(table.c.member_id == member_id).limit(1)).first()
        for table in (ACCOUNT, CARD, PROFILE_FIELD, TOMBSTONE)
    )
