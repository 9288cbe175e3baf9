"""The id a register's sale has in the journal: the same for the same sale, however often and whichever way it comes."""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum
from uuid import UUID


class Purpose(StrEnum):
    """What a register's id of a sale stands for."""

    SALE = "sale"
    REVERSAL = "reversal"


def record_id_of(terminal_id: UUID, sale_id: str, purpose: Purpose = Purpose.SALE) -> UUID:
    """The record id of a register's sale, or of its reversal.

    HMAC-SHA-256 over the purpose and the register's id under the till's own random id, cut to 128 bits and marked as
    UUID version 8 (RFC 9562, 5.8). Two tills whose registers count alike don't mean the same record. The programme's
    key would not do: it changes when the till joins a head office, and a sale sent again after that would be booked
    twice.

    Args:
        terminal_id: The till's id, which never changes.
        sale_id: The register's id of the sale.
        purpose: Of what the id is wanted.
    """
    text = f"{purpose.value}\0{sale_id}"
    digest = bytearray(hmac.new(terminal_id.bytes, text.encode(), hashlib.sha256).digest()[:16])
    digest[6] = (digest[6] & 0x0F) | 0x80
    digest[8] = (digest[8] & 0x3F) | 0x80
    return UUID(bytes=bytes(digest))
