"""Facts go up: the journal behind what head office has taken, in batches, each acknowledged under its signature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from loyalty.wire import Verdict, ack_bytes
from terminal.sync.errors import answer_wrong
from terminal.sync.signatures import holds
from terminal.sync.status import Progress, Task
from terminal.sync.steps.records import batch_after

if TYPE_CHECKING:
    from uuid import UUID

    from loyalty.wire import PushReply, PushRequest
    from terminal.sync.context import Round
    from terminal.sync.steps.greet import Greeting

GAPS_MAX: Final = 3
"""How often one round goes back to where head office says it is; more means that both contradict each other."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push came to.

    Attributes:
        records: How many went up.
        quarantined: How many of them head office could not read; stored there and shown.
        positions: By epoch, how far head office has this till's records now.
    """

    records: int
    quarantined: int
    positions: dict[UUID, int]


def push(around: Round, greeting: Greeting) -> Pushed:
    """Hand in every record head office does not have.

    Raises:
        HeadOfficeSaysNo: It refuses; a fork fences this till.
        Broken: It acknowledged what this till never wrote, or without a signature that holds.
    """
    reader, positions = around.reader, dict(greeting.positions)
    seq = _begin_at(around, positions)
    last = reader.head().seq  # what is sold meanwhile waits for the next round, or this one might never end
    total = last - seq
    done = quarantined = gaps = 0
    while (batch := batch_after(reader, seq, last)) is not None:
        around.go_on()
        if total > len(batch.records):
            around.hooks.report(Progress(Task.SENDING, done, total))
        reply = around.port.push(batch)
        positions = {head.epoch: head.seq for head in reply.heads}
        if reply.gap is not None:
            gaps += 1
            if gaps > GAPS_MAX:
                raise answer_wrong(f"{reply.gap} after {GAPS_MAX} new starts")
            seq = reader.position_prefix(positions)
            continue
        _check_verdicts(batch, reply)
        _keep_acknowledgement(around, batch, reply)
        seq = batch.records[-1].seq
        done += len(batch.records)
        quarantined += reply.verdicts.count(Verdict.QUARANTINED)
    around.hooks.report(None)
    return Pushed(done, quarantined, positions)


def _begin_at(around: Round, positions: dict[UUID, int]) -> int:
    """The position behind which to go on.

    When the last answer of all got lost, head office has more than this till has an acknowledgement for; the last
    record goes up once more, so that it is signed for.
    """
    taken = around.reader.position_prefix(positions)
    acked = around.replica.link().acked
    signed = acked is not None and acked.seq == taken
    return taken if signed or taken < around.reader.head().seq else taken - 1


def _check_verdicts(batch: PushRequest, reply: PushReply) -> None:
    if len(reply.verdicts) != len(batch.records):
        raise answer_wrong(f"{len(reply.verdicts)} verdicts on {len(batch.records)} records")


def _keep_acknowledgement(around: Round, batch: PushRequest, reply: PushReply) -> None:
    """Write down what head office has signed for; only what this till itself wrote can be acknowledged."""
    last = batch.records[-1]
    head = next((head for head in reply.heads if head.epoch == batch.epoch), None)
    if head is None or head.seq < last.seq:
        raise answer_wrong("records without a gap, yet not taken")
    whose = around.journal.head_office
    if not holds(whose.server_key, ack_bytes(whose.terminal_id, reply.server_epoch, head), reply.signature):
        raise answer_wrong("the acknowledgement is not signed by head office")
    if not around.reader.holds(head):
        return  # a copy of this till is writing too; the next greeting finds out which of them goes on
    link = around.replica.link()
    unreadable = link.quarantined + reply.verdicts.count(Verdict.QUARANTINED)
    around.replica.put_link(
        msgspec.structs.replace(link, acked=head, acked_signature=reply.signature, quarantined=unreadable)
    )
