"""What members agree to: the one record of each account and purpose that counts, kept with every booking.

A consent stays under the account it was recorded for, as a profile does: a merge moves nothing, and whoever asks gets
the union over all accounts that are one. Those of accounts whose person was erased say nothing any more.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import and_, collate, not_, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from headoffice.people.directory import erased
from headoffice.store import bulk
from headoffice.store.tables import ACCOUNT, CONSENT
from loyalty.consent import ConsentState, effective, said
from loyalty.records import Purpose

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from sqlalchemy import Connection, Executable

    from loyalty.records import Consent

COLUMNS = (CONSENT.c.purpose, CONSENT.c.granted, CONSENT.c.at_us, CONSENT.c.text_version)
"""What a state is made of, see ``state_of``."""


def put_consents(connection: Connection, records: Sequence[Consent]) -> None:
    """Take new records into account, each row in one statement: whoever comes second compares with what is there then.

    In the order of the keys, so that nobody waits crosswise.
    """
    new: dict[UUID, list[ConsentState]] = defaultdict(list)
    for record in records:
        if record.member_id is not None:
            new[record.member_id].append(said(record))
    rows = [
        {"member_id": member_id, **msgspec.structs.asdict(state), "purpose": state.purpose.value}
        for member_id, states in sorted(new.items())
        for state in effective(states)
    ]
    if rows:
        connection.execute(_if_it_counts(connection), rows)


def _if_it_counts(connection: Connection) -> Executable:
    """Insert a state, or put it in the place of one that ranks lower, see ``ConsentState.rank``."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement: Any = dialect.insert(CONSENT)
    new, old = statement.excluded, CONSENT.c
    bytewise = "C" if connection.dialect.name == "postgresql" else "BINARY"
    counts = or_(
        new.at_us > old.at_us,
        and_(
            new.at_us == old.at_us,
            or_(
                and_(old.granted, not_(new.granted)),
                and_(
                    old.granted == new.granted,
                    collate(new.text_version, bytewise) > collate(old.text_version, bytewise),
                ),
            ),
        ),
    )
    keys = [column.name for column in CONSENT.primary_key]
    rest = {column.name: new[column.name] for column in CONSENT.c if column.name not in keys}
    replacing: Executable = statement.on_conflict_do_update(index_elements=keys, set_=rest, where=counts)
    return replacing


def consents(connection: Connection, members: Collection[UUID]) -> dict[UUID, tuple[ConsentState, ...]]:
    """What counts for surviving accounts and all that went into them; those that said nothing are missing."""
    if not members:
        return {}
    account = ACCOUNT.c
    merged = select(account.member_id, account.merged_into).where(bulk.among(connection, account.merged_into, members))
    aliases = {row.member_id: row.merged_into for row in connection.execute(merged)}
    names = {*members, *aliases}
    query = select(CONSENT.c.member_id, *COLUMNS).where(bulk.among(connection, CONSENT.c.member_id, names))
    rows = connection.execute(query).all()
    roots = {row.member_id: aliases.get(row.member_id, row.member_id) for row in rows}
    gone = erased(connection, {*roots, *roots.values()})
    found: dict[UUID, list[ConsentState]] = defaultdict(list)
    for row in rows:
        if not {row.member_id, roots[row.member_id]} & gone:
            found[roots[row.member_id]].append(state_of(row))
    return {member_id: effective(states) for member_id, states in found.items()}


def state_of(row: Any) -> ConsentState:  # noqa: ANN401 - a row with these columns, whatever else is in it
    """A row with ``COLUMNS`` as a state."""
    return ConsentState(Purpose(row.purpose), row.granted, row.at_us, row.text_version)
