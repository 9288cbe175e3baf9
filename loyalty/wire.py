"""What a till and head office say to each other: every message of protocol 1, its bounds, and what is signed.

Facts go up (``PushRequest``); what else goes up and what comes down is in ``loyalty.feed``. Bytes travel as base64 in
JSON; ids as text; times in microseconds since 1970 UTC.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from loyalty.bounds import LINES_MAX, POINTS_MAX, Cents, LineNumber, PointCount, Position, Version
from loyalty.encoding import PAYLOAD_LENGTH_MAX
from loyalty.feed import Cursor, Hash, Moment, Name

PROTOCOL: Final = 1
"""The newest protocol spoken here. 1: first protocol (2026-11-21)."""

PROTOCOL_OLDEST: Final = 1
"""The oldest protocol head office still answers; it speaks the last three."""

BATCH_RECORDS_MAX: Final = 500
BATCH_BYTES_MAX: Final = 512 * 1024
"""The most records, and bytes of payload, in one push."""

BODY_BYTES_MAX: Final = 1024 * 1024
"""The largest request body: a full batch as base64 and its frame."""

WAIT_S_MAX: Final = 25
"""The longest long poll, in seconds; shorter than the idle limit of the usual proxies."""

SNAPSHOT_PART_MAX: Final = 4 * 1024 * 1024
"""The most bytes of a snapshot in one answer."""

CLOCK_TOLERANCE_US: Final = 5 * 60 * 1_000_000
"""How far a signature's time may be off; the till corrects its time by what head office reports, and tries again."""

PublicKey = Annotated[bytes, Meta(min_length=32, max_length=32)]


class ProblemCode(StrEnum):
    """Why head office says no; the till's sentences for people hang on these."""

    BAD_REQUEST = "bad_request"
    TOO_LARGE = "too_large"
    NOT_SIGNED = "not_signed"
    BAD_SIGNATURE = "bad_signature"
    CLOCK_OFF = "clock_off"
    REPLAYED = "replayed"
    UNKNOWN_TERMINAL = "unknown_terminal"
    REVOKED = "revoked"
    FENCED = "fenced"
    CODE_INVALID = "code_invalid"
    PROTOCOL_UNSUPPORTED = "protocol_unsupported"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"


class Problem(msgspec.Struct, frozen=True):
    """A refusal as ``application/problem+json`` (RFC 9457), with two members of our own.

    Attributes:
        type: ``about:blank``.
        title: The code in words.
        status: The HTTP status.
        detail: What is wrong, in English, without personal data.
        code: Why, for programs.
        server_time_us: Head office's clock, so that a till can correct its own.
    """

    title: str
    status: int
    code: ProblemCode
    detail: str = ""
    type: str = "about:blank"
    server_time_us: int = 0


# ------------------------------------------------------------------------------------------- joining


class JoinRequest(msgspec.Struct, frozen=True):
    """A till asks to belong to head office, once, with the code a person gave it.

    Attributes:
        code: The one-time code, without its certificate part.
        public_key: The till's Ed25519 key (RFC 8032), raw.
        till_name: What the till is called in its shop.
        ledger_id: The terminal id in the genesis record of its journal; tells copies of one journal apart from others.
        programme_version: The newest version its journal knows.
        protocol_min: The oldest protocol it speaks.
        protocol_max: The newest.
    """

    code: Annotated[str, Meta(min_length=1, max_length=100)]
    public_key: PublicKey
    till_name: Name
    ledger_id: UUID
    programme_version: Version
    protocol_min: int = PROTOCOL_OLDEST
    protocol_max: int = PROTOCOL


class JoinReply(msgspec.Struct, frozen=True):
    """What the till needs from then on.

    Attributes:
        terminal_id: Its id at head office; a till that joins again gets another.
        server_id: Head office's id.
        server_epoch: Changes when head office was put back to an older state.
        server_key: Head office's Ed25519 key; it signs acknowledgements and snapshots.
        store: The store it belongs to.
        programme_key: The secret behind the accounts of unknown cards, the same for every till.
        profile_key: The secret that seals people's data in head office's answers and snapshots.
        protocol: What both speak.
        server_time_us: Head office's clock.
    """

    terminal_id: UUID
    server_id: UUID
    server_epoch: UUID
    server_key: PublicKey
    store: str
    programme_key: Annotated[bytes, Meta(min_length=32, max_length=32)]
    profile_key: Annotated[bytes, Meta(min_length=32, max_length=32)]
    protocol: int
    server_time_us: int


# --------------------------------------------------------------------------------------------- hello


class EpochHead(msgspec.Struct, frozen=True):
    """The last record of one epoch of one terminal."""

    epoch: UUID
    seq: Position
    hash: Hash


class HelloRequest(msgspec.Struct, frozen=True):
    """The first call of every round.

    Attributes:
        head: The till's newest record.
        acked: What head office had acknowledged to it.
        backlog: Records not yet acknowledged.
        oldest_us: When the oldest of them was made, 0 when there is none.
        software: The till's version.
    """

    head: EpochHead
    acked: EpochHead | None = None
    backlog: Position = 0
    oldest_us: Moment = 0
    software: Annotated[str, Meta(max_length=40)] = ""
    protocol_min: int = PROTOCOL_OLDEST
    protocol_max: int = PROTOCOL


class HelloReply(msgspec.Struct, frozen=True):
    """Head office's view of this terminal.

    Attributes:
        heads: By epoch, the highest contiguous position it has durably taken.
        newest: The newest step of the feed.
    """

    protocol: int
    server_epoch: UUID
    server_time_us: int
    heads: tuple[EpochHead, ...]
    newest: Cursor


# ---------------------------------------------------------------------------------------------- push


class WireRecord(msgspec.Struct, frozen=True):
    """One journal record: its position, its canonical bytes, and its chain hash."""

    seq: Position
    payload: Annotated[bytes, Meta(max_length=PAYLOAD_LENGTH_MAX)]
    hash: Hash


class PushRequest(msgspec.Struct, frozen=True):
    """A contiguous range of whole records of one epoch.

    Attributes:
        epoch: Whose.
        prev_hash: The chain hash before the first of them.
        records: Their positions count up without a gap.
    """

    epoch: UUID
    prev_hash: Hash
    records: Annotated[tuple[WireRecord, ...], Meta(min_length=1, max_length=BATCH_RECORDS_MAX)]


class Verdict(StrEnum):
    """What became of a record."""

    BOOKED = "booked"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    WAITING = "waiting"
    QUARANTINED = "quarantined"


class Gap(StrEnum):
    """Why nothing of a batch was taken; the heads in the reply say where to go on."""

    RECORDS_MISSING = "records_missing"
    PARENT_UNKNOWN = "parent_unknown"


class PushReply(msgspec.Struct, frozen=True):
    """What head office has durably taken, all from one transaction.

    Attributes:
        heads: By epoch, the highest contiguous position of this terminal.
        verdicts: One per record, in order; empty when ``gap`` says that nothing was taken.
        gap: Why nothing was taken.
        records: How many records of this epoch are taken.
        points: What they moved in sum, as recorded.
        signature: Head office's signature under ``ack_bytes`` of the epoch's head; empty with a gap.
    """

    server_epoch: UUID
    heads: tuple[EpochHead, ...]
    verdicts: tuple[Verdict, ...]
    gap: Gap | None = None
    records: int = 0
    points: int = 0
    signature: Annotated[bytes, Meta(max_length=64)] = b""


# ------------------------------------------------------------------------------------------- compare


class EpochFacts(msgspec.Struct, frozen=True):
    """One epoch as recorded: how many records up to ``seq``, what they moved in sum, and the hash of the last."""

    epoch: UUID
    seq: Position
    hash: Hash
    records: Position
    points: Annotated[int, Meta(ge=-POINTS_MAX * 2**31, le=POINTS_MAX * 2**31)]


class CompareRequest(msgspec.Struct, frozen=True):
    """What the till has recorded up to the last acknowledged position of each epoch."""

    epochs: Annotated[tuple[EpochFacts, ...], Meta(max_length=1_000)]


class Range(msgspec.Struct, frozen=True):
    """Positions from ``first`` to ``last``, both included."""

    epoch: UUID
    first: Position
    last: Position


class CompareReply(msgspec.Struct, frozen=True):
    """Ranges to hand in again; empty when both sides agree. Nothing is ever overwritten."""

    ranges: tuple[Range, ...]


# -------------------------------------------------------------------------------------------- records


class UndoneLine(msgspec.Struct, frozen=True):
    """What was undone of one line of a record so far, by whichever till."""

    line: LineNumber
    cents: Cents
    points: PointCount


class RecordReply(msgspec.Struct, frozen=True):
    """A record that some till wrote, for a till that is to undo it.

    Attributes:
        payload: Its canonical bytes.
        terminal_id: Who wrote it.
        till: What that till is called.
        store: The store it stands in.
        undone: By line, what head office has booked as undone.
        positions: By epoch of the asking till, up to which position its own records are in ``undone``; read in the
            same snapshot.
    """

    payload: Annotated[bytes, Meta(max_length=PAYLOAD_LENGTH_MAX)]
    terminal_id: UUID
    till: str
    store: str
    undone: Annotated[tuple[UndoneLine, ...], Meta(max_length=2 * LINES_MAX)]
    positions: dict[UUID, int]


# ------------------------------------------------------------------------------------------- signing


def request_bytes(method: str, target: str, body: bytes, *, terminal_id: UUID, nonce: str, at_us: int) -> bytes:
    """What a till signs for one request: everything that decides what the request does.

    Args:
        method: In capitals.
        target: Path and query as sent.
        body: The body's bytes.
        terminal_id: Who asks.
        nonce: Random, used once.
        at_us: The till's corrected clock.
    """
    digest = hashlib.sha256(body).hexdigest()
    return "\n".join(("stammkunde request 1", method, target, digest, str(terminal_id), nonce, str(at_us))).encode()


def ack_bytes(terminal_id: UUID, server_epoch: UUID, head: EpochHead) -> bytes:
    """What head office signs when it acknowledges records up to a position."""
    parts = ("stammkunde ack 1", terminal_id, server_epoch, head.epoch, head.seq, head.hash.hex())
    return "\n".join(map(str, parts)).encode()


def snapshot_bytes(server_id: UUID, sha256: str, size: int, cursor: Cursor) -> bytes:
    """What head office signs under a snapshot."""
    parts = ("stammkunde snapshot 1", server_id, sha256, size, cursor.epoch, cursor.n, cursor.token.hex())
    return "\n".join(map(str, parts)).encode()


HEADER_TERMINAL: Final = "stammkunde-terminal"
HEADER_NONCE: Final = "stammkunde-nonce"
HEADER_TIME: Final = "stammkunde-time"
HEADER_SIGNATURE: Final = "stammkunde-signature"
"""Request headers of a signed call; the signature in base64."""
