"""Lets every operation of every workload fail, in every way; nothing may be lost, faked or told as a bug."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.lab import Lab
from tests.faults.shim import MODES, why_not
from tests.faults.workloads import WORKLOADS

if TYPE_CHECKING:
    from tests.soak.frame import Run


def run(run: Run) -> None:
    """Try all moments in random order until the time is over."""
    reason = why_not()
    if reason:
        run.count(f"not run: {reason}")
        return
    problems: list[str] = []
    with Lab(run.folder) as lab:
        pairs = [(name, number) for name in WORKLOADS for number in range(len(MODES))]
        run.rng.shuffle(pairs)
        plan: list[tuple[str, int, int]] = []
        for name, number in pairs:
            if not run.goes_on():
                break
            plan += ((name, number, fail_at) for fail_at in range(1, lab.count(name, number) + 1))
        run.rng.shuffle(plan)
        run.count("moments at which something can fail", len(plan))
        for name, number, fail_at in plan:
            if not run.goes_on():
                break
            for go_on in (False, True):
                verdict = lab.trial(name, number, fail_at, go_on=go_on)
                run.count("faults")
                run.count(f"ended as {verdict.outcome}")
                if verdict.problems:
                    problems.append(f"{name}, {MODES[number].name}, operation {fail_at}, go on {go_on}: {verdict}")
    assert not problems, "\n".join(problems[:20])
