"""A head office with three tills, all of them processes, and the proof that what they did is right."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from headoffice.main import assemble
from headoffice.store.tables import ACCOUNT, CARD, RECORD
from tests.fakes.command_line import CommandLine
from tests.fakes.ledger import card_number
from tests.fakes.served import document
from tests.integration.processes.busy_till import CARDS
from tests.integration.processes.machinery import (
    ServerProcess,
    TillProcess,
    balances_shown,
    joined_till,
    prepare,
)

if TYPE_CHECKING:
    import random
    from contextlib import ExitStack
    from pathlib import Path
    from uuid import UUID

TILLS: Final = 3
RECEIPTS_BETWEEN: Final = 8
"""How much every till sells between two kills."""


class Shop:
    """Three tills and head office at work.

    Args:
        folder: For all files.
        running: Ends every process at the end.
        servers: How many API processes; the tills spread over them.
        database: The database of head office, ``None`` for SQLite.
    """

    def __init__(self, folder: Path, running: ExitStack, *, servers: int, database: str | None) -> None:
        self._database = database
        self._data, codes = prepare(folder, TILLS, database)
        self.servers = [ServerProcess(self._data, database) for _ in range(servers)]
        for server in self.servers:
            running.callback(server.kill)
            server.start()
        self.tills = []
        for number, code in enumerate(codes):
            till = joined_till(folder, number, self.servers[number % servers].url, code)
            running.callback(till.kill)
            self.tills.append(till)
        for till in self.tills:
            till.start()

    def trade_under_kills(self, rng: random.Random, kills: int) -> None:
        """Sell; every now and then one process, each in its turn, is gone from one statement to the next."""
        processes: list[ServerProcess | TillProcess] = [*self.servers, *self.tills]
        for number in range(kills):
            for till in self.tills:
                till.wait_for(RECEIPTS_BETWEEN)
            victim = processes[number % len(processes)]
            for till in self.tills:
                till.wait_for(rng.randrange(5))
            victim.kill()
            for till in self.tills:
                if till is not victim:
                    till.wait_for(RECEIPTS_BETWEEN)  # nobody stops selling because another one is gone
            victim.start()

    def prove(self) -> int:
        """Let everybody come to rest and hold all against each other; gives how many receipts there were."""
        for till in self.tills:
            till.wait_for(RECEIPTS_BETWEEN)
        for till in self.tills:
            till.stop_selling()
        for till in self.tills:
            stands = till.finish()
            assert (stands["waiting"], stands["edits"], stands["settled"]) == (0, 0, True), stands
        for server in self.servers:
            assert server.stop() == 0
        receipts = [receipt for till in self.tills for receipt in till.receipts()]
        assert len(set(receipts)) == len(receipts)
        self._prove_office(receipts)
        for till in self.tills:
            assert CommandLine(till.directory).done("ledger", "verify")["ok"]
        return len(receipts)

    def _prove_office(self, receipts: list[UUID]) -> None:
        database = ["--database", self._database] if self._database else []
        assert document(self._data, *database, "verify")["ok"]
        with closing(assemble(self._data, self._database)) as head, head.database.snapshot() as connection:
            booked = Counter(connection.scalars(select(RECORD.c.record_id)))
            missing = [receipt for receipt in receipts if booked[receipt] != 1]
            assert not missing, f"{len(missing)} of {len(receipts)} receipts are not at head office"
            cards = dict(connection.execute(select(CARD.c.number, CARD.c.member_id)).all())
            balances = dict(connection.execute(select(ACCOUNT.c.member_id, ACCOUNT.c.balance)).all())
            moved = connection.scalar(select(func.sum(RECORD.c.points)))
        assert sum(balances.values()) == moved
        numbers = [card_number(number) for number in range(CARDS)]
        wanted = {number: balances[cards[number]] if number in cards else None for number in numbers}
        for till in self.tills:
            assert balances_shown(till.directory, numbers) == wanted, f"{till.directory.name} shows other balances"
