"""What can go wrong with the ledger, each with a sentence for the cashier and one for support.

Driver and operating system errors are turned into these once, where storage touches the driver; callers never see the
driver's.
"""

from __future__ import annotations

import errno
from functools import wraps
from typing import TYPE_CHECKING, ClassVar, Final, ParamSpec, TypeVar

from storage import sqlite

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

P = ParamSpec("P")
R = TypeVar("R")

_NOT_AS_WRITTEN: Final = (ValueError, TypeError)


class StorageError(Exception):
    """A known error of the ledger.

    Attributes:
        code: A stable word for scripts.
        cashier: One plain English sentence that the terminal translates.
        support: What exactly happened and where, for the log.
    """

    code: ClassVar[str] = "storage"
    cashier: ClassVar[str] = "The till can't use its data."

    def __init__(self, support: str) -> None:
        super().__init__(support)
        self.support = support


class TillOpen(StorageError):
    """Another process has the data directory open for writing."""

    code = "till_open"
    cashier = "the till is open"


class ReadOnlyDisk(StorageError):
    """The data directory can't be written."""

    code = "read_only_disk"
    cashier = "The till may not write to its data folder."


class DiskFull(StorageError):
    """There is no room for another record; nothing was booked."""

    code = "disk_full"
    cashier = "The disk is full. Nothing was booked."


class OutOfResources(StorageError):
    """The computer has no memory or no file handles left; nothing was booked."""

    code = "out_of_resources"
    cashier = "The computer has no memory left. Nothing was booked."


class ErasureUnfinished(StorageError):
    """A member is erased, but there was no room to overwrite what the logs still hold of the person."""

    code = "erasure_unfinished"
    cashier = "The member is erased, but traces are still on the disk. Make room, then start the till again."


class DiskFailed(StorageError):
    """The disk reported an error while writing; what is on it is unknown until the till starts again."""

    code = "disk_failed"
    cashier = "The disk reported an error. The till stops; call support."


class NewerSchema(StorageError):
    """A newer version of the program made this ledger."""

    code = "newer_schema"
    cashier = "The data belongs to a newer version of this program. Install the newer version."


class Damaged(StorageError):
    """The ledger's file or its chain of records is broken."""

    code = "damaged"
    cashier = "The data is damaged. Don't go on; call support."


class RecordsMissing(Damaged):
    """The ledger is sound in itself, but records that were written are not in it."""

    code = "records_missing"
    cashier = "Bookings are missing from the data: an older copy stands in its place."


class KeyMissing(Damaged):
    """The programme key a ledger was written under is not beside it; scripts hear of damage."""

    cashier = "The key that belongs to these bookings is missing. Put the file ending in .key back beside them."


class NotALedger(StorageError):
    """The file is something else."""

    code = "not_a_ledger"
    cashier = "The file is not a ledger of this program."


class AlreadyExists(StorageError):
    """There is a ledger in this directory."""

    code = "already_exists"
    cashier = "There is a shop in this folder already."


class PartsOfShop(AlreadyExists):
    """Some files of a shop are in this directory but not its ledger; making a new one over them would destroy them."""

    code = "parts_of_shop"
    cashier = "There are parts of a shop in this folder. Restore a backup, or choose another folder."


class MissingLedger(StorageError):
    """There is no ledger in this directory."""

    code = "missing_ledger"
    cashier = "There is no shop in this folder yet."


class AffectedSqlite(StorageError):
    """This SQLite can lose commits when two connections checkpoint, so it must not write a ledger."""

    code = "affected_sqlite"
    cashier = "The installed database library has a known fault. Run the set-up again."


class Busy(StorageError):
    """Somebody else holds the file longer than the till waits."""

    code = "busy"
    cashier = "The data is in use. Try again."


class CopyStopped(StorageError):
    """A copy was given up because the till closes; nothing of it stays."""

    code = "copy_stopped"
    cashier = "The copy was stopped. It is taken again later."


class BlackBoxAway(StorageError):
    """The black box can't be reached or written: a stick was unplugged, or is write-protected."""

    code = "black_box_away"
    cashier = "The black box can't be written. Bookings go on."


class BlackBoxFull(StorageError):
    """The black box has no room for what only this disk has."""

    code = "black_box_full"
    cashier = "The black box is full. Bookings go on."


class RecordConflict(StorageError):
    """A record with this id is in the journal.

    Attributes:
        record_id: The id.
    """

    code = "record_conflict"
    cashier = "This booking was made already, with other contents."

    def __init__(self, record_id: UUID) -> None:
        super().__init__(f"The journal already holds a record {record_id}")
        self.record_id = record_id


_BY_PRIMARY_CODE: Final[dict[int, type[StorageError]]] = {
    5: Busy,  # SQLITE_BUSY
    6: Busy,  # SQLITE_LOCKED
    8: ReadOnlyDisk,  # SQLITE_READONLY
    10: DiskFailed,  # SQLITE_IOERR
    11: Damaged,  # SQLITE_CORRUPT
    13: DiskFull,  # SQLITE_FULL
    14: ReadOnlyDisk,  # SQLITE_CANTOPEN: the file is there, checked before, so it is the folder that refuses
    26: NotALedger,  # SQLITE_NOTADB
}
_BY_EXTENDED_CODE: Final[dict[int, type[StorageError]]] = {
    # SQLITE_IOERR_SHMSIZE: the log's index has no room to be made. Nothing was written, so it is no failing disk.
    10 | 19 << 8: DiskFull,
}
_BY_ERRNO: Final[dict[int, type[StorageError]]] = {
    errno.EACCES: ReadOnlyDisk,
    errno.EPERM: ReadOnlyDisk,
    errno.EROFS: ReadOnlyDisk,
    errno.ENOSPC: DiskFull,
    errno.EDQUOT: DiskFull,
    errno.EFBIG: DiskFull,
    errno.EIO: DiskFailed,
    errno.ENXIO: DiskFailed,
    errno.ENODEV: DiskFailed,
    errno.ESTALE: DiskFailed,
    errno.ENOMEM: OutOfResources,
    errno.EMFILE: OutOfResources,
    errno.ENFILE: OutOfResources,
}
_BY_TEXT: Final[dict[str, int]] = {
    "database is locked": 5,
    "database table is locked": 6,
    "attempt to write a readonly database": 8,
    "disk I/O error": 10,
    "database disk image is malformed": 11,
    "database or disk is full": 13,
    "unable to open database file": 14,
    "file is not a database": 26,
}
"""SQLite's own words for its primary codes: pysqlite3's online backup raises errors without their number."""

_DAMAGE: Final = ("Could not decode to UTF-8", "unsupported file format")
"""How errors begin that have no code of their own: a text that is none, and a header that names a format of the
future. All text, and every header, was written by this program."""

_PRIMARY_CODE_MASK: Final = 0xFF
"""SQLite's extended result codes carry the primary one in their low byte (sqlite.org/rescode.html)."""


class as_written:  # noqa: N801 - a word in front of a block, or above a read
    """Says that rows are damaged where they can't be made into what they were made of: an id, a day, a word, a record.

    For pure reads: a block, or a function that it decorates. Every sale makes several, so it is no generator.

    Args:
        what: What is read, for the support sentence.

    Raises:
        Damaged: Instead of ``ValueError`` and ``TypeError``.
    """

    __slots__ = ("_what",)

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, _NOT_AS_WRITTEN):
            raise self._damaged(error) from error

    def __call__(self, read: Callable[P, R]) -> Callable[P, R]:
        """The same read, guarded."""

        @wraps(read)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return read(*args, **kwargs)
            except _NOT_AS_WRITTEN as error:
                raise self._damaged(error) from error

        return guarded

    def _damaged(self, error: BaseException) -> Damaged:
        return Damaged(f"{self._what}: a row is not as it was written: {error}")


def known_error(error: Exception, doing: str) -> StorageError | None:
    """The ledger's own error for one of the driver or the operating system.

    Args:
        error: What was caught.
        doing: What was being done, for the support sentence.

    Returns:
        The known error, or ``None`` when it is a bug of ours and must go its own way.
    """
    kind: type[StorageError] | None = None
    if isinstance(error, sqlite.Error):
        code = getattr(error, "sqlite_errorcode", None) or _BY_TEXT.get(str(error))
        kind = Damaged if str(error).startswith(_DAMAGE) else None
        if isinstance(code, int):
            kind = kind or _BY_EXTENDED_CODE.get(code) or _BY_PRIMARY_CODE.get(code & _PRIMARY_CODE_MASK)
    elif isinstance(error, UnicodeDecodeError):
        kind = Damaged
    elif isinstance(error, MemoryError):  # what the driver makes of SQLITE_NOMEM
        kind = OutOfResources
    elif isinstance(error, OSError) and error.errno is not None:
        kind = _BY_ERRNO.get(error.errno)
    name = getattr(error, "sqlite_errorname", None)
    return kind(f"{doing}: {error} ({name})" if name else f"{doing}: {error}") if kind else None
