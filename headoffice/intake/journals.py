"""Tills' journals by position: what is taken of each epoch, whether a batch follows on it, and when a till forked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, case, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by

from headoffice.errors import HeadOfficeError, Refusal
from headoffice.intake.conflicts import Conflict, write_conflicts
from headoffice.store import bulk
from headoffice.store.dirty import touch
from headoffice.store.tables import TERMINAL, TERMINAL_EPOCH, TERMINAL_RECORD
from headoffice.views import TerminalStatus
from loyalty.chain import FIRST_PREV_HASH
from loyalty.feed import ConflictKind
from loyalty.records import EpochStart
from loyalty.wire import EpochHead, Gap, ProblemCode
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from headoffice.intake.arrivals import Arrived
    from loyalty.wire import PushRequest

UNREADABLE_ID = UUID(int=0)
"""Stands for the id of a record that can't be read."""

_NO = {
    TerminalStatus.REVOKED: ProblemCode.REVOKED,
    TerminalStatus.FENCED: ProblemCode.FENCED,
}


_STATUS: Final = select(TERMINAL.c.status).where(TERMINAL.c.terminal_id == bindparam("till")).with_for_update()


class EpochRow(msgspec.Struct, frozen=True):
    """What is taken of one epoch: without a gap from ``first_seq`` to ``seq``; records and points as recorded."""

    epoch: UUID
    first_seq: int
    seq: int
    hash: bytes
    records: int
    points: int

    @property
    def head(self) -> EpochHead:
        """Its last record, as it is told to the till."""
        return EpochHead(self.epoch, self.seq, self.hash)


_EPOCHS: Final = (
    select(*(TERMINAL_EPOCH.c[name] for name in EpochRow.__struct_fields__))
    .where(TERMINAL_EPOCH.c.terminal_id == bindparam("till"))
    .order_by(TERMINAL_EPOCH.c.first_seq)
)
_MOVE_ON: Final = (
    update(TERMINAL_EPOCH)
    .where(TERMINAL_EPOCH.c.terminal_id == bindparam("till"), TERMINAL_EPOCH.c.epoch == bindparam("of"))
    .values({name: bindparam(name) for name in ("seq", "hash", "records", "points")})
)
_LEFT: Final = (
    update(TERMINAL)
    .where(TERMINAL.c.terminal_id == bindparam("till"), TERMINAL.c.backlog > 0)
    .values(
        backlog=case((TERMINAL.c.backlog > bindparam("taken"), TERMINAL.c.backlog - bindparam("taken")), else_=0),
        oldest_us=case((TERMINAL.c.backlog > bindparam("taken"), TERMINAL.c.oldest_us), else_=0),
    )
)
"""Built once: for a batch, building the few small statements takes as long as running them."""


class Forked(HeadOfficeError):
    """One position of one till's epoch has two contents: two copies of the till are running."""

    code = "forked"
    sentence = mark("Two copies of one till are running.")

    def __init__(self, epoch: UUID, seq: int) -> None:
        super().__init__(f"epoch {epoch}, seq {seq}")
        self.epoch = epoch
        self.seq = seq


def lock_terminal(connection: Connection, terminal_id: UUID, *, by_hand: bool = False) -> None:
    """Lock a till's row, so that its batches are taken one after the other.

    Args:
        connection: In a writing transaction.
        terminal_id: Whose.
        by_hand: A person hands the records in; then a till that is shut out will do too.

    Raises:
        Refusal: There is no such till, or it was revoked or fenced.
    """
    status = connection.scalar(_STATUS, {"till": terminal_id})
    if status is None:
        raise Refusal(ProblemCode.UNKNOWN_TERMINAL, "There is no till of this id")
    code = _NO.get(TerminalStatus(status))
    if code is not None and not by_hand:
        raise Refusal(code, "This till is shut out; it must join again with a new code")


def epochs(connection: Connection, terminal_id: UUID) -> dict[UUID, EpochRow]:
    """What is taken of a till's journal, by epoch."""
    return {row[0]: EpochRow(*row) for row in connection.execute(_EPOCHS, {"till": terminal_id})}


def hashes(connection: Connection, terminal_id: UUID, epoch: UUID, first: int, last: int) -> dict[int, bytes]:
    """The chain hashes that are stored for positions ``first`` to ``last``."""
    row = TERMINAL_RECORD.c
    query = select(row.seq, row.hash).where(
        row.terminal_id == terminal_id, row.epoch == epoch, row.seq.between(first, last)
    )
    return dict(connection.execute(query).all())


def are_here(connection: Connection, terminal_id: UUID, request: PushRequest) -> bool:
    """Whether every position of a batch is taken with the hash it has there, and follows on the same hash."""
    row, records = TERMINAL_RECORD.c, request.records
    where = (row.terminal_id == terminal_id, row.epoch == request.epoch)
    here = (*where, row.seq.between(records[0].seq, records[-1].seq))
    before = connection.scalar(select(row.hash).where(*where, row.seq == records[0].seq - 1))
    if before is not None and before != request.prev_hash:
        return False
    if connection.dialect.name == "postgresql":  # all in one value: that is read far faster than so many rows
        joined = func.string_agg(row.hash, aggregate_order_by(literal_column("''::bytea"), row.seq))
        stored = connection.scalar(select(joined).where(*here))
    else:
        stored = b"".join(connection.scalars(select(row.hash).where(*here).order_by(row.seq)))
    return stored == b"".join([record.hash for record in records])


def unknown_positions(
    connection: Connection,
    terminal_id: UUID,
    known: dict[UUID, EpochRow],
    epoch: UUID,
    prev_hash: bytes,
    arrived: Sequence[Arrived],
) -> set[int] | Gap:
    """Find which positions of a batch are new.

    Returns:
        Their numbers, or why the batch does not follow on what is there.

    Raises:
        Forked: A position that is there has another hash.
        Refusal: The batch begins before its epoch.
    """
    row = known.get(epoch)
    first, last = arrived[0].seq, arrived[-1].seq
    if row is None:
        gap = _start_gap(connection, terminal_id, known, epoch, prev_hash, arrived[0])
        return gap or {item.seq for item in arrived}
    if first > row.seq + 1:
        return Gap.RECORDS_MISSING
    if first < row.first_seq:
        raise Refusal(ProblemCode.BAD_REQUEST, f"Epoch {epoch} begins at {row.first_seq}, not at {first}")
    if first == row.seq + 1:
        if prev_hash != row.hash:
            raise Forked(epoch, row.seq)
        return {item.seq for item in arrived}
    stored = hashes(connection, terminal_id, epoch, first - 1, last) | {row.seq: row.hash}
    for seq, digest in [(first - 1, prev_hash), *((item.seq, item.hash) for item in arrived)]:
        if stored.get(seq, digest) != digest:
            raise Forked(epoch, seq)
    return {item.seq for item in arrived if item.seq not in stored}


def _start_gap(
    connection: Connection,
    terminal_id: UUID,
    known: dict[UUID, EpochRow],
    epoch: UUID,
    prev_hash: bytes,
    first: Arrived,
) -> Gap | None:
    """Whether a new epoch may begin with this record: it names the one it goes on from, and that is the one we hold."""
    start = first.record
    if not isinstance(start, EpochStart) or first.flaw is not None:
        return Gap.RECORDS_MISSING
    if start.parent_seq != first.seq - 1 or start.parent_hash != (
        "" if start.parent_epoch is None else prev_hash.hex()
    ):
        raise Refusal(ProblemCode.BAD_REQUEST, "The epoch start does not name the record before it")
    if start.parent_epoch is None:
        if prev_hash != FIRST_PREV_HASH:
            raise Refusal(ProblemCode.BAD_REQUEST, "The first record of all follows on nothing")
        if known:  # two journals under one id
            raise Forked(epoch, first.seq)
        return None
    parent = hashes(connection, terminal_id, start.parent_epoch, start.parent_seq, start.parent_seq)
    if start.parent_seq not in parent:
        return Gap.PARENT_UNKNOWN
    if parent[start.parent_seq] != prev_hash:
        raise Forked(start.parent_epoch, start.parent_seq)
    return None


def write_positions(
    connection: Connection, terminal_id: UUID, row: EpochRow | None, epoch: UUID, new: Sequence[Arrived]
) -> EpochRow:
    """Store new positions of an epoch and move its head; returns what is taken of it then."""
    rows = [(terminal_id, epoch, item.seq, item.record_id or UNREADABLE_ID, item.hash) for item in new]
    bulk.insert(connection, TERMINAL_RECORD, ("terminal_id", "epoch", "seq", "record_id", "hash"), rows)
    records, points = len(new), sum(item.points for item in new)
    last = new[-1]
    if row is None:
        row = EpochRow(epoch, new[0].seq, last.seq, last.hash, records, points)
        connection.execute(TERMINAL_EPOCH.insert().values(terminal_id=terminal_id, **msgspec.structs.asdict(row)))
        return row
    seq, digest = max((row.seq, row.hash), (last.seq, last.hash))
    row = EpochRow(epoch, row.first_seq, seq, digest, row.records + records, row.points + points)
    moved = {"seq": row.seq, "hash": row.hash, "records": row.records, "points": row.points}
    connection.execute(_MOVE_ON, {"till": terminal_id, "of": epoch, **moved})
    return row


def take_off_backlog(connection: Connection, terminal_id: UUID, taken: int) -> None:
    """Count what a till has handed in off what it said it had left; its next hello says it anew.

    Without this a till that is closed after its last sale would be listed with unsent bookings all night.
    """
    connection.execute(_LEFT, {"till": terminal_id, "taken": taken})


def fence(connection: Connection, terminal_id: UUID, epoch: UUID, seq: int, now_us: int) -> None:
    """Shut a forked till out and list it for people; both copies must join again."""
    connection.execute(
        update(TERMINAL)
        .where(TERMINAL.c.terminal_id == terminal_id, TERMINAL.c.status == TerminalStatus.ACTIVE)
        .values(status=TerminalStatus.FENCED.value)
    )
    touch(connection, "till", [str(terminal_id)])
    write_conflicts(connection, [Conflict(ConflictKind.FORKED, f"{epoch} {seq}", terminal_id, at_us=now_us)])
