"""Sealing what names people so that only head office can open it; see ``loyalty.handover``. Loads the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from loyalty.handover import EDITS_NONCE, HandoverEdits, agreement_key, edits_key, edits_mark

if TYPE_CHECKING:
    from loyalty.feed import EditsRequest
    from storage.exchange import HeadOfficeRow


def seal_edits(head_office: HeadOfficeRow, request: EditsRequest) -> HandoverEdits:
    """Seal edits as one line of a file that is handed in."""
    theirs = agreement_key(head_office.server_key)
    line = X25519PrivateKey.generate()
    line_key = line.public_key().public_bytes_raw()
    key = edits_key(line.exchange(X25519PublicKey.from_public_bytes(theirs)), line_key, theirs)
    mark = edits_mark(head_office.terminal_id)
    return HandoverEdits(line_key, AESGCM(key).encrypt(EDITS_NONCE, msgspec.json.encode(request), mark))
