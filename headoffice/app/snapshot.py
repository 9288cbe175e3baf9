"""Files with everything a till holds: built when one is asked for, kept for the next till, and handed out in parts."""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING, Final

import msgspec
from filelock import FileLock, Timeout
from sqlalchemy import func, select

from headoffice.errors import Refusal
from headoffice.feed import sequencer
from headoffice.feed.replica_file import write_replica
from headoffice.files import PRIVATE_FILE, os_errors, private_directory, sync_directory, write_durably
from headoffice.signatures import sign
from headoffice.store.tables import ACCOUNT
from loyalty.feed import SnapshotInfo
from loyalty.replica import REPLICA_VERSION
from loyalty.wire import SNAPSHOT_PART_MAX, ProblemCode, snapshot_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from uuid import UUID

    from sqlalchemy import Connection

    from headoffice.office import Office
    from headoffice.store.rows import TerminalRow

STEPS_BEHIND_MAX: Final = 20_000
"""How far a kept file may lag behind the feed, in steps; pulling those takes less than building another file."""

FILES_KEPT: Final = 2
"""How many files of one store are kept: the newest, and the one before, which a till may still be downloading."""

BUILD_WAIT_S: Final = 1.0
"""How long a request waits while another builds a file, in seconds; what is there already is found at once."""

_BUFFER_BYTES: Final = 1024 * 1024
_SHA256_DIGITS: Final = 64


def snapshot(office: Office, terminal: TerminalRow, layout: int) -> SnapshotInfo | None:
    """The file for a till, or ``None``: few members are pulled as fast, and a region is no whole.

    Args:
        office: Head office.
        terminal: The till.
        layout: The ``REPLICA_VERSION`` that the till can take over; one of another version of the program pulls.

    Raises:
        Refusal: ``UNAVAILABLE`` while another till's request builds one.
    """
    if terminal.scope or terminal.scope_step or layout != REPLICA_VERSION:
        return None
    with office.database.snapshot() as connection:
        some = select(ACCOUNT.c.member_id).limit(office.snapshot_members_min).subquery()
        if (connection.scalar(select(func.count()).select_from(some)) or 0) < office.snapshot_members_min:
            return None
    folder = private_directory(office.snapshots)
    with os_errors(folder), _alone(folder):
        sequencer.sequence(office.database)
        with office.database.snapshot() as connection:
            kept = _kept(connection, folder, terminal.store_id)
            if kept is not None:
                return kept
            made = _build(office, connection, folder, terminal.store_id)
        write_durably(_note(folder, terminal.store_id), msgspec.json.encode(made))
        _delete_old(folder, terminal.store_id)
    return made


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one request at a time build; the others come again, or a chain that is set up would use up all threads.

    Raises:
        Refusal: ``UNAVAILABLE`` when another is building.
    """
    try:
        with FileLock(folder / ".lock", timeout=BUILD_WAIT_S, mode=PRIVATE_FILE):
            yield
    except Timeout:
        raise Refusal(ProblemCode.UNAVAILABLE, "A snapshot is being made. Come again.") from None


def part(office: Office, sha256: str, offset: int, length: int) -> bytes:
    """A part of a file, ``SNAPSHOT_PART_MAX`` bytes at most; empty at its end.

    Raises:
        Refusal: ``NOT_FOUND`` when the file is gone or never was.
    """
    found = None
    if len(sha256) == _SHA256_DIGITS and set(sha256) <= set("0123456789abcdef"):
        found = next(office.snapshots.glob(f"*-{sha256}.sqlite"), None)
    if found is None or offset < 0 or length < 0:
        raise Refusal(ProblemCode.NOT_FOUND, "There is no such snapshot any more")
    try:
        with found.open("rb") as file:
            file.seek(offset)
            return file.read(min(length, SNAPSHOT_PART_MAX))
    except FileNotFoundError:  # deleted since it was found
        raise Refusal(ProblemCode.NOT_FOUND, "There is no such snapshot any more") from None


def _kept(connection: Connection, folder: Path, store_id: UUID) -> SnapshotInfo | None:
    """The store's newest file, if it is of this past, not too old, and still there."""
    note = _note(folder, store_id)
    if not note.exists():
        return None
    try:
        info = msgspec.json.decode(note.read_bytes(), type=SnapshotInfo)
    except msgspec.MsgspecError:
        return None
    newest = sequencer.newest(connection)
    is_ours = info.cursor.epoch == newest.epoch and sequencer.token_of(connection, info.cursor.n) == info.cursor.token
    is_near = 0 <= newest.n - info.cursor.n <= STEPS_BEHIND_MAX
    is_readable = info.layout == REPLICA_VERSION
    return info if is_readable and is_ours and is_near and _file(folder, store_id, info.sha256).exists() else None


def _build(office: Office, connection: Connection, folder: Path, store_id: UUID) -> SnapshotInfo:
    part_file = folder / f".{store_id.hex}.part"
    part_file.unlink(missing_ok=True)
    try:
        cursor = write_replica(office, connection, store_id, part_file)
        digest, size = hashlib.sha256(), 0
        with part_file.open("rb") as file:
            while data := file.read(_BUFFER_BYTES):
                digest.update(data)
                size += len(data)
        sha256 = digest.hexdigest()
        part_file.replace(_file(folder, store_id, sha256))
    finally:
        part_file.unlink(missing_ok=True)
    sync_directory(folder)
    signature = sign(office.secrets.signing_key, snapshot_bytes(office.server.server_id, sha256, size, cursor))
    return SnapshotInfo(sha256, size, cursor, signature, REPLICA_VERSION)


def _delete_old(folder: Path, store_id: UUID) -> None:
    files = sorted(folder.glob(f"{store_id.hex}-*.sqlite"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in files[FILES_KEPT:]:
        path.unlink(missing_ok=True)


def _file(folder: Path, store_id: UUID, sha256: str) -> Path:
    return folder / f"{store_id.hex}-{sha256}.sqlite"


def _note(folder: Path, store_id: UUID) -> Path:
    return folder / f"{store_id.hex}.json"
