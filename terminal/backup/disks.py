"""On which disks a folder lies: what one accident takes together is no second place.

The number of the device (``st_dev``) tells two file systems apart, and that is all most systems say. Linux also says
which disks are below a file system, so that two partitions of one disk, or two volumes on it, are known for what they
are (proc_pid_mountinfo(5), sysfs).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

MOUNTS: Final = Path("/proc/self/mountinfo")
BLOCKS: Final = Path("/sys/class/block")
SLAVES_DEPTH_MAX: Final = 8
"""How many layers of volumes may lie on each other: encryption on a volume on a mirror is three."""

_OCTAL: Final = re.compile(r"\\([0-7]{3})")


def same_disk(one: Path, other: Path, *, mounts: Path = MOUNTS, blocks: Path = BLOCKS) -> bool:
    """Whether two folders that are there share a disk.

    Args:
        one: A folder.
        other: Another one.
        mounts: What is mounted where; not there on other systems than Linux.
        blocks: What the system knows of its disks.

    Raises:
        OSError: One of them is not there.
    """
    if _device(one) == _device(other):
        return True
    return bool(disks_below(one, mounts, blocks) & disks_below(other, mounts, blocks))


def _device(folder: Path) -> int:
    return folder.stat().st_dev


def disks_below(folder: Path, mounts: Path, blocks: Path) -> frozenset[str]:
    """The names of the disks below a folder; empty when nobody says, as for a network's folder."""
    source = _source_of(folder.resolve(), mounts)
    if not source.startswith("/dev/"):
        return frozenset()
    try:
        block = Path(source).resolve().name
    except OSError:
        return frozenset()
    return frozenset(_disks_of(blocks / block, SLAVES_DEPTH_MAX))


def _source_of(folder: Path, mounts: Path) -> str:
    """What is mounted where a folder lies: the mount whose point is the longest beginning of its path, the last one."""
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    found, length = "", -1
    for line in lines:
        mounted, _, behind = line.partition(" - ")
        fields, tail = mounted.split(), behind.split()
        if len(fields) < 5 or len(tail) < 2:  # noqa: PLR2004 - places in a line, as its manual page has them
            continue
        point = Path(_unescaped(fields[4]))
        if folder.is_relative_to(point) and len(point.parts) >= length:
            found, length = _unescaped(tail[1]), len(point.parts)
    return found


def _disks_of(block: Path, depth: int) -> set[str]:
    """The disks below a block device: those its volume is made of, or the one it is a part of, or itself."""
    try:
        below = sorted((block / "slaves").iterdir())
    except OSError:
        below = []
    if below and depth:
        return set().union(*(_disks_of(block.parent / each.name, depth - 1) for each in below))
    if (block / "partition").exists():
        return {block.resolve().parent.name}
    return {block.name} if block.exists() else set()


def _unescaped(text: str) -> str:
    """A path as mountinfo writes it: spaces and the like as octal numbers."""
    return _OCTAL.sub(lambda match: chr(int(match[1], 8)), text)
