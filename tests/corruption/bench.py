"""Shops to be damaged, made once, and the loop that damages, judges and counts."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.corruption import damage as damages
from tests.corruption import plants, shop
from tests.corruption.judge import Noticed, Verdict, judge

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

    from tests.corruption.damage import Damage

STATES: Final[dict[str, dict[str, bool]]] = {"alone": {}, "crashed": {"crashed": True}, "joined": {"joined": True}}
"""A till that was closed, one that died with bookings in its log, one that belongs to a head office."""

SCRATCH: Final = ("till.lock", "ledger.sqlite-shm", "vault.sqlite-shm", "replica.sqlite-shm", "search.sqlite-shm")
THROWN_AWAY: Final = ("search.sqlite", "search.sqlite-wal")
"""By what people are found: made anew from the profiles; no balance is in it."""


@dataclass
class Tally:
    """What came of many damages."""

    noticed: Counter[str] = field(default_factory=Counter)
    wrong_before: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, state: str, one: Damage, verdict: Verdict) -> None:
        """Count one."""
        self.noticed[verdict.noticed] += 1
        self.wrong_before += verdict.wrong_before
        if verdict.noticed in (Noticed.NEVER, Noticed.BUG):
            self.failures.append(f"{state}: {one.kind}, {one.where}: {verdict.noticed}: {verdict.detail}")


class Bench:
    """One shop as it was, and copies of it to be damaged.

    Args:
        folder: An empty folder.
        state: One of ``STATES``.
    """

    def __init__(self, folder: Path, state: str) -> None:
        self.state = state
        self.shop = shop.make(folder / "shop", **STATES[state])
        self.template = folder / "template"
        shutil.copytree(self.shop.directory, self.template)
        self.truth = shop.ask(self.shop)

    def all_damages(self, rng: random.Random, flips: int = 3) -> list[Damage]:
        """Every way in which each of its files can be damaged by a disk."""
        found: list[Damage] = []
        for path in sorted(self.template.iterdir()):
            if path.name in THROWN_AWAY:
                continue
            if path.suffix == ".sqlite":
                found += damages.of_pages(self.template, path.name, rng, flips)
            elif path.name.endswith("-wal") and path.stat().st_size:
                found += damages.of_log(self.template, path.name, rng)
            elif path.name not in SCRATCH:
                found += damages.of_small_file(self.template, path.name, rng)
            elif path.name.endswith("-shm"):
                found += list(damages.of_small_file(self.template, path.name, rng))[-5:]
        return found

    def by_hand(self, folder: Path) -> list[Damage]:
        """Damage with intent: by SQL, and with files that belong elsewhere."""
        other = shop.make(folder / "other", **STATES[self.state], seed=2)
        return [*plants.by_sql(), *plants.by_swapping(shop.older(self.shop.directory), other.directory)]

    def judge(self, one: Damage) -> Verdict:
        """Do it to a fresh copy and see."""
        shutil.rmtree(self.shop.directory)
        shutil.copytree(self.template, self.shop.directory)
        one.do(self.shop.directory)
        return judge(self.shop, self.truth)

    def judge_all(self, chosen: Iterable[Damage]) -> Tally:
        """Judge many."""
        tally = Tally()
        for one in chosen:
            tally.add(self.state, one, self.judge(one))
        return tally
