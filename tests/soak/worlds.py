"""World after world of the simulation, behind the seeds of the suite; a seed that fails is named and replays alone."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.simulation.templates import make_templates, memory_folder
from tests.simulation.world import World

if TYPE_CHECKING:
    from tests.soak.frame import Run

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
            outcome = World(seed, place, templates).run()
            assert not outcome.problems, (f"python -m tests.simulation {seed}", *outcome.problems)
            run.count("worlds")
            for what in ("sync", "buy", "put_back", "copy", "went off", "began_epoch", "server_restored", "fenced"):
                run.count(what, outcome.counts.get(what, 0))
            seed += 1
