"""Head office over HTTP: every call signed by this till, every answer bounded and checked against its type."""

from __future__ import annotations

import base64
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlencode

import msgspec

from loyalty.encoding import decode
from loyalty.feed import ChangesReply, Cursor, EditsReply, SnapshotInfo
from loyalty.numbering import NumbersReply
from loyalty.replica import REPLICA_VERSION
from loyalty.report import WEEK
from loyalty.store_day import StoreDay
from loyalty.wire import (
    HEADER_NONCE,
    HEADER_SIGNATURE,
    HEADER_TERMINAL,
    HEADER_TIME,
    CompareReply,
    HelloReply,
    ProblemCode,
    PushReply,
    RecordReply,
    request_bytes,
)
from terminal.sync.errors import HeadOfficeSaysNo, answer_wrong
from terminal.sync.line import Answer, Line
from terminal.sync.signatures import sign

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from loyalty.feed import EditsRequest
    from loyalty.numbering import NumbersRequest
    from loyalty.ports import Clock
    from loyalty.wire import CompareRequest, HelloRequest, PushRequest

NONCE_BYTES: Final = 16
US_PER_MS: Final = 1_000

M = TypeVar("M")


class HttpHeadOffice:
    """Satisfies ``HeadOfficePort``.

    Args:
        line: The connection.
        terminal_id: As whom the till asks.
        private_key: Its Ed25519 key, raw.
        clock: The machine's clock, uncorrected.
        offset_ms: What head office last said about that clock, in milliseconds.
    """

    def __init__(self, line: Line, terminal_id: UUID, private_key: bytes, clock: Clock, *, offset_ms: int = 0) -> None:
        self._line = line
        self._terminal_id = terminal_id
        self._private_key = private_key
        self._clock = clock
        self._offset_us = offset_ms * US_PER_MS

    def hello(self, request: HelloRequest) -> HelloReply:
        """Compare notes."""
        return self._post("/v1/hello", request, HelloReply)

    def push(self, request: PushRequest) -> PushReply:
        """Hand in records."""
        return self._post("/v1/push", request, PushReply)

    def edits(self, request: EditsRequest) -> EditsReply:
        """Hand in edits."""
        return self._post("/v1/edits", request, EditsReply)

    def compare(self, request: CompareRequest) -> CompareReply:
        """Compare facts."""
        return self._post("/v1/compare", request, CompareReply)

    def changes(self, after: Cursor | None, limit: int) -> ChangesReply:
        """One page of changes."""
        query: dict[str, object] = {"limit": limit}
        if after is not None:
            query |= {"epoch": after.epoch, "n": after.n, "token": after.token.hex()}
        return _decoded(self._signed("GET", f"/v1/changes?{urlencode(query)}"), ChangesReply)

    def wait(self, n: int, seconds: int) -> Cursor:
        """Wait for a newer step."""
        target = f"/v1/wait?{urlencode({'n': n, 'seconds': seconds})}"
        return _decoded(self._signed("GET", target, wait_s=seconds), Cursor)

    def snapshot(self) -> SnapshotInfo | None:
        """The file to begin with."""
        answer = self._signed("GET", f"/v1/snapshot?layout={REPLICA_VERSION}")
        return None if answer.status == HTTPStatus.NO_CONTENT else _decoded(answer, SnapshotInfo)

    def snapshot_part(self, sha256: str, offset: int, length: int) -> bytes:
        """Bytes of that file (RFC 9110, 14)."""
        asked = {"range": f"bytes={offset}-{offset + length - 1}", "accept": "application/octet-stream"}
        answer = self._signed("GET", f"/v1/snapshot/{sha256}", headers=asked, bytes_max=length)
        if answer.status != HTTPStatus.PARTIAL_CONTENT:
            raise answer_wrong(f"status {answer.status} for a part of a snapshot")
        return answer.body

    def store_day(self, day: date) -> StoreDay:
        """A business day of this till's store."""
        found = _decoded(self._signed("GET", f"/v1/report/day?day={day.isoformat()}"), StoreDay)
        if (found.figures.day, found.week_before.day) != (day, day - WEEK):
            raise answer_wrong("figures of another day")
        return found

    def record(self, record_id: UUID) -> RecordReply:
        """A record of any till."""
        reply = _decoded(self._signed("GET", f"/v1/records/{record_id}"), RecordReply)
        try:
            record = decode(reply.payload)
        except ValueError as error:
            raise answer_wrong(str(error)) from error
        if getattr(record, "record_id", record_id) != record_id:
            raise answer_wrong("another record than the one that was asked for")
        return reply

    def numbers(self, request: NumbersRequest) -> NumbersReply:
        """Fresh card numbers."""
        return self._post("/v1/numbers", request, NumbersReply)

    def hang_up(self) -> None:
        """End the call that is going on, from another thread."""
        self._line.hang_up()

    def close(self) -> None:
        """Close the line."""
        self._line.close()

    def _post(self, target: str, message: msgspec.Struct, kind: type[M]) -> M:
        return _decoded(self._signed("POST", target, body=msgspec.json.encode(message)), kind)

    def _signed(
        self,
        method: str,
        target: str,
        *,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        wait_s: float = 0,
        bytes_max: int | None = None,
    ) -> Answer:
        """Ask; when this machine's clock is too far off for head office, correct the time and ask once more."""

        def ask() -> Answer:
            sent = (headers or {}) | self._signature(method, target, body)
            if bytes_max is None:
                return self._line.ask(method, target, body=body, headers=sent, wait_s=wait_s)
            return self._line.ask(method, target, body=body, headers=sent, wait_s=wait_s, bytes_max=bytes_max)

        try:
            return ask()
        except HeadOfficeSaysNo as error:
            if error.code is not ProblemCode.CLOCK_OFF or not error.server_time_us:
                raise
            self._offset_us = error.server_time_us - self._clock.now_us()
        return ask()

    def _signature(self, method: str, target: str, body: bytes) -> dict[str, str]:
        at_us = self._clock.now_us() + self._offset_us
        nonce = secrets.token_urlsafe(NONCE_BYTES)
        message = request_bytes(method, target, body, terminal_id=self._terminal_id, nonce=nonce, at_us=at_us)
        return {
            HEADER_TERMINAL: str(self._terminal_id),
            HEADER_NONCE: nonce,
            HEADER_TIME: str(at_us),
            HEADER_SIGNATURE: base64.b64encode(sign(self._private_key, message)).decode(),
        }


def _decoded(answer: Answer, kind: type[M]) -> M:
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise answer_wrong(f"not a {kind.__name__}: {error}") from error
