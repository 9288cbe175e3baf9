"""Look-ups on the large shop: identifying a card against the bare statement, and what screens read besides."""

from __future__ import annotations

import random
import time
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from benchmarks.shop import DAYS, LAST_DAY, BerlinWinter, Size, member_card
from benchmarks.table import NS_PER_MS, Row, in_ms, in_us, percentile
from storage.connection import open_reader
from storage.files import LEDGER_FILE
from storage.period import PeriodReads
from storage.store import open_store
from terminal.app.identify import Identified, identify
from terminal.demo.history import HistoryClock, HistoryIds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.connection import Database
    from storage.store import Reader

LOOKUPS: Final = 2_000
WARM_UP: Final = 200
SEARCHES: Final = 100
LOOKUP_LIMIT: Final = 2.0
SEARCH_MS: Final = 3.0
BOOKINGS_MS: Final = 2.0
DAY_MS: Final = 20.0
YEAR_MS: Final = 100.0
BOOKINGS: Final = 10
YEARS: Final = 5
KEYSTROKES: Final = (
    *("s", "sc", "sch", "schn", "schnei", "schneider", "schneider an"),  # a name, letter by letter
    *("a", "m", "mü", "müller", "a m", "m a", "an mü", "mü sch", "müller sch"),  # what very many have
    *("anna zz", "zz anna", "müller müller", "a a", "x" * 60),  # what nobody has, and nonsense
    *("0899", "08999998", "+49 (0)899 9998", "7112", "2900", "müller 7112"),  # numbers
)
"""What is typed. Nearly a third of the members are called Müller."""

_BARE = """SELECT card.card_ref, card.member_id, card.status, account.balance, account.sales, account.revenue_cents,
account.enrolled_day, account.last_sale_day, account.merged_into
FROM card JOIN account ON account.member_id = card.member_id WHERE card.number = ?"""
_RAW_YEAR = """SELECT count(*), sum(amount_cents - reversed_cents) FROM booking
WHERE kind = 'sale' AND reversed_cents < amount_cents AND business_day BETWEEN ? AND ?"""


def measure(directory: Path, size: Size) -> list[Row]:
    """Measure reads on a shop that nobody has open."""
    clock = HistoryClock(BerlinWinter())
    with (
        open_store(directory, clock=clock, ids=HistoryIds(clock, 1), writable=False) as store,
        closing(store.reader()) as reader,
        closing(open_reader(directory / LEDGER_FILE)) as bare,
    ):
        rng = random.Random(3)
        cards = [member_card(index) for index in rng.sample(range(size.members), LOOKUPS + WARM_UP)]
        ours_ns: list[int] = []
        bare_ns: list[int] = []
        for card in cards:
            began = time.perf_counter_ns()
            found = identify(reader, store.programme, store.programme_key, card)
            between = time.perf_counter_ns()
            row = bare.connection.execute(_BARE, (card,)).fetchone()
            ended = time.perf_counter_ns()
            assert isinstance(found, Identified), "every card of the large shop is enrolled"
            assert row[3] == found.account.balance, "both ways lead to the same account"
            ours_ns.append(between - began)
            bare_ns.append(ended - between)
        ours, raw = sorted(ours_ns[WARM_UP:]), sorted(bare_ns[WARM_UP:])
        times = percentile(ours, 0.5) / percentile(raw, 0.5)
        lookup = Row(
            "identify (card, account, profile), p50",
            f"<= {LOOKUP_LIMIT:.0f}x a bare SELECT of {in_us(percentile(raw, 0.5))}",
            f"{in_us(percentile(ours, 0.5))} = {times:.2f}x",
            times / LOOKUP_LIMIT,
        )
        return [lookup, *_bounded(reader, bare, size, rng)]


def _bounded(reader: Reader, bare: Database, size: Size, rng: random.Random) -> list[Row]:
    members = []
    for index in rng.sample(range(size.members), SEARCHES):
        row = reader.card(member_card(index))
        assert row is not None, "every card of the large shop is known"
        members.append(row.member_id)
    searched = [_timed(partial(reader.find, text)) for _ in range(SEARCHES // 10) for text in KEYSTROKES]
    first_day = LAST_DAY - timedelta(days=DAYS - 1)
    periods = PeriodReads.of(reader)
    year = periods.period_facts(first_day, LAST_DAY)
    raw = bare.one(_RAW_YEAR, (first_day.isoformat(), LAST_DAY.isoformat()))
    assert raw == (year.member_sales, year.member_revenue_cents), "a year is what its sales come to"
    return [
        _row("search, one keystroke, p95", searched, 0.95, SEARCH_MS),
        _row(
            f"last {BOOKINGS} bookings of a member, p95",
            [_timed(partial(reader.bookings, member, BOOKINGS)) for member in members],
            0.95,
            BOOKINGS_MS,
        ),
        _row("day report, p95", [_timed(lambda: reader.day_report(LAST_DAY)) for _ in range(SEARCHES)], 0.95, DAY_MS),
        _row(
            "figures of a year, p50",
            [_timed(lambda: periods.period_facts(first_day, LAST_DAY)) for _ in range(YEARS)],
            0.5,
            YEAR_MS,
        ),
    ]


def _timed(read: Callable[[], object]) -> int:
    began = time.perf_counter_ns()
    read()
    return time.perf_counter_ns() - began


def _row(name: str, taken_ns: list[int], share: float, limit_ms: float) -> Row:
    taken = percentile(sorted(taken_ns), share)
    return Row(name, f"<= {limit_ms:.0f} ms", in_ms(taken), taken / NS_PER_MS / limit_ms)
