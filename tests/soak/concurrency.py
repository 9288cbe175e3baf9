"""Till, sync, copies, reports and proofs at once on one data directory until the time is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.concurrency.crowd import Crowd

if TYPE_CHECKING:
    from tests.soak.frame import Run


def run(run: Run) -> None:
    """One shop for all of the time, so that its files grow."""
    crowd = Crowd(run.folder)
    crowd.work(run.ends_at)
    for name, times in sorted(crowd.counts.items()):
        run.count(name, times)
    assert not crowd.failures, "\n".join(crowd.failures[:5])
