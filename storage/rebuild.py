"""Making every projection anew from the journal, in one transaction; the journal itself is only read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from storage.journal import stored
from storage.projections import apply
from storage.schema import PROJECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.connection import Database
    from storage.store import Store

PROGRESS_RECORDS: Final = 1_000
"""How often progress is reported, in records."""


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
    for row in ledger.each("SELECT seq, payload, hash FROM journal ORDER BY seq"):
        record = stored(row)
        apply(ledger, record.seq, record.record)
        done += 1
        if progress and (done % PROGRESS_RECORDS == 0 or done == total):
            progress(done, total)
    return done
