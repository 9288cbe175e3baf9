"""What needs a person: conflicts, records that could not be read, and records that wait for another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from headoffice.app.members import cards_shown
from headoffice.intake.waiting import WAITS
from headoffice.store.dirty import touch
from headoffice.store.tables import CONFLICT, QUARANTINE, RECORD, STORE, TERMINAL
from headoffice.views import ConflictView, QuarantineView, WaitingView
from loyalty.feed import ConflictKind

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from headoffice.office import Office


def conflicts(office: Office, *, open_only: bool, limit: int) -> tuple[ConflictView, ...]:
    """The newest conflicts with the names people know."""
    query = (
        select(CONFLICT, STORE.c.name.label("store"), TERMINAL.c.name.label("terminal"))
        .outerjoin(TERMINAL, TERMINAL.c.terminal_id == CONFLICT.c.terminal_id)
        .outerjoin(STORE, STORE.c.store_id == TERMINAL.c.store_id)
        .order_by(CONFLICT.c.at_us.desc(), CONFLICT.c.conflict_id)
        .limit(limit)
    )
    if open_only:
        query = query.where(CONFLICT.c.resolved_at_us == 0)
    with office.database.snapshot() as connection:
        rows = connection.execute(query).all()
        shown = cards_shown(connection, {row.member_id for row in rows if row.member_id})
    return tuple(
        ConflictView(
            conflict_id=row.conflict_id,
            kind=ConflictKind(row.kind),
            member_id=row.member_id,
            card_masked=shown.get(row.member_id, ""),
            record_id=row.record_id,
            store=row.store or "",
            terminal=row.terminal or "",
            points=row.points,
            at_us=row.at_us,
            resolved_at_us=row.resolved_at_us,
            resolved_by=row.resolved_by,
        )
        for row in rows
    )


def resolve_conflict(office: Office, conflict_id: UUID, by: str) -> bool:
    """Mark a conflict as settled, here and at the tills; ``False`` when there is no such open one."""

    def work(connection: Connection) -> bool:
        settled = connection.execute(
            update(CONFLICT)
            .where(CONFLICT.c.conflict_id == conflict_id, CONFLICT.c.resolved_at_us == 0)
            .values(resolved_at_us=office.clock.now_us(), resolved_by=by)
        ).rowcount
        if settled:
            touch(connection, "conflict", [str(conflict_id)])
        return bool(settled)

    return office.database.transact(work)


def quarantine(office: Office, *, open_only: bool, limit: int) -> tuple[QuarantineView, ...]:
    """The newest records that could not be read."""
    query = (
        select(QUARANTINE, STORE.c.name.label("store"), TERMINAL.c.name.label("terminal"))
        .outerjoin(TERMINAL, TERMINAL.c.terminal_id == QUARANTINE.c.terminal_id)
        .outerjoin(STORE, STORE.c.store_id == TERMINAL.c.store_id)
        .order_by(QUARANTINE.c.at_us.desc(), QUARANTINE.c.terminal_id, QUARANTINE.c.seq)
        .limit(limit)
    )
    if open_only:
        query = query.where(QUARANTINE.c.resolved_at_us == 0)
    with office.database.snapshot() as connection:
        return tuple(
            QuarantineView(
                terminal_id=row.terminal_id,
                store=row.store or "",
                terminal=row.terminal or "",
                epoch=row.epoch,
                seq=row.seq,
                reason=row.reason,
                detail=row.detail,
                at_us=row.at_us,
                resolved_at_us=row.resolved_at_us,
            )
            for row in connection.execute(query)
        )


def resolve_quarantine(office: Office, terminal_id: UUID, epoch: UUID, seq: int) -> bool:
    """Mark a quarantined record as looked at; the record itself stays. ``False`` when there is no such open one."""

    def work(connection: Connection) -> bool:
        return bool(
            connection.execute(
                update(QUARANTINE)
                .where(
                    QUARANTINE.c.terminal_id == terminal_id,
                    QUARANTINE.c.epoch == epoch,
                    QUARANTINE.c.seq == seq,
                    QUARANTINE.c.resolved_at_us == 0,
                )
                .values(resolved_at_us=office.clock.now_us())
            ).rowcount
        )

    return office.database.transact(work)


def waiting(office: Office, *, limit: int) -> tuple[WaitingView, ...]:
    """Records that wait for the one they undo, oldest first."""
    query = (
        select(
            RECORD.c.record_id,
            RECORD.c.original_id,
            RECORD.c.member_id,
            RECORD.c.at_us,
            STORE.c.name.label("store"),
            TERMINAL.c.name.label("terminal"),
        )
        .outerjoin(TERMINAL, TERMINAL.c.terminal_id == RECORD.c.terminal_id)
        .outerjoin(STORE, STORE.c.store_id == TERMINAL.c.store_id)
        .where(WAITS)
        .order_by(RECORD.c.at_us, RECORD.c.record_id)
        .limit(limit)
    )
    with office.database.snapshot() as connection:
        return tuple(
            WaitingView(
                record_id=row.record_id,
                original_id=row.original_id,
                member_id=row.member_id,
                store=row.store or "",
                terminal=row.terminal or "",
                at_us=row.at_us,
            )
            for row in connection.execute(query)
        )
