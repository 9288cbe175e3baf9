"""Awarding through the use case, against a hand-written transaction that does the same writes with values at hand.

Both run in turn, on two copies of the same shop, under the same settings, each with a commit that is on the disk. The
bare side knows every value before its clock starts, the chain's hashes included. Every second time it has the driver as
it comes, else with the adapters that the program gives it.
"""

from __future__ import annotations

import random
import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

from benchmarks.plain import driver_as_it_comes
from benchmarks.shop import BerlinWinter, Size, member_card
from benchmarks.table import Row, in_us, percentile
from loyalty.chain import chain_hash, columns_of
from loyalty.encoding import body_hash, encode
from loyalty.records import Sale
from loyalty.sale import Basket
from storage.connection import Database, open_reader, open_writer
from storage.files import LEDGER_FILE
from storage.store import CHECKPOINT_RECORDS, Store, open_store
from terminal.app.earn import EarnCommand, Earned, earn
from terminal.app.system import SystemIds
from terminal.app.till import Till

if TYPE_CHECKING:
    from pathlib import Path

AWARDS: Final = 1_500
WARM_UP: Final = 200
P50_LIMIT: Final = 1.7
P99_LIMIT: Final = 4.0

_JOURNAL = (
    "INSERT INTO journal(seq, epoch, record_id, kind, member_id, at_us, business_day, utc_offset_min, server_offset_ms,"
    " programme_version, payload, body_hash, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ACCOUNT = (
    "INSERT INTO account(member_id, balance, sales, revenue_cents, last_sale_day) VALUES (?1, ?2, ?3, ?4, ?5)"
    " ON CONFLICT(member_id) DO UPDATE SET balance = balance + ?2, sales = sales + ?3,"
    " revenue_cents = revenue_cents + ?4, last_sale_day = max(ifnull(last_sale_day, ''), ?5)"
)
_ENTRY = (
    "INSERT INTO entry(member_id, seq, part, kind, points, at_us, record_id, original_id)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_BOOKING = (
    "INSERT INTO booking(seq, kind, member_id, business_day, at_us, points, balance_after, amount_cents, is_open,"
    " receipt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_DAY = (
    "INSERT INTO day_total(business_day, hour, sales, member_sales, revenue_cents, member_revenue_cents,"
    " reversed_cents, points_issued, points_redeemed, redemptions, points_taken_back, points_returned, points_adjusted,"
    " new_members)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(business_day, hour) DO UPDATE SET"
    " sales = sales + 1, member_sales = member_sales + 1, revenue_cents = revenue_cents + excluded.revenue_cents,"
    " member_revenue_cents = member_revenue_cents + excluded.member_revenue_cents,"
    " points_issued = points_issued + excluded.points_issued"
)
_HEAD = "SELECT epoch, seq, hash FROM journal ORDER BY seq DESC LIMIT 1"


def measure(ours: Path, bare: Path, size: Size) -> list[Row]:
    """Measure awards.

    Args:
        ours: A copy of the shop for the use case.
        bare: Another one for the bare statements.
        size: How large the shop is.
    """
    clock, ids = BerlinWinter(), SystemIds()
    rng = random.Random(11)
    members = rng.sample(range(size.members), AWARDS + WARM_UP)
    with open_store(ours, clock=clock, ids=ids) as store, closing(open_writer(bare / LEDGER_FILE)) as database:
        till = Till(store, clock, ids)
        writer = _BareWriter(database)
        ours_ns: list[int] = []
        bare_ns: list[int] = []
        helped_ns: list[int] = []
        for index, member in enumerate(members):
            number, cents = member_card(member), rng.randint(150, 4_500)
            command = EarnCommand(ids.record_id(), number, Basket(cents))
            began = time.perf_counter_ns()
            earned = earn(till, command)
            ours_ns.append(time.perf_counter_ns() - began)
            assert isinstance(earned, Earned), "nothing about these sales can be refused"
            if index % 2:
                helped_ns.append(writer.write(earned.record, earned.balance))
            else:
                with driver_as_it_comes():
                    bare_ns.append(writer.write(earned.record, earned.balance))
            store.checkpoint()  # between sales, as the storage thread does
            if index % CHECKPOINT_RECORDS == CHECKPOINT_RECORDS - 1:
                database.one("PRAGMA wal_checkpoint(PASSIVE)")
        _check_alike(store, database)
    half = WARM_UP // 2
    return _rows(sorted(ours_ns[WARM_UP:]), sorted(bare_ns[half:]), sorted(helped_ns[half:]))


def _rows(ours: list[int], raw: list[int], helped: list[int]) -> list[Row]:
    ours_p50, raw_p50, helped_p50 = (percentile(times, 0.5) for times in (ours, raw, helped))
    ours_p99, raw_p99 = percentile(ours, 0.99), percentile(raw, 0.99)
    return [
        Row(
            "award with commit, p50",
            f"<= {P50_LIMIT:.1f}x bare transaction of {in_us(raw_p50)}",
            f"{in_us(ours_p50)} = {ours_p50 / raw_p50:.2f}x",
            ours_p50 / raw_p50 / P50_LIMIT,
        ),
        Row(
            "award, bare side with our driver, p50",
            f"<= {P50_LIMIT:.1f}x bare transaction of {in_us(helped_p50)}",
            f"{in_us(ours_p50)} = {ours_p50 / helped_p50:.2f}x",
            ours_p50 / helped_p50 / P50_LIMIT,
        ),
        Row(
            "award with commit, p99",
            f"<= {P99_LIMIT:.0f}x own p50 (bare p99: {in_us(raw_p99)})",
            f"{in_us(ours_p99)} = {ours_p99 / ours_p50:.2f}x",
            ours_p99 / ours_p50 / P99_LIMIT,
        ),
    ]


def _check_alike(store: Store, database: Database) -> None:
    """The comparison is fair only while both sides have written the same rows; the next sale would tell otherwise."""
    queries = (
        "SELECT count(*), max(hash) FROM journal WHERE seq > ?",
        "SELECT count(*), sum(points), sum(balance_after) FROM booking WHERE seq > ?",
        "SELECT count(*), sum(points) FROM entry WHERE seq > ?",
    )
    with closing(open_reader(store.directory / LEDGER_FILE)) as ours:
        newest = int(ours.value("SELECT max(seq) FROM journal")) - AWARDS
        for query in queries:
            assert ours.one(query, (newest,)) == database.one(query, (newest,)), "both sides write the same rows"
        accounts = "SELECT sum(balance), sum(sales), sum(revenue_cents), max(last_sale_day) FROM account"
        assert ours.one(accounts) == database.one(accounts), "both sides leave the same accounts"


class _BareWriter:
    """Writes what one sale of a known member writes, statement by statement, with nothing computed in between."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._epoch, self._seq, self._hash = database.one(_HEAD) or (b"", 0, b"")

    def write(self, sale: Sale, balance: int) -> int:
        """Write a sale that the other side has just made; give the nanoseconds from BEGIN to the end of COMMIT."""
        seq, root = self._seq + 1, sale.member_id.bytes if sale.member_id else b""
        payload = encode(sale)
        columns = (seq, self._epoch, *columns_of(sale), payload, body_hash(payload), self._hash)
        digest = chain_hash(columns)
        day, cents, points = sale.business_day.isoformat(), sale.amount_cents, sale.points
        journal = (*columns, digest)
        account = (root, points, 1, cents, day)
        entry = (root, seq, 0, "earn", points, sale.at_us, sale.record_id.bytes, None)
        booking = (seq, "sale", root, day, sale.at_us, points, balance, cents, 1, None)
        total = (day, 18, 1, 1, cents, cents, 0, points, 0, 0, 0, 0, 0, 0)
        execute = self._database.connection.execute
        began = time.perf_counter_ns()
        execute("BEGIN IMMEDIATE")
        execute(_JOURNAL, journal)
        execute(_ACCOUNT, account)
        if points:
            execute(_ENTRY, entry)
        execute(_BOOKING, booking)
        execute(_DAY, total)
        execute("COMMIT")
        taken_ns = time.perf_counter_ns() - began
        self._seq, self._hash = seq, digest
        return taken_ns
