"""The folder in which a register leaves a file per sale: each is booked once, then moved to ``done`` or ``failed``.

A file is booked before it is moved, and its record's id comes from the sale it tells of. So a till that dies between
the two finds the sale on disk at its next look and only moves the file.
"""

from __future__ import annotations

import os
import stat
import time
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from storage.files import move_to_free_name
from terminal.app.files import write_file
from terminal.errors import FileUnwritable
from terminal.register.errors import FolderUnusable
from terminal.register.filing import Filed
from terminal.register.folder_words import reason_text
from terminal.register.sale_file import Fault, FileSale, NoSale, is_cut_off, read_sale

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from loyalty.outcomes import Refused
    from terminal.register.filing import Differs, OtherCurrency
    from texts.i18n import Texts

DONE: Final = "done"
FAILED: Final = "failed"
REASON_ENDING: Final = ".reason.txt"
ENDINGS: Final = (".csv", ".json")
"""Files with any other ending are left alone, so a register may write under another name and then rename."""

FILE_BYTES_MAX: Final = 512 * 1024
"""The largest file that is read, in bytes: 499 lines of the longest articles fit, each letter escaped."""

ENTRIES_MAX: Final = 2_000
"""How many entries of the folder one look takes notice of."""

FILES_PER_LOOK: Final = 50
"""How many files one look books, so that a day's backlog does not keep the counter waiting."""

PATIENCE_S: Final = 10.0
"""How long a file that can't be read yet may still be growing, in seconds since its last change."""

NAMES_MAX: Final = 1_000
"""How many files of the same name ``done`` and ``failed`` hold apart."""


NS_PER_S: Final = 1_000_000_000


class Mark(msgspec.Struct, frozen=True):
    """What tells a file from its next version, and from another one of its name.

    Attributes:
        size: In bytes.
        at_ns: When it was changed last, in nanoseconds since 1970.
        inode: Its number in the file system.
    """

    size: int
    at_ns: int
    inode: int

    @classmethod
    def of(cls, found: os.stat_result) -> Mark:
        """The mark of a file."""
        return cls(found.st_size, found.st_mtime_ns, found.st_ino)


class FolderState(msgspec.Struct, frozen=True):
    """What one look came to.

    Attributes:
        booked: How many sales it booked.
        known: How many were booked before.
        put_aside: How many it moved to ``failed``.
        waiting: How many files are still there.
        failed: How many files lie in ``failed``, from whenever.
    """

    booked: int = 0
    known: int = 0
    put_aside: int = 0
    waiting: int = 0
    failed: int = 0


class Folder:
    """Looks at the folder when it is told to.

    Args:
        path: The folder.
        book: Books a sale; given the file's name and the sale.
        texts: The language in use, for reasons.
        currency: The shop's.
        now_s: The time of the file system, in seconds since 1970.
    """

    def __init__(
        self,
        path: Path,
        book: Callable[[str, FileSale], Filed | Differs | OtherCurrency | Refused],
        texts: Callable[[], Texts],
        currency: str,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self._path = path
        self._book = book
        self._texts = texts
        self._currency = currency
        self._now_s = now_s
        self._seen: dict[str, Mark] = {}
        self._stuck: frozenset[str] = frozenset()

    def look(self, *, patient: bool = True) -> FolderState:
        """Book every file that is complete: its size and time are those of the look before.

        Args:
            patient: Whether a file that can't be read is given time; at the command line it is not.

        Raises:
            FolderUnusable: The folder can't be read, or a file can't be opened or moved; what was booked stays
                booked, and the other files were taken all the same.
            StorageError: The disk did not take a sale; its file stays where it is.
        """
        try:
            for name in (DONE, FAILED):
                (self._path / name).mkdir(exist_ok=True)
            found = sorted(files_in(self._path), key=lambda each: (each[0] in self._stuck, each[1].at_ns, each[0]))
            counts = {"booked": 0, "known": 0, "put_aside": 0}
            complete = [(name, mark) for name, mark in found if self._seen.get(name) == mark][:FILES_PER_LOOK]
            self._seen = dict(found)
            stuck: dict[str, Exception] = {}
            for name, mark in complete:
                try:
                    outcome = self._take(name, mark, patient=patient)
                except (OSError, FileUnwritable) as error:  # one file that another program holds stops no other
                    stuck[name] = error
                    continue
                if outcome:
                    counts[outcome] += 1
                    del self._seen[name]  # the next file of this name is a new one
            self._stuck = frozenset(stuck)  # the others come first at the next look
            for first in stuck.values():
                raise FolderUnusable(self._path, str(first)) from first
            left = len(found) - sum(counts.values())
            return FolderState(**counts, waiting=left, failed=sum(1 for _ in files_in(self._path / FAILED)))
        except OSError as error:
            raise FolderUnusable(self._path, str(error)) from error

    def _take(self, name: str, mark: Mark, *, patient: bool) -> str:
        """Book one file and move it away; says what became of it, empty when it is left for the next look."""
        path = self._path / name
        try:
            with open(path, "rb", opener=_regular) as file:
                raw = file.read(FILE_BYTES_MAX + 1)
                read = Mark.of(os.fstat(file.fileno()))
        except FileNotFoundError:
            return ""
        if read != mark:
            return ""  # written to, or another file, since the look
        if len(raw) > FILE_BYTES_MAX:
            return self._put_aside(path, mark, NoSale(Fault.TOO_LARGE, {"max": FILE_BYTES_MAX // 1024}))
        may_grow = patient and 0 <= self._now_s() - mark.at_ns / NS_PER_S < PATIENCE_S
        if may_grow and is_cut_off(name, raw):
            return ""
        sale = read_sale(name, raw, self._currency)
        if isinstance(sale, NoSale):
            return "" if may_grow else self._put_aside(path, mark, sale)
        outcome = self._book(name, sale)
        if not isinstance(outcome, Filed):
            return self._put_aside(path, mark, outcome)
        if _is_still(path, mark):
            move_to_free_name(path, self._free(DONE, name, mark))
        return "known" if outcome.repeated else "booked"

    def _put_aside(self, path: Path, mark: Mark, why: NoSale | Differs | OtherCurrency | Refused) -> str:
        """Move a file to ``failed``, with the reason beside it: the reason first, so that no file is there without."""
        if not _is_still(path, mark):
            return ""
        target = self._free(FAILED, path.name, mark)
        write_file(Path(f"{target}{REASON_ENDING}"), f"{reason_text(self._texts(), why)}\n".encode())
        move_to_free_name(path, target)
        return "put_aside"

    def _free(self, folder: str, name: str, mark: Mark) -> Path:
        """A name that is free in a folder: the file's own, else with a number, else with its time and inode."""
        stem, suffix = Path(name).stem, Path(name).suffix
        plain = self._path / folder / name
        for number in range(2, NAMES_MAX + 2):
            if not plain.exists():
                return plain
            plain = self._path / folder / f"{stem}-{number}{suffix}"
        return self._path / folder / f"{stem}-{mark.at_ns}-{mark.inode}{suffix}"


def _regular(path: str, flags: int) -> int:
    """Open a file; a pipe or a link that somebody has put in its place since it was seen would wait for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))


def _is_still(path: Path, mark: Mark) -> bool:
    """Whether the file that was read still has its name: a register may have left the next sale under it meanwhile."""
    try:
        return Mark.of(path.lstat()) == mark
    except FileNotFoundError:
        return False


def files_in(path: Path) -> Iterator[tuple[str, Mark]]:
    """The register's files in a folder, each with what changes when it does.

    Raises:
        OSError: The folder can't be read.
    """
    with os.scandir(path) as entries:
        for entry in islice(entries, ENTRIES_MAX):
            if not entry.name.lower().endswith(ENDINGS) or entry.name.startswith("."):
                continue
            with suppress(FileNotFoundError):  # renamed or taken back meanwhile
                found = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(found.st_mode):
                    yield entry.name, Mark.of(found)
