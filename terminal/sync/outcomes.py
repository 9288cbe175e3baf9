"""What came of something a person asked of sync: joining, leaving, serving, inviting, handing records in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

    from loyalty.wire import ProblemCode
    from terminal.sync.status import SyncTrouble


class Joined(msgspec.Struct, frozen=True):
    """The till belongs to head office now; so many records are on their way there."""

    store: str
    waiting: int


class Left(msgspec.Struct, frozen=True):
    """The till stands alone again; so many records head office never got stay in its journal."""

    unsent: int


class Serving(msgspec.Struct, frozen=True):
    """Whether this till serves the others of the shop, and under which address; empty when it does not."""

    address: str


class Invited(msgspec.Struct, frozen=True):
    """A one-time code for another till, in the form people type."""

    name: str
    code: str


class Exported(msgspec.Struct, frozen=True):
    """What head office has not acknowledged, records and edits of people, in a file that a manager can hand in."""

    path: Path
    records: int
    edits: int = 0


class Declined(msgspec.Struct, frozen=True):
    """It was not done, and why; nothing has changed."""

    why: ProblemCode | SyncTrouble
