"""Working everything out again from the records, and comparing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from headoffice.checks.bookings import check_accounts, check_bookings
from headoffice.checks.chains import check_chains
from headoffice.checks.consents import check_consents
from headoffice.checks.coverage import check_feed, check_waiting
from headoffice.checks.findings import Findings
from headoffice.feed import sequencer
from headoffice.store.tables import RECORD, TERMINAL_RECORD
from headoffice.views import VerifyResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from headoffice.office import Office


def verify(office: Office, progress: Callable[[int, int], None] | None) -> VerifyResult:
    """Check journals, registry, accounts and entries, consents, sums of days and feed, in one state of the database."""
    sequencer.sequence(office.database)  # what is still waiting for its place in the feed would only take memory
    with office.database.snapshot() as connection:
        records = connection.scalar(select(func.count()).select_from(RECORD)) or 0
        positions = connection.scalar(select(func.count()).select_from(TERMINAL_RECORD)) or 0
        findings = Findings(records + positions, progress)
        check_chains(connection, findings)
        check_bookings(connection, findings)
        check_accounts(connection, findings)
        check_consents(connection, findings)
        check_waiting(connection, findings)
        check_feed(connection, findings)
    return VerifyResult(not findings.problems, records, tuple(findings.problems))
