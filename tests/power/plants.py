"""Faults planted into the program under record: a proof that can't be seen to fail proves nothing."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from unittest import mock

from storage import connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager


def _normal() -> AbstractContextManager[object]:
    """SQLite's own recommendation for WAL, which loses the newest commits."""
    settings = tuple((name, 1 if name == "synchronous" else value) for name, value in connection._WRITER_SETTINGS)
    return mock.patch.object(connection, "_WRITER_SETTINGS", settings)


@contextmanager
def _fsync_skips(skips: Callable[[Path], bool]) -> Iterator[None]:
    """``os.fsync`` says yes and does nothing for some files."""
    fsync = os.fsync

    def lying(handle: int) -> None:
        if not skips(Path(f"/proc/self/fd/{handle}").readlink()):
            fsync(handle)

    with mock.patch.object(os, "fsync", lying):
        yield


def _no_folder_syncs() -> AbstractContextManager[object]:
    """Names may vanish."""
    return _fsync_skips(Path.is_dir)


def _no_file_syncs() -> AbstractContextManager[object]:
    """Small files and copies are renamed before their contents are on the disk."""
    return _fsync_skips(Path.is_file)


def _tombstones_later() -> AbstractContextManager[object]:
    """The file outside the ledger does not hear of an erasure."""
    return mock.patch("storage.store.write_tombstones", return_value=None)


def _swap_in_one_go() -> AbstractContextManager[object]:
    """A restore changes all names at once and leaves their order to the disk."""
    return mock.patch.multiple("storage.swap", sync_directory=mock.DEFAULT, _take_log_in=lambda _: False)


PLANTS: Final[dict[str, Callable[[], AbstractContextManager[object]]]] = {
    "synchronous=NORMAL": _normal,
    "no folder syncs": _no_folder_syncs,
    "renamed before synced": _no_file_syncs,
    "no tombstone file": _tombstones_later,
    "restored in one go": _swap_in_one_go,
}
