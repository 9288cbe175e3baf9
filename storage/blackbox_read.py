"""Reading black boxes: what a folder holds of which till, tolerant of a torn end, plain about damage."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.chain import chain_hash
from storage.blackbox_frames import (
    BOX_BYTES_MAX,
    PART_SUFFIX,
    BoxedEdit,
    BoxedProgramme,
    BoxedRecord,
    Heading,
    frames,
)
from storage.errors import BlackBoxAway

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_NAME: Final = re.compile(r"stammkunde-([0-9a-f-]{36})(?:\.before-[0-9a-f]+)?(?:\.blackbox|\.blackbox-part)")


class Damage(msgspec.Struct, frozen=True):
    """A place in the middle of a box that can't be read.

    Attributes:
        file: The file's name.
        offset: Where it begins, in bytes.
        length: How many bytes.
        after_seq: The last journal position that could be read before it, 0 for none.
    """

    file: str
    offset: int
    length: int
    after_seq: int


class BoxFile(msgspec.Struct, frozen=True):
    """One file of a till.

    Attributes:
        path: The file.
        ledger_id: Whose it is, by its name.
        file_id: Its random id, empty when nothing of it can be read.
        frames: The number of the next frame.
        good_bytes: Where its last whole frame ends.
        torn_bytes: What lies behind that.
        heading: ``None`` when the beginning is damaged.
    """

    path: Path
    ledger_id: UUID
    file_id: bytes = b""
    frames: int = 0
    good_bytes: int = 0
    torn_bytes: int = 0
    heading: Heading | None = None
    programmes: tuple[BoxedProgramme, ...] = ()
    records: tuple[BoxedRecord, ...] = ()
    edits: tuple[BoxedEdit, ...] = ()
    damage: tuple[Damage, ...] = ()


class BlackBoxContents(msgspec.Struct, frozen=True):
    """Everything a folder holds of one till, older files first.

    Attributes:
        ledger_id: The terminal id in its ledger.
        heading: The newest one; ``None`` when every file's beginning is damaged.
        programmes: Rules, each version once.
        records: Every record once, in the order in which they were boxed.
        edits: Every edit once, sealed.
        damage: Places in the middle that can't be read.
        torn_bytes: What lies behind the last whole frame of the newest file.
    """

    ledger_id: UUID
    heading: Heading | None
    programmes: tuple[BoxedProgramme, ...]
    records: tuple[BoxedRecord, ...]
    edits: tuple[BoxedEdit, ...]
    damage: tuple[Damage, ...]
    torn_bytes: int


def read_box_file(path: Path) -> BoxFile | None:
    """Read one file.

    Returns:
        ``None`` for a file that is no box, or whose contents belong to another till than its name says.

    Raises:
        BlackBoxAway: It can't be read.
    """
    named = _NAME.fullmatch(path.name)
    if named is None:
        return None
    try:
        ledger_id = UUID(named[1])
    except ValueError:
        return None
    try:
        if path.stat().st_size > BOX_BYTES_MAX:
            return None
        data = path.read_bytes()
    except OSError as error:
        raise BlackBoxAway(f"{path}: {error}") from error
    found = _read(path, ledger_id, data)
    return None if found.heading is not None and found.heading.ledger_id != ledger_id else found


def _read(path: Path, ledger_id: UUID, data: bytes) -> BoxFile:
    heading: Heading | None = None
    programmes: list[BoxedProgramme] = []
    records: list[BoxedRecord] = []
    edits: list[BoxedEdit] = []
    damage: list[Damage] = []
    place, number, file_id = 0, 0, b""
    for frame in frames(data):
        if frame.start != place or frame.number != number:
            seq = records[-1].seq if records else 0
            damage.append(Damage(path.name, place, frame.start - place, seq))
        place, number, file_id = frame.end, frame.number + 1, frame.file_id
        match frame.content:
            case Heading() as heading:
                pass
            case BoxedProgramme() as programme:
                programmes.append(programme)
            case BoxedEdit() as edit:
                edits.append(edit)
            case record:
                if is_sound(record):
                    records.append(record)
                else:
                    damage.append(Damage(path.name, frame.start, frame.end - frame.start, record.seq - 1))
    return BoxFile(
        path=path,
        ledger_id=ledger_id,
        file_id=file_id,
        frames=number,
        good_bytes=place,
        torn_bytes=len(data) - place,
        heading=heading,
        programmes=tuple(programmes),
        records=tuple(records),
        edits=tuple(edits),
        damage=tuple(damage),
    )


def is_sound(record: BoxedRecord) -> bool:
    """Whether a record is what the till wrote: its hashes cover its bytes and its columns."""
    row = record.row
    return hashlib.sha256(record.payload).digest() == record.body_hash and chain_hash(row[:13]) == record.hash


def black_boxes_in(folder: Path) -> tuple[BlackBoxContents, ...]:
    """Everything a folder holds, till by till; a file that is no box, or not of its name's till, is left out.

    Raises:
        BlackBoxAway: The folder or a box in it can't be read.
    """
    try:
        names = [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]
        names.sort(key=lambda path: (path.stat().st_mtime_ns, path.name))
    except OSError as error:
        raise BlackBoxAway(f"{folder}: {error}") from error
    by_till: dict[UUID, list[BoxFile]] = {}
    for path in names:
        found = read_box_file(path)
        if found is not None:
            by_till.setdefault(found.ledger_id, []).append(found)
    return tuple(_together(ledger_id, _in_order(files)) for ledger_id, files in sorted(by_till.items()))


def _in_order(files: Iterable[BoxFile]) -> list[BoxFile]:
    """Those that were set aside first, then one that was being made anew, then the box itself."""
    rank = {True: 2, False: 0}
    return sorted(
        files,
        key=lambda file: 1 if file.path.name.endswith(PART_SUFFIX) else rank[".before-" not in file.path.name],
    )


def _together(ledger_id: UUID, files: list[BoxFile]) -> BlackBoxContents:
    headings = [file.heading for file in files if file.heading is not None]
    return BlackBoxContents(
        ledger_id=ledger_id,
        heading=headings[-1] if headings else None,
        programmes=tuple({item.version: item for file in files for item in file.programmes}.values()),
        records=tuple({record.record_id: record for file in files for record in file.records}.values()),
        edits=tuple({edit.edit_id: edit for file in files for edit in file.edits}.values()),
        damage=tuple(damage for file in files for damage in file.damage),
        torn_bytes=files[-1].torn_bytes,
    )
