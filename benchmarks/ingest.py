"""Taking batches at head office on PostgreSQL, against bare inserts of the same rows and an upsert of the balances.

Both sides write with four connections in batches of 500, each batch one durable transaction. The bare side knows every
value before its clock starts and asks nothing: no journal is checked, nothing decoded, no conflict looked for. Ours is
measured where a till meets it, over HTTP with signatures. The first batch of every connection is written before the
clock starts, here and there, so that connections are open and caches warm. ``python -m benchmarks.ingest [--quick]``.
"""

from __future__ import annotations

import argparse
import gc
import random
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg
from sqlalchemy import select

from benchmarks.api_process import MEMORY_MAX_MIB, ApiProcess, Sender
from benchmarks.table import Row, print_table
from headoffice.intake import ingest
from headoffice.main import assemble
from headoffice.store.arrays import placeholder
from headoffice.store.tables import ENTRY, RECORD, TERMINAL_RECORD
from loyalty.wire import BATCH_RECORDS_MAX
from tests.fakes.headoffice import PretendTill, member, open_store
from tests.fakes.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from sqlalchemy import Table

    from headoffice.store.engine import Database
    from loyalty.wire import PushRequest

CONNECTIONS: Final = 4
BATCHES: Final = 60
QUICK_BATCHES: Final = 8
"""Batches a connection."""

MEMBERS: Final = 25_000
"""Members of each connection's store; one sale in fifty is made by a member of another store."""

SHARE_LEAST: Final = 0.5
REPEATED_LEAST: Final = 3.0
_TABLES: Final = (RECORD, TERMINAL_RECORD, ENTRY)
_UPSERT: Final = """
INSERT INTO account(member_id, balance, sales, revenue_cents, region)
SELECT id, points, 0, 0, '' FROM unnest(%b::uuid[], %b::bigint[]) AS given(id, points)
ON CONFLICT (member_id) DO UPDATE SET balance = account.balance + excluded.balance"""


@dataclass(frozen=True, slots=True)
class Bare:
    """One batch as arrays: the rows of each table, and what is added to balances."""

    arrays: tuple[tuple[list[Any], ...], ...]
    members: list[Any]
    points: list[int]


def main() -> int:
    """Measure this part alone."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer batches")
    run(quick=parser.parse_args().quick)
    return 0


def run(*, quick: bool) -> None:
    """Measure and print one table."""
    batches = QUICK_BATCHES if quick else BATCHES
    cluster = Postgres({})
    try:
        with tempfile.TemporaryDirectory(prefix="stammkunde-ingest-") as folder:
            rows = measure(cluster, Path(folder), batches)
    finally:
        cluster.remove()
    print_table(rows, f"Head office on PostgreSQL, {CONNECTIONS} connections, batches of {BATCH_RECORDS_MAX}")


def measure(cluster: Postgres, folder: Path, batches: int) -> list[Row]:
    """All measurements, one after the other in one run."""
    records = CONNECTIONS * (batches - 1) * BATCH_RECORDS_MAX  # the first batches are not timed
    direct = _head_office(cluster, folder / "direct")
    tills = make_tills(direct, batches)
    gc.collect()
    gc.freeze()  # the journals just made are the tills'; head office would not hold them
    pushed_s = push_all(direct, tills)
    bare = [bare_batches(direct, till) for till in tills]
    empty = _head_office(cluster, folder / "bare")
    gc.freeze()
    bare_s = insert_bare(_address(empty), bare)
    first_s, again_s, memory_mib = over_http(cluster, folder / "http", batches)
    empty.close()
    direct.close()
    share, times = bare_s / first_s, first_s / again_s
    return [
        Row("bare: same rows and indexes, known values", "", f"{records / bare_s:,.0f} records/s"),
        Row("push, in one process, no HTTP", "", f"{records / pushed_s:,.0f} records/s, {bare_s / pushed_s:.2f} of it"),
        Row(
            "push over HTTP, signed",
            f">= {SHARE_LEAST} of bare",
            f"{records / first_s:,.0f} records/s, {share:.2f} of it",
            SHARE_LEAST / share,
        ),
        Row(
            "the same batches again",
            f">= {REPEATED_LEAST:.0f} x as fast",
            f"{records / again_s:,.0f} records/s, {times:.1f} x",
            REPEATED_LEAST / times,
        ),
        Row(
            "memory of an API process",
            f"<= {MEMORY_MAX_MIB} MiB",
            f"{memory_mib:.0f} MiB",
            memory_mib / MEMORY_MAX_MIB,
        ),
    ]


def _head_office(cluster: Postgres, data: Path) -> Database:
    database = assemble(data, cluster.url(cluster.create_database()), name="Bench").database
    open_store(database)
    return database


def _address(database: Database) -> str:
    return database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def make_tills(database: Database, batches: int) -> list[PretendTill]:
    """Tills with journals of so many batches: a reward in every twentieth sale, every tenth without a card."""
    rng = random.Random(4711)
    tills = []
    for shop in range(CONNECTIONS):
        till = PretendTill(database, shop + 1)
        earlier: list[UUID] = []
        for number in range(1, batches * BATCH_RECORDS_MAX):
            till.clock.advance(seconds=rng.uniform(1, 60))
            home = shop if number % 50 else rng.randrange(CONNECTIONS)
            who = member(home * MEMBERS + rng.randrange(MEMBERS)) if number % 10 else None
            rewards = []
            if who and number % 20 == 1 and earlier:  # somebody who has points: an overspend is a rare exception
                who, rewards = earlier.pop(), [till.reward(5, line=2)]
            elif who and home == shop:
                earlier.append(who)
            till.append(till.sale(who, rng.randrange(1_000, 20_000), rewards=rewards))
        tills.append(till)
    return tills


def requests_of(till: PretendTill) -> list[PushRequest]:
    """Its journal in full batches."""
    firsts = range(1, len(till.records) + 1, BATCH_RECORDS_MAX)
    return [till.request(first, first + BATCH_RECORDS_MAX - 1) for first in firsts]


def in_parallel(jobs: Sequence[Callable[[], None]]) -> float:
    """Run jobs at once; returns the seconds until the last was done."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        begun = time.perf_counter()
        for done in [pool.submit(job) for job in jobs]:
            done.result()
        return time.perf_counter() - begun


def push_all(database: Database, tills: Sequence[PretendTill]) -> float:
    """Hand everything in without HTTP, one thread a till; returns seconds."""

    def job(till: PretendTill) -> Callable[[], None]:
        row, (first, *others) = till.row, requests_of(till)
        ingest.push(database, row, first, 0)

        def run() -> None:
            for request in others:
                ingest.push(database, row, request, 0)

        return run

    return in_parallel([job(till) for till in tills])


def over_http(cluster: Postgres, data: Path, batches: int) -> tuple[float, float, float]:
    """Hand everything in over HTTP, twice, to two API processes that share the machine's two cores with PostgreSQL.

    Returns:
        Both times in seconds, and the memory of the larger process in MiB.
    """
    database = _head_office(cluster, data)
    senders = [Sender(database, till, requests_of(till)) for till in make_tills(database, batches)]
    gc.freeze()
    with ApiProcess(data, _address(database)) as one, ApiProcess(data, _address(database)) as two:
        ports = [(one, two)[number % 2].port for number in range(len(senders))]
        first_s, again_s = (
            in_parallel([sender.job(port) for sender, port in zip(senders, ports, strict=True)]) for _ in range(2)
        )
        memory_mib = max(one.memory_mib(), two.memory_mib())
    database.close()
    return first_s, again_s, memory_mib


def bare_batches(database: Database, till: PretendTill) -> list[Bare]:
    """The rows that head office wrote for a till, batch by batch."""
    with database.snapshot() as connection:
        where = TERMINAL_RECORD.c.terminal_id == till.terminal_id
        places = connection.execute(select(TERMINAL_RECORD).where(where).order_by(TERMINAL_RECORD.c.seq)).all()
        own = select(TERMINAL_RECORD.c.record_id).where(where)
        records = {row.record_id: row for row in connection.execute(select(RECORD).where(RECORD.c.record_id.in_(own)))}
        entries: dict[Any, list[Any]] = {}
        for row in connection.execute(select(ENTRY).where(ENTRY.c.record_id.in_(own))):
            entries.setdefault(row.record_id, []).append(row)
    made = []
    for first in range(0, len(places), BATCH_RECORDS_MAX):
        batch = places[first : first + BATCH_RECORDS_MAX]
        moved = [entry for place in batch for entry in entries.get(place.record_id, ())]
        sums: dict[Any, int] = {}
        for entry in moved:
            sums[entry.member_id] = sums.get(entry.member_id, 0) + entry.points
        tables = ([records[place.record_id] for place in batch], batch, moved)
        arrays = tuple(tuple(list(column) for column in zip(*rows, strict=True)) for rows in tables)
        ordered = sorted(sums)
        made.append(Bare(arrays, ordered, [sums[one] for one in ordered]))
    return made


def _bare_insert(table: Table) -> str:
    """One statement with an array a column."""
    arrays = ", ".join(placeholder(column) for column in table.c)
    return f"INSERT INTO {table.name}({', '.join(table.c.keys())}) SELECT * FROM unnest({arrays})"  # noqa: S608 - our names


def insert_bare(url: str, batches: Sequence[Sequence[Bare]]) -> float:
    """Write the same rows with nothing in between; returns seconds."""
    statements = [_bare_insert(table) for table in _TABLES]

    def job(mine: Sequence[Bare]) -> Callable[[], None]:
        connection = psycopg.connect(url)

        def write(batch: Bare) -> None:
            for statement, arrays in zip(statements, batch.arrays, strict=True):
                connection.execute(statement, arrays)
            connection.execute(_UPSERT, (batch.members, batch.points))
            connection.commit()

        first, *others = mine
        write(first)

        def run() -> None:
            for batch in others:
                write(batch)
            connection.close()

        return run

    return in_parallel([job(mine) for mine in batches])


if __name__ == "__main__":
    raise SystemExit(main())
