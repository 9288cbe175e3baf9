"""A head office for one till, in memory: it takes, signs, counts and tells as the real one, and fails when told to."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from loyalty.chain import FIRST_PREV_HASH
from loyalty.feed import ChangesReply, Cursor, Edit, EditsReply, EditsRequest, Item, SnapshotInfo
from loyalty.kpi import Assumptions
from loyalty.numbering import Block, Held, NumbersReply, NumbersRequest
from loyalty.ports import Clock
from loyalty.replica import REPLICA_VERSION
from loyalty.report import WEEK, DayFigures
from loyalty.store_day import StoreDay
from loyalty.wire import (
    CompareReply,
    CompareRequest,
    EpochHead,
    Gap,
    HelloReply,
    HelloRequest,
    ProblemCode,
    PushReply,
    PushRequest,
    Range,
    RecordReply,
    Verdict,
    WireRecord,
    ack_bytes,
    snapshot_bytes,
)
from storage.exchange import HeadOfficeRow
from terminal.sync.errors import Away, HeadOfficeSaysNo

TERMINAL = UUID("11111111-1111-4111-8111-111111111111")
PROFILE_KEY = bytes(range(32))


class FakeHeadOffice:
    """Satisfies ``terminal.sync.session.OpenPort``.

    Attributes:
        epoch: Its server epoch.
        journal: By epoch of the till, the records it has taken.
        starts: By epoch, the position before its first record and that record's chain hash.
        edits_taken: What people changed, in order.
        feed: What it tells, one item a step.
        page_rows: How many steps one page covers at most.
        calls: What was asked, in order.
        fails: By call, what it raises next; the call is not done.
        loses_answer_of: Calls whose next answer gets lost although they are done.
        quarantines: Positions it can't read.
        ranges: What it wants again, one answer a comparison.
        snapshot_file: What it offers to begin with.
        snapshot_layout: Which layout it says that has.
        elsewhere: Records of other tills.
        numbers_given: Blocks of card numbers, by request.
        numbers_held: Blocks it was told of.
        next_number: The serial with which the next block begins.
    """

    def __init__(self, clock: Clock, seed: int = 1) -> None:
        self._clock = clock
        self._key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"%d" % seed).digest())
        self.server_id = UUID(int=seed, version=4)
        self.epoch = UUID(int=1_000 + seed, version=4)
        self.journal: dict[UUID, list[WireRecord]] = {}
        self.starts: dict[UUID, tuple[int, bytes]] = {}
        self.edits_taken: list[Edit] = []
        self.feed: list[Item] = []
        self.page_rows = 500
        self.calls: list[str] = []
        self.fails: dict[str, Exception] = {}
        self.loses_answer_of: set[str] = set()
        self.quarantines: set[int] = set()
        self.ranges: list[tuple[Range, ...]] = []
        self.snapshot_file: Path | None = None
        self.elsewhere: dict[UUID, RecordReply] = {}
        self.snapshot_cursor: Cursor | None = None
        self.snapshot_layout = REPLICA_VERSION
        self.numbers_given: dict[UUID, Block] = {}
        self.numbers_held: list[Held] = []
        self.next_number = 0

    @property
    def row(self) -> HeadOfficeRow:
        """What a till keeps of it."""
        return HeadOfficeRow(
            url="http://localhost:1",
            terminal_id=TERMINAL,
            server_id=self.server_id,
            server_epoch=self.epoch,
            server_key=self._key.public_key().public_bytes_raw(),
            store="Laden",
        )

    def records(self) -> list[WireRecord]:
        """Everything it has taken."""
        return sorted((record for taken in self.journal.values() for record in taken), key=lambda item: item.seq)

    def put_back(self, positions: int, feed: int) -> None:
        """Become as it was when it had so many records and so many steps, in a new epoch of its own."""
        self.epoch = UUID(int=self.epoch.int + 1)
        for taken in self.journal.values():
            del taken[positions:]
        self.journal = {epoch: taken for epoch, taken in self.journal.items() if taken}
        del self.feed[feed:]
        self.edits_taken.clear()

    # ------------------------------------------------------------------------------------------- the port

    def hello(self, request: HelloRequest) -> HelloReply:
        self._called("hello")
        for head in (request.head, request.acked):
            if head is not None:
                self._refuse_fork(head.epoch, head.seq, head.hash)
        return HelloReply(1, self.epoch, self._clock.now_us(), self._heads(), self._cursor(len(self.feed)))

    def push(self, request: PushRequest) -> PushReply:
        self._called("push")
        taken = self.journal.get(request.epoch, [])
        before, parent = self.starts.get(request.epoch, (request.records[0].seq - 1, request.prev_hash))
        if not taken and parent != FIRST_PREV_HASH and not any(item.hash == parent for item in self.records()):
            return PushReply(self.epoch, self._heads(), (), Gap.PARENT_UNKNOWN)
        if request.records[0].seq > before + len(taken) + 1:
            return PushReply(self.epoch, self._heads(), (), Gap.RECORDS_MISSING)
        verdicts = [self._take(request.epoch, before, parent, record) for record in request.records]
        head = next(head for head in self._heads() if head.epoch == request.epoch)
        signature = self._key.sign(ack_bytes(TERMINAL, self.epoch, head))
        self._may_lose("push")
        return PushReply(self.epoch, self._heads(), tuple(verdicts), None, head.seq - before, 0, signature)

    def edits(self, request: EditsRequest) -> EditsReply:
        self._called("edits")
        known = {edit.edit_id for edit in self.edits_taken}
        self.edits_taken += [edit for edit in request.edits if edit.edit_id not in known]
        self._may_lose("edits")
        return EditsReply(len(request.edits))

    def changes(self, after: Cursor | None, limit: int) -> ChangesReply:
        self._called("changes")
        reset = after is not None and (after.n > len(self.feed) or after != self._cursor(after.n))
        begin = 0 if after is None or reset else after.n
        end = min(len(self.feed), begin + min(limit, self.page_rows))
        return ChangesReply(
            items=tuple(self.feed[begin:end]),
            cursor=self._cursor(end),
            more=end < len(self.feed),
            positions={head.epoch: head.seq for head in self._heads()},
            reset=reset,
            server_time_us=self._clock.now_us(),
        )

    def wait(self, n: int, seconds: int) -> Cursor:
        self._called("wait")
        return self._cursor(len(self.feed))

    def snapshot(self) -> SnapshotInfo | None:
        self._called("snapshot")
        if self.snapshot_file is None or self.snapshot_cursor is None:
            return None
        raw = self.snapshot_file.read_bytes()
        digest = hashlib.sha256(raw).hexdigest()
        signed = snapshot_bytes(self.server_id, digest, len(raw), self.snapshot_cursor)
        return SnapshotInfo(digest, len(raw), self.snapshot_cursor, self._key.sign(signed), self.snapshot_layout)

    def snapshot_part(self, sha256: str, offset: int, length: int) -> bytes:
        self._called("snapshot_part")
        assert self.snapshot_file is not None
        return self.snapshot_file.read_bytes()[offset : offset + length]

    def store_day(self, day: date) -> StoreDay:
        self._called("store_day")
        figures, before = (DayFigures.sum(each, Assumptions(100, 100), ()) for each in (day, day - WEEK))
        return StoreDay("Laden", self._clock.now_us(), figures, before, ())

    def compare(self, request: CompareRequest) -> CompareReply:
        self._called("compare")
        return CompareReply(self.ranges.pop(0) if self.ranges else ())

    def record(self, record_id: UUID) -> RecordReply:
        self._called("record")
        if record_id not in self.elsewhere:
            raise HeadOfficeSaysNo(ProblemCode.NOT_FOUND)
        return self.elsewhere[record_id]

    def numbers(self, request: NumbersRequest) -> NumbersReply:
        self._called("numbers")
        self.numbers_held += [held for held in request.held if held not in self.numbers_held]
        if request.series is None:
            return NumbersReply()
        if request.request_id not in self.numbers_given:
            self.numbers_given[request.request_id] = Block(self.next_number, self.next_number + request.count - 1)
            self.next_number += request.count
        self._may_lose("numbers")
        return NumbersReply(self.numbers_given[request.request_id])

    def hang_up(self) -> None:
        """Nothing is going on."""

    def close(self) -> None:
        """Nothing is open."""

    # --------------------------------------------------------------------------------------------- inside

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if name in self.fails:
            raise self.fails.pop(name)

    def _may_lose(self, name: str) -> None:
        if name in self.loses_answer_of:
            self.loses_answer_of.discard(name)
            raise Away("the answer got lost")

    def _take(self, epoch: UUID, before: int, parent: bytes, record: WireRecord) -> Verdict:
        self._refuse_fork(epoch, record.seq, record.hash)
        taken = self.journal.setdefault(epoch, [])
        self.starts.setdefault(epoch, (before, parent))
        if record.seq <= before + len(taken):
            return Verdict.DUPLICATE
        taken.append(record)
        return Verdict.QUARANTINED if record.seq in self.quarantines else Verdict.BOOKED

    def _refuse_fork(self, epoch: UUID, seq: int, digest: bytes) -> None:
        known = next((item for item in self.journal.get(epoch, ()) if item.seq == seq), None)
        if known is not None and known.hash != digest:
            raise HeadOfficeSaysNo(ProblemCode.FENCED)

    def _heads(self) -> tuple[EpochHead, ...]:
        return tuple(EpochHead(epoch, taken[-1].seq, taken[-1].hash) for epoch, taken in self.journal.items() if taken)

    def _cursor(self, n: int) -> Cursor:
        steps: Sequence[Item] = self.feed[:n]
        token = hashlib.sha256(f"{self.epoch} {len(steps)} {steps[-1:]}".encode()).digest()[:16] if n else b""
        return Cursor(self.epoch, n, token)
