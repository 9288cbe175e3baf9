"""Fresh card numbers under accidents: a till that is killed again and again never hands one out twice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from loyalty.numbering import Series
from tests.fakes.ledger import LedgerOfTests
from tests.source import ROOT

TAKER = Path(__file__).with_name("number_taker.py")
KILLS = 6


def taken_until_killed(directory: Path, seed: int, lines: int) -> list[str]:
    """Let a till hand out numbers, and kill it right after it has said so a few times."""
    process = subprocess.Popen(
        [sys.executable, str(TAKER), str(directory), str(seed)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    found = [number for _ in range(lines) for number in process.stdout.readline().split()]
    process.kill()
    rest, _ = process.communicate()
    return found + rest.split()


def test_a_till_that_is_killed_hands_out_no_number_twice(tmp_path: Path) -> None:
    """What was said was on disk; what was not said may be lost, but never comes again."""
    ledger = LedgerOfTests(tmp_path / "till")
    series = Series.of(ledger.store.programme.cards[0])
    ledger.close()
    found: list[str] = []
    for seed in range(KILLS):
        found += taken_until_killed(tmp_path / "till", seed, lines=seed * 3 + 1)
    whole = [number for number in found if len(number) == series.length]  # the last line may be cut short
    assert len(whole) >= 3 * sum(seed * 3 + 1 for seed in range(KILLS))
    assert len(set(whole)) == len(whole)
    serials = [series.serial_within(number) for number in whole]
    assert serials == sorted(serials), "in the order in which they were handed out"
