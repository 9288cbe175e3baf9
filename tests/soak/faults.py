"""Lets every operation of every workload fail, in every way; nothing may be lost, faked or told as a bug."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.catalogue import WORKLOADS
from tests.faults.lab import Lab
from tests.faults.shim import MODES, why_not

if TYPE_CHECKING:
    from tests.soak.frame import Run


def run(run: Run) -> None:
    """Try each workload in each mode, all of its moments, in random order until the time is over."""
    reason = why_not()
    if reason:
        run.count(f"not run: {reason}")
        return
    problems: list[str] = []
    pairs = [(name, number) for name in WORKLOADS for number in range(len(MODES))]
    run.rng.shuffle(pairs)
    with Lab(run.folder) as lab:
        for name, number in pairs:
            moments = list(range(1, lab.count(name, number) + 1)) if run.goes_on() else []
            run.rng.shuffle(moments)
            for fail_at in moments:
                if not run.goes_on():
                    break
                go_on = run.rng.random() < 1 / 2
                verdict = lab.trial(name, number, fail_at, go_on=go_on)
                run.count("faults")
                run.count(f"ended as {verdict.outcome}")
                if verdict.problems:
                    problems.append(f"{name}, {MODES[number].name}, operation {fail_at}, go on {go_on}: {verdict}")
    assert not problems, "\n".join(problems[:20])
