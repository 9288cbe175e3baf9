"""Loses a till's disk after a random life, again and again; every receipt comes back, once."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING, Final

from tests.integration.sync.recover_histories import History, Move

if TYPE_CHECKING:
    from tests.soak.frame import Run

MOVES_MAX: Final = 80
MOVES: Final = tuple(Move)


def run(run: Run) -> None:
    """Lose tills until the time is over."""
    while run.goes_on():
        folder = run.folder / "shop"
        folder.mkdir()
        history = History(folder)
        with closing(history.world):
            history.play([(run.rng.choice(MOVES), run.rng.randrange(3)) for _ in range(run.rng.randrange(MOVES_MAX))])
            receipts = history.lose_and_recover(run.rng.random())
        shutil.rmtree(folder)
        run.count("tills lost and recovered")
        run.count("receipts", receipts)
