"""Making every projection anew from the journal, in one transaction; the journal itself is only read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty.records import Sale
from storage.journal import stored
from storage.projections import apply, apply_sales
from storage.schema import PROJECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.connection import Database
    from storage.store import Store
    from storage.types import Stored

PROGRESS_RECORDS: Final = 1_000
"""How often progress is reported, in records."""

SALES_AT_ONCE: Final = 2_000
"""How many purchases are added up before they are written; more of them take memory and are hardly faster."""


def rebuild(store: Store, progress: Callable[[int, int], None] | None = None) -> int:
    """Rebuild the projections of an open store; all of them change together or not at all.

    Args:
        store: A writable store, on the thread that opened it.
        progress: Told how many records are done and how many there are.

    Returns:
        How many records were folded.

    Raises:
        StorageError: The disk did not take it, or a record can't be read; the projections are as they were.
    """
    with store.exclusive() as ledger:
        done = fold_anew(ledger, progress)
    store.checkpoint(now=True)
    return done


def fold_anew(ledger: Database, progress: Callable[[int, int], None] | None = None) -> int:
    """Empty the projections and fold the journal into them, inside the caller's transaction."""
    total = int(ledger.value("SELECT count(*) FROM journal"))
    for table in PROJECTIONS:
        ledger.run(f"DELETE FROM {table}")  # noqa: S608 - names of our own
    done = 0
    fold = _Fold(ledger)
    for row in ledger.each("SELECT seq, payload, hash FROM journal ORDER BY seq"):
        fold.add(stored(row))
        done += 1
        if progress and (done % PROGRESS_RECORDS == 0 or done == total):
            progress(done, total)
    fold.flush()
    return done


class _Fold:
    """Records on their way into the projections: purchases that follow each other are added up together."""

    def __init__(self, ledger: Database) -> None:
        self._ledger = ledger
        self._first_seq = 0
        self._sales: list[Sale] = []

    def add(self, found: Stored) -> None:
        """Take the next record of the journal."""
        record = found.record
        if isinstance(record, Sale) and not record.redemptions:
            self._first_seq = self._first_seq if self._sales else found.seq
            self._sales.append(record)
            if len(self._sales) == SALES_AT_ONCE:
                self.flush()
        else:
            self.flush()
            apply(self._ledger, found.seq, record)

    def flush(self) -> None:
        """Write the purchases that wait."""
        if self._sales:
            apply_sales(self._ledger, self._first_seq, self._sales)
            self._sales.clear()
