"""What is plugged in and would do as a second place: sticks and disks that are there, other than the till's own."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from string import ascii_uppercase
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER_NAME: Final = "stammkunde-backups"
"""What the folder of the copies is called on a stick."""

FREE_BYTES_MIN: Final = 256 * 1024 * 1024
"""A volume with less room is not offered."""

ROOTS: Final = (Path("/media"), Path("/run/media"), Path("/mnt"), Path("/Volumes"))
"""Where desktop systems mount sticks: directly below, or below a folder of the user's name."""

DEPTH: Final = 2
VOLUMES_MAX: Final = 16


class Volume(msgspec.Struct, frozen=True):
    """A stick or a disk.

    Attributes:
        folder: Where the copies would be kept on it.
        name: What people call it.
        free_bytes: How much room it has.
    """

    folder: Path
    name: str
    free_bytes: int


def volumes(
    directory: Path, same_disk: Callable[[Path, Path], bool], roots: tuple[Path, ...] = ROOTS
) -> tuple[Volume, ...]:
    """What is plugged in, may be written and is not on the till's own disk; may take long when something hangs."""
    found: list[Volume] = []
    for point in _mount_points(roots):
        try:
            if not same_disk(point, directory) and os.access(point, os.W_OK):
                free = shutil.disk_usage(point).free
                if free >= FREE_BYTES_MIN:
                    found.append(Volume(point / FOLDER_NAME, point.name or str(point), free))
        except OSError:  # it went while it was looked at
            continue
        if len(found) == VOLUMES_MAX:
            break
    return tuple(found)


def _mount_points(roots: tuple[Path, ...]) -> Iterator[Path]:
    if sys.platform == "win32":
        yield from (drive for drive in (Path(f"{letter}:\\") for letter in ascii_uppercase) if drive.exists())
        return
    for root in roots:
        yield from _mounted_below(root, DEPTH)


def _mounted_below(folder: Path, depth: int) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        if os.path.ismount(entry):
            yield entry
        elif depth > 1 and entry.is_dir():
            yield from _mounted_below(entry, depth - 1)
