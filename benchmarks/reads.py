"""Look-ups on the large shop: identifying a card against the bare statement, and what screens read besides."""

from __future__ import annotations

import random
import time
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Final

from benchmarks.shop import LAST_DAY, BerlinWinter, Size, member_card
from benchmarks.table import Row, in_us, percentile
from storage.connection import open_reader
from storage.files import LEDGER_FILE
from storage.store import open_store
from terminal.app.identify import Identified, identify
from terminal.demo.history import HistoryClock, HistoryIds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.store import Reader

LOOKUPS: Final = 2_000
WARM_UP: Final = 200
SEARCHES: Final = 100
LOOKUP_LIMIT: Final = 3.0
KEYSTROKES: Final = ("s", "sc", "sch", "schn", "schnei", "schneider", "schneider an", "müller", "08999998", "7112")

_BARE = """SELECT card.card_ref, card.member_id, card.status, account.balance, account.sales, account.revenue_cents,
account.enrolled_day, account.last_sale_day, account.merged_into
FROM card JOIN account ON account.member_id = card.member_id WHERE card.number = ?"""


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
        return [lookup, *_informative(reader, size, rng)]


def _informative(reader: Reader, size: Size, rng: random.Random) -> list[Row]:
    members = []
    for index in rng.sample(range(size.members), SEARCHES):
        row = reader.card(member_card(index))
        assert row is not None, "every card of the large shop is known"
        members.append(row.member_id)
    searched = [_timed(partial(reader.search, text, 20)) for text in KEYSTROKES for _ in range(SEARCHES // 10)]
    return [
        _row("search, one keystroke", searched),
        _row(
            "bookings of a member, 10",
            [_timed(partial(reader.bookings, member, 10)) for member in members],
        ),
        _row("day report", [_timed(lambda: reader.day_report(LAST_DAY)) for _ in range(SEARCHES)]),
        _row("recent bookings, 1", [_timed(lambda: reader.recent_bookings(1)) for _ in range(SEARCHES)]),
    ]


def _timed(read: Callable[[], object]) -> int:
    began = time.perf_counter_ns()
    read()
    return time.perf_counter_ns() - began


def _row(name: str, taken_ns: list[int]) -> Row:
    taken_ns.sort()
    return Row(f"{name}, p50 / p99", "", f"{in_us(percentile(taken_ns, 0.5))} / {in_us(percentile(taken_ns, 0.99))}")
