"""Opening the edits in a till's handed-in file; only head office's own key can. See ``loyalty.handover``."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from loyalty.feed import EditsRequest
from loyalty.handover import EDITS_NONCE, edits_key, edits_mark

if TYPE_CHECKING:
    from uuid import UUID

    from loyalty.handover import HandoverEdits


def open_edits(signing_key: bytes, terminal_id: UUID, sealed: HandoverEdits) -> EditsRequest | None:
    """Open one line; ``None`` when it was sealed for another head office, for another till's file, or holds no edits.

    Args:
        signing_key: Head office's seed of Ed25519. Its scalar (RFC 8032, 5.1.5) is also the one of X25519.
        terminal_id: Whose file it is.
        sealed: The line.
    """
    own = X25519PrivateKey.from_private_bytes(hashlib.sha512(signing_key).digest()[:32])
    try:
        shared = own.exchange(X25519PublicKey.from_public_bytes(sealed.key))
        key = edits_key(shared, sealed.key, own.public_key().public_bytes_raw())
        data = AESGCM(key).decrypt(EDITS_NONCE, sealed.box, edits_mark(terminal_id))
        return msgspec.json.decode(data, type=EditsRequest)
    except (InvalidTag, ValueError):  # ValueError: no key, no box, or no edits at all
        return None
