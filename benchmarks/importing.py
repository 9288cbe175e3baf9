"""Importing an old programme's sales, against bare ``executemany`` of the same rows into the same tables.

Ours reads a CSV file with German decimals, checks every line, keeps a copy and books. The bare side knows every row
before its clock starts and asks nothing; both sides write batches of equal size, each a durable transaction, and move
the log into the file after as many of them. Several runs follow each other in one process; told is the median of their
ratios, by the clock and by the processor's time, which other programs on the machine disturb less.
``python -m benchmarks.importing [--sales N] [--members N] [--runs N]``.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import statistics
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.table import Row, print_table
from storage.connection import open_reader
from storage.files import LEDGER_FILE
from storage.store import create_store, open_store
from terminal.app.importing.run import BATCH_MAX, CHECKPOINT_BATCHES, ImportCommand, Kind, import_file
from terminal.app.system import SystemClock, SystemIds
from terminal.app.till import Till
from tests.fakes.command_line import card_number
from tests.source import ROOT

if TYPE_CHECKING:
    from storage.connection import Database

SALES: Final = 100_000
MEMBERS: Final = 50_000
RUNS: Final = 3
SHARE_LEAST: Final = 0.3
"""How fast the import must be, as a share of the bare inserts' speed."""

CARD_SHARE: Final = 0.8
YEARS: Final = 4
SEED: Final = 5

_BY_SEQ: Final = ("journal", "booking", "entry")
_OTHERS: Final = ("card", "account", "day_total")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.importing", description=__doc__)
    parser.add_argument("--sales", type=int, default=SALES)
    parser.add_argument("--members", type=int, default=MEMBERS)
    parser.add_argument("--runs", type=int, default=RUNS)
    options = parser.parse_args()
    runs = []
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory(prefix="stammkunde-import-") as folder:
            runs.append(measure(Path(folder), options.sales, options.members))
    rows = rows_of(runs, options.sales)
    print_table(rows, f"Importing {options.sales:,} sales of {options.members:,} members")
    return 0


class Spent(NamedTuple):
    """Seconds by the clock and seconds of the processor."""

    wall_s: float
    cpu_s: float

    @classmethod
    def now(cls) -> Spent:
        """Both clocks."""
        return cls(time.perf_counter(), time.process_time())

    def since(self, began: Spent) -> Spent:
        """What has passed."""
        return Spent(self.wall_s - began.wall_s, self.cpu_s - began.cpu_s)

    def plus(self, other: Spent) -> Spent:
        """Both together."""
        return Spent(self.wall_s + other.wall_s, self.cpu_s + other.cpu_s)


class Run(NamedTuple):
    """One import, the bare inserts of its rows, and how large the ledger became, in bytes."""

    ours: Spent
    bare: Spent
    ledger_bytes: int


def rows_of(runs: list[Run], sales: int) -> list[Row]:
    """What several runs say."""
    return [
        _row("import, file to last commit", [(run.ours.wall_s, run.bare.wall_s) for run in runs], sales),
        _row("the same, processor time", [(run.ours.cpu_s, run.bare.cpu_s) for run in runs], sales),
        Row(
            "the whole process's memory at most",
            "",
            f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MiB",
        ),
        Row("the ledger grows", "", f"{runs[0].ledger_bytes / sales:,.0f} bytes a sale"),
    ]


def _row(name: str, seconds: list[tuple[float, float]], sales: int) -> Row:
    share = statistics.median(bare / ours for ours, bare in seconds)
    ours_s = min(ours for ours, _ in seconds)
    bare_s = min(bare for _, bare in seconds)
    measured = f"{share:.2f} x; at best {sales / ours_s:,.0f}/s and {sales / bare_s:,.0f}/s"
    return Row(name, f">= {SHARE_LEAST} x bare executemany", measured, SHARE_LEAST / share)


def measure(folder: Path, sales: int = SALES, members: int = MEMBERS) -> Run:
    """Import once, and insert what came of it bare."""
    file = folder / "sales.csv"
    write_sales(file, sales, members)
    ours, bare = folder / "ours", folder / "bare"
    clock, ids = SystemClock(), SystemIds()
    create_store(
        ours,
        shop_name="Bäckerei Morgenrot",
        till_name="Kasse 1",
        currency="EUR",
        programme_text=(ROOT / "terminal" / "templates" / "bakery.toml").read_text("utf-8"),
        clock=clock,
        ids=ids,
    ).close()
    shutil.copytree(ours, bare)
    began = Spent.now()
    with open_store(ours, clock=clock, ids=ids) as store:
        command = ImportCommand(Kind.SALES, file, award=False, encoding=None, note="", copies=folder / "copies")
        found = import_file(Till(store, clock, ids), command, lambda *_: None)
    spent = Spent.now().since(began)
    assert found.imported == sales, found
    bare_spent = insert_bare(ours, bare, SystemClock(), SystemIds())
    return Run(spent, bare_spent, (ours / LEDGER_FILE).stat().st_size)


def write_sales(path: Path, sales: int, members: int) -> None:
    """An old programme's sales, most of them with a card and the points they gave."""
    rng = random.Random(SEED)
    cards = [card_number(number) for number in range(members)]
    at = datetime.now(UTC) - timedelta(days=365 * YEARS)
    step = timedelta(days=365 * YEARS) / (sales + 1)
    with path.open("w", encoding="utf-8") as file:
        file.write("receipt;at;card;amount;currency;points\n")
        for number in range(sales):
            at += step
            cents = rng.randrange(50, 9_000)
            card = rng.choice(cards) if rng.random() < CARD_SHARE else ""
            points = cents // 100 if card else ""
            file.write(f"A-{number};{at:%Y-%m-%dT%H:%M:%SZ};{card};{cents // 100},{cents % 100:02};EUR;{points}\n")


def insert_bare(ours: Path, bare: Path, clock: SystemClock, ids: SystemIds) -> Spent:
    """Insert the rows of one ledger into another, batch by batch; only the inserting and committing is timed."""
    spent = Spent(0.0, 0.0)
    with (
        closing(open_reader(ours / LEDGER_FILE)) as source,
        open_store(bare, clock=clock, ids=ids) as store,
        store.reader() as reader,
    ):
        known, last = reader.head().seq, int(source.value("SELECT max(seq) FROM journal"))
        batches = -(-(last - known) // BATCH_MAX)
        shares = {table: -(-int(source.value(f"SELECT count(*) FROM {table}")) // batches) for table in _OTHERS}  # noqa: S608 - names of our own
        for number in range(batches):
            first = known + number * BATCH_MAX
            rows = {table: _by_seq(source, table, first) for table in _BY_SEQ}
            rows |= {table: _share(source, table, shares[table], number) for table in _OTHERS}
            began = Spent.now()
            with store.exclusive() as database:
                for table, values in rows.items():
                    _insert(database, table, values)
            if (number + 1) % CHECKPOINT_BATCHES == 0:
                store._appended_since_checkpoint += BATCH_MAX  # noqa: SLF001 - it was not the store that appended
                store.checkpoint()
            spent = spent.plus(Spent.now().since(began))
        began = Spent.now()
        store.checkpoint(now=True)
        return spent.plus(Spent.now().since(began))


def _by_seq(source: Database, table: str, after: int) -> list[tuple[object, ...]]:
    order = "seq, part" if table == "entry" else "seq"
    query = f"SELECT * FROM {table} WHERE seq > ? AND seq <= ? ORDER BY {order}"  # noqa: S608 - names of our own
    return source.all(query, (after, after + BATCH_MAX))


def _share(source: Database, table: str, share: int, number: int) -> list[tuple[object, ...]]:
    return source.all(f"SELECT * FROM {table} LIMIT ? OFFSET ?", (share, share * number))  # noqa: S608 - names of our own


def _insert(database: Database, table: str, rows: list[tuple[object, ...]]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        database.many(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - names of our own


if __name__ == "__main__":
    raise SystemExit(main())
