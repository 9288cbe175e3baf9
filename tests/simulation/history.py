"""What head office's accounts were at every step of its feed: a till must never show a state that never was.

Everything that is published together at a till belongs to one moment of head office. Half of a merge, or a page without
the next one, is a mixture that no moment explains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from tests.simulation.ledgers import OfficeAccount, read_accounts, rows

if TYPE_CHECKING:
    from tests.simulation.office import Office
    from tests.simulation.tills import SimTill


class History:
    """Head office's accounts by the newest step of its feed; after a restore a step may be another one."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._moments: dict[tuple[UUID, int], dict[UUID, OfficeAccount]] = {}

    def remember(self) -> None:
        """Keep what the accounts are now."""
        newest = self._office.head.newest()
        self._moments[newest.epoch, newest.n] = read_accounts(self._office.database_file)

    def differences(self, sim: SimTill, scope: str) -> list[str]:
        """What a till shows although head office never had it so, or lacks although it holds everybody.

        Args:
            sim: The till.
            scope: The region whose members it holds; empty for all.
        """
        cursor = sim.cursor()
        if cursor is None or cursor.n == 0:
            return []
        moment = self._moments.get((cursor.epoch, cursor.n))
        if moment is None:
            return [f"{sim.name} shows step {cursor.n}, in the middle of what head office did at once"]
        problems = []
        lacking = set() if scope else set(moment)
        for row in rows(sim.store.replica_path, "SELECT member_id, balance, merged_into, as_of_us FROM statement"):
            account = moment.get(UUID(bytes=row[0]))
            lacking.discard(UUID(bytes=row[0]))
            if row[3] == 0:
                continue  # a member this till no longer holds
            found = (row[1], UUID(bytes=row[2]) if row[2] else None)
            if account is None or found != (account.balance, account.merged_into):
                problems.append(f"{sim.name} holds {found}, at step {cursor.n} head office had {account}")
        if lacking:
            problems.append(f"{sim.name} lacks {len(lacking)} members of step {cursor.n}")
        return problems
