"""What members agree to against the records that say so, account by account."""

from __future__ import annotations

import heapq
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from sqlalchemy import select

from headoffice.checks.findings import each
from headoffice.people.consents import COLUMNS, state_of
from headoffice.store.tables import CONSENT, RECORD
from loyalty.consent import effective, said
from loyalty.encoding import decode
from loyalty.records import Consent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy import Connection

    from headoffice.checks.findings import Findings
    from loyalty.consent import ConsentState

Found = tuple["UUID", bool, "ConsentState"]
"""An account, whether it is a record that says so, and what."""


def check_consents(connection: Connection, findings: Findings) -> None:
    """Go once through all records of consent and once through what is kept of them, side by side."""
    both = heapq.merge(_recorded(connection), _kept(connection), key=itemgetter(0))
    for member_id, group in groupby(both, key=itemgetter(0)):
        found = list(group)
        recorded = effective(state for _, is_record, state in found if is_record)
        kept = {state for _, is_record, state in found if not is_record}
        if kept != set(recorded):
            findings.found("consent", f"account {member_id}", "The records say something else of what is agreed to")


def _recorded(connection: Connection) -> Iterator[Found]:
    query = (
        select(RECORD.c.member_id, RECORD.c.payload)
        .where(RECORD.c.kind == "consent", RECORD.c.member_id.is_not(None))
        .order_by(RECORD.c.member_id)
    )
    for member_id, payload in each(connection, query):
        try:
            record = decode(payload)
        except ValueError:  # the registry's own check says so
            continue
        if isinstance(record, Consent):
            yield member_id, True, said(record)


def _kept(connection: Connection) -> Iterator[Found]:
    for row in each(connection, select(CONSENT.c.member_id, *COLUMNS).order_by(CONSENT.c.member_id)):
        yield row.member_id, False, state_of(row)
