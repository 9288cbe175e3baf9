"""World after world of the simulation, behind the seeds of the suite; a seed that fails is named and replays alone."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.simulation.shares import LARGE, SMALL
from tests.simulation.templates import make_templates, memory_folder
from tests.simulation.world import World

if TYPE_CHECKING:
    from tests.soak.frame import Run

LARGE_EVERY: Final = 10
"""Every so many worlds one has up to twenty tills."""

COUNTED: Final = (
    *("sync", "buy", "buy_late", "put_back", "copy", "went off", "began_epoch", "server_restored", "fenced"),
    *("lots ended", "protocol_unsupported", "upgrade", "office_merge", "office_erase"),
)

SEEDS_OF_THE_SUITE: Final = 1_000
"""Below it are the seeds that every run of the tests lives through."""


def run(run: Run) -> None:
    """Live until the time is over."""
    seed = SEEDS_OF_THE_SUITE + run.rng.randrange(10**9)
    with tempfile.TemporaryDirectory(prefix="soak-worlds-", dir=memory_folder()) as folder:
        templates = make_templates(Path(folder) / "templates")
        while run.goes_on():
            place = Path(folder) / f"world{seed}"
            place.mkdir()
            is_large = seed % LARGE_EVERY == 0
            outcome = World(seed, place, templates, size=LARGE if is_large else SMALL).run()
            again = f"python -m tests.simulation {seed}{' --large' if is_large else ''}"
            assert not outcome.problems, (again, *outcome.problems)
            shutil.rmtree(place)
            run.count("large worlds" if is_large else "worlds")
            for what in COUNTED:
                run.count(what, outcome.counts.get(what, 0))
            seed += 1
