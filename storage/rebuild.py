"""Making every projection anew from the journal, in one transaction; the journal itself is only read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from loyalty.encoding import body_hash
from storage.figures_build import discard_figures
from storage.gathering import Gathering, Purchase
from storage.journal import stored
from storage.schema import PROJECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.connection import Database, Row
    from storage.store import Store

PROGRESS_RECORDS: Final = 1_000
"""How often progress is reported, in records."""

_PURCHASES: Final = msgspec.json.Decoder(Purchase)
_UNREADABLE: Final = (msgspec.MsgspecError, UnicodeError, RecursionError)
_ROWS: Final = "SELECT seq, payload, hash, body_hash FROM journal ORDER BY seq"


def rebuild(store: Store, progress: Callable[[int, int], None] | None = None) -> int:
    """Rebuild the projections of an open store; all of them change together or not at all.

    Args:
        store: A writable store, on the thread that opened it.
        progress: Told how many records are done and how many there are.

    Returns:
        How many records were folded.

    Raises:
        StorageError: The disk did not take it, or a record is not as it was written; the projections are as they were.
    """
    discard_figures(store.directory)  # made from the projections as they were
    with store.exclusive() as ledger:
        done = fold_anew(ledger, progress)
    discard_figures(store.directory)  # made meanwhile
    store.checkpoint(now=True)
    return done


def fold_anew(ledger: Database, progress: Callable[[int, int], None] | None = None) -> int:
    """Empty the projections and fold the journal into them, inside the caller's transaction."""
    total = int(ledger.value("SELECT count(*) FROM journal"))
    for table in PROJECTIONS:
        ledger.run(f"DELETE FROM {table}")  # noqa: S608 - names of our own
    done = 0
    gathering = Gathering(ledger)
    for row in ledger.each(_ROWS):
        _gather(gathering, row)
        done += 1
        if progress and (done % PROGRESS_RECORDS == 0 or done == total):
            progress(done, total)
    gathering.flush()
    return done


def _gather(gathering: Gathering, row: Row) -> None:
    """Take a row of ``_ROWS`` along.

    Most are purchases, of which only that is read which is booked: the hash says that the whole is what was written.
    Whatever does not read as one is read in full, or is told to be damaged.
    """
    seq, payload, _, written_hash = row
    purchase = _purchase(payload) if body_hash(payload) == written_hash else None
    if purchase is not None:
        gathering.sell(seq, purchase)
    else:
        found = stored(row)
        gathering.add(found.seq, found.record)


def _purchase(payload: bytes) -> Purchase | None:
    try:
        return _PURCHASES.decode(payload)
    except _UNREADABLE:
        return None
