"""The tills as people at head office see and steer them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select, update

from headoffice.errors import TerminalUnknown
from headoffice.store.dirty import touch
from headoffice.store.rows import terminal_rows
from headoffice.store.tables import QUARANTINE, STORE, TERMINAL, TERMINAL_EPOCH
from headoffice.views import TerminalStatus, TerminalView

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import ColumnElement, Connection, Select

    from headoffice.office import Office

_EPOCHS: Final = TERMINAL_EPOCH.c


def terminals(office: Office) -> tuple[TerminalView, ...]:
    """All tills, those that may talk first, of them those that were silent longest, then those with most to hand in."""
    with office.database.snapshot() as connection:
        rows = [row for row in terminal_rows(connection) if row.terminal_id != office.server.server_id]
        records = _counts(connection, select(_EPOCHS.terminal_id, func.sum(_EPOCHS.records)), _EPOCHS.terminal_id)
        quarantined = _counts(
            connection,
            select(QUARANTINE.c.terminal_id, func.count()).where(QUARANTINE.c.resolved_at_us == 0),
            QUARANTINE.c.terminal_id,
        )
    views = [
        TerminalView(
            terminal_id=row.terminal_id,
            store=row.store,
            name=row.name,
            status=row.status,
            scope=row.scope,
            joined_at_us=row.joined_at_us,
            last_contact_us=row.last_contact_us,
            backlog=row.backlog,
            oldest_us=row.oldest_us,
            clock_off_ms=row.clock_off_ms,
            protocol=row.protocol,
            software=row.software,
            records=records.get(row.terminal_id, 0),
            quarantined=quarantined.get(row.terminal_id, 0),
        )
        for row in rows
    ]
    return tuple(
        sorted(views, key=lambda view: (view.status is not TerminalStatus.ACTIVE, view.last_contact_us, -view.backlog))
    )


def _counts(connection: Connection, query: Select[Any], by: ColumnElement[UUID]) -> dict[UUID, int]:
    return {terminal_id: int(count) for terminal_id, count in connection.execute(query.group_by(by))}


def stores(office: Office) -> tuple[str, ...]:
    """The names of all stores."""
    with office.database.snapshot() as connection:
        return tuple(connection.scalars(select(STORE.c.name).order_by(STORE.c.name)))


def revoke(office: Office, terminal_id: UUID) -> None:
    """Shut a till out at once; a lost one can read nothing any more.

    Raises:
        TerminalUnknown: There is none.
    """
    _set(office, terminal_id, {"status": TerminalStatus.REVOKED.value})


def fence(office: Office, terminal_id: UUID) -> None:
    """Shut a till out because there are two of it.

    Raises:
        TerminalUnknown: There is none.
    """
    _set(office, terminal_id, {"status": TerminalStatus.FENCED.value})


def _set(office: Office, terminal_id: UUID, values: dict[str, object]) -> None:
    def work(connection: Connection) -> int:
        touch(connection, "till", [str(terminal_id)])
        return connection.execute(update(TERMINAL).where(TERMINAL.c.terminal_id == terminal_id).values(values)).rowcount

    if terminal_id == office.server.server_id or not office.database.transact(work):
        raise TerminalUnknown(f"No terminal {terminal_id}")


def change_scope(office: Office, terminal_id: UUID, scope: str) -> None:
    """Let a till hold the members of another region; its cursor is void, so it pulls everything again.

    Raises:
        TerminalUnknown: There is none.
    """
    _set(office, terminal_id, {"scope": scope, "scope_step": TERMINAL.c.scope_step + 1})
