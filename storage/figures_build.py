"""Making the file of figures, beside whoever has the ledger open: in some seconds for five million entries."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Final

from storage.connection import open_new, open_reader
from storage.errors import Damaged, NotALedger, StorageError
from storage.figures import (
    FIGURES_APPLICATION_ID,
    FIGURES_TABLES,
    FIGURES_VERSION,
    SOLD,
    SOLD_CODER,
    SPANS,
    STATE,
    STATE_CODER,
    FiguresView,
    State,
    bytes_of,
    put_part,
)
from storage.figures_bits import SPAN_BITS
from storage.figures_gather import Gathered
from storage.figures_tail import TAIL_MAX
from storage.files import FIGURES_FILE, LEDGER_FILE, os_errors, sync_file
from storage.reads import one_state
from storage.search_index import newest_stamp

if TYPE_CHECKING:
    from pathlib import Path

    from storage.connection import Database

RECORDS_BEHIND_MAX: Final = 500
"""From so many new records on, figures are made anew; fewer are read from the ledger, some 30 us each."""

RECORDS_WORTH_MIN: Final = 20_000
"""A ledger with fewer records is added up in no time as it is."""

SHARE_BEHIND: Final = 5_000
"""In a large ledger one new record in so many may wait, because making them takes longer there."""

LEFTOVER_S: Final = 3_600.0
"""Half a file that nobody has touched for so long was left behind by a crash, in seconds."""

_INDEX: Final = "CREATE UNIQUE INDEX member_by_id ON member(member_id)"
_TIP: Final = "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1"
_SOLD: Final = """SELECT business_day, count(member_id),
  ifnull(sum(CASE WHEN member_id IS NOT NULL THEN amount_cents - reversed_cents END), 0),
  count(*) - count(member_id), ifnull(sum(CASE WHEN member_id IS NULL THEN amount_cents - reversed_cents END), 0)
FROM booking WHERE kind = 'sale' AND reversed_cents < amount_cents GROUP BY business_day ORDER BY business_day"""


def renew_figures(directory: Path, *, behind: int | None = None) -> bool:
    """Make the file anew when it is missing, of no use, or far behind; several processes may do so at once.

    A small ledger needs none.

    Args:
        directory: The data directory.
        behind: How many new records may wait; by default few, and more in a large ledger.

    Returns:
        Whether it was made.

    Raises:
        StorageError: It can't be read or written; the old file stands.
    """
    path = directory / FIGURES_FILE
    with closing(open_reader(directory / LEDGER_FILE)) as ledger:
        newest = int(ledger.value("SELECT max(seq) FROM journal"))
        if newest < RECORDS_WORTH_MIN:
            return False
        with closing(FiguresView(path)) as view, suppress(Damaged, NotALedger):
            figures = view.figures(ledger)
            wait = max(RECORDS_BEHIND_MAX, newest // SHARE_BEHIND) if behind is None else behind
            if figures is not None and newest - figures.state.seq <= wait:
                return False
        make_figures(path, ledger)
    return True


def figures_of(directory: Path) -> FiguresView:
    """The file of figures, to be closed; made first where adding up all of a large ledger would take as long."""
    with suppress(StorageError):  # a disk that takes nothing: figures then take longer
        renew_figures(directory, behind=TAIL_MAX)
    return FiguresView(directory / FIGURES_FILE)


def make_figures(path: Path, ledger: Database) -> None:
    """Make the file aside and put it in place.

    Raises:
        StorageError: It can't be read or written; the old file stands.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with os_errors(str(part)):
        part.unlink(missing_ok=True)
        try:
            with closing(open_new(part)) as database:
                _delete_leftovers(part)
                _fill(database, ledger)
            sync_file(part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def discard_figures(directory: Path) -> None:
    """Delete the file, because the projections it was made from were not what the journal says."""
    path = directory / FIGURES_FILE
    with os_errors(str(path)):
        path.unlink(missing_ok=True)


def _fill(database: Database, ledger: Database) -> None:
    for setting in ("journal_mode = OFF", "synchronous = OFF"):
        database.one(f"PRAGMA {setting}")
    database.run("BEGIN")
    for statement in FIGURES_TABLES:
        database.run(statement)
    with one_state(ledger):
        seq, digest = ledger.one(_TIP) or (0, b"")
        stamp, sold = newest_stamp(ledger), ledger.all(_SOLD)
        gathered = Gathered(ledger)
    database.many("INSERT INTO member(n, member_id) VALUES (?, ?)", enumerate(gathered.ids))
    database.run(_INDEX)
    for kind, level, number, members in gathered.blocks():
        put_part(database, kind, level, number, bytes_of(members))
    for bit in range(SPAN_BITS):
        put_part(database, SPANS, 0, bit, bytes_of(gathered.spans(bit)))
    put_part(database, SOLD, 0, 0, SOLD_CODER[0].encode(sold))
    state = State(seq, digest, stamp, len(gathered.ids), gathered.days)
    put_part(database, STATE, 0, 0, STATE_CODER[0].encode(state))
    database.run(f"PRAGMA application_id = {FIGURES_APPLICATION_ID}")
    database.run(f"PRAGMA user_version = {FIGURES_VERSION}")
    database.run("COMMIT")


def _delete_leftovers(part: Path) -> None:
    """Delete what processes that are gone have left of their making."""
    now_s = part.stat().st_mtime
    for left in part.parent.glob(f".{FIGURES_FILE}.*.part"):
        with suppress(FileNotFoundError):
            if now_s - left.stat().st_mtime > LEFTOVER_S:
                left.unlink()
