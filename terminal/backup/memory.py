"""What a till remembers of its copies: the stick in the drawer at home is not there to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from storage.files import os_errors, write_durably
from terminal.backup.status import Made

if TYPE_CHECKING:
    from pathlib import Path

MEMORY_FILE: Final = "backups.json"
"""Lies among the till's data; without it the till believes that there is no copy elsewhere until it has made one."""


class Memory(msgspec.Struct, frozen=True):
    """The file's contents.

    Attributes:
        elsewhere: The newest copy that was checked off this disk.
        looked_after: Which older copy of each place was read through last, by its number.
        looked_after_us: When that was, in microseconds since 1970 UTC.
    """

    elsewhere: Made | None = None
    looked_after: dict[str, int] = {}
    looked_after_us: dict[str, int] = {}


def recall(directory: Path) -> Memory:
    """What was written down; nothing when that can't be read."""
    try:
        return msgspec.json.decode((directory / MEMORY_FILE).read_bytes(), type=Memory)
    except (OSError, msgspec.MsgspecError):
        return Memory()


def remember_elsewhere(directory: Path, made: Made) -> None:
    """Write down that a copy off this disk was checked, unless a newer one is known.

    Raises:
        StorageError: It can't be written.
    """
    memory = recall(directory)
    known = memory.elsewhere
    if known is None or known.epoch != made.epoch or known.records <= made.records:
        _write(directory, msgspec.structs.replace(memory, elsewhere=made))


def remember_looking(directory: Path, place: str, number: int, now_us: int) -> None:
    """Write down which older copy of a place was read through, and when.

    Raises:
        StorageError: It can't be written.
    """
    memory = recall(directory)
    _write(
        directory,
        msgspec.structs.replace(
            memory,
            looked_after=memory.looked_after | {place: number},
            looked_after_us=memory.looked_after_us | {place: now_us},
        ),
    )


def _write(directory: Path, memory: Memory) -> None:
    with os_errors(MEMORY_FILE):
        write_durably(directory / MEMORY_FILE, msgspec.json.encode(memory))
