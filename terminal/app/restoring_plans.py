"""What can be done about a ledger that can't be opened, how far it is, and what came of it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from uuid import UUID

import msgspec

from storage.remains import Remains
from terminal.app.restoring_copies import Boxed, Found
from terminal.app.restoring_trouble import Trouble


class Findings(msgspec.Struct, frozen=True):
    """What a look around found.

    Attributes:
        trouble: What is wrong.
        remains: What the directory still says.
        copies: What can be put back, the newest first.
        continuing: Those copies that are a beginning of the ledger in the directory.
        key: A file with the programme key that is missing, ``None`` when it is not or none was found.
        boxes: What the black box that the settings name holds, by the till's id in its ledger.
        black_box: Its folder, empty without one.
        now_us: When it was looked, in microseconds since 1970 UTC.
        here: The folder in which copies of this disk lie.
        second: The second place, empty without one.
    """

    trouble: Trouble
    remains: Remains = Remains()
    copies: tuple[Found, ...] = ()
    continuing: frozenset[Path] = frozenset()
    key: Path | None = None
    now_us: int = 0
    here: str = ""
    second: str = ""
    boxes: dict[UUID, Boxed] = {}
    black_box: str = ""


class FromCopy(msgspec.Struct, frozen=True):
    """Put a copy back.

    Attributes:
        path: The copy.
        newer: Whether to take over the records behind it that the damaged ledger still holds.
    """

    path: Path
    newer: bool = False


class FromItself(msgspec.Struct, frozen=True):
    """Make the ledger anew of what it holds itself.

    Attributes:
        key: Is put where the programme key is missing.
        mend_from: The copy out of which tables that are not what was written are mended.
    """

    key: Path | None = None
    mend_from: Path | None = None


class KeyBack(msgspec.Struct, frozen=True):
    """Put the programme key back; nothing else is missing."""

    key: Path


Plan = FromCopy | FromItself | KeyBack


class Stage(StrEnum):
    """The parts of the work, in order."""

    CHECKING = "checking"
    SAVING = "saving"
    PUTTING = "putting"
    VERIFYING = "verifying"


CAN_BE_STOPPED = frozenset({Stage.CHECKING, Stage.SAVING})
"""Until then nothing was changed. The proof at the end can be left out, which is another thing."""


class Step(msgspec.Struct, frozen=True):
    """How far a stage is; ``total`` is 0 while nobody can tell."""

    stage: Stage
    done: int = 0
    total: int = 0


class Restored(msgspec.Struct, frozen=True):
    """The till can be opened.

    Attributes:
        records: How many records the ledger holds now.
        newer: How many of them are newer than the copy and were saved all the same.
        aside: Under which names what stood there was kept, in the data directory.
        names_lost: Whether people's names can't be read any more, because their keys are lost.
        stands_alone: Whether the till belongs to no head office now.
        problems: What the proof at the end found, and what was taken although nothing proves it, for support.
        proved: Whether that proof ran to its end.
    """

    records: int
    newer: int = 0
    aside: tuple[str, ...] = ()
    names_lost: bool = False
    stands_alone: bool = False
    problems: tuple[str, ...] = ()
    proved: bool = True


class Stopped(msgspec.Struct, frozen=True):
    """The work was stopped before anything was changed."""
