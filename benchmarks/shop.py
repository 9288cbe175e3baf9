"""The large shops that everything is measured on: made once, kept, and copied for each run.

They lie in the folder that the environment's ``STAMMKUNDE_BENCH`` names, else in ``.cache/benchmarks``. A shop with a
million members and five million entries is made in some minutes and takes about 8 GB.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import sys
import tempfile
import time
import tomllib
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.bulk import SAMPLE_CARD, SAMPLE_HEADER, BulkWriter, Fact, Person, Sample
from loyalty import cards
from loyalty.directory import Profile
from loyalty.records import Enrolment, Sale
from loyalty.sale import Basket, Quote, RewardRequest, quote_sale
from loyalty.searching import SEARCH_TABLES
from storage.schema import LEDGER, VAULT
from storage.search_following import index_everybody
from storage.store import create_store, open_store
from terminal.demo.history import HistoryClock, HistoryIds
from terminal.demo.people import NAMES_FILE, card_number
from terminal.demo.shop import PROGRAMME_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from loyalty.programme import Programme

CACHE: Final = Path(
    os.environ.get("STAMMKUNDE_BENCH") or Path(__file__).resolve().parent.parent / ".cache" / "benchmarks"
)
GENERATION: Final = 3
"""Raised when the generated facts change."""

SEED: Final = 7
LAST_DAY: Final = date(2026, 11, 20)
DAYS: Final = 365
OPENS_S: Final = 6 * 3_600
OPEN_S: Final = 12 * 3_600
TOLD_EVERY: Final = 20_000
"""How often progress is told, in entries and members."""

REWARD: Final = "brezel"
REWARD_POINTS: Final = 100
"""From this balance on somebody takes a reward now and then."""

REWARD_CHANCE: Final = 0.16
"""So every 25th sale has a reward in it, and with it a second entry."""

QUOTES: Final = 2_000
COMMON_SURNAME: Final = "Müller"
COMMON_SHARE: Final = 0.3
DOUBLE_SHARE: Final = 0.05
RARE_SURNAMES: Final = 40_000
SYLLABLES: Final = tuple(
    f"{start}{end}" for start in ("b", "k", "l", "m", "n", "r", "s", "t", "sch") for end in "aeiou"
)
BAR_WIDTH: Final = 30
READ_AT_ONCE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Size:
    """How large a shop is."""

    members: int
    entries: int

    @property
    def name(self) -> str:
        """The folder of the shop; another layout of the files gets another one."""
        layout = hashlib.sha256("\n".join((*LEDGER, *VAULT, *SEARCH_TABLES, str(GENERATION))).encode()).hexdigest()[:8]
        return f"shop-{layout}-{self.members}-{self.entries}"


SMALL: Final = Size(members=10_000, entries=100_000)
MIDDLE: Final = Size(members=100_000, entries=1_000_000)
LARGE: Final = Size(members=1_000_000, entries=5_000_000)
SIZES: Final = (SMALL, MIDDLE, LARGE)


class BerlinWinter:
    """Satisfies ``loyalty.ports.Clock`` without looking at the machine: one hour ahead of UTC, standing still."""

    def now_us(self) -> int:
        """The moment after the history."""
        return int(datetime(2026, 11, 20, 17, 0, tzinfo=UTC).timestamp()) * 1_000_000

    def utc_offset_min(self, at_us: int) -> int:
        """One hour, at every moment."""
        del at_us
        return 60

    def business_day(self, at_us: int) -> date:
        """The day on the wall."""
        return datetime.fromtimestamp(at_us // 1_000_000 + 3_600, UTC).date()


def member_card(index: int) -> str:
    """The card number of the n-th member, from 0."""
    return card_number(1_000_000 + index * 7)


def cached_shop(size: Size) -> Path:
    """The kept shop of a size; made when there is none, with progress on standard error."""
    target = CACHE / size.name
    if not target.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="making-", dir=CACHE) as building:
            new = Path(building) / "shop"
            _make(new, size, _progress(f"Making a shop with {size.members:,} members and {size.entries:,} entries"))
            new.rename(target)
    return target


def working_copy(shop: Path, folder: Path, name: str) -> Path:
    """A copy that a measurement may write to; the shop itself leaves the system's memory to it."""
    target = folder / name
    shutil.copytree(shop, target)
    for path in (*target.iterdir(), *shop.iterdir()):
        with path.open("rb+") as file:
            os.fsync(file.fileno())
            if sys.platform == "linux" and path.parent == shop:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return target


def read_through(*directories: Path) -> None:
    """Let the system remember these files as far as its memory goes, a piece of each in turn."""
    with ExitStack() as stack:
        paths = [path for directory in directories for path in directory.iterdir()]
        files = [stack.enter_context(path.open("rb", buffering=0)) for path in paths]
        while files:
            files = [file for file in files if file.read(READ_AT_ONCE)]


def _make(directory: Path, size: Size, progress: Callable[[float], None]) -> None:
    clock = HistoryClock(BerlinWinter())
    clock.move_to(LAST_DAY - timedelta(days=DAYS - 1), OPENS_S - 3_600)
    ids = HistoryIds(clock, SEED)
    create_store(
        directory,
        shop_name="Benchmark",
        till_name="Kasse 1",
        currency="EUR",
        programme_text=PROGRAMME_FILE.read_text("utf-8"),
        clock=clock,
        ids=ids,
    ).close()
    with open_store(directory, clock=clock, ids=ids, writable=False) as store:
        key, programme = store.programme_key, store.programme
    with BulkWriter(directory) as writer:
        _Generator(writer, programme, key, clock, ids, size).run(progress)
    with open_store(directory, clock=clock, ids=ids) as store:
        index_everybody(store, lambda _done, _all: None)


class _Generator:
    """Writes enrolments and sales, in the order of time."""

    def __init__(
        self, writer: BulkWriter, programme: Programme, key: bytes, clock: HistoryClock, ids: HistoryIds, size: Size
    ) -> None:
        self._writer = writer
        self._programme = programme
        self._key = key
        self._clock = clock
        self._ids = ids
        self._size = size
        self._rng = random.Random(SEED)
        self._people: list[Person] = []
        self._names = invented_names(self._rng)
        self._header = {**SAMPLE_HEADER, "programme_version": programme.version, "utc_offset_min": 60}
        self._enrolment = Sample(Enrolment(**self._header, card_ref=SAMPLE_CARD))
        self._samples = self._priced()

    def _priced(self) -> list[tuple[Sample, Sample]]:
        """Purchases with their prices, drawn from again and again: each without and with a reward in it."""
        priced: list[tuple[Sample, Sample]] = []
        while len(priced) < QUOTES:
            basket = Basket(self._rng.randint(150, 4_500))
            quotes = [
                quote_sale(self._programme, basket),
                quote_sale(self._programme, basket, (RewardRequest(REWARD),), available=REWARD_POINTS),
            ]
            samples = [self._sample(basket.amount_cents, quote) for quote in quotes if isinstance(quote, Quote)]
            priced.append((samples[0], samples[-1]))
        return priced

    def _sample(self, cents: int, quote: Quote) -> Sample:
        sale = Sale(
            **self._header,
            currency="EUR",
            amount_cents=cents,
            lines=quote.lines,
            redemptions=quote.redemptions,
            explain=quote.explain,
            card_ref=SAMPLE_CARD,
        )
        return Sample(sale)

    def run(self, progress: Callable[[float], None]) -> None:
        """Write the shop: members join through the first half of the year, sales go on through all of it."""
        size = self._size
        total = size.members + size.entries
        first_day = LAST_DAY - timedelta(days=DAYS - 1)
        told = 0
        while (done := len(self._people) + self._writer.entries) < total:
            day, second = divmod(done * DAYS * OPEN_S // total, OPEN_S)
            today = first_day + timedelta(days=day)
            self._clock.move_to(today, OPENS_S + second)
            hour = (OPENS_S + second) // 3_600
            fact = Fact(self._ids.record_id(), self._clock.now_us(), today.isoformat(), hour)
            joined = len(self._people) / size.members
            if joined < min(1.0, 0.01 + 2 * self._writer.entries / size.entries):
                self._enrol(fact)
            else:
                self._sell(fact)
            if done >= told:
                progress(done / total)
                told = done + TOLD_EVERY
        self._writer.finish()
        progress(1)

    def _enrol(self, fact: Fact) -> None:
        index = len(self._people)
        number = member_card(index)
        person = Person(cards.account_id(self._key, number), number, self._ids.random_id())
        profile = Profile(next(self._names), phone=f"+498999998{index % 1_000:03d}{index // 1_000}")
        self._writer.enrol(person, profile, self._enrolment, fact)
        self._people.append(person)

    def _sell(self, fact: Fact) -> None:
        person = self._people[self._rng.randrange(len(self._people))]
        plain, with_reward = self._rng.choice(self._samples)
        takes = person.balance >= REWARD_POINTS and self._rng.random() < REWARD_CHANCE
        self._writer.sell(person, with_reward if takes else plain, fact)


def invented_names(rng: random.Random) -> Iterator[str]:
    """Names without end, as unevenly spread as a search has to bear: nearly a third of all people are called Müller."""
    names = tomllib.loads(NAMES_FILE.read_text("utf-8"))
    first = [*names["women"], *names["men"]]
    rare = ["".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))).title() for _ in range(RARE_SURNAMES)]
    while True:
        kind = rng.random()
        surname = COMMON_SURNAME
        if kind > COMMON_SHARE:
            surname = rng.choice(names["surnames"] if kind < 2 * COMMON_SHARE else rare)
        second = f"-{rng.choice(names['surnames'])}" if rng.random() < DOUBLE_SHARE else ""
        yield f"{rng.choice(first)} {surname}{second}"


def _progress(title: str) -> Callable[[float], None]:
    began = time.monotonic()

    def show(share: float) -> None:
        spent_s = time.monotonic() - began
        left_s = spent_s / share - spent_s if share else 0
        done = round(share * BAR_WIDTH)
        bar = "█" * done + "·" * (BAR_WIDTH - done)
        end = "\n" if share >= 1 or not sys.stderr.isatty() else ""
        print(f"\r{title} {bar} {share * 100:3.0f} %, {left_s:4.0f} s left", end=end, file=sys.stderr, flush=True)

    return show
