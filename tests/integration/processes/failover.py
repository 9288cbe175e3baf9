"""The loss of head office's database under load, and what its standby must have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from storage.store import open_store
from terminal.app.system import SystemClock, SystemIds

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from loyalty.wire import EpochHead
    from tests.fakes.postgres_pair import PostgresPair
    from tests.integration.processes.shop import Shop


def lose_the_primary(shop: Shop, pair: PostgresPair, name: str) -> int:
    """Cut the primary off while all tills sell, let the standby take over, and count what it does not have.

    The API processes are gone meanwhile, so that no till can hand in again what the standby lacks before it is counted.

    Args:
        shop: Whose tills sell.
        pair: The database and its standby.
        name: The database's.

    Returns:
        How many records the tills had been told were taken, and the new primary does not know.
    """
    pair.primary.cut_off()
    for till in shop.tills:
        till.wait_for(2)  # selling goes on
    for server in shop.servers:
        server.kill()
    acknowledged = [head for till in shop.tills if (head := _acknowledged(till.directory)) is not None]
    assert acknowledged, "nothing was acknowledged yet, so nothing could be missing"
    pair.fail_over()
    with psycopg.connect(pair.standby.url(name)) as connection:
        taken: dict[UUID, int] = dict(connection.execute("SELECT epoch, seq FROM terminal_epoch").fetchall())
    for server in shop.servers:
        server.start()
    return sum(max(0, head.seq - taken.get(head.epoch, 0)) for head in acknowledged)


def _acknowledged(directory: Path) -> EpochHead | None:
    """The last record of a till that head office has acknowledged, by what the till has kept of it."""
    clock, ids = SystemClock(), SystemIds()
    with open_store(directory, clock=clock, ids=ids, writable=False) as store, store.reader() as reader:
        return reader.link().acked
