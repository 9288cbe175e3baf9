"""One round with head office: facts go up, state comes down, and both sides compare. Restartable at every point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from storage.exchange import Again
from terminal.sync.context import Hooks, Round
from terminal.sync.errors import HeadOfficeSaysNo
from terminal.sync.steps.bootstrap import bootstrap
from terminal.sync.steps.compare import compare
from terminal.sync.steps.edits import forget_edits, send_edits, send_kept, send_tombstones, tell_missing
from terminal.sync.steps.greet import greet
from terminal.sync.steps.numbers import fetch_numbers
from terminal.sync.steps.pull import pull
from terminal.sync.steps.push import push
from terminal.sync.steps.settle import settle

if TYPE_CHECKING:
    from loyalty.feed import Cursor
    from loyalty.ports import Clock
    from storage.exchange import Published
    from storage.replica import Replica
    from terminal.sync.journal import JournalPort
    from terminal.sync.port import HeadOfficePort

US_PER_MS: Final = 1_000

UNHOOKED: Final = Hooks()


@dataclass(frozen=True, slots=True)
class RoundResult:
    """What a round came to.

    Attributes:
        pushed: Records handed in.
        pulled: Items taken over.
        edits: Whether edits were handed in.
        quarantined: How many of the records pushed head office could not read.
        repaired: Records handed in again because both sides' facts differed.
        newest: How far the feed has been read; a long poll goes on from here.
        began_epoch: This till was restored or cloned and has begun a new epoch.
        server_restored: Head office was put back to an older state.
        offset_ms: Head office's clock minus this machine's, in milliseconds.
    """

    pushed: int
    pulled: int
    edits: bool
    quarantined: int
    repaired: int
    newest: Cursor
    began_epoch: bool
    server_restored: bool
    offset_ms: int


def run_round(
    journal: JournalPort,
    replica: Replica,
    port: HeadOfficePort,
    clock: Clock,
    *,
    hooks: Hooks = UNHOOKED,
    software: str = "",
    comparing: bool = True,
) -> RoundResult:
    """Do one round.

    Args:
        journal: The till's ledger.
        replica: Head office's state as the till holds it; this thread alone writes it.
        port: The line.
        clock: The machine's clock, uncorrected.
        hooks: How the round is watched and ended.
        software: This program's version.
        comparing: Whether to compare facts when something was pushed.

    Raises:
        Away: The line broke; what was done stays done, and the next round goes on from there.
        HeadOfficeSaysNo: It refuses this till; the reason is kept in the replica's link as well.
        Broken: An answer can't be trusted.
        StorageError: The disk did not take it.
    """
    around = Round(journal, replica, port, clock, hooks)
    try:
        result = _steps(around, software, comparing=comparing)
    except HeadOfficeSaysNo as error:
        replica.put_link(msgspec.structs.replace(replica.link(), failure=error.code.value))
        raise
    now_us = clock.now_us() + result.offset_ms * US_PER_MS
    link = msgspec.structs.replace(replica.link(), last_contact_us=now_us, offset_ms=result.offset_ms, failure="")
    replica.put_link(link)
    return result


def _steps(around: Round, software: str, *, comparing: bool) -> RoundResult:
    greeting = greet(around, software)
    if around.replica.is_doubted:
        around.replica.begin_anew()
        around.journal.followed = False
    if greeting.server_restored:
        send_tombstones(around)
        # Before the records: when they are there, the next greeting can't tell any more that it was put back.
        around.journal.jobs.tell_again(missing=True)
    pushed = push(around, greeting)
    if around.reader.again() is Again.EDITS:
        send_kept(around)
    stamp = send_edits(around)
    if bootstrap(around):
        around.journal.followed = False
    published = pull(around, greeting.newest, from_start=greeting.server_restored, other_past=_meet_another_past)
    if published.tombstones or published.cards or published.cashiers:
        around.journal.followed = False
    if stamp:
        around.journal.jobs.drop_edits(stamp)
    settle(around, around.clock.now_us() + greeting.offset_us)
    fetch_numbers(around, greeting.server_epoch)
    if around.reader.again() is Again.EDITS:
        send_kept(around)
    if around.reader.again() is Again.MISSING:
        tell_missing(around)
        send_edits(around)
    forget_edits(around)
    repaired = compare(around, pushed.positions) if comparing and pushed.records else 0
    cursor = around.replica.cursor()
    assert cursor is not None, "a pull ends with a cursor"
    return RoundResult(
        pushed=pushed.records,
        pulled=_count(published),
        edits=stamp > 0,
        quarantined=pushed.quarantined,
        repaired=repaired,
        newest=cursor,
        began_epoch=greeting.began_epoch,
        server_restored=greeting.server_restored,
        offset_ms=greeting.offset_us // US_PER_MS,
    )


def _meet_another_past(around: Round) -> None:
    """Head office was put back, or holds another region for this till: erasures first, it takes nothing twice.

    That the edits follow is on the disk before anything of that past is, or a broken line would make it forgotten.
    """
    send_tombstones(around)
    around.journal.jobs.tell_again(missing=False)


def _count(published: Published) -> int:
    numbers = msgspec.structs.asdict(published)
    del numbers["reset"]
    return sum(numbers.values())
