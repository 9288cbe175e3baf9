"""Head office's own facts once more, outside the database: one JSON document a line, synced before anybody is told.

Tills keep their own journals and hand them in again after head office was put back to an older state. What head office
itself decided (corrections, merges, expiry, programmes, erasures, who has which card numbers) stands in no till, so it
stands here too. The file belongs on another machine; it holds no personal data.
"""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec
from filelock import FileLock

from headoffice.errors import ArchiveDamaged
from headoffice.files import PRIVATE_FILE, os_errors, private_directory, sync_directory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

ARCHIVE_FILE: Final = "authority.jsonl"

TAIL_BYTES: Final = 4 * 1024 * 1024
"""How much of the end is read to see whether the database holds everything: several of the longest lines."""


class RecordLine(msgspec.Struct, frozen=True, tag="record"):
    """A record of head office's own journal."""

    epoch: UUID
    seq: int
    payload: bytes
    hash: bytes


class ProgrammeLine(msgspec.Struct, frozen=True, tag="programme"):
    """A published programme."""

    version: int
    document: str
    starts_at_us: int
    published_at_us: int
    published_by: str


class TombstoneLine(msgspec.Struct, frozen=True, tag="tombstone"):
    """A member who was erased; nothing that is restored may bring the person back."""

    member_id: UUID
    erased_at_us: int
    erased_day: date


class NumbersLine(msgspec.Struct, frozen=True, tag="numbers"):
    """Card numbers that one till was given, or had; no other till may be given them."""

    lowest: str
    highest: str
    length: int
    terminal_id: UUID
    request_id: UUID
    is_given: bool
    at_us: int


Line = RecordLine | ProgrammeLine | TombstoneLine | NumbersLine

_ENCODER = msgspec.json.Encoder()
_DECODER: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


class Archive:
    """The file. Several processes of one head office may write to it.

    Attributes:
        path: Where it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path.with_name(f".{path.name}.lock"), mode=PRIVATE_FILE)

    def append(self, lines: Sequence[Line]) -> None:
        """Write lines and wait until they are on the disk.

        Raises:
            FolderUnusable: They could not be written.
        """
        if not lines:
            return
        private_directory(self.path.parent)
        data = b"".join(_ENCODER.encode(line) + b"\n" for line in lines)
        with os_errors(self.path), self._lock:
            is_new = not self.path.exists()
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
            with os.fdopen(handle, "rb+") as file:
                _drop_torn_line(file.fileno())
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        if is_new:
            sync_directory(self.path.parent)

    def lines(self) -> Iterator[Line]:
        """All lines, oldest first; a last one that a crash cut off was never acknowledged and is left out.

        Raises:
            ArchiveDamaged: Another line can't be read.
            FolderUnusable: The file can't be read.
        """
        if not self.path.exists():
            return
        with os_errors(self.path), self.path.open("rb") as file:
            for number, text in enumerate(file, start=1):
                if text.endswith(b"\n"):
                    yield self._read(text, f"line {number}")

    def tail(self) -> list[Line]:
        """The last whole lines within ``TAIL_BYTES``, oldest first.

        Raises:
            ArchiveDamaged: One can't be read.
            FolderUnusable: The file can't be read.
        """
        if not self.path.exists():
            return []
        with os_errors(self.path), self.path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL_BYTES))
            texts = file.read().split(b"\n")[:-1]
        if size > TAIL_BYTES:
            texts = texts[1:]  # its beginning lies before what was read
        return [self._read(text, "one of the last lines") for text in texts]

    def _read(self, text: bytes, place: str) -> Line:
        try:
            return _DECODER.decode(text)
        except (msgspec.MsgspecError, UnicodeError) as error:
            raise ArchiveDamaged(f"{self.path}, {place}: {error}") from error


def _drop_torn_line(handle: int) -> None:
    """Cut off what a crash left of a line, or the next one would be appended to it."""
    size = os.lseek(handle, 0, os.SEEK_END)
    end = size
    while end:
        start = max(0, end - 4096)
        os.lseek(handle, start, os.SEEK_SET)
        found = os.read(handle, end - start).rfind(b"\n")
        if found >= 0:
            end = start + found + 1
            break
        end = start
    if end < size:
        os.ftruncate(handle, end)
