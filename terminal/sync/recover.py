"""A till whose disk is lost, made again: from head office and the black box, or from a backup and the black box.

Everything is made in a folder inside the data directory and moved into place when head office has acknowledged all of
it and verifying found nothing. So no balance is ever shown in which head office's word and the box's records overlap:
until they are told apart there is no till to show it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import msgspec

from storage.files import make_directory, os_errors
from storage.lock import take_lock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from uuid import UUID

    from loyalty.ports import Clock, Ids
    from loyalty.wire import ProblemCode
    from storage.exchange import HeadOfficeRow
    from terminal.sync.joining import Admitted, Applicant
    from terminal.sync.keys import Keyring
    from terminal.sync.session import OpenPort
    from terminal.sync.status import SyncTrouble


class RecoverStep(StrEnum):
    """What recovering is at; several of them take long enough to show how far they are."""

    JOINING = "joining"
    FETCHING = "fetching"
    BUILDING = "building"
    TAKING_OVER = "taking_over"
    SENDING = "sending"
    CHECKING = "checking"
    FINISHING = "finishing"


class WhyNot(StrEnum):
    """Why a till was not recovered; the sentences for people live in ``terminal.presenters``."""

    SHOP_HERE = "shop_here"
    NOTHING_TO_START_FROM = "nothing_to_start_from"
    NO_BLACK_BOX = "no_black_box"
    SEVERAL_TILLS = "several_tills"
    OTHER_TILL = "other_till"
    RECORDS_MISSING = "records_missing"
    NO_PROGRAMME = "no_programme"
    NOT_SOUND = "not_sound"
    HEAD_OFFICE = "head_office"


class BoxedTill(msgspec.Struct, frozen=True):
    """A till whose black box lies in a folder.

    Attributes:
        ledger_id: The terminal id in its ledger.
        till_name: What it was called; empty when the box's beginning is damaged.
        shop_name: Its shop.
        newest_us: When its newest boxed record was made, 0 when there is none; microseconds since 1970 UTC.
        records: How many records its box holds.
    """

    ledger_id: UUID
    till_name: str = ""
    shop_name: str = ""
    newest_us: int = 0
    records: int = 0


class RecoverCommand(msgspec.Struct, frozen=True):
    """What to recover from; at least one of head office, backup and black box.

    Attributes:
        url: Head office's address; empty for a till that stands alone.
        code: The one-time code it gave. A recovery that was cut off behind the joining goes on without a new one.
        black_box: The folder with the black box.
        backup: A copy of the ledger made by ``ledger backup``.
        ledger_id: Whose box, when the folder holds several.
        despite_gap: Go on although records between the backup and the black box are missing.
        set_aside: Move what is left of a shop in the directory aside instead of refusing.
    """

    url: str = ""
    code: str = ""
    black_box: Path | None = None
    backup: Path | None = None
    ledger_id: UUID | None = None
    despite_gap: bool = False
    set_aside: bool = False


class NotRecovered(msgspec.Struct, frozen=True):
    """Nothing was recovered, and why; the data directory is as it was.

    Attributes:
        why: The reason.
        trouble: What head office said, or the line, for ``HEAD_OFFICE``.
        tills: Whose boxes there are, for ``SEVERAL_TILLS``.
        first: The first missing position, for ``RECORDS_MISSING``.
        last: The last missing position, for ``RECORDS_MISSING``.
        problems: What verifying found, in English, for ``NOT_SOUND``.
    """

    why: WhyNot
    trouble: ProblemCode | SyncTrouble | None = None
    tills: tuple[BoxedTill, ...] = ()
    first: int = 0
    last: int = 0
    problems: tuple[str, ...] = ()


class Recovered(msgspec.Struct, frozen=True):
    """The till is whole again and can be opened.

    Attributes:
        records: How many records its journal holds now.
        from_box: How many of them came from the black box.
        edits: How many changes of people and cards came from it.
        unreadable_edits: How many of those could not be opened: they were sealed for another head office.
        damaged: Places in the middle of the box that can't be read; what is before and behind them was taken.
        torn_bytes: Bytes behind the last whole record of the box: what was being written when the till went off.
        store: The store, empty for a till that stands alone.
        former_terminal: The lost till's id at head office, ``None`` when nothing says it.
        former_is_active: Whether head office still lets that one in; somebody there should revoke it.
        names_lost: Whether people were enrolled by name whose names nobody can read any more.
        waiting: Records head office has not acknowledged yet; always 0 for a till of a head office.
        unproved: What is wrong with the copy's tables that no journal proves, in English, for support; a call that
            finishes what another began does not know it.
    """

    records: int
    from_box: int = 0
    edits: int = 0
    unreadable_edits: int = 0
    damaged: int = 0
    torn_bytes: int = 0
    store: str = ""
    former_terminal: UUID | None = None
    former_is_active: bool = False
    names_lost: bool = False
    waiting: int = 0
    unproved: tuple[str, ...] = ()


class Office(Protocol):
    """The way to head office."""

    def apply(self, url: str, code: str, applicant: Applicant) -> Admitted:
        """Be taken in; see ``apply_to_join``."""
        ...

    def connect(self, head_office: HeadOfficeRow, private_key: bytes, clock: Clock, offset_ms: int) -> OpenPort:
        """Open a line; see ``session.Connect``."""
        ...


class Outside(msgspec.Struct, frozen=True):
    """What recovering needs of the world.

    Attributes:
        clock: Time.
        ids: Fresh ids.
        keyring: This user's keyring, if there is one.
        office: The way to head office; ``None`` for the one over HTTP.
        progress: Told the step, how far it is and how far it goes; 0 of 0 while that is not known.
    """

    clock: Clock
    ids: Ids
    keyring: Keyring | None
    office: Office | None
    progress: Callable[[RecoverStep, int, int], None]


def recover(
    directory: Path,
    command: RecoverCommand,
    *,
    clock: Clock,
    ids: Ids,
    keyring: Keyring | None = None,
    progress: Callable[[RecoverStep, int, int], None] | None = None,
    office: Office | None = None,
) -> Recovered | NotRecovered:
    """Make a lost till again in a data directory without a shop.

    Everything is built aside and moved into place when it is whole, so no till ever opens on half of it. Whatever
    interrupts it, calling it again goes on or begins anew.

    Args:
        directory: The data directory; may be missing.
        command: What from.
        clock: Time.
        ids: Fresh ids.
        keyring: This user's keyring, if there is one.
        progress: Told the step, how far it is and how far it goes; 0 of 0 while that is not known.
        office: The way to head office; over HTTP without it.

    Raises:
        StorageError: The disk did not take it, or a file can't be used; the data directory is as it was.
    """
    from terminal.sync.recover_steps import Recovery  # brings the network's libraries

    outside = Outside(clock, ids, keyring, office, progress or _to_nobody)
    with os_errors(str(directory)):
        make_directory(directory)
        lock = take_lock(directory)
    try:
        return Recovery(directory, command, outside).run()
    finally:
        lock.release()


def _to_nobody(_step: RecoverStep, _done: int, _total: int) -> None:
    """Where nobody looks on, nothing is shown."""
