"""Ed25519 as RFC 8032 has it."""

from headoffice.signatures import public_key, sign, verified

SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
SIGNATURE = bytes.fromhex(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe2465"
    "5141438e7a100b"
)


def test_the_first_vector_of_the_standard() -> None:
    """Section 7.1, test 1: the empty message."""
    assert public_key(SEED) == PUBLIC
    assert sign(SEED, b"") == SIGNATURE
    assert verified(PUBLIC, b"", SIGNATURE)


def test_everything_else_is_no_signature() -> None:
    """Another message, another key, and bytes that are neither."""
    assert not verified(PUBLIC, b"x", SIGNATURE)
    assert not verified(bytes(32), b"", SIGNATURE)
    assert not verified(b"", b"", SIGNATURE)
    assert not verified(PUBLIC, b"", b"short")
