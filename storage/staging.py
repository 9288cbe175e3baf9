"""A data directory that is being made aside, and the moment it takes its place: whole, or not at all.

The new files lie in a folder inside the data directory, so on the same disk. When they are whole a list of their names
says so; from then on they are moved, the ledger last, and a move that was cut off is gone on with by the next call.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec

from storage.errors import Damaged, DiskFailed
from storage.files import (
    LEDGER_FILE,
    PRIVATE_DIRECTORY,
    make_directory,
    move_to_free_name,
    os_errors,
    parts_of_shop,
    sync_directory,
    write_durably,
)
from storage.lock import LOCK_FILE

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = ".recovering"
READY: Final = "ready"
ASIDE: Final = "before-recovery"


class _Ready(msgspec.Struct, frozen=True):
    """What is to be moved.

    Attributes:
        names: The new files.
        aside: The folder for what stood there before; empty when nothing may have.
    """

    names: tuple[str, ...]
    aside: str = ""


class Staging:
    """The folder in which a data directory is made.

    To be used with the till's lock held.

    Attributes:
        directory: The data directory.
        folder: The folder inside it; notes of the work lie there.
        till: The new data directory in that.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.folder = directory / FOLDER
        self.till = self.folder / "till"

    def begin(self) -> None:
        """Make the folder, or find it as an earlier call left it."""
        with os_errors(str(self.folder)):
            self.till.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
            sync_directory(self.directory)

    def discard(self) -> None:
        """Forget what was made so far."""
        with os_errors(str(self.folder)):
            shutil.rmtree(self.folder, ignore_errors=not self.folder.exists())

    @property
    def is_ready(self) -> bool:
        """Whether everything is made and only has to be moved."""
        return (self.folder / READY).exists()

    def make_ready(self, aside: str = "") -> None:
        """Say that the new files are whole.

        Args:
            aside: Under which name the files of a shop that stand in the directory are kept; empty when there are none.
        """
        with os_errors(str(self.folder)):
            names = tuple(sorted(path.name for path in self.till.iterdir() if path.name != LOCK_FILE))
            if LEDGER_FILE not in names:
                raise Damaged(f"{self.till} holds no ledger")
            for path in (self.till, self.folder):
                sync_directory(path)
            write_durably(self.folder / READY, msgspec.json.encode(_Ready(names, aside)))

    def finish(self) -> None:
        """Move the new files to their place, the ledger last, and the folder away; may be repeated."""
        with os_errors(str(self.directory)):
            ready = msgspec.json.decode((self.folder / READY).read_bytes(), type=_Ready)
            left = [name for name in ready.names if (self.till / name).exists()]
            self._set_aside(ready, left)
            for name in sorted(left, key=lambda name: name == LEDGER_FILE):
                move_to_free_name(self.till / name, self.directory / name)
            try:
                sync_directory(self.directory)
            except OSError as error:  # the shop stands, but nobody knows for how long: the next call finds out
                raise DiskFailed(f"{self.directory}: {error}") from error
        with suppress(OSError):  # what stays of the folder is in nobody's way, as long as it does not say "ready"
            (self.folder / READY).unlink(missing_ok=True)
            shutil.rmtree(self.folder)
            sync_directory(self.directory)

    def _set_aside(self, ready: _Ready, left: list[str]) -> None:
        """Keep what stood in the directory before: a name that was moved already is the new one's."""
        moved = set(ready.names) - set(left)
        old = [name for name in (*parts_of_shop(self.directory), *left) if name not in moved]
        found = [name for name in dict.fromkeys(old) if (self.directory / name).exists()]
        if not found:
            return
        if not ready.aside:
            raise Damaged(f"{self.directory} holds {', '.join(found)}, which nobody said to set aside")
        folder = self.directory / ready.aside
        make_directory(folder, parents=False)  # its name is on the disk before the old shop stands under it
        for name in sorted(found, key=lambda name: name != LEDGER_FILE):
            move_to_free_name(self.directory / name, folder / name)
        sync_directory(folder)
