"""Making projections anew, walking the chain and the whole proof, against the least that each has to do."""

from __future__ import annotations

import time
from contextlib import closing
from itertools import islice
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.plain import driver_as_it_comes
from benchmarks.shop import BerlinWinter, Size
from benchmarks.table import Row, in_ms
from loyalty.chain import COLUMNS
from storage.connection import open_reader, open_writer
from storage.files import LEDGER_FILE
from storage.journal import Chain
from storage.rebuild import rebuild
from storage.schema import PROJECTIONS
from storage.store import open_store
from storage.verify import PROGRESS_RECORDS, verify
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
SMALL_ENTRIES: Final = 100_000
SMALL_ROUNDS: Final = 3
"""How often the proofs of a shop of so many entries are measured; larger ones take minutes once."""


def measure(shop: Path, copy: Path, size: Size) -> list[Row]:
    """Measure on a copy of a shop, which is written to, and walk the shop itself.

    Taken is the time of the processor, of which other programs take nothing; of a small shop the median of some rounds.

    Args:
        shop: The kept shop.
        copy: A copy of it that nobody else uses.
        size: How large it is.
    """
    rounds = [_measure_once(shop, copy) for _ in range(SMALL_ROUNDS if size.entries <= SMALL_ENTRIES else 1)]
    share, helped_share, rate, times = (
        median(value)
        for value in zip(
            *(
                (one.raw_ns / one.ours_ns, one.helped_ns / one.ours_ns, one.rate, one.verify_ns / one.ours_ns)
                for one in rounds
            ),
            strict=True,
        )
    )
    raw_ns, helped_ns, ours_ns, verify_ns = (
        int(median(value))
        for value in zip(*((one.raw_ns, one.helped_ns, one.ours_ns, one.verify_ns) for one in rounds), strict=True)
    )
    return [
        Row(
            f"projections anew, {size.entries:,} entries",
            f">= {REBUILD_SHARE} of bare statements in {in_ms(raw_ns)}",
            f"{in_ms(ours_ns)} = {share:.2f}",
            REBUILD_SHARE / share,
        ),
        Row(
            "anew, bare side with our driver",
            f">= {REBUILD_SHARE} of bare statements in {in_ms(helped_ns)}",
            f"{in_ms(ours_ns)} = {helped_share:.2f}",
            REBUILD_SHARE / helped_share,
        ),
        Row("chain walked", f">= {CHAIN_RATE:,} records/s", f"{rate:,.0f} records/s", CHAIN_RATE / rate),
        Row(
            "the whole proof",
            f"<= {VERIFY_TIMES}x projections anew",
            f"{in_ms(verify_ns)} = {times:.2f}x",
            times / VERIFY_TIMES,
        ),
    ]


class _Round(NamedTuple):
    """Times of the processor, and records of the chain a second."""

    raw_ns: int
    helped_ns: int
    ours_ns: int
    verify_ns: int
    rate: float


def _measure_once(shop: Path, copy: Path) -> _Round:
    with driver_as_it_comes():
        raw_ns = _raw_rebuild(copy)
    helped_ns = _raw_rebuild(copy)
    with open_store(copy, clock=BerlinWinter(), ids=SystemIds()) as store:
        began = time.process_time_ns()
        records = rebuild(store)
        ours_ns = time.process_time_ns() - began
    chain_ns = _walk(shop)
    began = time.process_time_ns()
    proof = verify(copy)
    verify_ns = time.process_time_ns() - began
    assert proof.ok, proof.problems
    return _Round(raw_ns, helped_ns, ours_ns, verify_ns, records * NS_PER_S / chain_ns)


def _raw_rebuild(directory: Path) -> int:
    """Read every projection, then write the same rows by bare statements: emptied, filled, committed, checkpointed."""
    with closing(open_writer(directory / LEDGER_FILE)) as database:
        rows = {table: database.all(f"SELECT * FROM {table}") for table in PROJECTIONS}  # noqa: S608 - our own names
        began = time.process_time_ns()
        with database.transaction():
            for table in PROJECTIONS:
                database.run(f"DELETE FROM {table}")  # noqa: S608 - as above
            database.many("INSERT INTO account VALUES (?, ?, ?, ?, ?, ?, ?)", rows["account"])
            for table in PROJECTIONS[1:]:
                if rows[table]:
                    marks = ", ".join("?" * len(rows[table][0]))
                    _in_time_order(database, table, marks, rows[table])
        database.one("PRAGMA wal_checkpoint(TRUNCATE)")
        return time.process_time_ns() - began


def _in_time_order(database: Database, table: str, marks: str, rows: list[tuple[object, ...]]) -> None:
    """As a fold has to: it meets entries in the order of the journal, not of the accounts."""
    if table == "entry":
        rows.sort(key=lambda row: row[1])  # type: ignore[arg-type,return-value] # seq
    database.many(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - names of our own


def _walk(directory: Path) -> int:
    """Check every link of the chain, as the proof does."""
    with closing(open_reader(directory / LEDGER_FILE)) as database:
        chain = Chain()
        began = time.process_time_ns()
        rows = database.each(f"SELECT {COLUMNS}, hash FROM journal ORDER BY seq")  # noqa: S608 - our own names
        while group := list(islice(rows, PROGRESS_RECORDS)):
            problems = chain.problems(group)
            assert not problems, problems
        return time.process_time_ns() - began
