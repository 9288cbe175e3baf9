"""Private files that are on disk when a function returns."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from headoffice.errors import FolderUnusable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PRIVATE_FILE: Final = 0o600
PRIVATE_DIRECTORY: Final = 0o700
"""Modes of what holds secrets or personal data: nobody but the account the server runs under."""


@contextmanager
def os_errors(doing: object) -> Iterator[None]:
    """Turn the operating system's errors into head office's own."""
    try:
        yield
    except OSError as error:
        raise FolderUnusable(f"{doing}: {error}") from error


def private_directory(path: Path) -> Path:
    """Make a private directory unless it is there.

    Raises:
        FolderUnusable: It can't be made.
    """
    with os_errors(path):
        path.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
    return path


def private_file(path: Path) -> None:
    """Make an empty private file unless it is there, and take away what others may do with one that is.

    SQLite gives the files beside its database the database's own mode.

    Raises:
        FolderUnusable: It can't be made.
    """
    with os_errors(path):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, PRIVATE_FILE))
        for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            if each.exists():
                each.chmod(PRIVATE_FILE)


def write_durably(path: Path, data: bytes) -> None:
    """Write a small private file: written aside, synced, renamed, so that a crash leaves nothing or the whole.

    Raises:
        FolderUnusable: It can't be written.
    """
    part = path.with_name(f".{path.name}.part")
    with os_errors(path):
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Wait until a directory's names are on the disk; Windows has no way to ask and does so by itself."""
    if os.name == "nt":  # pragma: no cover - no directory handles there
        return
    with os_errors(path):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
