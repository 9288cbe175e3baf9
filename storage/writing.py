"""A store's transactions: one at a time, none after the disk has failed, and where the journal ends behind each."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from storage.errors import DiskFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage import journal
    from storage.connection import Database
    from storage.tip import Tip


class Writing:
    """A block with it is one transaction on a store's writing connection; behind it, all of it is on the disk.

    The till's lock keeps every other writer out, so where the journal ended is remembered from one block to the next.
    Were it ever wrong, the journal's own guards would refuse the next record.

    Args:
        ledger: The connection.

    Attributes:
        failed: What the disk said when it failed, ``None`` while it works.
        last: What the next record goes on from, ``None`` while the journal has to be asked. A block begins without it;
            one that knows it in the end says so.
    """

    __slots__ = ("_file", "_is_open", "_ledger", "_transaction", "failed", "last")

    def __init__(self, ledger: Database) -> None:
        self._ledger = ledger
        self._transaction = ledger.transaction()
        self._file: Tip | None = None
        self._is_open = False
        self.failed: str | None = None
        self.last: journal.Tip | None = None

    def tell(self, file: Tip) -> None:
        """From now on, write into a file where the journal ends."""
        self._file = file
        self.last = file.follow(self._ledger)

    def __enter__(self) -> Database:
        if self.failed:
            raise DiskFailed(self.failed)
        if self._is_open:
            raise ValueError("Units of work come one at a time")
        try:
            self._transaction.__enter__()
        except DiskFailed as error:
            self.failed = error.support
            raise
        self._is_open = True
        self.last = None
        return self._ledger

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._is_open = False
        try:
            self._transaction.__exit__(kind, error, trace)
        except BaseException as failure:
            self._undone(failure)
            raise
        if error is not None:
            self._undone(error)
        elif self._file is not None:
            self.last = self._file.follow(self._ledger, self.last)  # nothing behind the commit may fail

    @contextmanager
    def stopping(self) -> Iterator[None]:
        """After a failed write or sync nobody knows what is on the disk, so nothing more is written by this store."""
        try:
            yield
        except DiskFailed as error:
            self.failed = error.support
            raise

    def _undone(self, error: BaseException) -> None:
        self.last = None
        if isinstance(error, DiskFailed):
            self.failed = error.support
