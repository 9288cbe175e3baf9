"""How far the journal goes, kept in a small file beside the ledger, so that a ledger that lost its end is noticed.

SQLite takes a log that ends too early for one that nobody wrote further, and an older copy of a ledger is as sound in
itself as the newest one. After each commit the last record's place and hash are written here, without waiting for the
disk: by then the record is on it, so what the file says after a crash is in the journal, or the journal is not whole.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
from typing import TYPE_CHECKING, Final
from uuid import UUID

from storage import journal
from storage.errors import RecordsMissing, StorageError
from storage.files import PRIVATE_FILE, TIP_FILE
from storage.types import Head

if TYPE_CHECKING:
    from io import FileIO
    from pathlib import Path

    from storage.connection import Database

_LAYOUT: Final = struct.Struct(">8s16sQ32s")
_MARK: Final = b"STKTIP01"
_CHECK_BYTES: Final = 8
"""Of the SHA-256 of all before it: what a crash left half written, or of zeros, says nothing."""

TIP_BYTES: Final = _LAYOUT.size + _CHECK_BYTES
"""Less than the smallest sector, so it is written in one piece."""


class Tip:
    """The file of an open till, written after each commit."""

    __slots__ = ("_file", "_written")

    def __init__(self, directory: Path) -> None:
        self._file: FileIO | None = None
        self._written = b""
        with contextlib.suppress(OSError):  # a till without it works, and notices less
            handle = os.open(directory / TIP_FILE, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
            self._file = os.fdopen(handle, "r+b", buffering=0)

    def follow(self, ledger: Database, last: journal.Tip | None = None) -> journal.Tip | None:
        """Write where the journal ends, when its newest record is on the disk.

        Args:
            ledger: The connection that has committed.
            last: What the next record goes on from, where that is known.

        Returns:
            The same, ``None`` when it can't be read now.
        """
        with contextlib.suppress(OSError, StorageError, ValueError):  # what was booked is on the disk all the same
            last = last or journal.tip(ledger)
            if self._file is not None and last.hash != self._written:
                self._file.seek(0)
                self._file.write(_encoded(last))
                self._written = last.hash
        return last

    def close(self) -> None:
        """Let go of the file; closing twice is allowed."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None


def read_tip(directory: Path) -> Head | None:
    """The last record that the file names; ``None`` when it says nothing."""
    try:
        data = (directory / TIP_FILE).read_bytes()
    except OSError:
        return None
    if len(data) != TIP_BYTES or not data.startswith(_MARK) or data[_LAYOUT.size :] != _check(data[: _LAYOUT.size]):
        return None
    _, epoch, seq, digest = _LAYOUT.unpack(data[: _LAYOUT.size])
    return Head(UUID(bytes=epoch), seq, digest)


def tip_problem(tip: Head | None, ledger: Database, journal: str = "journal") -> str | None:
    """What is wrong with a journal's end.

    Args:
        tip: What the file said before the ledger was looked at: a till beside may book meanwhile.
        ledger: Any connection to it.
        journal: What the journal is called there.

    Returns:
        A sentence for support, or ``None``.
    """
    if tip is None:
        return None
    row = ledger.one(f"SELECT epoch, hash FROM {journal} WHERE seq = ?", (tip.seq,))  # noqa: S608 - names of our own
    if row == (tip.epoch.bytes, tip.hash):
        return None
    found = ledger.value(f"SELECT max(seq) FROM {journal}") or 0  # noqa: S608 - as above
    if row is None:
        return f"journal seq {found + 1} to {tip.seq} are missing: an older copy stands here, or the log lost its end"
    return f"journal seq {tip.seq}: it is not the record that was written there; another copy stands here"


def check_tip(tip: Head | None, ledger: Database) -> None:
    """Refuse a ledger that lost its end.

    Raises:
        RecordsMissing: It did.
    """
    problem = tip_problem(tip, ledger)
    if problem:
        raise RecordsMissing(problem)


def _encoded(last: journal.Tip) -> bytes:
    data = _LAYOUT.pack(_MARK, last.epoch, last.seq, last.hash)
    return data + _check(data)


def _check(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[:_CHECK_BYTES]
