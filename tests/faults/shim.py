"""The preloaded library that lets file operations fail, built where it is needed, and the page that tells it how."""

from __future__ import annotations

import errno
import mmap
import os
import shutil
import struct
import subprocess
import sys
from enum import IntFlag
from pathlib import Path
from typing import Final

import msgspec

SOURCE: Final = Path(__file__).with_name("fail.c")
PAGE_VARIABLE: Final = "FAULTS_PAGE"
ROOT_VARIABLE: Final = "FAULTS_ROOT"

_SETTINGS: Final = struct.Struct("=6q")
_TOLD: Final = struct.Struct("=3q240s")
_PAGE_BYTES: Final = 4096


class Kind(IntFlag):
    """Operations that can fail; the numbers are those of ``fail.c``."""

    READ = 1
    WRITE = 2
    SYNC = 4
    TRUNCATE = 8
    OPEN = 16
    MAKE = 32
    RENAME = 64
    UNLINK = 128
    LOCK = 256


class Mode(msgspec.Struct, frozen=True):
    """One way in which a disk fails.

    Attributes:
        name: Short, for reports.
        error: What the operating system says.
        kinds: Which operations it hits.
        stays: Whether every later operation of these kinds fails as well.
        partial: Whether a write takes half of its bytes before the disk is full.
    """

    name: str
    error: int
    kinds: Kind
    stays: bool = False
    partial: bool = False


_ROOM: Final = Kind.WRITE | Kind.MAKE | Kind.RENAME
_CHANGING: Final = Kind.WRITE | Kind.SYNC | Kind.TRUNCATE | Kind.MAKE | Kind.RENAME | Kind.UNLINK
_NAMES: Final = Kind.OPEN | Kind.MAKE | Kind.RENAME | Kind.UNLINK

MODES: Final = (
    Mode("full", errno.ENOSPC, _ROOM, stays=True),
    Mode("full half way", errno.ENOSPC, Kind.WRITE, stays=True, partial=True),
    Mode("full for a moment", errno.ENOSPC, _ROOM),
    Mode("over quota", errno.EDQUOT, _ROOM, stays=True),
    Mode("one write or sync fails", errno.EIO, _CHANGING),
    Mode("nothing is written any more", errno.EIO, _CHANGING, stays=True),
    Mode("one read fails", errno.EIO, Kind.READ | Kind.OPEN | Kind.LOCK),
    Mode("the disk is gone", errno.EIO, Kind(511), stays=True),
    Mode("read-only from now on", errno.EROFS, _CHANGING & ~Kind.SYNC, stays=True),
    Mode("no permission", errno.EACCES, _NAMES, stays=True),
    Mode("one sync fails", errno.EIO, Kind.SYNC),
    Mode("no handles left", errno.EMFILE, Kind.OPEN),
    Mode("no locks left", errno.ENOLCK, Kind.LOCK),
)
"""From a disk that fills up to one that is pulled out."""


class Told(msgspec.Struct, frozen=True):
    """What the library saw.

    Attributes:
        count: How many operations of the asked kinds there were.
        fired: How many of them failed.
        kind: What the first of those was.
        name: On which file.
    """

    count: int
    fired: int
    kind: int
    name: str


class Page:
    """The shared page; made by whoever starts the workload's process."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_PAGE_BYTES))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _PAGE_BYTES)

    def arm(self, mode: Mode, fail_at: int) -> None:
        """Begin to count; ``fail_at`` 0 lets nothing fail."""
        _TOLD.pack_into(self._memory, _SETTINGS.size, 0, 0, 0, b"")
        _SETTINGS.pack_into(
            self._memory, 0, 1, mode.kinds, fail_at, mode.error, mode.stays or mode.partial, mode.partial
        )

    def disarm(self) -> None:
        """Let everything work again."""
        _SETTINGS.pack_into(self._memory, 0, 0, 0, 0, 0, 0, 0)

    def told(self) -> Told:
        """What was seen since it was armed."""
        count, fired, kind, name = _TOLD.unpack_from(self._memory, _SETTINGS.size)
        return Told(count, fired, kind, name.rstrip(b"\0").decode(errors="replace"))


def why_not() -> str | None:
    """Why the library can't be used here; ``None`` when it can."""
    if sys.platform != "linux":
        return "preloading a library needs Linux"
    if shutil.which("cc") is None:
        return "there is no C compiler (cc)"
    return None


def build(folder: Path) -> Path:
    """Compile the library.

    Raises:
        subprocess.CalledProcessError: It does not compile here.
    """
    library = folder / "fail.so"
    command = ["cc", "-Wall", "-Wextra", "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True, capture_output=True)
    return library


def environment(library: Path, page: Path, root: Path) -> dict[str, str]:
    """The environment of a process whose files below ``root`` can fail."""
    return os.environ | {
        "LD_PRELOAD": str(library),
        PAGE_VARIABLE: str(page),
        ROOT_VARIABLE: str(root),
        "TMPDIR": str(root / "tmp"),
        "SQLITE_TMPDIR": str(root / "tmp"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
