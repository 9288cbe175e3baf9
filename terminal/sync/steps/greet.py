"""The first step: compare notes with head office and find out whether either side was put back to an older state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from loyalty.wire import EpochHead, HelloRequest, PushRequest
from terminal.sync.steps.records import wire_record

if TYPE_CHECKING:
    from uuid import UUID

    from loyalty.feed import Cursor
    from terminal.sync.context import Round


@dataclass(frozen=True, slots=True)
class Greeting:
    """What both sides know of each other now.

    Attributes:
        positions: By epoch, how far head office has this till's records.
        server_epoch: Head office's epoch.
        newest: The newest step of its feed.
        offset_us: Its clock minus this machine's, in microseconds.
        began_epoch: This till was restored or cloned and goes on in a new epoch.
        server_restored: Head office was put back: it may have lost records, edits and erasures it had taken.
    """

    positions: dict[UUID, int]
    server_epoch: UUID
    newest: Cursor
    offset_us: int
    began_epoch: bool
    server_restored: bool


def greet(around: Round, software: str) -> Greeting:
    """Say hello and judge the answer.

    Args:
        around: The round.
        software: This program's version.

    Raises:
        HeadOfficeSaysNo: It does not want this till: unknown, revoked, fenced.
        Away: There is no line.
    """
    reader, link = around.reader, around.replica.link()
    head = reader.head()
    acked = link.acked
    waiting = reader.records_after(acked.seq if acked else 0, 1)
    began_us = around.clock.now_us()
    reply = around.port.hello(
        HelloRequest(
            head=EpochHead(head.epoch, head.seq, head.hash),
            acked=acked,
            backlog=head.seq - (acked.seq if acked else 0),
            oldest_us=waiting[0].at_us if waiting else 0,
            software=software,
        )
    )
    offset_us = reply.server_time_us - (began_us + around.clock.now_us()) // 2
    positions = {known.epoch: known.seq for known in reply.heads}
    for known in reply.heads:
        _prove_fork(around, known)
    state = around.replica.state()
    restored = (state is not None and state.cursor.epoch != reply.server_epoch) or (
        acked is not None and positions.get(acked.epoch, 0) < acked.seq
    )
    began = positions.get(head.epoch, 0) > head.seq
    if began:
        around.journal.jobs.begin_epoch()
        around.replica.empty()
    return Greeting(positions, reply.server_epoch, reply.newest, offset_us, began, restored)


def _prove_fork(around: Round, known: EpochHead) -> None:
    """Show head office this till's own record where it holds another one: the same position twice is a fork.

    Head office fences the till for it, so the call does not return.
    """
    if known.seq == 0:
        return
    rows = around.reader.records_after(known.seq - 1, 1)
    if not rows or rows[0].epoch != known.epoch or rows[0].hash == known.hash:
        return
    around.port.push(PushRequest(known.epoch, rows[0].prev_hash, (wire_record(rows[0]),)))
