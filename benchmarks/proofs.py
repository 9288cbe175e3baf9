"""Making projections anew, walking the chain and the whole proof, against the least that each has to do."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

from benchmarks.shop import BerlinWinter, Size
from benchmarks.table import Row, in_ms
from loyalty.chain import COLUMNS
from storage.connection import open_reader, open_writer
from storage.files import LEDGER_FILE
from storage.journal import Link, link_problem
from storage.rebuild import rebuild
from storage.schema import PROJECTIONS
from storage.store import open_store
from storage.verify import verify
from terminal.app.system import SystemIds

if TYPE_CHECKING:
    from pathlib import Path

    from storage.connection import Database

REBUILD_SHARE: Final = 0.5
"""Of the speed of bare statements that write the same rows."""

CHAIN_RATE: Final = 200_000
"""Records a second."""

VERIFY_TIMES: Final = 1.5
"""Of the time of making the projections anew."""

NS_PER_S: Final = 1_000_000_000
ROWS_AT_ONCE: Final = 10_000


def measure(shop: Path, copy: Path, size: Size) -> list[Row]:
    """Measure on a copy of a shop, which is written to, and walk the shop itself.

    Args:
        shop: The kept shop.
        copy: A copy of it that nobody else uses.
        size: How large it is.
    """
    raw_ns = _raw_rebuild(copy)
    began = time.perf_counter_ns()
    with open_store(copy, clock=BerlinWinter(), ids=SystemIds()) as store:
        records = rebuild(store)
    ours_ns = time.perf_counter_ns() - began
    chain_ns = _walk(shop)
    began = time.perf_counter_ns()
    proof = verify(copy)
    verify_ns = time.perf_counter_ns() - began
    assert proof.ok, proof.problems
    share, rate, times = raw_ns / ours_ns, records * NS_PER_S / chain_ns, verify_ns / ours_ns
    return [
        Row(
            f"projections anew, {size.entries:,} entries",
            f">= {REBUILD_SHARE} of bare statements in {in_ms(raw_ns)}",
            f"{in_ms(ours_ns)} = {share:.2f}",
            REBUILD_SHARE / share,
        ),
        Row("chain walked", f">= {CHAIN_RATE:,} records/s", f"{rate:,.0f} records/s", CHAIN_RATE / rate),
        Row(
            "the whole proof",
            f"<= {VERIFY_TIMES}x projections anew",
            f"{in_ms(verify_ns)} = {times:.2f}x",
            times / VERIFY_TIMES,
        ),
    ]


def _raw_rebuild(directory: Path) -> int:
    """Read every projection, then write the same rows by bare statements: emptied, filled, committed, checkpointed."""
    with closing(open_writer(directory / LEDGER_FILE)) as database:
        rows = {table: database.all(f"SELECT * FROM {table}") for table in PROJECTIONS}  # noqa: S608 - our own names
        began = time.perf_counter_ns()
        with database.transaction():
            for table in PROJECTIONS:
                database.run(f"DELETE FROM {table}")  # noqa: S608 - as above
            database.many("INSERT INTO account VALUES (?, ?, ?, ?, ?, ?, ?)", rows["account"])
            for table in PROJECTIONS[1:]:
                if rows[table]:
                    marks = ", ".join("?" * len(rows[table][0]))
                    _in_time_order(database, table, marks, rows[table])
        database.one("PRAGMA wal_checkpoint(TRUNCATE)")
        return time.perf_counter_ns() - began


def _in_time_order(database: Database, table: str, marks: str, rows: list[tuple[object, ...]]) -> None:
    """As a fold has to: it meets entries in the order of the journal, not of the accounts."""
    if table == "entry":
        rows.sort(key=lambda row: row[1])  # type: ignore[arg-type,return-value] # seq
    database.many(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - names of our own


def _walk(directory: Path) -> int:
    """Check every link of the chain, as the proof does."""
    with closing(open_reader(directory / LEDGER_FILE)) as database:
        before: Link | None = None
        began = time.perf_counter_ns()
        for row in database.each(f"SELECT {COLUMNS}, hash FROM journal ORDER BY seq"):  # noqa: S608 - our own names
            problem = link_problem(row, before)
            assert problem is None, problem
            before = Link(row[0], row[1], row[13])
        return time.perf_counter_ns() - began
