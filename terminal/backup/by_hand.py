"""Copies by hand, from the command line, beside an open till or a closed one: the same folders, the same checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from storage.backup import backup
from storage.files import os_errors
from storage.rotation import read_copy
from terminal.backup.board import Board
from terminal.backup.disks import same_disk
from terminal.backup.elsewhere import CopiesElsewhere
from terminal.backup.folder import ROOM_FOR_SALES_BYTES, made
from terminal.backup.service import folder_elsewhere, folder_here
from terminal.backup.status import PlaceStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from uuid import UUID

    from loyalty.ports import Clock
    from storage.rotation import BackupCopy
    from storage.types import Head
    from terminal.settings.backup import BackupSettings

    Progress = Callable[[int, int], None] | None


class Copied(msgspec.Struct, frozen=True):
    """What came of a copy by hand.

    Attributes:
        here: The copy on this disk.
        elsewhere: How the second place is now; its folder is empty when the settings name none.
    """

    here: BackupCopy
    elsewhere: PlaceStatus


class Copies(msgspec.Struct, frozen=True):
    """The copies of a till that can be seen now, those made last first.

    Attributes:
        here: On this disk.
        elsewhere: In the second place.
        status: How the second place is, with the newest copy off this disk that is known, wherever it is now.
    """

    here: tuple[BackupCopy, ...]
    elsewhere: tuple[BackupCopy, ...]
    status: PlaceStatus


def back_up(
    directory: Path, settings: BackupSettings, terminal_id: UUID, clock: Clock, progress: Progress = None
) -> Copied:
    """Take a copy now and carry it to the second place.

    Raises:
        Busy: The open till is taking one.
        StorageError: It can't be taken here; the second place has got nothing then.
    """
    board = Board(directory, lambda _status: None)
    folder = folder_here(directory, settings, terminal_id, clock)
    with os_errors(str(folder.path)):
        folder.make(parents=not settings.folder)
        copy = folder.take(progress=progress, room_left_bytes=ROOM_FOR_SALES_BYTES)
        folder.thin()
    board.newest_here = copy
    second = folder_elsewhere(directory, settings, terminal_id, clock)
    if second is not None:
        vouched = settings.second_is == "elsewhere"
        carrying = CopiesElsewhere(directory, second, board, clock, is_vouched_for=vouched, same_disk=same_disk)
        carrying.ask()
        carrying.turn(_no_pause)
    return Copied(copy, board.status.elsewhere)


def back_up_to(directory: Path, target: Path, progress: Progress = None) -> Head:
    """Copy the ledger to a file of somebody's choice; off this disk it counts as the copy elsewhere.

    Raises:
        StorageError: It can't be done; the target is as it was.
    """
    last = backup(directory, target, progress)
    copy = read_copy(target)
    with os_errors(str(target)):
        if copy is not None and not same_disk(target.parent, directory):
            Board(directory, lambda _status: None).remember(made(copy))
    return last


def list_copies(directory: Path, settings: BackupSettings, terminal_id: UUID, clock: Clock) -> Copies:
    """The copies of this till, here and in the second place."""
    board = Board(directory, lambda _status: None)
    second = folder_elsewhere(directory, settings, terminal_id, clock)
    status = board.status.elsewhere
    if second is not None:
        status = msgspec.structs.replace(status, folder=str(second.path))
    return Copies(
        tuple(folder_here(directory, settings, terminal_id, clock).own()),
        tuple(second.own()) if second is not None else (),
        status,
    )


def _no_pause(_step_s: float) -> None:
    """Nobody waits for the disk but the person who asked."""
