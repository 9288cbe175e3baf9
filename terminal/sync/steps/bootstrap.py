"""The first fill: head office's whole state as one signed file, downloaded in parts, taken over by copying pages."""

from __future__ import annotations

import hashlib
import os
import shutil
from typing import TYPE_CHECKING, Final

from loyalty.replica import REPLICA_VERSION
from loyalty.wire import SNAPSHOT_PART_MAX, snapshot_bytes
from storage.errors import Damaged, DiskFull, NewerSchema, NotALedger
from terminal.sync.errors import answer_wrong
from terminal.sync.signatures import holds
from terminal.sync.status import Progress, Task

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from loyalty.feed import SnapshotInfo
    from terminal.sync.context import Round

DOWNLOAD_SUFFIX: Final = ".snapshot"
ROOM_FACTOR: Final = 3
"""The file, the replica made of it, and its log have to fit beside each other."""

HASH_BYTES: Final = 1024 * 1024
"""Read at once while checking, in bytes."""

PRIVATE: Final = 0o600


def bootstrap(around: Round) -> bool:
    """Fill an empty replica from a snapshot, where head office offers one of this till's layout.

    A download that was cut off goes on where it stood, as long as head office still offers the same file.

    Returns:
        Whether a snapshot was taken over; otherwise everything comes by pulling.

    Raises:
        Broken: The file is not what head office has signed.
        DiskFull: It does not fit.
    """
    if around.replica.cursor() is not None:
        return False
    info = around.port.snapshot()
    folder = around.journal.directory
    if info is None or info.layout != REPLICA_VERSION:
        _remove_downloads(folder, None)
        return False
    whose = around.journal.head_office
    if not holds(
        whose.server_key, snapshot_bytes(whose.server_id, info.sha256, info.size, info.cursor), info.signature
    ):
        raise answer_wrong("the snapshot is not signed by head office")
    target = folder / f"{info.sha256}{DOWNLOAD_SUFFIX}"
    _remove_downloads(folder, target)
    _check_room(folder, info.size)
    _download(around, info, target)
    if _sha256(target, _reporter(around, info.size)) != info.sha256:
        target.unlink()
        raise answer_wrong("the snapshot's bytes are not the ones head office has signed")
    try:
        around.replica.take_snapshot(
            target, terminal_id=whose.terminal_id, cursor=info.cursor, position_prefix=around.reader.position_prefix
        )
    except (Damaged, NotALedger, NewerSchema) as error:
        raise answer_wrong(f"the snapshot can't be used: {error}") from error
    finally:
        target.unlink(missing_ok=True)
    around.hooks.report(None)
    return True


def _remove_downloads(folder: Path, keep: Path | None) -> None:
    """Parts of different files are never mixed; what is left of another one goes."""
    for path in folder.glob(f"*{DOWNLOAD_SUFFIX}"):
        if path != keep:
            path.unlink()


def _check_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size * ROOM_FACTOR:
        raise DiskFull(f"{folder}: {free} bytes free, {size * ROOM_FACTOR} needed for head office's state")


def _download(around: Round, info: SnapshotInfo, target: Path) -> None:
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE)
    with os.fdopen(handle, "ab") as file:
        done = file.tell()
        if done > info.size:
            file.truncate(0)
            done = 0
        while done < info.size:
            around.go_on()
            around.hooks.report(Progress(Task.DOWNLOADING, done, info.size))
            length = min(SNAPSHOT_PART_MAX, info.size - done)
            part = around.port.snapshot_part(info.sha256, done, length)
            if len(part) != length:
                raise answer_wrong(f"{len(part)} bytes of a snapshot instead of {length}")
            file.write(part)
            file.flush()
            done += len(part)


def _reporter(around: Round, total: int) -> Callable[[int], None]:
    def report(done: int) -> None:
        around.go_on()
        around.hooks.report(Progress(Task.CHECKING, done, total))

    return report


def _sha256(path: Path, report: Callable[[int], None]) -> str:
    digest = hashlib.sha256()
    done = 0
    with path.open("rb") as file:
        while block := file.read(HASH_BYTES):
            digest.update(block)
            done += len(block)
            report(done)
    return digest.hexdigest()
