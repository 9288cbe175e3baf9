"""A till's journal as a signed file, for a manager to hand in when the till may not talk to head office any more.

JSON lines: a ``HandoverHeader``, then one ``loyalty.wire.PushRequest`` a line, epochs in order, and a ``HandoverEnd``.
"""

from __future__ import annotations

from typing import Final, Literal
from uuid import UUID

import msgspec

from loyalty.feed import Signature
from loyalty.wire import PublicKey

LINE_BYTES_MAX: Final = 1024 * 1024
"""The longest line: a full batch as base64 and its frame."""


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


class HandoverEnd(msgspec.Struct, frozen=True):
    """The last line: the till's signature under ``handover_bytes``."""

    signature: Signature


def handover_bytes(sha256: bytes) -> bytes:
    """What a till signs under a handed-over journal.

    Args:
        sha256: Over all lines before the last, with their line ends.
    """
    return b"stammkunde handover 1\n" + sha256.hex().encode()
