"""Look-ups on the large shop: identifying a card against the bare statement, and what screens read besides.

Times are processor time of this process, system calls included: other work on the machine does not count into them.
"""

from __future__ import annotations

import random
import tempfile
import time
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.joined import joined_till
from benchmarks.shop import DAYS, LAST_DAY, BerlinWinter, Size, member_card
from benchmarks.table import NS_PER_MS, Row, in_ms, in_us, percentile
from storage.connection import open_pair, open_reader
from storage.figures import FiguresView
from storage.figures_build import make_figures
from storage.files import FIGURES_FILE, LEDGER_FILE, VAULT_FILE
from storage.period import PeriodReads
from storage.store import open_store
from terminal.app.identify import Identified, identify
from terminal.demo.history import HistoryClock, HistoryIds

if TYPE_CHECKING:
    from collections.abc import Callable

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
account.enrolled_day, account.last_sale_day, account.merged_into, nonce, box, member_key.key
FROM card JOIN account USING (member_id) LEFT JOIN member_profile USING (member_id)
LEFT JOIN vault.member_key USING (member_id) WHERE card.number = ?"""
"""The same rows in one statement, neither decrypted nor held against anything."""
_RAW_YEAR = """SELECT count(*), sum(amount_cents - reversed_cents) FROM booking
WHERE kind = 'sale' AND reversed_cents < amount_cents AND business_day BETWEEN ? AND ?"""


def measure(directory: Path, size: Size) -> list[Row]:
    """Measure reads on a shop that nobody has open."""
    clock = HistoryClock(BerlinWinter())
    with (
        open_store(directory, clock=clock, ids=HistoryIds(clock, 1), writable=False) as store,
        closing(store.reader()) as reader,
        closing(open_pair(directory / LEDGER_FILE, directory / VAULT_FILE)) as bare,
    ):
        rng = random.Random(3)
        cards = [member_card(index) for index in rng.sample(range(size.members), 2 * (LOOKUPS + WARM_UP))]
        ours_ns: list[int] = []
        bare_ns: list[int] = []
        balances: dict[str, int] = {}
        for card, other in zip(cards[::2], cards[1::2], strict=True):  # whoever comes second to a card finds it warm
            began = time.process_time_ns()
            found = identify(reader, store.programme, store.programme_key, card)
            between = time.process_time_ns()
            bare.connection.execute(_BARE, (other,)).fetchone()
            ended = time.process_time_ns()
            assert isinstance(found, Identified), "every card of the large shop is enrolled"
            balances[card] = found.account.balance
            ours_ns.append(between - began)
            bare_ns.append(ended - between)
        for card, balance in balances.items():
            row = bare.connection.execute(_BARE, (card,)).fetchone()
            assert row[3] == balance, "both ways lead to the same account"
        ours, raw = sorted(ours_ns[WARM_UP:]), sorted(bare_ns[WARM_UP:])
        times = percentile(ours, 0.5) / percentile(raw, 0.5)
        lookup = Row(
            "identify (card, account, profile), p50",
            f"<= {LOOKUP_LIMIT:.0f}x a bare SELECT of {in_us(percentile(raw, 0.5))}",
            f"{in_us(percentile(ours, 0.5))} = {times:.2f}x",
            times / LOOKUP_LIMIT,
        )
        rows = [lookup, *_bounded(reader, size, rng), *_year(reader, bare, directory / FIGURES_FILE)]
    return [*rows, _joined(directory)]


def _bounded(reader: Reader, size: Size, rng: random.Random) -> list[Row]:
    members = []
    for index in rng.sample(range(size.members), SEARCHES):
        row = reader.card(member_card(index))
        assert row is not None, "every card of the large shop is known"
        members.append(row.member_id)
    searched = [_timed(partial(reader.find, text)) for _ in range(SEARCHES // 10) for text in KEYSTROKES]
    return [
        _row("search, one keystroke, p95", searched, 0.95, SEARCH_MS),
        _row(
            f"last {BOOKINGS} bookings of a member, p95",
            [_timed(partial(reader.bookings, member, BOOKINGS)) for member in members],
            0.95,
            BOOKINGS_MS,
        ),
        _row("day report, p95", [_timed(lambda: reader.day_report(LAST_DAY)) for _ in range(SEARCHES)], 0.95, DAY_MS),
    ]


def _year(reader: Reader, bare: Database, path: Path) -> list[Row]:
    """A year from the file of figures, and the making of that file; it must come to what the raw sums come to."""
    with closing(open_reader(path.with_name(LEDGER_FILE))) as ledger:
        making = _timed(lambda: make_figures(path, ledger))
    first_day = LAST_DAY - timedelta(days=DAYS - 1)
    with closing(FiguresView(path)) as figures:
        periods = PeriodReads.of(reader, figures)
        year = periods.period_facts(first_day, LAST_DAY)
        raw = bare.one(_RAW_YEAR, (first_day.isoformat(), LAST_DAY.isoformat()))
        assert raw == (year.member_sales, year.member_revenue_cents), "a year is what its sales come to"
        adding_up = _timed(lambda: _assert_equal(PeriodReads.of(reader).period_facts(first_day, LAST_DAY), year))
        taken = [_timed(lambda: periods.period_facts(first_day, LAST_DAY)) for _ in range(YEARS)]
    return [
        _row("figures of a year, p50", taken, 0.5, YEAR_MS),
        Row("the same from the projections alone", "", in_ms(adding_up)),
        Row("making the file of figures, beside the till", "", in_ms(making)),
    ]


def _assert_equal(raw: object, found: object) -> None:
    assert raw == found, "figures are what the raw sums come to"


def _joined(shop: Path) -> Row:
    """The search on a till that finds the same people in head office's state."""
    with (
        tempfile.TemporaryDirectory(prefix="joined-", dir=shop.parent) as folder,
        joined_till(Path(folder) / "till", shop) as store,
        closing(store.reader()) as reader,
    ):
        assert reader.find(KEYSTROKES[0]).hits, "the replica is searched"
        searched = [_timed(partial(reader.find, text)) for _ in range(SEARCHES // 10) for text in KEYSTROKES]
    return _row("search on a joined till, one keystroke, p95", searched, 0.95, SEARCH_MS)


def _timed(read: Callable[[], object]) -> int:
    began = time.process_time_ns()
    read()
    return time.process_time_ns() - began


def _row(name: str, taken_ns: list[int], share: float, limit_ms: float) -> Row:
    taken = percentile(sorted(taken_ns), share)
    return Row(name, f"<= {limit_ms:.0f} ms", in_ms(taken), taken / NS_PER_MS / limit_ms)
