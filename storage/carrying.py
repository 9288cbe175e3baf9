"""Carrying a copy to another place, a stick or another machine; it counts once it was read back there and checked."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from storage.backup import check_copy, key_path, temporary
from storage.errors import Damaged
from storage.files import make_private, os_errors, sync_directory, write_durably

if TYPE_CHECKING:
    from pathlib import Path

    from storage.backup import Pause
    from storage.types import Head

CHUNK_BYTES: Final = 1024 * 1024
"""How much is read and written through to the other place at a time."""


def carry(copy: Path, target: Path, *, part: Path, pause: Pause) -> Head:
    """Carry a copy and its programme key to another place, under a name that is free or a copy's of the same moment.

    Args:
        copy: The copy.
        target: Where to.
        part: Where it grows there; what a crash left there is removed.
        pause: Takes how long the last step took, in seconds, and waits before the next; may raise ``CopyStopped``.

    Returns:
        The last record of what arrived.

    Raises:
        CopyStopped: ``pause`` wanted it; nothing of it stays.
        Damaged: What arrived is not what was sent, or was not sound already.
        StorageError: It can't be read or written.
        OSError: The other place has gone, or failed in another way.
    """
    with os_errors(str(target)), temporary(part) as growing:
        sent = _send(copy, growing, pause)
        _forget_cached(growing)
        if _digest(growing, pause) != sent:
            raise Damaged(f"{target}: what arrived is not what was sent")
        last = check_copy(growing, pause)
        write_durably(key_path(target), key_path(copy).read_bytes())
        growing.replace(target)
        sync_directory(target.parent)
    return last


def _send(copy: Path, part: Path, pause: Pause) -> bytes:
    """Write a file through to another place in small steps, and give its digest as it was read."""
    digest = hashlib.sha256()
    make_private(part)
    with copy.open("rb") as source, part.open("wb") as target:
        began_s = time.perf_counter()
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
            target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
            pause(time.perf_counter() - began_s)
            began_s = time.perf_counter()
    return digest.digest()


def _digest(path: Path, pause: Pause) -> bytes:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        began_s = time.perf_counter()
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            pause(time.perf_counter() - began_s)
            began_s = time.perf_counter()
    return digest.digest()


def _forget_cached(path: Path) -> None:
    """Have the file read from the other place itself and not from memory, where the system can be asked to."""
    if hasattr(os, "posix_fadvise"):  # pragma: no branch - not on Windows and macOS
        with path.open("rb") as file, suppress(OSError):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
