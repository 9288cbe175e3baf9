"""The frame of a workload: a till on a recorded folder that says what it begins and what it has been promised.

Marks are JSON in the log, between the calls they belong to. ``begin`` stands before a step, ``done`` behind it with
what the ledger holds then; a step that is ``whole`` happens wholly or not at all. ``erased``, ``copy`` and
``published`` add what must stay true from then on; ``start`` says that all before it is long on the disk.
"""

from __future__ import annotations

import ctypes
import json
import random
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from storage.store import open_store
from terminal.app.till import Till
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.ledger import LedgerOfTests, card_number
from tests.power.state import State, state_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

DATA: Final = "data"
"""The data directory below the recorded folder."""

CARDS: Final = 6


Moves = Mapping[Callable[["Scenario"], None], int]
"""What a till may do next, and how likely."""


class Scenario(LedgerOfTests):
    """A till under the logger.

    Attributes:
        root: The recorded folder.
        rng: The workload's chance.
        sold: Sales that can be undone.
        people: Names by card.
        copies: What each backup holds, by its path below the recorded folder.
    """

    __test__ = False

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.rng = random.Random(seed)
        self.sold: list[UUID] = []
        self.people: dict[str, str] = {}
        self.copies: dict[str, State] = {}
        self._mark = _marker()
        self.directory = root / DATA
        self.clock = FakeClock()
        self.ids = SeededIds(seed + 1, self.clock)

    def make(self) -> None:
        """Make the shop."""
        super().__init__(self.directory, self.rng.getrandbits(30))

    @property
    def till(self) -> Till:
        """As use cases see it."""
        return Till(self.store, self.clock, self.ids)

    def card(self) -> str:
        """Any card of the shop's few."""
        return card_number(self.rng.randrange(CARDS))

    def mark(self, **said: object) -> None:
        """Write into the log."""
        text = json.dumps(said, default=str).encode()
        self._mark(text, ctypes.c_size_t(len(text)))

    def start(self) -> None:
        """What was done until now was done long ago."""
        self.mark(start=self.state())

    def state(self) -> State:
        """What the ledger holds."""
        return state_of(self.directory)

    @contextmanager
    def step(self, what: str, *, whole: bool = True) -> Iterator[None]:
        """Something that is acknowledged when the block has ended."""
        self.mark(begin=what, whole=whole)
        yield
        self.mark(done=what, state=self.state())

    def erased(self, member_id: UUID, card: str, name: str) -> None:
        """From now on nobody may find that person."""
        self.mark(erased=member_id.hex, card=card, name=name)

    def run(self, moves: Moves, steps: int) -> None:
        """Take steps by chance; minutes or hours pass between them."""
        for move in self.rng.choices(list(moves), list(moves.values()), k=steps):
            self.clock.advance(minutes=self.rng.randrange(1, 200))
            move(self)

    def open(self) -> None:
        """Start the till."""
        self.store = open_store(self.directory, clock=self.clock, ids=self.ids)


def begin_record(root: Path, log: Path) -> None:
    """Let the preloaded logger write down what happens below a folder from now on."""
    _logger().power_begin(str(root).encode(), str(log).encode())


def _marker() -> Callable[[bytes, ctypes.c_size_t], object]:
    return _logger().power_mark


def _logger() -> ctypes.CDLL:
    """The library that was preloaded: its functions are among the process's own."""
    library = ctypes.CDLL(None)
    if not hasattr(library, "power_mark"):
        raise SystemExit("this workload runs under the logger of writes; see tests/power/recording.py")
    return library
