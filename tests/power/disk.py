"""What may be on a disk after the power went: the crash model.

A recorded program's calls are replayed one by one. At any moment the disk holds

* every file as it was when ``fsync`` or ``fdatasync`` last returned for it, and of what was written since any part:
  each sector of 512 bytes of each write arrives or does not, in any order, so that a sector holds any of the versions
  it ever had since, and a write may be torn at every sector's edge. A sector itself is never torn, and a write never
  harms a sector it does not touch (SQLite calls this powersafe overwrite; sqlite.org/psow.html);
* a file's length of the last sync, or any it was given since: where it grew and the data did not arrive there are
  zeros, or noise (file systems that write data after names show what the blocks held before; ext4's
  ``data=writeback``, SQLite's own crash tests);
* names as they were when ``fsync`` of their folder last returned, and of the creations, renames, links and removals
  since any part in any order. A rename happens as a whole, also between folders. ``fsync`` of a new file keeps its
  contents but not its name, as fsync(2) warns.

That is the weakest promise of POSIX, what ALICE calls the default persistence model (Pillai et al., "All File Systems
Are Not Created Equal", OSDI 2014, section 4.2), with its order kept between operations on one name and on one sector.
Journalling file systems promise more: ext4 and XFS keep names in order and ext4 (``data=ordered``) writes data before
the names that lead to it. What they can show is part of what this model shows, and ``Style.ORDERED`` draws from it, so
that the likeliest cuts are not drowned in unlikely ones. CrashMonkey (Mohan et al., OSDI 2018) looks right behind each
sync for the same reason as ``sites`` does. SQLite's test6.c drops, keeps and trashes unsynced sectors at a random sync;
this does the same at every call and for names as well.

Not in the model: disks that lie about having flushed, sectors that go bad (damaged files have tests of their own), and
folders that are renamed. A cut during the recovery from a cut is a cut like any other: workloads end as in a crash and
start again under record.
"""

from __future__ import annotations

import posixpath
import random
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from tests.power.recording import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.power.recording import Event

SECTOR_BYTES: Final = 512

Image = dict[str, bytes | None]
"""Files by their path below the recorded folder, with ``None`` for a folder."""


@dataclass(slots=True)
class Write:
    """Bytes written since the last sync; no bytes and a length for a truncation."""

    offset: int
    data: bytes
    length: int | None = None


@dataclass(slots=True, eq=False)
class Inode:
    """A file or folder, whatever names it has.

    Attributes:
        is_folder: Which of the two.
        durable: Its bytes at the last sync.
        pending: What was done to it since.
    """

    is_folder: bool = False
    durable: bytes = b""
    pending: list[Write] = field(default_factory=list)

    def synced(self) -> None:
        """Everything written has arrived."""
        if self.pending:
            content = bytearray(self.durable)
            for write in self.pending:
                apply_whole(content, write)
            self.durable = bytes(content)
            self.pending = []


def apply_whole(content: bytearray, write: Write) -> None:
    """Do what a call did."""
    if write.length is not None:
        grow(content, write.length)
        del content[write.length :]
        return
    grow(content, write.offset)
    content[write.offset : write.offset + len(write.data)] = write.data


def grow(content: bytearray, length: int) -> None:
    """Fill up with zeros."""
    if len(content) < length:
        content.extend(bytes(length - len(content)))


@dataclass(frozen=True, slots=True)
class Change:
    """One call that changed names: what each stands for afterwards."""

    number: int
    names: tuple[tuple[str, Inode | None], ...]

    def touches(self, folder: str) -> bool:
        """Whether a folder's sync makes it last."""
        return any(parent(name) == folder for name, _ in self.names)


def parent(name: str) -> str:
    """The folder a name stands in; the recorded folder itself is ``.``."""
    return posixpath.dirname(name) or "."


class Style(Enum):
    """How what is not synced is drawn."""

    NOTHING = auto()
    EVERYTHING = auto()
    NAMES_ONLY = auto()
    CONTENTS_ONLY = auto()
    LENGTHS_ONLY = auto()
    ORDERED = auto()
    ANY = auto()


FIXED: Final = (Style.NOTHING, Style.EVERYTHING, Style.NAMES_ONLY, Style.CONTENTS_ONLY, Style.LENGTHS_ONLY)
"""The first variants of each site; all others are drawn."""

CHANCES: Final = (0.05, 0.3, 0.5, 0.7, 0.95)


class Disk:
    """The disk while a recorded program runs.

    Attributes:
        names: What is sure to be there.
        changes: Changes of names that are not sure yet, in order.
    """

    def __init__(self) -> None:
        self.names: dict[str, tuple[int, Inode | None]] = {".": (0, Inode(is_folder=True))}
        self.changes: list[Change] = []
        self._seen: dict[str, Inode] = {".": self.names["."][1] or Inode()}
        self._by_number: dict[int, Inode] = {}
        self._count = 0

    def replay(self, event: Event) -> None:
        """Let one call happen."""
        kind = event.kind
        if kind is Kind.OPENED:
            self._by_number[event.inode] = self._seen[event.name]
        elif kind in {Kind.CREATED, Kind.MADE}:
            self._by_number[event.inode] = made = Inode(is_folder=kind is Kind.MADE)
            self._change((event.name, made))
        elif kind is Kind.WRITTEN:
            self._by_number[event.inode].pending.append(Write(event.offset, event.data))
        elif kind is Kind.TRUNCATED:
            self._by_number[event.inode].pending.append(Write(0, b"", event.offset))
        elif kind is Kind.SYNCED:
            self._sync(self._by_number[event.inode])
        elif kind is Kind.RENAMED:
            assert not event.offset, "folders are not renamed: their files are known by their paths"
            self._change((event.name, None), (event.second, self._seen[event.name]))
        elif kind is Kind.LINKED:
            self._change((event.second, self._seen[event.name]))
        elif kind in {Kind.UNLINKED, Kind.REMOVED}:
            self._change((event.name, None))

    def settle(self) -> None:
        """Let everything arrive: what follows happens long afterwards."""
        for inode in {id(inode): inode for inode in self._seen.values()}.values():
            inode.synced()
        self._arrive(self.changes)
        self.changes = []

    def pending(self) -> list[Inode]:
        """Files of which something is not sure yet, and that have or may get a name."""
        named = [inode for _, inode in self.names.values()]
        named += [inode for change in self.changes for _, inode in change.names]
        return list({id(inode): inode for inode in named if inode and inode.pending}.values())

    def image(self, style: Style, rng: random.Random) -> Image:
        """One of the disks that a power cut at this moment may leave."""
        if style is Style.ORDERED:
            changes = self.changes[: rng.randrange(len(self.changes) + 1)]
        elif style is Style.ANY:
            chance = rng.choice(CHANCES)
            changes = [change for change in self.changes if rng.random() < chance]
        else:
            changes = [] if style in {Style.NOTHING, Style.CONTENTS_ONLY} else self.changes
        names = dict(self.names)
        _put(names, changes)
        contents: dict[int, bytes] = {}
        image: Image = {}
        for name in sorted(names):
            inode = names[name][1]
            if name == "." or inode is None or not _reachable(name, names):
                continue
            if not inode.is_folder and id(inode) not in contents:
                contents[id(inode)] = content_of(inode, style, rng)
            image[name] = None if inode.is_folder else contents[id(inode)]
        return image

    def _change(self, *names: tuple[str, Inode | None]) -> None:
        self._count += 1
        self.changes.append(Change(self._count, names))
        for name, inode in names:
            if inode is None:
                del self._seen[name]
            else:
                self._seen[name] = inode

    def _sync(self, inode: Inode) -> None:
        if not inode.is_folder:
            inode.synced()
            return
        folder = next(name for name, seen in self._seen.items() if seen is inode)
        self._arrive([change for change in self.changes if change.touches(folder)])
        self.changes = [change for change in self.changes if not change.touches(folder)]

    def _arrive(self, changes: Sequence[Change]) -> None:
        _put(self.names, changes)


def _put(names: dict[str, tuple[int, Inode | None]], changes: Sequence[Change]) -> None:
    """Let changes of names arrive; of several about one name the last one counts, whichever arrives first."""
    for change in changes:
        for name, inode in change.names:
            if name not in names or names[name][0] < change.number:
                names[name] = (change.number, inode)


def _reachable(name: str, names: Mapping[str, tuple[int, Inode | None]]) -> bool:
    """Whether all folders above a file are there."""
    while (name := parent(name)) != ".":
        if name not in names or names[name][1] is None:
            return False
    return True


def content_of(inode: Inode, style: Style, rng: random.Random) -> bytes:
    """One of the contents that a file may have after the cut."""
    pending = inode.pending
    if not pending or style in {Style.NOTHING, Style.NAMES_ONLY}:
        return inode.durable
    if style in {Style.EVERYTHING, Style.CONTENTS_ONLY}:
        return _arrived(inode, [1.0] * len(pending), rng)
    if style is Style.LENGTHS_ONLY:
        return _arrived(inode, [0.0] * len(pending), rng, lengths=1.0)
    if style is Style.ORDERED:
        whole = rng.randrange(len(pending) + 1)
        torn = [rng.choice(CHANCES)] if whole < len(pending) else []
        return _arrived(inode, [1.0] * whole + torn + [0.0] * (len(pending) - whole - len(torn)), rng)
    chance = rng.choice(CHANCES)
    by_sector = rng.random() < 0.5
    chances = [chance if by_sector else float(rng.random() < chance) for _ in pending]
    noise = rng if rng.random() < 0.3 else None
    return _arrived(inode, chances, rng, lengths=rng.choice((0.0, 0.3)), noise=noise)


def _arrived(
    inode: Inode,
    chances: Sequence[float],
    rng: random.Random,
    *,
    lengths: float = 0.0,
    noise: random.Random | None = None,
) -> bytes:
    """The file when each sector of each call has reached the disk with that call's chance.

    A sector arrives as the system's cache held it right behind the call, so that it never mixes versions.

    Args:
        inode: The file.
        chances: For each pending call.
        rng: Draws.
        lengths: The chance that a call's length arrives although its data does not.
        noise: What stands where a file grew without its data; zeros without it.
    """
    cache, disk = bytearray(inode.durable), bytearray(inode.durable)
    for write, chance in zip(inode.pending, chances, strict=True):
        apply_whole(cache, write)
        if write.length is not None:
            if _happens(chance, rng):
                _stretch(disk, write.length, noise)
                del disk[write.length :]
            continue
        end = write.offset + len(write.data)
        if lengths and _happens(lengths, rng):
            _stretch(disk, end, noise)
        if chance:
            for start in range(write.offset // SECTOR_BYTES * SECTOR_BYTES, end, SECTOR_BYTES):
                if _happens(chance, rng):
                    sector = cache[start : start + SECTOR_BYTES]
                    _stretch(disk, start, noise)
                    disk[start : start + len(sector)] = sector
    return bytes(disk)


def _happens(chance: float, rng: random.Random) -> bool:
    return chance >= 1 or (chance > 0 and rng.random() < chance)


def _stretch(disk: bytearray, length: int, noise: random.Random | None) -> None:
    missing = length - len(disk)
    if missing > 0:
        disk.extend(noise.randbytes(missing) if noise else bytes(missing))
