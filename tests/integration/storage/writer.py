"""A till in a process of its own that books sales until somebody kills it; prints every id once it is acknowledged."""

from __future__ import annotations

import sys
from pathlib import Path

from storage.store import open_store
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.ledger import LedgerOfTests


def main() -> None:
    """Open the directory given first and book sales with ids seeded by the second argument, for ever."""
    directory, seed = Path(sys.argv[1]), int(sys.argv[2])
    till = LedgerOfTests.__new__(LedgerOfTests)
    till.directory, till.clock = directory, FakeClock()
    till.ids = SeededIds(seed, till.clock)
    till.store = open_store(directory, clock=till.clock, ids=till.ids)
    print("ready", flush=True)
    number = 0
    while True:
        number += 1
        member = till.member(number % 7)
        sale = till.sale(member, 100 * (1 + number % 50))
        with till.store.unit() as unit:
            unit.append(sale)
            if number % 3 == 0:
                unit.append(till.redemption(member))
        print(sale.record_id, flush=True)
        if number % 10 == 0:
            till.store.checkpoint(now=number % 20 == 0)


if __name__ == "__main__":
    main()
