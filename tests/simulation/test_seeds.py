"""Sixty worlds: whatever the line, the disks and the people do, in the end every receipt is booked exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.simulation.shares import LARGE
from tests.simulation.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from tests.simulation.templates import Templates

SEEDS = range(1, 61)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_world_comes_to_rest_in_agreement(seed: int, templates: Templates, world_folder: Path) -> None:
    """Receipts, balances, days, replicas, proofs and erasures hold; ``python -m tests.simulation SEED`` replays it."""
    outcome = World(seed, world_folder, templates).run()
    assert not outcome.problems, f"python -m tests.simulation {seed}"


def test_a_large_world_comes_to_rest_in_agreement(templates: Templates, world_folder: Path) -> None:
    """Up to twenty tills, programs of several ages, and weeks in which points end; the long form has more of them."""
    outcome = World(1, world_folder, templates, size=LARGE).run()
    assert not outcome.problems, "python -m tests.simulation 1 --large"
    assert outcome.counts["lots ended"], "no points ended"


def test_a_seed_is_the_same_world_every_time(templates: Templates, world_folder: Path) -> None:
    """A failure can be looked at again: two runs tell the same story, word for word."""
    told: list[list[str]] = []
    for run in ("first", "second"):
        (world_folder / run).mkdir()
        lines: list[str] = []
        World(7, world_folder / run, templates, tell=lines.append).run()
        told.append(lines)
    assert told[0] == told[1]
    assert len(told[0]) > 50
