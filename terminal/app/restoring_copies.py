"""Which copies of a ledger there are to choose from, and where each of them lies."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from storage.backup import check_copy, key_path
from storage.blackbox_read import black_boxes_in
from storage.errors import StorageError
from storage.files import KEY_FILE, LEDGER_FILE
from storage.remains import key_fits, managers_in, till_name_in
from storage.rotation import BackupCopy, copies_in, read_copy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from storage.types import CashierRow
    from terminal.settings.backup import BackupSettings

BACKUP_FOLDER: Final = "backups"
"""Where copies are kept unless the settings say otherwise, inside the data directory."""

COPIES_MAX: Final = 200
"""How many copies are offered; the newest of them, from all places."""


class Place(StrEnum):
    """Where a copy lies.

    ``ASIDE`` is a ledger that an earlier restoring set aside: it brings back what was replaced.
    """

    HERE = "here"
    SECOND = "second"
    ASIDE = "aside"
    CHOSEN = "chosen"


class Found(msgspec.Struct, frozen=True):
    """A copy and where it lies."""

    copy: BackupCopy
    place: Place


class Boxed(msgspec.Struct, frozen=True):
    """The newest records in a till's black box that follow each other without a gap, both ends included."""

    first: int
    last: int


class Checked(msgspec.Struct, frozen=True):
    """What a close look at a copy came to.

    Attributes:
        problem: What is wrong with it, for support; empty when it is sound.
        till_name: What its till is called.
        managers: Who may decide, going by the copy.
    """

    problem: str = ""
    till_name: str = ""
    managers: tuple[CashierRow, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether it can be put back."""
        return not self.problem


def folders(directory: Path, settings: BackupSettings) -> dict[Place, Path]:
    """Where copies of this till are looked for."""
    here = Path(settings.folder).expanduser() if settings.folder else directory / BACKUP_FOLDER
    found = {Place.HERE: here}
    if settings.second_folder:
        found[Place.SECOND] = Path(settings.second_folder).expanduser()
    return found


def find_copies(directory: Path, settings: BackupSettings) -> tuple[Found, ...]:
    """Every copy in this till's places, the newest first; a place that is not there has none."""
    found = [Found(copy, place) for place, folder in folders(directory, settings).items() for copy in copies_in(folder)]
    found += [Found(copy, Place.ASIDE) for copy in copies_in(directory) if copy.path.name != LEDGER_FILE]
    found.sort(key=lambda each: (each.copy.made_at_us, each.copy.records, each.place is Place.HERE), reverse=True)
    return tuple(found[:COPIES_MAX])


def look_at(path: Path) -> Found | None:
    """A file that somebody chose; ``None`` when it is no copy of a ledger."""
    copy = read_copy(path)
    return None if copy is None else Found(copy, Place.CHOSEN)


def check(path: Path) -> Checked:
    """Look at every page of a copy."""
    try:
        check_copy(path)
    except (StorageError, OSError) as error:
        return Checked(problem=str(error) or type(error).__name__)
    return Checked("", till_name_in(path), managers_in(path))


def find_boxes(folder: str) -> dict[UUID, Boxed]:
    """What lies in the folder of the black box, till by till; nothing where it can't be read now."""
    if not folder:
        return {}
    try:
        boxes = black_boxes_in(Path(folder).expanduser())
    except StorageError:
        return {}
    found = {}
    for box in boxes:
        positions = sorted({record.seq for record in box.records})
        if positions:
            first = last = positions.pop()
            while positions and positions[-1] == first - 1:
                first = positions.pop()
            found[box.ledger_id] = Boxed(first, last)
    return found


def fitting_key(ledger: Path, found: Iterable[Found]) -> Path | None:
    """A programme key beside a copy that is the one the ledger was written with."""
    for each in found:
        path = each.copy.path
        for key in (key_path(path), path.parent / KEY_FILE):
            if key.exists() and key_fits(ledger, key):
                return key
    return None
