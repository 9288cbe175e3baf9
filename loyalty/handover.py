"""A till's journal as a signed file, for a manager to hand in when the till may not talk to head office any more.

JSON lines: a ``HandoverHeader``, then one ``loyalty.wire.PushRequest`` a line, epochs in order, then any number of
``HandoverEdits``, and a ``HandoverEnd``.

Records name nobody. Edits do, so they are sealed for head office alone: with a key agreed on between one that is made
for this line only and head office's own (X25519, RFC 7748; HKDF, RFC 5869; AES-256-GCM, NIST SP 800-38D). Whoever finds
the file can't open them, nor can the till that wrote it.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from loyalty.feed import Signature
from loyalty.wire import PublicKey

LINE_BYTES_MAX: Final = 1024 * 1024
"""The longest line: a full batch as base64 and its frame."""


EDITS_NONCE: Final = bytes(12)
"""A key seals one line and nothing else, so its nonce needs not differ from any other."""

_PRIME: Final = 2**255 - 19
"""The field of both curves (RFC 7748, 4.1)."""


class HandoverHeader(msgspec.Struct, frozen=True):
    """The first line.

    Attributes:
        terminal_id: The till's id at head office.
        ledger_id: The terminal id in the genesis record of its journal.
        public_key: The key that signed the file.
        epochs: Whose batches follow, in order.
        format: This layout. 1: first layout (2026-11-21).
    """

    terminal_id: UUID
    ledger_id: UUID
    public_key: PublicKey
    epochs: tuple[UUID, ...]
    format: Literal["stammkunde journal 1"] = "stammkunde journal 1"


class HandoverEdits(msgspec.Struct, frozen=True, tag_field="holds", tag="edits"):
    """A ``loyalty.feed.EditsRequest`` as sealed JSON.

    Attributes:
        key: The X25519 key made for this line, raw.
        box: The sealed bytes, bound to the till by ``edits_mark``.
    """

    key: PublicKey
    box: Annotated[bytes, Meta(max_length=LINE_BYTES_MAX)]


EDITS_LINE: Final = b'{"holds":"edits"'
"""How such a line begins."""


class HandoverEnd(msgspec.Struct, frozen=True):
    """The last line: the till's signature under ``handover_bytes``."""

    signature: Signature


def handover_bytes(sha256: bytes) -> bytes:
    """What a till signs under a handed-over journal.

    Args:
        sha256: Over all lines before the last, with their line ends.
    """
    return b"stammkunde handover 1\n" + sha256.hex().encode()


def agreement_key(signing_key: bytes) -> bytes:
    """The X25519 public key that belongs to an Ed25519 one: the same point, on the other curve (RFC 7748, 4.1).

    Raises:
        ValueError: The point has no counterpart; no key pair has such a public half.
    """
    y = int.from_bytes(signing_key, "little") % 2**255
    return ((1 + y) * pow(1 - y, -1, _PRIME) % _PRIME).to_bytes(32, "little")


def edits_key(shared: bytes, line_key: bytes, own_key: bytes) -> bytes:
    """What seals one line, from what both sides have agreed on and the public keys they did it with (RFC 5869)."""
    extracted = hmac.digest(line_key + own_key, shared, hashlib.sha256)
    return hmac.digest(extracted, b"stammkunde handover edits 1\x01", hashlib.sha256)


def edits_mark(terminal_id: UUID) -> bytes:
    """What binds sealed edits to the till whose file they are in."""
    return b"stammkunde handover edits 1\n" + terminal_id.bytes
