"""Damages every page, log and small file of shops again and again; nothing may go unnoticed that changes an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.corruption.bench import STATES, Bench
from tests.corruption.judge import Noticed

if TYPE_CHECKING:
    from tests.soak.frame import Run


def run(run: Run) -> None:
    """Judge until the time is over, each shop in turn."""
    benches: list[Bench] = []
    for state in STATES:
        (run.folder / state).mkdir()
        benches.append(Bench(run.folder / state, state))
    failures: list[str] = []
    while run.goes_on():
        for bench in benches:
            chosen = bench.all_damages(run.rng)
            run.rng.shuffle(chosen)
            for one in chosen[:200]:
                if not run.goes_on():
                    break
                verdict = bench.judge(one)
                run.count("damages")
                run.count(verdict.noticed.value)
                if verdict.wrong_before:
                    run.count("wrong balances shown before they were noticed")
                if verdict.noticed in (Noticed.NEVER, Noticed.BUG):
                    failures.append(f"{bench.state}: {one.kind}, {one.where}: {verdict}")
    assert not failures, "\n".join(failures[:20])
