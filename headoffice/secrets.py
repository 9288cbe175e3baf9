"""Head office's keys: files beside the database and never in it, so that a stolen database or backup tells nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import msgspec

from headoffice.errors import KeysMissing
from headoffice.files import os_errors, private_directory, write_durably

if TYPE_CHECKING:
    from pathlib import Path

KEY_BYTES: Final = 32
"""HMAC-SHA-256, AES-256 and the seed of Ed25519 (RFC 8032, 5.1.5) all take so many."""

FOLDER: Final = "secrets"
PROGRAMME_KEY_FILE: Final = "programme.key"
PROFILE_KEY_FILE: Final = "profile.key"
SIGNING_KEY_FILE: Final = "signing.key"
KEY_FILES: Final = (PROGRAMME_KEY_FILE, PROFILE_KEY_FILE, SIGNING_KEY_FILE)


class Secrets(msgspec.Struct, frozen=True):
    """The keys of one head office; they have no ``repr``, so that no log shows them.

    Attributes:
        programme_key: Behind the accounts of unknown cards and command digests; every till has the same.
        profile_key: Seals people's data, here and on the way to the tills.
        signing_key: The seed of the Ed25519 key that signs acknowledgements and snapshots.
    """

    programme_key: bytes
    profile_key: bytes
    signing_key: bytes

    def __repr__(self) -> str:
        return "Secrets(…)"


def load_secrets(data: Path) -> Secrets:
    """Read the keys.

    Raises:
        KeysMissing: One is missing or cut off.
        FolderUnusable: One can't be read.
    """
    folder = data / FOLDER
    keys: list[bytes] = []
    for name in KEY_FILES:
        path = folder / name
        with os_errors(path):
            key = path.read_bytes() if path.exists() else b""
        if len(key) != KEY_BYTES:
            raise KeysMissing(f"{path} is missing or cut off; without it nothing here can be read or verified again")
        keys.append(key)
    return Secrets(*keys)


def make_secrets(data: Path) -> Secrets:
    """Make the keys of a new head office; those a broken first start has left stay as they are.

    Raises:
        FolderUnusable: They can't be written.
    """
    folder = private_directory(data / FOLDER)
    for name in KEY_FILES:
        if not (folder / name).exists():
            write_durably(folder / name, os.urandom(KEY_BYTES))
    return load_secrets(data)
