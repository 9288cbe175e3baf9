"""What arrives from a till, read and verified record by record before anything is written."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from loyalty.bounds import TIME_MAX_US, Version
from loyalty.chain import chain_hash, columns_of
from loyalty.encoding import body_hash, decode, kind_of
from loyalty.records import AnyRecord, UnknownRecord
from loyalty.statement import Movement, movements
from loyalty.totals import HOURS_PER_DAY, MINUTES_PER_HOUR, US_PER_MINUTE, hour_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from loyalty.chain import Column
    from loyalty.wire import WireRecord

DETAIL_MAX: Final = 200
"""The longest explanation kept with a quarantined record, in characters."""


class Flaw(StrEnum):
    """Why a record is quarantined."""

    UNREADABLE = "unreadable"
    CONTRADICTION = "contradiction"
    WRONG_HASH = "wrong_hash"
    ID_REUSED = "id_reused"


class Header(msgspec.Struct, frozen=True):
    """What every record says, whatever its kind; a newer kind can be filed and its hash checked by it."""

    kind: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}\Z")]
    record_id: UUID
    member_id: UUID | None
    at_us: Annotated[int, Meta(ge=0, le=TIME_MAX_US)]
    business_day: date
    utc_offset_min: Annotated[int, Meta(ge=-1080, le=1080)]
    programme_version: Version
    server_offset_ms: Annotated[int, Meta(ge=-TIME_MAX_US // 1000, le=TIME_MAX_US // 1000)] = 0


class Arrived(msgspec.Struct, frozen=True):
    """One record as it came.

    Attributes:
        seq: Its position in the till's journal.
        hash: Its chain hash, as the till says.
        payload: Its bytes.
        body: SHA-256 of them.
        record: What it says; ``None`` when that can't be read.
        record_id: Its id, ``None`` as above; so too ``member_id``.
        flaw: Why it is not booked, ``None`` when nothing is wrong with it.
        detail: What exactly is wrong, for support.
        moved: What it moves, as recorded.
        points: What that is in sum.
    """

    seq: int
    hash: bytes
    payload: bytes
    body: bytes
    record: AnyRecord | UnknownRecord | None = None
    header: Header | AnyRecord | None = None
    flaw: Flaw | None = None
    detail: str = ""
    moved: tuple[Movement, ...] = ()
    points: int = 0

    @property
    def record_id(self) -> UUID | None:
        """Its id, ``None`` when it can't be read."""
        return self.header.record_id if self.header else None

    @property
    def member_id(self) -> UUID | None:
        """The member it names, ``None`` when it names none or can't be read."""
        return self.header.member_id if self.header else None

    @property
    def kind(self) -> str:
        """Its kind; empty when it can't be read."""
        header = self.header
        if isinstance(header, Header):
            return header.kind
        return kind_of(header) if header else ""

    @property
    def hour(self) -> int:
        """The hour of the shop's own day, 0 to 23."""
        if isinstance(self.header, Header):
            return (self.header.at_us // US_PER_MINUTE + self.header.utc_offset_min) // MINUTES_PER_HOUR % HOURS_PER_DAY
        return hour_of(self.header) if self.header else 0


class _Named(msgspec.Struct, frozen=True):
    """Whom a record names, and nothing else of it."""

    member_id: UUID | None = None


_HEADER: Final = msgspec.json.Decoder(Header)
_NAMED: Final = msgspec.json.Decoder(_Named)


def named_in(records: Iterable[WireRecord]) -> set[UUID]:
    """The members that records name, as far as they can be read; nothing else of them is looked at."""
    named: set[UUID | None] = set()
    for wire in records:
        with suppress(ValueError, msgspec.MsgspecError):
            named.add(_NAMED.decode(wire.payload).member_id)
    return {member for member in named if member is not None}


def read_all(epoch: UUID, prev_hash: bytes, records: Sequence[WireRecord]) -> list[Arrived]:
    """Read records and check that each hash covers its columns and the hash before.

    Args:
        epoch: Whose they are.
        prev_hash: The chain hash before the first.
        records: In order.
    """
    arrived: list[Arrived] = []
    epoch_id = epoch.bytes
    for wire in records:
        arrived.append(_read(epoch_id, prev_hash, wire))
        prev_hash = wire.hash
    return arrived


def _read(epoch: bytes, prev_hash: bytes, wire: WireRecord) -> Arrived:
    body = body_hash(wire.payload)
    try:
        record = decode(wire.payload)
        header = _HEADER.decode(wire.payload) if isinstance(record, UnknownRecord) else record
    except (ValueError, msgspec.MsgspecError) as error:
        return Arrived(wire.seq, wire.hash, wire.payload, body, flaw=Flaw.UNREADABLE, detail=_clean(str(error)))
    moved = movements(record)
    points = sum([one.points for one in moved])
    arrived = Arrived(wire.seq, wire.hash, wire.payload, body, record, header, None, "", moved, points)
    columns = (wire.seq, epoch, *_columns(header), wire.payload, body, prev_hash)
    if chain_hash(columns) != wire.hash:
        detail = "The hash does not cover the record and the hash before it"
        return msgspec.structs.replace(arrived, flaw=Flaw.WRONG_HASH, detail=detail)
    contradiction = None if isinstance(record, UnknownRecord) else record.contradiction()
    if contradiction:
        return msgspec.structs.replace(arrived, flaw=Flaw.CONTRADICTION, detail=contradiction)
    return arrived


def _columns(header: Header | AnyRecord) -> tuple[Column, ...]:
    if not isinstance(header, Header):
        return columns_of(header)
    return (
        header.record_id.bytes,
        header.kind,
        header.member_id.bytes if header.member_id else None,
        header.at_us,
        header.business_day.isoformat(),
        header.utc_offset_min,
        header.server_offset_ms,
        header.programme_version,
    )


def _clean(text: str) -> str:
    """Without what PostgreSQL can't keep in a text; the driver's messages quote what they read."""
    return text.replace("\x00", "")[:DETAIL_MAX]
