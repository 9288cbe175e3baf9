"""A disk that fills up, fails or goes away at any moment costs no acknowledged booking and fakes none."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.catalogue import WORKLOADS
from tests.faults.lab import Lab
from tests.faults.shim import MODES, why_not

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(why_not() is not None, reason=why_not() or "")

SEED: Final = 20_261_122
TRIALS: Final = 1
"""So many moments of each workload, chosen by the seed; the soak tries all of them in every mode."""

NAMES: Final = {mode.name: number for number, mode in enumerate(MODES)}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A process whose disk can fail."""
    with Lab(tmp_path_factory.mktemp("faults")) as opened:
        yield opened


LONG: Final = frozenset(
    {
        "command: member add",
        "command: member retention",
        "command: day close",
        "command: ledger verify",
        "command: ledger rebuild",
    }
)
"""Whole commands cost most; these are left to the soak."""


@pytest.mark.parametrize("name", [name for name in WORKLOADS if name not in LONG])
def test_a_failing_disk_loses_and_fakes_nothing(lab: Lab, name: str) -> None:
    """What was reported is there, what was not is refused in plain words, and afterwards all of it can be done."""
    rng = random.Random(f"{SEED} {name}")
    for number in rng.sample(range(len(MODES) - 2), TRIALS):
        count = lab.count(name, number)
        if not count:
            continue
        fail_at = rng.randint(1, count)
        verdict = lab.trial(name, number, fail_at, go_on=rng.random() < 1 / 2)
        assert verdict.fired
        assert not verdict.problems, (MODES[number].name, fail_at, *verdict.problems)


def test_a_full_disk_is_said_and_the_till_goes_on(lab: Lab) -> None:
    """The sale is refused with what to do; with room again the same till books it, and once only."""
    verdict = lab.trial("sale", NAMES["full"], 1, go_on=True)
    assert (verdict.outcome, verdict.problems) == ("disk_full", ())
    assert verdict.text == "The disk is full. Nothing was booked. Make room, then book again. (M-203)"


def test_a_failed_sync_stops_the_till(lab: Lab) -> None:
    """Nobody knows what is on the disk then, so nothing more is written and nobody is told that it was."""
    for go_on in (False, True):
        verdict = lab.trial("redemption", NAMES["one sync fails"], 1, go_on=go_on)
        assert (verdict.outcome, verdict.problems) == ("disk_failed", ())


def test_the_proof_can_fail(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A store that passes over failed commits reports sales that are not on the disk, and that is noticed."""
    number = NAMES["one sync fails"]
    with Lab(tmp_path_factory.mktemp("careless"), "tests.faults.careless") as careless:
        verdict = careless.trial("redemption", number, 1, go_on=False)
    assert any("not on the disk" in problem or "passed over" in problem for problem in verdict.problems), verdict
