"""The arithmetic behind sealed edits: the other curve's key, and the key of one line."""

from __future__ import annotations

import hashlib
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from loyalty.handover import agreement_key, edits_key, edits_mark, handover_bytes


@pytest.mark.parametrize("number", range(8))
def test_a_signing_key_has_one_counterpart_for_agreeing(number: int) -> None:
    """The public half that is worked out belongs to the private half that is worked out (RFC 8032, 5.1.5)."""
    seed = hashlib.sha256(b"%d" % number).digest()
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    own = X25519PrivateKey.from_private_bytes(hashlib.sha512(seed).digest()[:32])
    assert agreement_key(public) == own.public_key().public_bytes_raw()


def test_the_point_without_a_counterpart_is_refused() -> None:
    """Nobody's public key is the neutral element."""
    with pytest.raises(ValueError, match="invertible"):
        agreement_key((1).to_bytes(32, "little"))


def test_the_key_of_a_line_is_derived_as_the_standard_says() -> None:
    """Against another implementation of RFC 5869."""
    shared, line, own = bytes(32), bytes([1]) * 32, bytes([2]) * 32
    standard = HKDF(algorithm=SHA256(), length=32, salt=line + own, info=b"stammkunde handover edits 1")
    assert edits_key(shared, line, own) == standard.derive(shared)
    assert edits_key(shared, own, line) != edits_key(shared, line, own)


def test_sealed_edits_are_bound_to_the_till() -> None:
    """Two tills' marks differ."""
    assert edits_mark(UUID(int=1)) != edits_mark(UUID(int=2))


def test_what_is_signed_under_a_journal_names_its_purpose() -> None:
    """A signature for something else, over the same hash, is none for a handed-over journal."""
    assert handover_bytes(bytes(range(32))) == b"stammkunde handover 1\n" + bytes(range(32)).hex().encode()
