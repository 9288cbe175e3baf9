"""Kills a writing till again and again; no acknowledged sale may be missing, and verify must stay content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.store import open_store
from storage.verify import verify
from tests.fakes.ledger import LedgerOfTests
from tests.integration.storage.test_power import acknowledged_until_killed

if TYPE_CHECKING:
    from uuid import UUID

    from tests.soak.frame import Run

SALES_MAX: int = 80
KILLS_PER_LEDGER: int = 25
"""A fresh ledger now and then: verify takes longer with every record."""


def run(run: Run) -> None:
    """Kill until the time is over."""
    while run.goes_on():
        ledger = LedgerOfTests(run.folder / f"ledger{run.counts.get('ledgers', 0)}")
        ledger.close()
        run.count("ledgers")
        acknowledged: list[UUID] = []
        for _ in range(KILLS_PER_LEDGER):
            if not run.goes_on():
                break
            seed, count = run.rng.getrandbits(30), run.rng.randrange(1, SALES_MAX)
            new = acknowledged_until_killed(ledger.directory, seed=seed, count=count)
            acknowledged += new
            with open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids) as store, store.reader() as reader:
                missing = [record_id for record_id in acknowledged if reader.record(record_id) is None]
            assert not missing, missing
            result = verify(ledger.directory)
            assert result.ok, result.problems
            run.count("kills")
            run.count("acknowledged sales", len(new))
