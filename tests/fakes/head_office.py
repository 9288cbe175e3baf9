"""A head office for tests of the HTTP side: it proves signatures for real, and answers from a few values."""

from __future__ import annotations

import base64
import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final
from uuid import UUID

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from headoffice.errors import DatabaseAway, Refusal
from headoffice.store.rows import TerminalRow
from headoffice.views import TerminalStatus
from loyalty.feed import ChangesReply, Cursor, EditsReply, EditsRequest, SnapshotInfo
from loyalty.kpi import Assumptions
from loyalty.numbering import Block, NumbersReply, NumbersRequest
from loyalty.replica import REPLICA_VERSION
from loyalty.report import WEEK, DayFigures
from loyalty.store_day import StoreDay
from loyalty.wire import (
    CLOCK_TOLERANCE_US,
    HEADER_NONCE,
    HEADER_SIGNATURE,
    HEADER_TERMINAL,
    HEADER_TIME,
    CompareReply,
    CompareRequest,
    HelloReply,
    HelloRequest,
    JoinReply,
    JoinRequest,
    ProblemCode,
    PushReply,
    PushRequest,
    RecordReply,
    UndoneLine,
    Verdict,
    request_bytes,
)
from tests.fakes.clock import FakeClock

TILL: Final = UUID("0198c0de-0000-4000-8000-000000000001")
SERVER: Final = UUID("0198c0de-0000-4000-8000-00000000000a")
EPOCH: Final = UUID("0198c0de-0000-4000-8000-00000000000b")
KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
SNAPSHOT: Final = bytes(range(256)) * 8
SNAPSHOT_NAME: Final = "ab" * 32


class _Connection:
    def execute(self, statement: object) -> _Connection:
        return self

    def first(self) -> None:
        return None


class FakeDatabase:
    """Answers, or is away."""

    def __init__(self) -> None:
        self.away = False

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[_Connection]:
        if self.away:
            raise DatabaseAway
        yield _Connection()


class FakeHeadOffice:
    """Satisfies what the HTTP side asks of ``HeadOffice``.

    Attributes:
        calls: What was called, in order; of a call that was not let through nothing is here.
        step: The newest step of the feed.
        refusal: What every call of a proved till is refused with, if anything.
        broken: An exception that every call of a proved till ends in, if any.
        no_snapshot: Whether there is no snapshot to download.
        asked: How often the newest step was asked for.
        hold: Called before a call of a proved till is answered.
        hold_newest: Called before the newest step is told, in the thread that asks for it.
    """

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.database = FakeDatabase()
        self.calls: list[tuple[str, object]] = []
        self.step = 7
        self.asked = 0
        self.refusal: Refusal | None = None
        self.broken: Exception | None = None
        self.no_snapshot = False
        self.hold: Callable[[], object] = lambda: None
        self.hold_newest: Callable[[], object] = lambda: None
        self.row = TerminalRow(
            TILL, EPOCH, "Mitte", "", "Kasse 1", KEY.public_key().public_bytes_raw(), EPOCH, TerminalStatus.ACTIVE
        )
        self._nonces: set[str] = set()
        self._lock = threading.Lock()

    def authenticate(
        self, terminal_id: UUID, message: bytes, signature: bytes, *, nonce: str, at_us: int, once: bool
    ) -> TerminalRow:
        if terminal_id != TILL:
            raise Refusal(ProblemCode.UNKNOWN_TERMINAL)
        try:
            Ed25519PublicKey.from_public_bytes(self.row.public_key).verify(signature, message)
        except InvalidSignature:
            raise Refusal(ProblemCode.BAD_SIGNATURE) from None
        if self.row.status is not TerminalStatus.ACTIVE:
            raise Refusal(ProblemCode(self.row.status.value))
        if abs(at_us - self.clock.now_us()) > CLOCK_TOLERANCE_US:
            raise Refusal(ProblemCode.CLOCK_OFF)
        with self._lock:
            if once and nonce in self._nonces:
                raise Refusal(ProblemCode.REPLAYED)
            self._nonces.add(nonce)
        return self.row

    def newest(self) -> Cursor:
        self.asked += 1
        self.hold_newest()
        if self.database.away:
            raise DatabaseAway
        return Cursor(EPOCH, self.step, bytes(8))

    def join(self, request: JoinRequest) -> JoinReply:
        raise Refusal(ProblemCode.CODE_INVALID, "The code is not known.")

    def hello(self, terminal: TerminalRow, request: HelloRequest) -> HelloReply:
        self._called("hello", request)
        return HelloReply(1, EPOCH, self.clock.now_us(), (), Cursor(EPOCH, self.step))

    def push(self, terminal: TerminalRow, request: PushRequest) -> PushReply:
        self._called("push", request)
        return PushReply(EPOCH, (), tuple(Verdict.BOOKED for _ in request.records), signature=bytes(64))

    def edits(self, terminal: TerminalRow, request: EditsRequest) -> EditsReply:
        self._called("edits", request)
        return EditsReply(len(request.edits))

    def changes(self, terminal: TerminalRow, after: Cursor | None, limit: int = 500) -> ChangesReply:
        self._called("changes", (after, limit))
        return ChangesReply((), Cursor(EPOCH, self.step), False, {EPOCH: 3}, False, self.clock.now_us())

    def compare(self, terminal: TerminalRow, request: CompareRequest) -> CompareReply:
        self._called("compare", request)
        return CompareReply(())

    def store_day(self, terminal: TerminalRow, day: date) -> StoreDay:
        self._called("store_day", (terminal.terminal_id, day))
        nothing = DayFigures.sum(day, Assumptions(1, 0), ())
        before = DayFigures.sum(day - WEEK, Assumptions(1, 0), ())
        return StoreDay(terminal.store, self.clock.now_us(), nothing, before, ())

    def record(self, terminal: TerminalRow, record_id: UUID) -> RecordReply:
        self._called("record", (terminal.terminal_id, record_id))
        return RecordReply(b"{}", TILL, "Kasse 2", "Mitte", (UndoneLine(1, 500, 5),), {EPOCH: 3})

    def numbers(self, terminal: TerminalRow, request: NumbersRequest) -> NumbersReply:
        self._called("numbers", request)
        return NumbersReply(Block(0, request.count - 1) if request.series else None)

    def snapshot(self, terminal: TerminalRow, layout: int = REPLICA_VERSION) -> SnapshotInfo | None:
        self._called("snapshot", None)
        if self.no_snapshot or layout != REPLICA_VERSION:
            return None
        return SnapshotInfo(SNAPSHOT_NAME, len(SNAPSHOT), Cursor(EPOCH, self.step), bytes(64), REPLICA_VERSION)

    def snapshot_part(self, sha256: str, offset: int, length: int) -> bytes:
        self._called("snapshot_part", (sha256, offset, length))
        if sha256 != SNAPSHOT_NAME:
            raise Refusal(ProblemCode.NOT_FOUND)
        return SNAPSHOT[offset : offset + length]

    def _called(self, name: str, what: object) -> None:
        self.hold()
        if self.refusal is not None:
            raise self.refusal
        if self.broken is not None:
            raise self.broken
        self.calls.append((name, what))


class Signer(httpx.Auth):
    """Signs calls as a till does.

    Attributes:
        at_us: The till's clock.
    """

    requires_request_body = True

    def __init__(self, clock: Callable[[], int], key: Ed25519PrivateKey = KEY, terminal_id: UUID = TILL) -> None:
        self.clock = clock
        self.key = key
        self.terminal_id = terminal_id
        self._count = 0

    def auth_flow(self, request: httpx.Request) -> Any:  # noqa: ANN401 - httpx's own type is a generator of requests
        headers = self.headers(request.method, request.url.raw_path.decode(), request.content)
        request.headers.update(headers)
        yield request

    def headers(self, method: str, target: str, body: bytes) -> dict[str, str]:
        """The headers of one call."""
        self._count += 1
        nonce, at_us = f"nonce-of-a-test-{self._count:06d}", self.clock()
        message = request_bytes(method, target, body, terminal_id=self.terminal_id, nonce=nonce, at_us=at_us)
        return {
            HEADER_TERMINAL: str(self.terminal_id),
            HEADER_NONCE: nonce,
            HEADER_TIME: str(at_us),
            HEADER_SIGNATURE: base64.b64encode(self.key.sign(message)).decode(),
        }
