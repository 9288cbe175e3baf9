"""What came of something a person asked of sync: joining, leaving, serving, inviting, handing records in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from loyalty.wire import ProblemCode
    from terminal.sync.status import SyncTrouble


@dataclass(frozen=True, slots=True)
class Joined:
    """The till belongs to head office now; so many records are on their way there."""

    store: str
    waiting: int


@dataclass(frozen=True, slots=True)
class Left:
    """The till stands alone again; so many records head office never got stay in its journal."""

    unsent: int


@dataclass(frozen=True, slots=True)
class Serving:
    """Whether this till serves the others of the shop, and under which address; empty when it does not."""

    address: str


@dataclass(frozen=True, slots=True)
class Invited:
    """A one-time code for another till, in the form people type."""

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Exported:
    """What head office has not acknowledged, records and edits of people, in a file that a manager can hand in."""

    path: Path
    records: int
    edits: int = 0


@dataclass(frozen=True, slots=True)
class Declined:
    """It was not done, and why; nothing has changed."""

    why: ProblemCode | SyncTrouble
