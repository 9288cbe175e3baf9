"""A record for a till that is to undo it and has not written it itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from headoffice.errors import Refusal
from headoffice.feed.changes import in_scope
from headoffice.intake import journals
from headoffice.store.rows import terminal_row
from headoffice.store.tables import RECORD, REVERSED_LINE
from loyalty.wire import ProblemCode, RecordReply, UndoneLine

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from headoffice.office import Office
    from headoffice.store.rows import TerminalRow


def record(office: Office, terminal: TerminalRow, record_id: UUID) -> RecordReply:
    """A record with what was undone of it so far, all from one snapshot.

    Raises:
        Refusal: ``NOT_FOUND`` when there is none, or when it is of a member this till does not hold: a till of another
            region learns nothing about it, not even that it is there.
    """
    with office.database.snapshot() as connection:
        row = connection.execute(
            select(RECORD.c.payload, RECORD.c.member_id, RECORD.c.terminal_id, RECORD.c.store_id).where(
                RECORD.c.record_id == record_id
            )
        ).first()
        if row is None or not _is_held(connection, terminal, row.member_id, row.store_id):
            raise Refusal(ProblemCode.NOT_FOUND, "There is no such record")
        writer = terminal_row(connection, row.terminal_id)
        assert writer is not None, "a till is never deleted"
        line = REVERSED_LINE.c
        undone = select(line.line, line.cents, line.points).where(line.original_id == record_id).order_by(line.line)
        known = journals.epochs(connection, terminal.terminal_id)
        return RecordReply(
            payload=row.payload,
            terminal_id=writer.terminal_id,
            till=writer.name,
            store=writer.store,
            undone=tuple(UndoneLine(*found) for found in connection.execute(undone)),
            positions={epoch: taken.seq for epoch, taken in known.items()},
        )


def _is_held(connection: Connection, terminal: TerminalRow, member_id: UUID | None, store_id: UUID) -> bool:
    """Whether a till may see a record; one without a member is its own store's, unless the till holds all members."""
    if member_id is None:
        return not terminal.scope or store_id == terminal.store_id
    return bool(in_scope(connection, terminal, [member_id]))
