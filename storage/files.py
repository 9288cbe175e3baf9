"""Names of the files in a data directory, and file operations that are on disk when they return."""

from __future__ import annotations

import os
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import msgspec

from storage.errors import Damaged, NewerSchema, NotALedger, known_error
from storage.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LEDGER_FILE: Final = "ledger.sqlite"
VAULT_FILE: Final = "vault.sqlite"
KEY_FILE: Final = "programme.key"
OPEN_MARK: Final = "ledger.open"
"""Stands while a till has the ledger open; left behind by a crash, whose write-ahead log must then be there too."""

PROGRAMME_KEY_BYTES: Final = 32

HEADER_BYTES: Final = 100
"""The header of a database file (sqlite.org/fileformat2.html, section 1.3)."""

_MAGIC: Final = b"SQLite format 3\x00"
_HEADER = struct.Struct(">16sH6xII28xI4xI20xI4x")
_LARGEST_PAGE: Final = 65_536


class Header(msgspec.Struct, frozen=True):
    """What a database file says about itself in its first bytes."""

    page_bytes: int
    pages: int
    pages_valid: bool
    user_version: int
    application_id: int


def read_header(path: Path) -> Header:
    """Read a file's header without opening it as a database, so that nothing is written beside it.

    Raises:
        NotALedger: It is no SQLite database.
        StorageError: It can't be read.
    """
    with os_errors(str(path)), path.open("rb") as file:
        raw = file.read(HEADER_BYTES)
    if len(raw) < HEADER_BYTES or not raw.startswith(_MAGIC):
        raise NotALedger(f"{path} is not an SQLite database")
    _, page_bytes, changes, pages, user_version, application_id, valid_for = _HEADER.unpack(raw)
    return Header(
        _LARGEST_PAGE if page_bytes == 1 else page_bytes, pages, changes == valid_for, user_version, application_id
    )


def check_header(path: Path, application_id: int) -> None:
    """Refuse a file that is not ours, is newer than we are, or was cut off.

    A cut-off file is only told when no write-ahead log could make it whole again.

    Raises:
        NotALedger: Another program's file.
        NewerSchema: Made by a newer version.
        Damaged: Shorter than its header says.
    """
    header = read_header(path)
    if header.application_id != application_id:
        raise NotALedger(f"{path}: application id {header.application_id:#x} is not {application_id:#x}")
    if header.user_version > SCHEMA_VERSION:
        raise NewerSchema(f"{path}: layout {header.user_version}, this program knows {SCHEMA_VERSION}")
    found, wanted = path.stat().st_size, header.pages * header.page_bytes
    if header.pages_valid and found < wanted and not log_bytes(path):
        raise Damaged(f"{path}: {found} bytes, its header says {wanted}")


def log_path(path: Path) -> Path:
    """The write-ahead log of a database file."""
    return path.with_name(path.name + "-wal")


def log_bytes(path: Path) -> int:
    """How long the write-ahead log is; 0 when there is none."""
    try:
        return log_path(path).stat().st_size
    except FileNotFoundError:
        return 0


@contextmanager
def os_errors(doing: str) -> Iterator[None]:
    """Turn the operating system's errors into the ledger's own."""
    try:
        yield
    except OSError as error:
        known = known_error(error, doing)
        if known is None:
            raise
        raise known from error


def sync_file(path: Path) -> None:
    """Wait until a file's contents are on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_directory(path: Path) -> None:
    """Wait until a directory's names are on the disk; Windows has no way to ask and does so by itself."""
    if os.name == "nt":  # pragma: no cover - no directory handles there
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_durably(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write a small file and wait until it is on the disk; an existing one is replaced."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
