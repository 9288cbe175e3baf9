"""Head office's primary database is lost again and again while tills sell; see the integration test."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from tests.fakes.postgres_pair import PostgresPair
from tests.integration.processes.failover import lose_the_primary
from tests.integration.processes.shop import Shop

if TYPE_CHECKING:
    from tests.soak.frame import Run

KILLS_MAX: Final = 4
"""Of single processes, before the primary is lost."""


def run(run: Run) -> None:
    """Lose one primary after the other until the time is over."""
    while run.goes_on():
        folder = run.folder / f"chain{run.counts.get('primaries lost', 0)}"
        folder.mkdir()
        with ExitStack() as running:
            pair = PostgresPair()
            running.callback(pair.remove)
            name = pair.primary.create_database()
            shop = Shop(folder, running, servers=2, database=pair.url(name))
            shop.trade_under_kills(run.rng, run.rng.randrange(KILLS_MAX))
            missing = lose_the_primary(shop, pair, name)
            assert missing == 0, f"{missing} acknowledged records were lost with the primary"
            run.count("receipts", shop.prove())
        run.count("primaries lost")
