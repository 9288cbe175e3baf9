"""Joining two accounts of one person, by hand."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from headoffice import authority
from headoffice.app.accounts import account_of, balance_of
from headoffice.views import Merged
from loyalty.outcomes import Reason, Refused
from loyalty.records import CardAction, CardChange

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from headoffice.office import Office
    from headoffice.store.archive import RecordLine

_LOG = logging.getLogger(__name__)


def merge(office: Office, card: str | UUID, into: str | UUID, *, by: str) -> Merged | Refused:
    """Join one account into another; points, history and cards are the surviving one's from then on."""

    def work(connection: Connection) -> tuple[Merged, list[RecordLine]] | Refused:
        gone, kept = account_of(connection, card), account_of(connection, into)
        if isinstance(gone, Refused):
            return gone
        if isinstance(kept, Refused):
            return kept
        if gone == kept:
            return Refused(Reason.SAME_MEMBER)
        version = authority.version_in_force(office, connection)
        fields = authority.header(office, gone, version, "merge", gone, kept)
        record = CardChange(**fields, action=CardAction.MERGE, into_member_id=kept)
        lines = authority.append(office, connection, [record])
        return Merged(record.record_id, kept, gone, balance_of(connection, kept)), lines

    done = office.database.transact(work)
    if isinstance(done, Refused):
        return done
    merged, lines = done
    _LOG.info("Account %s was merged into %s by %s", merged.merged_id, merged.member_id, by)
    office.archive.append(lines)
    return merged
