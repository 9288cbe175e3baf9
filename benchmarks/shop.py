"""The large shop that everything is measured on: made once, kept, and copied for each run.

It is written through ``Unit.append`` like any other ledger, only in large transactions, so ``verify`` passes on it.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import sys
import tempfile
import time
import tomllib
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from loyalty import cards
from loyalty.directory import Profile
from loyalty.encoding import command_digest
from loyalty.outcomes import Refused
from loyalty.records import Enrolment, Sale
from loyalty.sale import Basket, Quote, RewardRequest, quote_sale
from storage.connection import open_writer
from storage.files import VAULT_FILE
from storage.schema import LEDGER, VAULT_TABLES
from storage.store import create_store, open_store
from storage.types import CardRow
from storage.vault import key_for
from terminal.demo.history import HistoryClock, HistoryIds
from terminal.demo.people import NAMES_FILE, card_number
from terminal.demo.shop import PROGRAMME_FILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from storage.store import Store, Unit

CACHE: Final = Path(__file__).resolve().parent.parent / ".cache" / "benchmarks"
GENERATION: Final = 1
"""Raised when the generated facts change."""

SEED: Final = 7
LAST_DAY: Final = date(2026, 11, 20)
DAYS: Final = 365
OPENS_S: Final = 6 * 3_600
OPEN_S: Final = 12 * 3_600
BATCH_RECORDS: Final = 20_000
REWARD_CHANCE: Final = 0.04
"""Every 25th sale has a reward in it, and with it a second entry."""

QUOTES: Final = 2_000
BAR_WIDTH: Final = 30


@dataclass(frozen=True, slots=True)
class Size:
    """How large a shop is."""

    members: int
    entries: int

    @property
    def name(self) -> str:
        """The folder of the shop; another layout of the files gets another one."""
        layout = hashlib.sha256("\n".join((*LEDGER, *VAULT_TABLES, str(GENERATION))).encode()).hexdigest()[:8]
        return f"shop-{layout}-{self.members}-{self.entries}"


LARGE: Final = Size(members=100_000, entries=1_000_000)
QUICK: Final = Size(members=10_000, entries=100_000)


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
    """A copy that a measurement may write to."""
    target = folder / name
    shutil.copytree(shop, target)
    return target


def _make(directory: Path, size: Size, progress: Callable[[float], None]) -> None:
    clock = HistoryClock(BerlinWinter())
    first_day = LAST_DAY - timedelta(days=DAYS - 1)
    clock.move_to(first_day, OPENS_S - 3_600)
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
        key = store.programme_key
    numbers = [member_card(index) for index in range(size.members)]
    members = [cards.account_id(key, number) for number in numbers]
    _write_keys(directory, members)
    with open_store(directory, clock=clock, ids=ids) as store:
        _Generator(store, clock, ids, size, list(zip(numbers, members, strict=True))).run(progress)


def _write_keys(directory: Path, members: list[UUID]) -> None:
    """Make all members' keys in one transaction, before the ledger needs them one by one."""
    with closing(open_writer(directory / VAULT_FILE)) as vault, vault.transaction():
        for member_id in members:
            key_for(vault, member_id)


class _Generator:
    """Writes enrolments and sales, in the order of time."""

    def __init__(
        self, store: Store, clock: HistoryClock, ids: HistoryIds, size: Size, members: list[tuple[str, UUID]]
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._size = size
        self._rng = random.Random(SEED)
        self._members = members
        self._references: list[UUID] = []
        self._balances = [0] * len(members)
        self._entries = 0
        self._quotes = self._priced()
        self._names = tomllib.loads(NAMES_FILE.read_text("utf-8"))

    def _priced(self) -> list[tuple[int, Quote]]:
        """Purchases with their prices, drawn from again and again: pricing is not what this is about."""
        priced: list[tuple[int, Quote]] = []
        while len(priced) < QUOTES:
            cents = self._rng.randint(150, 4_500)
            quote = quote_sale(self._store.programme, Basket(cents))
            assert not isinstance(quote, Refused), "any sum of this size can be bought"
            priced.append((cents, quote))
        return priced

    def run(self, progress: Callable[[float], None]) -> None:
        """Write the shop: members join through the first half of the year, sales go on through all of it."""
        total = len(self._members) + self._size.entries
        first_day = LAST_DAY - timedelta(days=DAYS - 1)
        while len(self._references) < len(self._members) or self._entries < self._size.entries:
            with self._store.unit() as unit:
                for _ in range(BATCH_RECORDS):
                    done = len(self._references) + self._entries
                    if done >= total:
                        break
                    day, second = divmod(done * DAYS * OPEN_S // total, OPEN_S)
                    self._clock.move_to(first_day + timedelta(days=day), OPENS_S + second)
                    joined = len(self._references) / len(self._members)
                    if joined < min(1.0, 0.01 + 2 * self._entries / self._size.entries):
                        self._enrol(unit)
                    else:
                        self._sell(unit)
            self._store.checkpoint(now=True)
            progress((len(self._references) + self._entries) / total)

    def _enrol(self, unit: Unit) -> None:
        index = len(self._references)
        number, member_id = self._members[index]
        card_ref = self._ids.random_id()
        first, last = self._rng.choice(self._names["women"]), self._rng.choice(self._names["surnames"])
        unit.put_card(CardRow(card_ref, number, member_id))
        unit.put_profile(member_id, Profile(f"{first} {last}", phone=f"+498999998{index % 1_000:03d}{index // 1_000}"))
        unit.append(Enrolment(**self._header(member_id), card_ref=card_ref))
        self._references.append(card_ref)

    def _sell(self, unit: Unit) -> None:
        index = self._rng.randrange(len(self._references))
        member_id = self._members[index][1]
        cents, quote = self._rng.choice(self._quotes)
        if self._balances[index] >= 100 and self._rng.random() < REWARD_CHANCE * 4:  # noqa: PLR2004 - a pretzel
            taken = quote_sale(
                self._store.programme, Basket(cents), (RewardRequest("brezel"),), available=self._balances[index]
            )
            quote = quote if isinstance(taken, Refused) else taken
        unit.append(
            Sale(
                **self._header(member_id),
                currency="EUR",
                amount_cents=cents,
                lines=quote.lines,
                redemptions=quote.redemptions,
                explain=quote.explain,
                card_ref=self._references[index],
            )
        )
        self._balances[index] += quote.points - quote.points_redeemed
        self._entries += 1 + bool(quote.redemptions)

    def _header(self, member_id: UUID) -> dict[str, Any]:
        record_id, at_us = self._ids.record_id(), self._clock.now_us()
        return {
            "record_id": record_id,
            "member_id": member_id,
            "at_us": at_us,
            "business_day": self._clock.business_day(at_us),
            "utc_offset_min": 60,
            "programme_version": self._store.programme.version,
            "command_digest": command_digest(self._store.programme_key, "benchmark", record_id),
        }


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
