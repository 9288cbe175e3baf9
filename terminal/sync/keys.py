"""Where this till's private key lies: in the system's keyring where there is one, else in a file for this user alone.

keyring is loaded when a key is needed, on the sync thread.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final, Protocol

from storage.files import os_errors, write_durably
from terminal.sync.errors import Broken
from terminal.sync.status import KeyPlace, SyncTrouble

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

SERVICE: Final = "stammkunde"
KEY_SUFFIX: Final = ".terminal-key"
KEY_BYTES: Final = 32

PRIORITY_MIN: Final = 1
"""From here on a keyring's backend is one that keeps secrets (keyring's documentation on priorities)."""


class Keyring(Protocol):
    """What is used of a keyring's backend."""

    def get_password(self, service: str, username: str) -> str | None:
        """The secret under a name."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret."""
        ...


def system_keyring() -> Keyring | None:
    """This user's keyring; ``None`` where there is none that keeps secrets."""
    import keyring
    from keyring.backends import chainer, fail, null

    backend = keyring.get_keyring()
    if isinstance(backend, fail.Keyring | null.Keyring):
        return None
    if isinstance(backend, chainer.ChainerBackend) and not backend.backends:
        return None
    return backend if backend.priority >= PRIORITY_MIN else None


class KeyStore:
    """The private keys of one data directory.

    Args:
        directory: The data directory.
        keyring: This user's keyring, if there is one.
    """

    def __init__(self, directory: Path, keyring: Keyring | None) -> None:
        self._directory = directory
        self._keyring = keyring

    def keep(self, terminal_id: UUID, private_key: bytes) -> KeyPlace:
        """Keep a key; it can be read again when this returns.

        Raises:
            StorageError: The file can't be written.
        """
        name = str(terminal_id)
        if self._keyring is not None:
            with contextlib.suppress(Exception):  # a locked or broken keyring is no reason not to join: see the file
                self._keyring.set_password(SERVICE, name, private_key.hex())
                if self._keyring.get_password(SERVICE, name) == private_key.hex():
                    return KeyPlace.KEYRING
        path = self._file(terminal_id)
        with os_errors(str(path)):
            write_durably(path, private_key)
        return KeyPlace.FILE

    def find(self, terminal_id: UUID) -> tuple[bytes, KeyPlace]:
        """A till's key and where it lies.

        Raises:
            Broken: It is in neither place.
        """
        path = self._file(terminal_id)
        if path.exists():
            with os_errors(str(path)):
                return _checked(path.read_bytes()), KeyPlace.FILE
        if self._keyring is not None:
            with contextlib.suppress(Exception):  # every backend breaks in its own way; without the key we say so
                found = self._keyring.get_password(SERVICE, str(terminal_id))
                if found:
                    return _checked(bytes.fromhex(found)), KeyPlace.KEYRING
        raise Broken(SyncTrouble.KEYS_MISSING, str(terminal_id))

    def place(self, terminal_id: UUID) -> KeyPlace:
        """Where a till's key lies, without asking the keyring for it."""
        return KeyPlace.FILE if self._file(terminal_id).exists() else KeyPlace.KEYRING

    def forget(self, terminal_id: UUID) -> None:
        """Delete a key wherever it lies."""
        self._file(terminal_id).unlink(missing_ok=True)
        if self._keyring is not None:
            with contextlib.suppress(Exception):
                self._keyring.delete_password(SERVICE, str(terminal_id))

    def _file(self, terminal_id: UUID) -> Path:
        return self._directory / f"{terminal_id}{KEY_SUFFIX}"


def _checked(key: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        raise Broken(SyncTrouble.KEYS_MISSING, "not an Ed25519 key")
    return key
