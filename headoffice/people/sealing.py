"""What is known of people, sealed with the profile key (AES-256-GCM, NIST SP 800-38D) and bound to its place."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from loyalty.directory import Profile

if TYPE_CHECKING:
    from uuid import UUID

    from loyalty.feed import ProfileField

NONCE_BYTES: Final = 12
"""The nonce length AES-GCM is defined for (NIST SP 800-38D, 5.2.1.1)."""

_ENCODER = msgspec.json.Encoder()
_DECODER: msgspec.json.Decoder[Profile] = msgspec.json.Decoder(Profile)


class Sealed(msgspec.Struct, frozen=True):
    """A box and the nonce it was made with; both empty for nothing."""

    nonce: bytes = b""
    box: bytes = b""


class Sealer:
    """Seals and opens with one key; may be used by several threads."""

    __slots__ = ("_cipher",)

    def __init__(self, profile_key: bytes) -> None:
        self._cipher = AESGCM(profile_key)

    def seal_field(self, member_id: UUID, field: ProfileField, value: str) -> Sealed:
        """Seal one field of a person for the database."""
        return self._seal(value.encode(), _field_mark(member_id, field))

    def open_field(self, member_id: UUID, field: ProfileField, sealed: Sealed) -> str | None:
        """Open it; ``None`` when it was sealed with another key or for another place."""
        data = self._open(sealed, _field_mark(member_id, field))
        return None if data is None else data.decode()

    def seal_text(self, text_ref: UUID, text: str) -> Sealed:
        """Seal a free text for the database."""
        return self._seal(text.encode(), text_ref.bytes)

    def open_text(self, text_ref: UUID, sealed: Sealed) -> str | None:
        """Open it; ``None`` when it was sealed with another key or for another place."""
        data = self._open(sealed, text_ref.bytes)
        return None if data is None else data.decode()

    def seal_profile(self, member_id: UUID, profile: Profile | None) -> Sealed:
        """Seal a whole person for the tills, as ``loyalty.feed.ProfileItem`` has it."""
        if profile is None:
            return Sealed()
        return self._seal(_ENCODER.encode(profile), member_id.bytes)

    def open_profile(self, member_id: UUID, sealed: Sealed) -> Profile | None:
        """Open it; ``None`` for nothing, and for what was sealed with another key or for another member."""
        data = self._open(sealed, member_id.bytes) if sealed.box else None
        return None if data is None else _DECODER.decode(data)

    def _seal(self, data: bytes, bound_to: bytes) -> Sealed:
        nonce = os.urandom(NONCE_BYTES)
        return Sealed(nonce, self._cipher.encrypt(nonce, data, bound_to))

    def _open(self, sealed: Sealed, bound_to: bytes) -> bytes | None:
        try:
            return self._cipher.decrypt(sealed.nonce, sealed.box, bound_to)
        except (InvalidTag, ValueError):  # ValueError: that is no nonce at all
            return None


def _field_mark(member_id: UUID, field: ProfileField) -> bytes:
    return b"%s %s" % (member_id.bytes, field.encode())
