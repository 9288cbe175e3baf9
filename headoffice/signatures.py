"""Ed25519 signatures (RFC 8032): head office's own, and checking those of tills."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def public_key(signing_key: bytes) -> bytes:
    """The raw public key of a seed."""
    return Ed25519PrivateKey.from_private_bytes(signing_key).public_key().public_bytes_raw()


def sign(signing_key: bytes, message: bytes) -> bytes:
    """Sign with a seed."""
    return Ed25519PrivateKey.from_private_bytes(signing_key).sign(message)


def verified(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a raw public key made this signature under this message."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):  # ValueError: those bytes are no key at all
        return False
    return True
