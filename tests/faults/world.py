"""A shop on a disk that may fail: its till, what a workload did with it, and what of that must be found again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from loyalty.cards import Check, with_check_digit
from loyalty.outcomes import Reason, Refused
from loyalty.records import EpochStart
from storage.store import Store, create_store, open_store
from terminal.app.till import Till
from terminal.errors import CommandError
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.ledger import PROGRAMME

LATER_MS: Final = 1_793_350_000_000
"""The moment in the ids that a workload mints itself, in milliseconds."""


def card(number: int) -> str:
    """A card of the shop."""
    return with_check_digit(f"29{number:010d}", Check.GS1)


def command_id(number: int) -> UUID:
    """An id minted before the work: the same in every attempt."""
    return UUID(int=LATER_MS << 80 | 7 << 76 | 0b10 << 62 | number)


class CommandFailed(CommandError):
    """Something said that it was not done; ``sentence`` is what a person reads."""

    def __init__(self, path: Path, code: str, sentence: str) -> None:
        super().__init__(path)
        self.code = code  # type: ignore[misc]  # one class for whatever was said
        self.sentence = sentence  # type: ignore[misc]  # as above


class World:
    """One attempt at a workload, in a process of its own.

    Attributes:
        root: The folder in which operations may fail.
        directory: The till's data directory in it.
        attempt: Which attempt; ids that the program mints itself differ between them.
    """

    def __init__(self, root: Path, attempt: int) -> None:
        self.root = root
        self.attempt = attempt
        self.directory = root / "data"
        self.clock = FakeClock()
        self.ids = SeededIds(attempt, self.clock)
        self.opened: Store | None = None
        self.kept: dict[str, Any] = {}

    @property
    def store(self) -> Store:
        if self.opened is None:
            self.opened = open_store(self.directory, clock=self.clock, ids=self.ids)
        return self.opened

    @property
    def till(self) -> Till:
        return Till(self.store, self.clock, self.ids)

    def make_shop(self) -> None:
        """A new shop, left open."""
        self.opened = create_store(
            self.directory,
            shop_name="Bäckerei Morgenrot",
            till_name="Kasse 1",
            currency="EUR",
            programme_text=PROGRAMME,
            clock=self.clock,
            ids=self.ids,
        )

    def close(self) -> None:
        """Close the store, if it is open."""
        opened, self.opened = self.opened, None
        if opened:
            opened.close()

    def held(self, record_id: UUID) -> bool:
        """Whether the journal holds a record, looked at beside whoever has it open."""
        with self.reading() as reader:
            return reader.record(record_id) is not None

    @contextlib.contextmanager
    def reading(self) -> Any:  # noqa: ANN401 - a reader in a context manager
        with open_store(self.directory, clock=self.clock, ids=self.ids, writable=False) as store:
            reader = store.reader()
            try:
                yield reader
            finally:
                reader.close()

    def fingerprint(self, cards: tuple[int, ...] = (1, 2, 3, 4, 5, 6)) -> dict[str, Any]:
        """What the shop's data says, without anything that differs between two runs."""
        with self.reading() as reader:
            records = [reader.stored(seq) for seq in range(1, reader.count() + 1)]
            known = [reader.known_card(card(number)) for number in cards]
            return {
                "shop": reader._ledger.all("SELECT name, till_name FROM shop"),
                "records": sorted(
                    [type(item.record).__name__, getattr(item.record, "points", 0), str(item.record.business_day)]
                    for item in records
                    if item and not isinstance(item.record, EpochStart)
                ),
                "cards": [
                    [found.status.value, *msgspec.structs.astuple(found.account)[1:4], found.profile] if found else None
                    for found in known
                ],
                "found": sorted(hit.name for hit in reader.search("anna")),
                "totals": reader.day_report(self.clock.today()).totals,
                "cashiers": sorted(row.name for row in reader.cashiers()),
                "head office": [row.url for row in [reader.head_office()] if row],
                "erased": reader._ledger.value("SELECT count(*) FROM tombstone"),
            }


def nothing(_: World) -> None:
    """There is nothing to do."""


def books_nothing(_: World) -> bool:
    """What only copies or puts back never books."""
    return False


@dataclass(frozen=True)
class Step:
    """Part of a workload that reports success or fails as a whole.

    Attributes:
        name: What it is.
        do: Does it; gives a refusal or anything else.
        is_there: Whether what it reported is on the disk, looked at later; ``None`` where nothing was promised.
        repeats_as: A refusal that a repeat may get, because it was done before.
        agrees: Whether what a failure says is what is on the disk, for those that say how far they came.
        is_begun: Whether any of it is booked, for what is booked in several transactions; ``books_nothing`` for what
            books nothing at all, so that it may say so.
    """

    name: str
    do: Callable[[World], object]
    is_there: Callable[[World], bool] | None = None
    repeats_as: Reason | None = None
    is_begun: Callable[[World], bool] | None = None
    agrees: Callable[[World, str], bool] | None = None


@dataclass(frozen=True)
class Workload:
    """What is done on a failing disk.

    Attributes:
        name: What it is.
        steps: What is done, in order.
        prepare: Makes the shop it begins with; nothing fails meanwhile, and the shop is closed behind it.
        begin: What is done in the same process just before, without faults.
        judged: Whether a ledger must be there afterwards; a till that is just being set up may have none.
    """

    name: str
    steps: tuple[Step, ...]
    prepare: Callable[[World], None] = nothing
    begin: Callable[[World], object] = nothing
    judged: bool = True
    cards: tuple[int, ...] = field(default=(1, 2, 3, 4, 5, 6))


def is_refused(result: object) -> Reason | None:
    """Why a step said no."""
    return result.reason if isinstance(result, Refused) else None
