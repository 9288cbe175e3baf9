"""A till in a process of its own that hands out card numbers until it is killed; prints each once it is on disk."""

from __future__ import annotations

import sys
from pathlib import Path

from loyalty.numbering import Series
from storage.store import open_store
from tests.fakes.clock import FakeClock, SeededIds


def main() -> None:
    """Open the directory given first and take numbers with ids seeded by the second argument, for ever."""
    clock = FakeClock()
    ids = SeededIds(int(sys.argv[2]), clock)
    store = open_store(Path(sys.argv[1]), clock=clock, ids=ids)
    series = Series.of(store.programme.cards[0])
    while True:
        with store.unit() as unit:
            taken = unit.numbers.take_for(ids.random_id(), "order", series, 3)
        assert isinstance(taken, list)
        print(*taken, flush=True)


if __name__ == "__main__":
    main()
