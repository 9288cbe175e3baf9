"""Fresh tills and a fresh head office, made once and copied into every world."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from headoffice.main import assemble
from tests.fakes.clock import FakeClock
from tests.fakes.ledger import PROGRAMME
from tests.simulation.chance import seeded_entropy
from tests.simulation.crashes import TillStatements
from tests.simulation.shares import LARGE
from tests.simulation.tills import SimTill
from tests.simulation.times import MintingIds

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True)
class Templates:
    """Directories to copy from.

    Attributes:
        office: Head office's.
        tills: One for every till a world may have; each has an identity of its own.
        document: The programme all begin with.
        known: The ids of the records that are there already.
    """

    office: Path
    tills: tuple[Path, ...]
    document: str
    known: frozenset[UUID]


def make_templates(folder: Path) -> Templates:
    """Make them, with the same keys and ids every time."""
    folder.mkdir()
    clock = FakeClock()
    with seeded_entropy("templates"):
        tills = []
        known: set[UUID] = set()
        for number in range(1, LARGE.tills_max + 1):
            sim = SimTill(f"till{number}", folder / f"till{number}", clock, random.Random(number), TillStatements())
            sim.create(PROGRAMME)
            tills.append(sim.directory)
            known |= sim.ids.minted
        office = folder / "office"
        office.mkdir()
        ids = MintingIds(99, clock)
        head = assemble(office, None, clock, ids)
        head.publish(PROGRAMME, by="Frau Sommer")
        head.close()
    return Templates(office, tuple(tills), PROGRAMME, frozenset(known | ids.minted))


def memory_folder() -> str | None:
    """A folder in memory where the system has one, as no disk is at risk here; ``None`` for the usual one."""
    shared = Path("/dev/shm")  # noqa: S108 - the folder made in it is private
    return str(shared) if shared.is_dir() and os.access(shared, os.W_OK) else None
