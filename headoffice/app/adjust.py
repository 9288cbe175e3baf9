"""A correction by hand: points given or taken, with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import insert

from headoffice import authority
from headoffice.app.accounts import account_of, balance_of
from headoffice.store.tables import FREE_TEXT
from headoffice.views import Adjusted
from loyalty.bounds import POINTS_MAX
from loyalty.outcomes import Reason, Refused
from loyalty.records import Adjustment

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from headoffice.office import Office
    from headoffice.store.archive import RecordLine

REASON_LENGTH_MAX: Final = 500
"""How many characters of a reason are kept."""


def adjust(office: Office, who: str | UUID, points: int, reason: str, *, by: str) -> Adjusted | Refused:
    """Correct a balance; it may become negative."""
    why = " ".join(reason.split())[:REASON_LENGTH_MAX]
    if not why:
        return Refused(Reason.REASON_MISSING)
    if points == 0:
        return Refused(Reason.AMOUNT_MISSING)
    if abs(points) > POINTS_MAX:
        return Refused(Reason.AMOUNT_INVALID)
    text_ref = office.ids.random_id()
    sealed = office.sealer.seal_text(text_ref, f"{why} ({by})" if by else why)

    def work(connection: Connection) -> tuple[Adjusted, list[RecordLine]] | Refused:
        account = account_of(connection, who)
        if isinstance(account, Refused):
            return account
        version = authority.version_in_force(office, connection)
        fields = authority.header(office, account, version, "adjust", account, points, why)
        record = Adjustment(**fields, points=points, text_ref=text_ref)
        connection.execute(insert(FREE_TEXT).values(text_ref=text_ref, nonce=sealed.nonce, box=sealed.box))
        lines = authority.append(office, connection, [record])
        return Adjusted(record.record_id, account, points, balance_of(connection, account)), lines

    done = office.database.transact(work)
    if isinstance(done, Refused):
        return done
    adjusted, lines = done
    office.archive.append(lines)
    return adjusted
