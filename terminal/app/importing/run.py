"""An import from the first byte to the last booking: read, check, keep a copy, book.

Nothing is booked while anything is wrong. Then batches are booked, each whole or not at all; whoever cuts that short
repeats the command, which finds what is there and goes on behind it.
"""

from __future__ import annotations

import gc
import shutil
from contextlib import closing, contextmanager, suppress
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from loyalty.imported import is_imported
from storage.backup import backup, key_path, tombstones_path
from storage.errors import Busy, DiskFull, OutOfResources, ReadOnlyDisk, StorageError
from storage.files import LEDGER_FILE, make_directory, os_errors
from storage.rotation import name_of_till
from storage.search_following import index_everybody
from storage.stage import Stage
from terminal.app.importing.files import TextFile, examine, lines
from terminal.app.importing.flaws import Bad, Flaw, Flaws
from terminal.app.importing.members import Members
from terminal.app.importing.sales import Sales
from terminal.app.importing.table import SEPARATOR_NAMES, Columns, Row, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from storage.stage import Item
    from storage.store import Reader, Unit
    from terminal.app.till import Till

BATCH_MAX: Final = 5_000
"""How many sales or members are checked, and booked in one transaction."""

CHECKPOINT_BATCHES: Final = 8
"""After how many batches the log is moved into the ledger; pages that change in several of them are written once."""

ALIKE_LISTED_MAX: Final = 100
"""How many members who seem to be the same person are told."""

COPIES_KEPT: Final = 3
"""How many copies from before imports are kept; they hold card numbers in the clear."""

BYTES_BOOKED: Final = 1_536
"""How much room a sale or a member takes at most in the ledger, as measured, in bytes."""

_COPY_NAME: Final = "before-import-"


class Kind(StrEnum):
    """What can be imported."""

    MEMBERS = "members"
    SALES = "sales"


class Phase(StrEnum):
    """What an import is doing."""

    READING = "reading"
    COMPARING = "comparing"
    COPYING = "copying"
    BOOKING = "booking"
    INDEXING = "indexing"


class ImportCommand(msgspec.Struct, frozen=True):
    """What to import.

    Attributes:
        kind: What the file holds.
        path: The file.
        award: Whether sales of which the file says no points get what they would get today.
        encoding: One of ``files.ENCODINGS``, ``None`` to find out.
        note: Why members' points are booked, in words that are kept.
        copies: The folder for the copy that is made before anything is booked.
    """

    kind: Kind
    path: Path
    award: bool
    encoding: str | None
    note: str
    copies: Path


class ImportResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file.

    Attributes:
        imported: How many sales or members were booked, or would be.
        skipped: How many were there already.
        erased: How many belonged to somebody who was erased: such a member stays away, such a sale has no card.
        records: How many records they became.
        flaws: What is wrong with the file; then nothing was booked.
        flaws_count: How many mistakes there are, also those beyond the bound of the list.
        alike: Lines of members who seem to be the same person as one on an earlier line, and that line.
        encoding: The file's encoding, as people call it.
        separator: What separates its columns.
        copy: The ledger as it was before.
        left: How many are still to be booked.
        stopped: Why not everything was booked.
    """

    imported: int = 0
    skipped: int = 0
    erased: int = 0
    records: int = 0
    flaws: tuple[Flaw, ...] = ()
    flaws_count: int = 0
    alike: tuple[tuple[int, int], ...] = ()
    encoding: str = ""
    separator: str = ""
    copy: Path | None = None
    left: int = 0
    stopped: StorageError | None = None


class _Job(Protocol):
    """What differs between sales and members."""

    columns: Columns
    erased: int

    def items(self, rows: Iterable[Row], flaws: Flaws) -> Iterator[Item]: ...

    def join(self, items: Sequence[Item], flaws: Flaws) -> Item: ...

    def known(self, reader: Reader, items: Sequence[Item], flaws: Flaws) -> list[int]: ...

    def book(self, unit: Unit, items: Sequence[Item]) -> int: ...


def check_file(
    till: Till, reader: Reader, command: ImportCommand, progress: Callable[[Phase, int, int], None]
) -> ImportResult:
    """Say what an import would do; works beside an open till.

    Raises:
        FileUnreadable: The file can't be read.
        StorageError: The ledger can't be read, or there is no room to sort the file out.
    """
    with Stage(till.store.directory) as stage:
        return _Import(till, command, stage, progress).check(reader)


def import_file(till: Till, command: ImportCommand, progress: Callable[[Phase, int, int], None]) -> ImportResult:
    """Import a file.

    Args:
        till: The till, open for writing.
        command: What.
        progress: Told what is being done, and how much of how much.

    Returns:
        What was booked once COMMIT has returned, or what is wrong with the file; then nothing was.

    Raises:
        FileUnreadable: The file can't be read.
        DiskFull: There is no room for the import; nothing was booked. When the room ends on the way, it is told by the
            result.
        ReadOnlyDisk: Nothing was booked. Once something is, this is told by the result; so are the next two.
        OutOfResources: The same.
        Busy: The same.
        StorageError: The disk failed, or the data is damaged; what is booked is found when the command is repeated.
    """
    with _uncollected(), Stage(till.store.directory) as stage:
        work = _Import(till, command, stage, progress)
        with closing(till.store.reader()) as reader:
            found = work.check(reader)
        if found.flaws_count:
            return found
        done = work.book(found) if found.imported else found
    if done.stopped is None:
        with suppress(StorageError):  # everything is booked; who can't be found yet will be after the next start
            index_everybody(till.store, lambda read, total: progress(Phase.INDEXING, read, total))
    return done


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no cycles meanwhile: a batch has none, goes with its last reference, and is large to look through."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Import:
    """One import and its scratch table."""

    def __init__(
        self, till: Till, command: ImportCommand, stage: Stage, progress: Callable[[Phase, int, int], None]
    ) -> None:
        self._till = till
        self._command = command
        self._stage = stage
        self._progress = progress
        self._flaws = Flaws()
        self._file: TextFile | None = None
        self._job: _Job
        if command.kind is Kind.SALES:
            self._job = Sales(till, award=command.award)
        else:
            self._job = Members(till, note=command.note)

    def check(self, reader: Reader) -> ImportResult:
        """Read the whole file and hold it against the ledger; nothing is booked."""
        found = examine(self._command.path, self._command.encoding)
        if not isinstance(found, TextFile):
            line, bad = found
            self._flaws.add(line, "", bad)
            return self._found(0, "")
        self._file = found
        separator = self._read(found)
        twice = self._join_repeated()
        known = self._compare(reader) if not self._flaws else 0
        return self._found(known + twice, SEPARATOR_NAMES[separator])

    def _found(self, skipped: int, separator: str) -> ImportResult:
        is_sound = not self._flaws
        return ImportResult(
            imported=self._stage.count() if is_sound else 0,
            skipped=skipped if is_sound else 0,
            erased=self._job.erased,
            flaws=self._flaws.listed(),
            flaws_count=self._flaws.count,
            alike=tuple(self._stage.alike(ALIKE_LISTED_MAX)) if is_sound else (),
            encoding=self._file.encoding_name if self._file else "",
            separator=separator,
        )

    def _read(self, file: TextFile) -> str:
        """Put everything that can be read on the stage; gives the separator."""

        def stopped(line: int, bad: Bad) -> None:
            self._flaws.add(line, "", bad)

        def progress(done: int, total: int) -> None:
            self._progress(Phase.READING, done, total)

        table = Table(lines(file, stopped, progress), self._job.columns, self._flaws)
        items = self._job.items(table.rows(), self._flaws)
        while batch := list(islice(items, BATCH_MAX)):
            self._stage.put(batch)
            if isinstance(self._job, Members):
                self._stage.put_terms([(term, item.number) for item in batch for term in self._job.terms(item)])
        return table.separator

    def _join_repeated(self) -> int:
        """Make one of those that are known by one key; gives how many members were said twice."""
        twice = 0
        for items in self._stage.repeated():
            self._stage.put([self._job.join(items, self._flaws)])
            self._stage.drop([item.number for item in items[1:]])
            twice += len(items) - 1 if self._command.kind is Kind.MEMBERS else 0
        return twice

    def _compare(self, reader: Reader) -> int:
        """Take out what is in the ledger already; gives how many that are."""
        known = done = 0
        total = self._stage.count()
        for batch in self._stage.batches(BATCH_MAX):
            numbers = self._job.known(reader, batch, self._flaws)
            self._stage.drop(numbers)
            known += len(numbers)
            done += len(batch)
            self._progress(Phase.COMPARING, done, total)
        return known

    def book(self, found: ImportResult) -> ImportResult:
        """Book what is on the stage."""
        store, total = self._till.store, found.imported
        self._refuse_without_room(total)
        copy = self._keep_copy()
        erased_before = self._job.erased
        booked = records = 0
        stopped: StorageError | None = None
        try:
            for number, batch in enumerate(self._stage.batches(BATCH_MAX), 1):
                with store.unit() as unit:
                    made = self._job.book(unit, batch)
                booked += len(batch)  # only what COMMIT has returned for
                records += made
                if number % CHECKPOINT_BATCHES == 0:
                    with suppress(DiskFull, ReadOnlyDisk, OutOfResources, Busy):  # the log stays for the next time
                        store.checkpoint()
                self._progress(Phase.BOOKING, booked, total)
        except DiskFull as error:
            stopped = error
        except (ReadOnlyDisk, OutOfResources, Busy) as error:  # any other says that one must not go on
            if not booked:
                raise
            stopped = error
        return msgspec.structs.replace(
            found,
            imported=booked,
            records=records,
            erased=found.erased + self._job.erased - erased_before,
            copy=copy,
            left=total - booked,
            stopped=stopped,
        )

    def _refuse_without_room(self, count: int) -> None:
        """Refuse what would fill the disk, before anything is written to it.

        Raises:
            DiskFull: There is too little room for the bookings and the copy from before.
        """
        directory = self._till.store.directory
        needed = count * BYTES_BOOKED + (directory / LEDGER_FILE).stat().st_size
        free = shutil.disk_usage(directory).free
        if free < needed:
            raise DiskFull(f"{directory}: the import needs about {needed} bytes, {free} are free")

    def _keep_copy(self) -> Path:
        """Copy the ledger as it was before this file; one whose import was cut short has its copy already."""
        assert self._file is not None, "a file was read"
        folder = self._command.copies
        with os_errors(str(folder)):
            make_directory(folder)
        own = f"{name_of_till(self._till.store.shop.terminal_id)}-{_COPY_NAME}"  # tills may share the folder
        copy = folder / f"{own}{self._file.sha256[:8]}.backup"
        with closing(self._till.store.reader()) as reader:
            newest = reader.stored(reader.head().seq)
        if not (copy.exists() and newest is not None and is_imported(newest.record)):
            backup(self._till.store.directory, copy, lambda done, total: self._progress(Phase.COPYING, done, total))
        with os_errors(str(folder)):
            copies = sorted(folder.glob(f"{own}*.backup"), key=lambda path: path.stat().st_mtime_ns)
            for old in copies[:-COPIES_KEPT]:
                if old != copy:
                    for path in (old, key_path(old), tombstones_path(old)):
                        path.unlink(missing_ok=True)
        return copy
