"""How a till's copies are, as one value: the bar, the start screen, the screen of copies and the doctor show it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

US_PER_HOUR: Final = 3_600_000_000

STALE_ELSEWHERE_US: Final = 48 * US_PER_HOUR
"""From when on a copy off this disk is old, in microseconds, if something was booked since: on two evenings nobody has
plugged the stick in."""

STALE_HERE_US: Final = 26 * US_PER_HOUR
"""From when on the newest copy on this disk is old, in microseconds, if something was booked since: a day and its
close."""


class Trouble(StrEnum):
    """Why a place gets no copies."""

    NOT_THERE = "not_there"
    SAME_DISK = "same_disk"
    FULL = "full"
    READ_ONLY = "read_only"
    NO_ANSWER = "no_answer"
    BAD_COPY = "bad_copy"
    BUSY = "busy"
    FAILED = "failed"


class Phase(StrEnum):
    """What is being done just now."""

    COPYING = "copying"
    CARRYING = "carrying"


class Level(StrEnum):
    """What somebody has to know of the copies at a glance.

    STARTING: nothing was looked at yet. NONE: no copy is off this disk. OLD: the last one off this disk is old. AILING:
    there is one, but the till's own copies are not taken. FINE: all is well.
    """

    STARTING = "starting"
    FINE = "fine"
    AILING = "ailing"
    OLD = "old"
    NONE = "none"


class Made(msgspec.Struct, frozen=True):
    """A copy that was checked.

    Attributes:
        folder: Where it lay when it was checked.
        file: What it is called there.
        made_at_us: When it was taken, in microseconds since 1970 UTC.
        records: The seq of its last record.
        epoch: That record's epoch.
        bytes: How large it is.
    """

    folder: str
    file: str
    made_at_us: int
    records: int
    epoch: UUID
    bytes: int


class PlaceStatus(msgspec.Struct, frozen=True):
    """One place for copies.

    Attributes:
        folder: Where, empty when the settings name none.
        newest: The newest good copy known to be there.
        count: How many copies of this till lie there; 0 while that is not known.
        trouble: Why nothing gets there, ``None`` while all is well.
        detail: The same for support.
        damaged: The names of copies that have turned bad there.
    """

    folder: str = ""
    newest: Made | None = None
    count: int = 0
    trouble: Trouble | None = None
    detail: str = ""
    damaged: tuple[str, ...] = ()


class BoxStatus(msgspec.Struct, frozen=True):
    """The black box.

    Attributes:
        folder: Where, empty when the settings name none.
        records: The seq up to which it, or head office, has every record.
        trouble: Why it takes nothing, ``None`` while all is well.
        detail: The same for support.
        same_disk: Whether it lies on the disk it is there to outlive.
        set_aside: Whether an older box lies there with bookings that the ledger does not have.
    """

    folder: str = ""
    records: int = 0
    trouble: Trouble | None = None
    detail: str = ""
    same_disk: bool = False
    set_aside: bool = False


class Running(msgspec.Struct, frozen=True):
    """How far a copy is that is being made."""

    phase: Phase
    percent: int = 0


class BackupStatus(msgspec.Struct, frozen=True):
    """How the copies are. The default is a till on which nothing was looked at yet.

    Attributes:
        records: The seq of the ledger's last record.
        epoch: That record's epoch; ``None`` until the first look.
        here: The folder on this disk.
        elsewhere: The second place; its ``newest`` is the last good copy off this disk, wherever that is now.
        box: The black box.
        running: The copy that is being made.
        asked: Whether somebody waits for one.
    """

    records: int = 0
    epoch: UUID | None = None
    here: PlaceStatus = PlaceStatus()
    elsewhere: PlaceStatus = PlaceStatus()
    box: BoxStatus = BoxStatus()
    running: Running | None = None
    asked: bool = False

    def holds_all(self, made: Made | None) -> bool:
        """Whether nothing was booked since a copy was taken."""
        return made is not None and (made.epoch, made.records) == (self.epoch, self.records)


def level_of(status: BackupStatus, now_us: int) -> Level:
    """What the status means for the shop, the worst first.

    A copy is old only when something was booked since; a till that stood still for its holidays lacks nothing. The
    place itself may be away meanwhile: whoever takes the stick home every evening does what they should.

    Args:
        status: How the copies are.
        now_us: Now, in microseconds since 1970 UTC.
    """
    if status.epoch is None:
        return Level.STARTING
    if status.elsewhere.newest is None:
        return Level.NONE
    if is_old(status, status.elsewhere.newest, now_us, STALE_ELSEWHERE_US):
        return Level.OLD
    here = status.here
    if here.trouble not in (None, Trouble.BUSY) or is_old(status, here.newest, now_us, STALE_HERE_US):
        return Level.AILING
    return Level.FINE


def is_old(status: BackupStatus, made: Made | None, now_us: int, after_us: int) -> bool:
    """Whether a copy lacks bookings and was taken longer ago than that; one of tomorrow tells of a wrong clock only."""
    return made is not None and not status.holds_all(made) and now_us - made.made_at_us > after_us
