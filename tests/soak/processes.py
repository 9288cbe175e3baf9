"""Head office and tills as processes that are killed in turn while there is time; see the integration test."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from tests.fakes.postgres import Postgres
from tests.integration.processes.shop import Shop

if TYPE_CHECKING:
    from tests.soak.frame import Run

KILLS: Final = 12
"""In one shop; then a new one begins, because verifying takes longer with every record."""


def run(run: Run) -> None:
    """Kill until the time is over, on SQLite and on PostgreSQL in turn."""
    with ExitStack() as stack:
        postgres = Postgres({})
        stack.callback(postgres.remove)
        while run.goes_on():
            number = run.counts.get("shops", 0)
            folder = run.folder / f"shop{number}"
            folder.mkdir()
            on_postgres = number % 2 == 1
            database = postgres.url(postgres.create_database()) if on_postgres else None
            with ExitStack() as running:
                shop = Shop(folder, running, servers=2 if on_postgres else 1, database=database)
                shop.trade_under_kills(run.rng, KILLS)
                run.count("receipts", shop.prove())
            run.count("kills", KILLS)
            run.count("shops")
