"""Taking a till's batch: verified, booked and answered in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import select

from headoffice.errors import Refusal
from headoffice.intake import journals
from headoffice.intake.arrivals import Arrived, Flaw, named_in, read_all
from headoffice.intake.booking import book
from headoffice.intake.registry import Source
from headoffice.store import bulk
from headoffice.store.dirty import touch
from headoffice.store.tables import ACCOUNT, QUARANTINE
from loyalty.wire import EpochHead, Gap, ProblemCode, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Connection

    from headoffice.store.engine import Database
    from headoffice.store.rows import TerminalRow
    from loyalty.wire import PushRequest

_QUARANTINE_COLUMNS = (
    "terminal_id",
    "epoch",
    "seq",
    "reason",
    "detail",
    "payload",
    "at_us",
    "resolved_at_us",
)


_MOVED_NOTHING: Final = frozenset({None, Verdict.DUPLICATE})
"""What became of records that need more than to be booked."""


class PushOutcome(msgspec.Struct, frozen=True):
    """What was taken of a batch; the reply to the till without head office's signature.

    Attributes:
        heads: By epoch, the highest contiguous position of the till.
        verdicts: One per record; empty with a gap.
        gap: Why nothing was taken.
        head: The head of the batch's epoch, to be signed; ``None`` with a gap.
        records: How many records of the epoch are taken.
        points: What they moved in sum, as recorded.
    """

    heads: tuple[EpochHead, ...]
    verdicts: tuple[Verdict, ...] = ()
    gap: Gap | None = None
    head: EpochHead | None = None
    records: int = 0
    points: int = 0


def push(
    database: Database, terminal: TerminalRow, request: PushRequest, now_us: int, *, by_hand: bool = False
) -> PushOutcome:
    """Take a batch.

    Args:
        database: Where it goes.
        terminal: Whose it is.
        request: The batch.
        now_us: Head office's time, in microseconds since 1970 UTC.
        by_hand: A person hands the records of a till in; it may be shut out then.

    Returns:
        What was taken; it is durable then.

    Raises:
        Refusal: The batch is not contiguous, the till is shut out, or it turns out to be forked and is shut out now.
        DatabaseAway: Nothing is known to be taken.
    """
    seqs = [record.seq for record in request.records]
    if not seqs or seqs != list(range(seqs[0], seqs[0] + len(seqs))):
        raise Refusal(ProblemCode.BAD_REQUEST, "The positions of a batch must count up without a gap")
    if _seems_repeated(database, terminal.terminal_id, request):
        repeated = database.transact(lambda connection: _take_repeated(connection, terminal, request, by_hand=by_hand))
        if repeated is not None:
            return repeated
    arrived = read_all(request.epoch, request.prev_hash, request.records)

    def work(connection: Connection) -> PushOutcome:
        journals.lock_terminal(connection, terminal.terminal_id, by_hand=by_hand)
        return take(connection, terminal, request.epoch, request.prev_hash, arrived, now_us)

    try:
        return database.transact(work)
    except journals.Forked as fork:
        epoch, seq = fork.epoch, fork.seq
        database.transact(lambda connection: journals.fence(connection, terminal.terminal_id, epoch, seq, now_us))
        detail = f"Two copies of this till are running (position {seq} differs); both must join again"
        raise Refusal(ProblemCode.FENCED, detail) from fork


def _seems_repeated(database: Database, terminal_id: UUID, request: PushRequest) -> bool:
    """Whether the end of a batch is below what is taken already; a first look without a lock."""
    with database.snapshot() as connection:
        row = journals.epochs(connection, terminal_id).get(request.epoch)
    return row is not None and request.records[-1].seq <= row.seq


def _take_repeated(
    connection: Connection, terminal: TerminalRow, request: PushRequest, *, by_hand: bool
) -> PushOutcome | None:
    """Answer a batch that is here record for record: a lost reply. Nothing needs to be read again.

    Returns:
        ``None`` when a position is missing or differs: then the batch is taken like any other.
    """
    journals.lock_terminal(connection, terminal.terminal_id, by_hand=by_hand)
    known = journals.epochs(connection, terminal.terminal_id)
    if not journals.are_here(connection, terminal.terminal_id, request):
        return None
    _touch_members(connection, named_in(request.records))
    first, last = request.records[0].seq, request.records[-1].seq
    quarantined = _quarantined(connection, terminal.terminal_id, request.epoch, first, last)
    row = known[request.epoch]
    return PushOutcome(
        heads=tuple(one.head for one in known.values()),
        verdicts=tuple(
            Verdict.QUARANTINED if record.seq in quarantined else Verdict.DUPLICATE for record in request.records
        ),
        head=row.head,
        records=row.records,
        points=row.points,
    )


def take(
    connection: Connection,
    terminal: TerminalRow,
    epoch: UUID,
    prev_hash: bytes,
    arrived: Sequence[Arrived],
    now_us: int,
) -> PushOutcome:
    """Take records that were read already, in a transaction that has locked the till's row.

    Raises:
        Forked: A position that is there has another hash.
    """
    known = journals.epochs(connection, terminal.terminal_id)
    new = journals.unknown_positions(connection, terminal.terminal_id, known, epoch, prev_hash, arrived)
    if isinstance(new, Gap):
        return PushOutcome(tuple(row.head for row in known.values()), gap=new)
    verdicts: dict[int, Verdict] = {}
    if len(new) < len(arrived):
        repeated = [item for item in arrived if item.seq not in new]
        verdicts |= _verdicts_of_repeated(connection, terminal.terminal_id, epoch, repeated)
    unknown = [item for item in arrived if item.seq in new]
    source = Source(terminal.terminal_id, terminal.store_id, terminal.region)
    row = known.get(epoch)
    if unknown:  # before any account is locked, so that others wait for accounts as briefly as can be
        row = journals.write_positions(connection, terminal.terminal_id, row, epoch, unknown)
        journals.take_off_backlog(connection, terminal.terminal_id, len(unknown))
        verdicts |= _take_unknown(connection, source, epoch, unknown, now_us)
    assert row is not None, "an epoch nobody knows has no position that is known"
    known[epoch] = row
    return PushOutcome(
        heads=tuple(one.head for one in known.values()),
        verdicts=tuple(verdicts[item.seq] for item in arrived),
        head=row.head,
        records=row.records,
        points=row.points,
    )


def _take_unknown(
    connection: Connection, source: Source, epoch: UUID, unknown: Sequence[Arrived], now_us: int
) -> dict[int, Verdict]:
    """Book what can be booked and quarantine the rest; duplicates of other tills' records move nothing."""
    sound = [item for item in unknown if item.flaw is None]
    said = book(connection, source, sound, now_us)
    booked = dict(zip([item.seq for item in sound], said, strict=True))
    if len(sound) == len(unknown) and _MOVED_NOTHING.isdisjoint(said):
        return {seq: verdict for seq, verdict in booked.items() if verdict}
    flawed: list[Arrived] = []
    verdicts: dict[int, Verdict] = {}
    for item in unknown:
        verdict = booked.get(item.seq)
        if verdict is None:
            detail = "Another record has this id"
            reused = msgspec.structs.replace(item, flaw=Flaw.ID_REUSED, detail=detail)
            flawed.append(item if item.flaw else reused)
        verdicts[item.seq] = verdict or Verdict.QUARANTINED
    _quarantine(connection, source.terminal_id, epoch, flawed, now_us)
    duplicates = [item for item in unknown if verdicts[item.seq] is Verdict.DUPLICATE]
    _touch_members(connection, _members_of(duplicates))
    return verdicts


def _verdicts_of_repeated(
    connection: Connection, terminal_id: UUID, epoch: UUID, repeated: Sequence[Arrived]
) -> dict[int, Verdict]:
    """Positions that are there with the same hash: they move nothing, but their members' statements go out anew."""
    _touch_members(connection, _members_of(repeated))
    quarantined = _quarantined(connection, terminal_id, epoch, repeated[0].seq, repeated[-1].seq)
    return {item.seq: Verdict.QUARANTINED if item.seq in quarantined else Verdict.DUPLICATE for item in repeated}


def _members_of(arrived: Sequence[Arrived]) -> set[UUID]:
    return {item.member_id for item in arrived if item.member_id is not None}


def _quarantined(connection: Connection, terminal_id: UUID, epoch: UUID, first: int, last: int) -> set[int]:
    row = QUARANTINE.c
    query = select(row.seq).where(row.terminal_id == terminal_id, row.epoch == epoch, row.seq.between(first, last))
    return set(connection.scalars(query))


def _touch_members(connection: Connection, members: set[UUID]) -> None:
    """Without a lock: whoever merges an account meanwhile sends its statement out himself."""
    if not members:
        return
    roots = select(ACCOUNT.c.merged_into).where(
        bulk.among(connection, ACCOUNT.c.member_id, members), ACCOUNT.c.merged_into.is_not(None)
    )
    members |= {root for root in connection.scalars(roots) if root is not None}
    touch(connection, "member", map(str, sorted(members)))


def _quarantine(connection: Connection, terminal_id: UUID, epoch: UUID, flawed: Sequence[Arrived], now_us: int) -> None:
    rows = [
        (terminal_id, epoch, item.seq, item.flaw.value if item.flaw else "", item.detail, item.payload, now_us, 0)
        for item in flawed
    ]
    bulk.insert(connection, QUARANTINE, _QUARANTINE_COLUMNS, rows)
