"""The frame of the soak: registered runs share the time, count what they did, and say how to repeat what went wrong."""

from __future__ import annotations

import random
import sys
import time
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

SECONDS_PER_MINUTE: Final = 60


@dataclass(slots=True)
class Run:
    """What a soak is given, and what it counts.

    Attributes:
        rng: Its source of chance; the seed is told when it fails.
        folder: An empty folder of its own.
        ends_at: When it has to stop, in seconds of the monotonic clock.
        counts: What it did how often.
    """

    rng: random.Random
    folder: Path
    ends_at: float
    counts: dict[str, int] = field(default_factory=dict)

    def goes_on(self) -> bool:
        """Whether there is time left."""
        return time.monotonic() < self.ends_at

    def count(self, what: str, times: int = 1) -> None:
        """Note that something was done."""
        self.counts[what] = self.counts.get(what, 0) + times


@dataclass(frozen=True, slots=True)
class Soak:
    """A registered run: its name and what it does."""

    name: str
    run: Callable[[Run], None]


def run_all(soaks: Sequence[Soak], minutes: float, seed: int, folder: Path) -> int:
    """Run each soak for its share of the time.

    Args:
        soaks: What to run, one after the other.
        minutes: All in all.
        seed: Of the first; the others follow from it.
        folder: For their files.

    Returns:
        0, or 1 when one of them failed; the others have run all the same.
    """
    failed = 0
    for number, soak in enumerate(soaks):
        own_seed = seed + number
        place = folder / soak.name
        place.mkdir()
        ends_at = time.monotonic() + minutes * SECONDS_PER_MINUTE / len(soaks)
        run = Run(random.Random(own_seed), place, ends_at)
        print(f"{soak.name} (seed {own_seed}) ...", file=sys.stderr, flush=True)
        try:
            soak.run(run)
            verdict = "ok"
        except Exception:  # noqa: BLE001 - whatever it is, it is told and the others run
            traceback.print_exc()
            verdict = f"FAILED, repeat with SOAK_SEED={own_seed - number}"
            failed = 1
        done = ", ".join(f"{times:,} {what}" for what, times in run.counts.items()) or "nothing"
        print(f"{soak.name:<14} {verdict}: {done}", flush=True)
    return failed
