"""The black box's file: frames behind one another, each with its own checksum and its place in the file.

A frame can be told from damage by itself: a mark to find the next one behind a broken place, the file's random id so
that blocks of an older file are not taken for its own, a running number so that none can vanish unnoticed, and a digest
over all of it.
"""

from __future__ import annotations

import hashlib
import struct
from enum import Enum
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.connection import Row

MARK: Final = b"\xb1STKBX1\n"
"""How every frame begins; its first byte is no text, so none of the payloads that are text holds it."""

BOX_BYTES_MAX: Final = 256 * 1024 * 1024
"""The largest box, in bytes: a quarter of a million bookings, or a year of a busy till without head office."""

FRAME_BYTES_MAX: Final = 1024 * 1024
"""The largest payload of a frame: a programme document or the largest record, and room."""

BOX_SUFFIX: Final = ".blackbox"
PART_SUFFIX: Final = ".blackbox-part"

_FRAME = struct.Struct(">8s16scII16s")
_DIGEST_BYTES: Final = 16
FRAME_HEAD_BYTES: Final = _FRAME.size


class FrameKind(Enum):
    """What a frame holds."""

    HEADING = b"h"
    PROGRAMME = b"p"
    RECORD = b"r"
    EDIT = b"e"


class Heading(msgspec.Struct, frozen=True):
    """Whose box it is; the first frame, written again whenever something of it changes.

    Attributes:
        ledger_id: The terminal id in the till's ledger.
        shop_name: The shop's name.
        till_name: The till's.
        currency: ISO 4217 code.
        created_at_us: When the ledger was made.
        terminal_id: The till's id at head office, ``None`` for a till that stands alone.
        server_id: That head office's id.
        copied: For a till that stands alone: up to which positions copies off its disk go, the last but one and the
            last.
        erased: How many members had been erased when the file was written anew; it holds nothing of them.
        format: This layout. 1: first layout (2026-11-22).
    """

    ledger_id: UUID
    shop_name: str
    till_name: str
    currency: str
    created_at_us: int
    terminal_id: UUID | None = None
    server_id: UUID | None = None
    copied: tuple[int, int] = (0, 0)
    erased: int = 0
    format: int = 1

    def says_the_same(self, other: Heading) -> bool:
        """Whether both name the same till and head office."""
        return msgspec.structs.replace(self, copied=other.copied, erased=other.erased) == other


class BoxedProgramme(msgspec.Struct, frozen=True):
    """Rules that are, or were, in force."""

    version: int
    document: str


class BoxedRecord(msgspec.Struct, frozen=True, array_like=True):
    """A journal row, column by column as it stands there."""

    seq: int
    epoch: bytes
    record_id: bytes
    kind: str
    member_id: bytes | None
    at_us: int
    business_day: str
    utc_offset_min: int
    server_offset_ms: int
    programme_version: int
    payload: bytes
    body_hash: bytes
    prev_hash: bytes
    hash: bytes

    @property
    def row(self) -> Row:
        """The columns in the journal's order."""
        return msgspec.structs.astuple(self)


class BoxedEdit(msgspec.Struct, frozen=True, array_like=True):
    """A change of people or cards, sealed; bound to its id."""

    edit_id: bytes
    nonce: bytes
    box: bytes


Boxed = Heading | BoxedProgramme | BoxedRecord | BoxedEdit

_KINDS: Final[dict[FrameKind, type[Boxed]]] = {
    FrameKind.HEADING: Heading,
    FrameKind.PROGRAMME: BoxedProgramme,
    FrameKind.RECORD: BoxedRecord,
    FrameKind.EDIT: BoxedEdit,
}
_KIND_OF: Final = {kind: name for name, kind in _KINDS.items()}
_DECODERS: Final = {kind.value: msgspec.msgpack.Decoder(type_) for kind, type_ in _KINDS.items()}
_ENCODER: Final = msgspec.msgpack.Encoder()


class Frame(msgspec.Struct, frozen=True):
    """A frame that was read, with the place where the next one begins."""

    start: int
    end: int
    file_id: bytes
    number: int
    content: Boxed


def frame_bytes(content: Boxed, file_id: bytes, number: int) -> bytes:
    """A frame as it is written.

    Args:
        content: What it holds.
        file_id: The file's random id.
        number: The frame's running number in the file, from 0.
    """
    payload = _ENCODER.encode(content)
    if len(payload) > FRAME_BYTES_MAX:
        raise ValueError(f"A frame of {len(payload)} bytes is larger than the limit of {FRAME_BYTES_MAX}")
    kind = _KIND_OF[type(content)].value
    digest = _digest(file_id, kind, number, payload)
    return _FRAME.pack(MARK, file_id, kind, number, len(payload), digest) + payload


def frames(data: bytes) -> Iterator[Frame]:
    """Every frame that is whole, in the order of the file; what lies between two of them is damage.

    Only frames of one file are given: the one that the first whole frame belongs to.
    """
    place, file_id = 0, b""
    while (place := data.find(MARK, place)) >= 0:
        frame = _frame_at(data, place)
        if frame is None or (file_id and frame.file_id != file_id):
            place += 1
            continue
        file_id = frame.file_id
        yield frame
        place = frame.end


def _frame_at(data: bytes, start: int) -> Frame | None:
    if start + FRAME_HEAD_BYTES > len(data):
        return None
    _, file_id, kind, number, length, digest = _FRAME.unpack_from(data, start)
    begin = start + FRAME_HEAD_BYTES
    decoder = _DECODERS.get(kind)
    if decoder is None or length > FRAME_BYTES_MAX or begin + length > len(data):
        return None
    payload = data[begin : begin + length]
    if _digest(file_id, kind, number, payload) != digest:
        return None
    try:
        content = decoder.decode(payload)
    except (msgspec.MsgspecError, UnicodeError):  # whole, but of a later layout
        return None
    return Frame(start, begin + length, file_id, number, content)


def _digest(file_id: bytes, kind: bytes, number: int, payload: bytes) -> bytes:
    place = struct.pack(">16scII", file_id, kind, number, len(payload))
    return hashlib.sha256(place + payload).digest()[:_DIGEST_BYTES]


def box_name(ledger_id: UUID) -> str:
    """The file name of a till's box."""
    return f"stammkunde-{ledger_id}{BOX_SUFFIX}"
