"""The first call of a round: what head office has of the till, and whether there are two of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from headoffice.app.joining import agreed_protocol
from headoffice.errors import Refusal
from headoffice.feed import sequencer
from headoffice.intake.journals import epochs, fence, hashes, lock_terminal
from headoffice.store.tables import TERMINAL
from loyalty.wire import HelloReply, ProblemCode

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from headoffice.office import Office
    from headoffice.store.rows import TerminalRow
    from loyalty.wire import EpochHead, HelloRequest


def hello(office: Office, terminal: TerminalRow, request: HelloRequest) -> HelloReply:
    """Answer with what is taken of the till's journal, and keep what it says of itself for people to see.

    Raises:
        Refusal: ``FENCED`` when a position it names has another hash here: there are two of it, and neither may go on.
            ``PROTOCOL_UNSUPPORTED``.
    """
    protocol = agreed_protocol(request.protocol_min, request.protocol_max)
    now_us = office.clock.now_us()
    said = {
        "last_contact_us": now_us,
        "backlog": request.backlog,
        "oldest_us": request.oldest_us,
        "protocol": protocol,
        "software": request.software,
    }

    def work(connection: Connection) -> EpochHead | None:
        lock_terminal(connection, terminal.terminal_id)
        fork = _fork(connection, terminal.terminal_id, request)
        if fork is not None:
            fence(connection, terminal.terminal_id, fork.epoch, fork.seq, now_us)
        connection.execute(update(TERMINAL).where(TERMINAL.c.terminal_id == terminal.terminal_id).values(said))
        return fork

    fork = office.database.transact(work)
    if fork is not None:
        raise Refusal(ProblemCode.FENCED, f"There are two of this till: position {fork.seq} has two contents")
    sequencer.sequence(office.database)
    with office.database.snapshot() as connection:
        return HelloReply(
            protocol=protocol,
            server_epoch=office.server.epoch,
            server_time_us=office.clock.now_us(),
            heads=tuple(row.head for row in epochs(connection, terminal.terminal_id).values()),
            newest=sequencer.newest(connection),
        )


def _fork(connection: Connection, terminal_id: UUID, request: HelloRequest) -> EpochHead | None:
    """The position at which the till's past and the one stored here differ; what is not stored can't differ."""
    for head in (request.head, request.acked):
        if head is None:
            continue
        stored = hashes(connection, terminal_id, head.epoch, head.seq, head.seq)
        if stored.get(head.seq, head.hash) != head.hash:
            return head
    return None
