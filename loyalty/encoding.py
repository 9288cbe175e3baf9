"""Records as bytes: canonical JSON, read back only when it means the same, and the hashes taken of it."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

import msgspec

from loyalty.records import AnyRecord, UnknownRecord

PAYLOAD_LENGTH_MAX: Final = 256 * 1024
"""The largest encoded record, in bytes: the longest possible sale fits, and so does any record into a sync batch."""


class _Kind(msgspec.Struct):
    """The tag alone, read first so that unknown kinds can be carried raw."""

    kind: str


_ENCODER = msgspec.json.Encoder(order="sorted")
_ASKED_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER: msgspec.json.Decoder[AnyRecord] = msgspec.json.Decoder(AnyRecord)
_KIND_DECODER = msgspec.json.Decoder(_Kind)
_UNREADABLE: Final = (msgspec.MsgspecError, UnicodeError, RecursionError)  # all that msgspec raises for bad bytes
_TAGS: Final[dict[type, str]] = {kind: str(kind.__struct_config__.tag) for kind in AnyRecord.__args__}
KINDS: Final[frozenset[str]] = frozenset(_TAGS.values())


def kind_of(record: AnyRecord) -> str:
    """The record's tag as it stands in the journal's ``kind`` column."""
    return _TAGS[type(record)]


def encode(record: AnyRecord) -> bytes:
    """The canonical JSON bytes of a record: keys sorted, no spaces, UTF-8.

    What is written can be read again and means the same: msgspec checks types only when it decodes, and SQLite's STRICT
    tables take ``2.0``, ``"7"`` and ``True`` for integers, so this is the last place where a wrong type can be stopped.

    Raises:
        ValueError: If the record has a value of a wrong type or out of range, contradicts itself, or is larger than
            ``PAYLOAD_LENGTH_MAX`` bytes. It is a bug of the caller, never a cashier's mistake.
    """
    payload = _within_limit(_ENCODER.encode(record))
    if _ENCODER.encode(_decode_known(payload)) != payload:
        raise ValueError(f"A value of the {kind_of(record)} record is not written as its type is")
    if found := record.contradiction():
        raise ValueError(f"The {kind_of(record)} record contradicts itself: {found}")
    return payload


def decode(payload: bytes) -> AnyRecord | UnknownRecord:
    """Read a record.

    Raises:
        ValueError: If the bytes are no record, too many, or a known kind with wrong fields.
    """
    try:
        return _DECODER.decode(_within_limit(payload))
    except _UNREADABLE:
        pass  # it may be of a kind that is not known here
    try:
        kind = _KIND_DECODER.decode(payload).kind
    except _UNREADABLE as error:
        raise ValueError(f"Not a journal record: {error}") from error
    return _decode_known(payload) if kind in KINDS else UnknownRecord(kind, payload)


def _within_limit(payload: bytes) -> bytes:
    if len(payload) > PAYLOAD_LENGTH_MAX:
        raise ValueError(f"A record of {len(payload)} bytes is larger than the limit of {PAYLOAD_LENGTH_MAX}")
    return payload


def _decode_known(payload: bytes) -> AnyRecord:
    try:
        return _DECODER.decode(payload)
    except _UNREADABLE as error:
        raise ValueError(f"Not a journal record: {error}") from error


def body_hash(payload: bytes) -> bytes:
    """SHA-256 of a record's bytes; with the record id the identity of a fact."""
    return hashlib.sha256(payload).digest()


def command_digest(key: bytes, *asked: object) -> str:
    """The keyed digest (HMAC-SHA-256) of what a caller asked, in hex; computed fields and times stay out of it.

    The key is the programme's secret: card numbers and names are so few that a plain hash of them could be tried out,
    and what stands in the journal can never be erased.
    """
    return hmac.digest(key, _ASKED_ENCODER.encode(asked), "sha256").hex()
