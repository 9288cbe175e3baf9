"""The second file: a key per member, without which a profile is noise.

Keys are written and synced before the ledger's transaction that needs them commits. Those of erased members go after
it, or at the next start.
"""

from __future__ import annotations

import functools
import os
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.directory import Profile

if TYPE_CHECKING:
    from collections.abc import Collection

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from storage.connection import Database

KEY_BYTES: Final = 32
"""AES-256."""

NONCE_BYTES: Final = 12
"""The nonce length AES-GCM is defined for (NIST SP 800-38D, 5.2.1.1); random, as a key seals few profiles."""

STAMP_OF_ANOTHER_LEDGER: Final = 2**62
"""Larger than any number of profile changes, so that the ledger always looks older than what was seen of it."""

STAMPS_LOOKED_AT_MAX: Final = 1_000
"""How many changes of profiles are looked at again and again before it is written that they hold no erasure."""

_ERASED: Final = """SELECT DISTINCT member_id FROM profile_change WHERE stamp > ?
  AND EXISTS (SELECT 1 FROM tombstone WHERE tombstone.member_id = profile_change.member_id)
  AND NOT EXISTS (SELECT 1 FROM member_profile WHERE member_profile.member_id = profile_change.member_id)"""
_ENCODER = msgspec.json.Encoder()
_DECODER: msgspec.json.Decoder[Profile] = msgspec.json.Decoder(Profile)


def seal(profile: Profile, key: bytes, member_id: UUID) -> tuple[bytes, bytes]:
    """Encrypt a profile, bound to its member; gives nonce and box."""
    return seal_bytes(_ENCODER.encode(profile), key, member_id.bytes)


def unseal(nonce: bytes, box: bytes, key: bytes, member_id: bytes) -> Profile | None:
    """Decrypt a profile; ``None`` when key and box don't belong together."""
    data = unseal_bytes(nonce, box, key, member_id)
    return None if data is None else _DECODER.decode(data)


def seal_bytes(data: bytes, key: bytes, bound_to: bytes) -> tuple[bytes, bytes]:
    """Encrypt with AES-256-GCM, bound to an id that is stored beside it; gives nonce and box."""
    cipher, _ = _aes_gcm()
    nonce = os.urandom(NONCE_BYTES)
    return nonce, cipher(key).encrypt(nonce, data, bound_to)


def unseal_bytes(nonce: bytes, box: bytes, key: bytes, bound_to: bytes) -> bytes | None:
    """Decrypt; ``None`` when key, box and id don't belong together."""
    cipher, invalid_tag = _aes_gcm()
    try:
        return cipher(key).decrypt(nonce, box, bound_to)
    except (invalid_tag, ValueError):  # a nonce of another length is no nonce of ours
        return None


@functools.cache
def _aes_gcm() -> tuple[type[AESGCM], type[Exception]]:
    """The cipher and what it raises; imported at the first profile, as that takes longer than opening the till."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM, InvalidTag


def key_of(vault: Database, member_id: UUID) -> bytes | None:
    """A member's key."""
    key: bytes | None = vault.value("SELECT key FROM member_key WHERE member_id = ?", (member_id.bytes,))
    return key


def key_for(vault: Database, member_id: UUID) -> bytes:
    """A member's key, made and on disk when there was none."""
    found = key_of(vault, member_id)
    if found:
        return found
    key = os.urandom(KEY_BYTES)
    vault.run("INSERT INTO member_key(member_id, key) VALUES (?, ?)", (member_id.bytes, key))
    return key


def make_keys(vault: Database, members: Collection[UUID]) -> None:
    """Make keys for those who have none, all with one wait for the disk."""
    rows = [(member_id.bytes, os.urandom(KEY_BYTES)) for member_id in members]
    with vault.transaction():
        vault.many("INSERT INTO member_key(member_id, key) VALUES (?, ?) ON CONFLICT DO NOTHING", rows)


class TillKey(StrEnum):
    """A key of the till itself."""

    EDITS = "till"
    PROFILES = "profiles"


def till_key(vault: Database, name: TillKey) -> bytes | None:
    """One of the till's own keys."""
    key: bytes | None = vault.value("SELECT key FROM till_key WHERE name = ?", (name.value,))
    return key


def till_key_for_edits(vault: Database) -> bytes:
    """The key of edits that are about nobody, made and on disk when there was none."""
    found = till_key(vault, TillKey.EDITS)
    if found:
        return found
    key = os.urandom(KEY_BYTES)
    put_till_key(vault, TillKey.EDITS, key)
    return key


def put_till_key(vault: Database, name: TillKey, key: bytes) -> None:
    """Write one of the till's own keys over the one before."""
    vault.run("INSERT INTO till_key(name, key) VALUES (?1, ?2) ON CONFLICT(name) DO UPDATE SET key = ?2", (name, key))


def drop_till_key(vault: Database, name: TillKey) -> None:
    """Forget one of the till's own keys."""
    vault.run("DELETE FROM till_key WHERE name = ?", (name.value,))


def follow_anew(vault: Database) -> None:
    """Look at every erasure again at the next start, because the ledger beside it is another one now."""
    vault.run("UPDATE erasure_state SET followed_stamp = ?", (STAMP_OF_ANOTHER_LEDGER,))


def catch_up(vault: Database, ledger: Database) -> None:
    """Delete the keys of members who were erased since the last time.

    How far it has looked is written with an erasure, and now and then without one: every write here waits for the disk.
    """
    done = int(vault.value("SELECT followed_stamp FROM erasure_state"))
    newest = int(ledger.value("SELECT ifnull(max(stamp), 0) FROM profile_change"))
    is_another = newest < done
    erased = ledger.all(_ERASED, (0 if is_another else done,))
    if erased or is_another or newest - done >= STAMPS_LOOKED_AT_MAX:
        with vault.transaction():
            vault.many("DELETE FROM member_key WHERE member_id = ?", erased)
            vault.run("UPDATE erasure_state SET followed_stamp = ?", (newest,))
