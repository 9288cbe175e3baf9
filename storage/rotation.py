"""Which copies of a ledger lie in a folder, what they are called, and which of them may go.

Reading a folder never fails for a file in it: what is no copy, or can't be read as one, is left out. So it neither
counts as a copy nor is it ever deleted by the rotation.
"""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from stat import S_ISREG
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from storage import sqlite
from storage.checks import read_shop
from storage.connection import open_frozen
from storage.errors import StorageError
from storage.files import log_bytes, os_errors, read_header
from storage.journal import head
from storage.schema import LEDGER_APPLICATION_ID, SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator
    from pathlib import Path

ENDING: Final = ".backup"
"""How the names of copies end that were taken by themselves; other copies may be called anything."""

COPIES_READ_MAX: Final = 4_096
"""How many files of one folder are looked at: the copies of a hundred tills."""

NUMBER_MAX: Final = 99_999_999
"""No till takes so many copies in its life; a name that says more is no reason to count on from there."""

US_PER_S: Final = 1_000_000

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_FORMAT: Final = "%Y%m%dT%H%M%SZ"
_NUMBERED: Final = re.compile(r"stammkunde-(?P<till>[0-9a-f]{8})-(?P<time>\d{8}T\d{6}Z)-(?P<number>\d{5,12})\.backup")
_NAME: Final = re.compile(rf"{_NUMBERED.pattern}\Z")


class BackupCopy(msgspec.Struct, frozen=True):
    """One copy of a ledger.

    Attributes:
        path: Where.
        made_at_us: When it was taken, by the till's clock then, in microseconds since 1970 UTC.
        records: How many records it holds: the seq of its last one.
        epoch: The epoch of that record.
        bytes: How large the file is.
        terminal_id: Whose ledger it is.
        shop_name: The shop's name.
        number: Which copy of its till this is, in the order in which they were made whatever the clock said; 0 for one
            that somebody made by hand.
    """

    path: Path
    made_at_us: int
    records: int
    epoch: UUID
    bytes: int
    terminal_id: UUID
    shop_name: str
    number: int = 0


class Rules(msgspec.Struct, frozen=True):
    """How many copies stay: the last ones, and the newest of so many hours, days, weeks and months that have one.

    Every copy holds all that was ever booked, so an older one helps only against damage that was noticed late, and the
    whole ledger is proved every day. And copies hold card numbers in the clear: those of somebody who was erased are
    gone from the folder when the last of these copies is.
    """

    last: int = 3
    hours: int = 12
    days: int = 14
    weeks: int = 8
    months: int = 3

    @property
    def most(self) -> int:
        """How many copies of one till stay at most: besides these the newest by number, by time, and by records."""
        return self.last + self.hours + self.days + self.weeks + self.months + 3


DEFAULT_RULES: Final = Rules()


def file_name(terminal_id: UUID, made_at_us: int, number: int) -> str:
    """What a copy is called: whose it is, when it was taken, and which one it is.

    Several tills may share a folder; ``copies_in`` looks into the files, so that names never decide what is deleted.
    """
    taken = (_EPOCH + timedelta(microseconds=made_at_us)).strftime(_TIME_FORMAT)
    return f"{name_of_till(terminal_id)}-{taken}-{number:05}{ENDING}"


def name_of_till(terminal_id: UUID) -> str:
    """How the names of a till's files in a folder of copies begin."""
    return f"stammkunde-{terminal_id.hex[:8]}"


def copies_in(folder: Path) -> list[BackupCopy]:
    """The copies of ledgers in a folder, the newest first; not in folders below it.

    Files that are no copies, are of a newer layout or can't be read are left out; so is every file when there is no
    such folder.
    """
    return sorted(_copies_in(folder), key=lambda copy: (copy.made_at_us, copy.number), reverse=True)


def read_copy(path: Path) -> BackupCopy | None:
    """One file as a copy, ``None`` when it is none or can't be read.

    Only its newest record is read; whether the whole of it is sound says ``storage.backup.check_copy``.
    """
    try:
        with os_errors(str(path)):
            facts = path.stat()
            if not S_ISREG(facts.st_mode):  # reading from a pipe would wait for ever
                return None
            header = read_header(path)
            if header.application_id != LEDGER_APPLICATION_ID or header.user_version > SCHEMA_VERSION:
                return None
            if log_bytes(path):  # somebody works in it: a ledger, or what a crash left of one
                return None
        if facts.st_size < header.pages * header.page_bytes:
            return None
        with closing(open_frozen(path)) as database:
            shop, last = read_shop(database), head(database)
    except (StorageError, OSError, sqlite.Error, ValueError):  # whatever lies in somebody's folder
        return None
    made_at_us, number = _read_name(path.name, shop.terminal_id) or (facts.st_mtime_ns // 1_000, 0)
    return BackupCopy(path, made_at_us, last.seq, last.epoch, facts.st_size, shop.terminal_id, shop.name, number)


def keep(copies: Iterable[BackupCopy], rules: Rules = DEFAULT_RULES) -> list[BackupCopy]:
    """Decide which copies may be deleted; the others are kept.

    Only copies with a number are ever named here: what somebody made by hand is theirs. Each till's copies are judged
    by themselves. Of every hour, day, week (from Monday) and month, in UTC, the copy made last stays, for as many of
    them as the rules say, counted in the order in which the copies were made and not by the clock, which may have been
    wrong. The newest stays whatever the rules say: by number, by its time, and by its records.

    Args:
        copies: Copies that can be read, of any tills, in any order.
        rules: How many stay.

    Returns:
        What may go, the oldest first.
    """
    by_till: dict[UUID, list[BackupCopy]] = {}
    for copy in copies:
        if copy.number > 0:
            by_till.setdefault(copy.terminal_id, []).append(copy)
    gone: list[BackupCopy] = []
    for own in by_till.values():
        own.sort(key=_order, reverse=True)
        kept = {copy.path for copy in own[: max(1, rules.last)]} | {
            max(own, key=_by_time).path,
            max(own, key=_by_records).path,
        }
        for of_time, count in (
            (_hour, rules.hours),
            (_day, rules.days),
            (_week, rules.weeks),
            (_month, rules.months),
        ):
            kept |= _newest_of_each(own, of_time, count)
        gone += [copy for copy in reversed(own) if copy.path not in kept]
    return gone


def next_number(folder: Path, terminal_id: UUID) -> int:
    """The number of a till's next copy: above all in names there, also of what can't be read or was set aside.

    Raises:
        OSError: The folder is not there, or can't be read now.
    """
    named = filter(None, (_NUMBERED.match(path.name) for path in folder.iterdir()))
    numbers = [int(name["number"]) for name in named if name["till"] == terminal_id.hex[:8]]
    return 1 + max((number for number in numbers if number < NUMBER_MAX), default=0)


def _copies_in(folder: Path) -> Iterator[BackupCopy]:
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        return
    ours = [name for name in names if not name.startswith(".")]
    for name in ours[:COPIES_READ_MAX]:
        copy = read_copy(folder / name)
        if copy is not None:
            yield copy


def _read_name(name: str, terminal_id: UUID) -> tuple[int, int] | None:
    """When a copy was made and its number, as its name says; ``None`` when it has a name of another kind."""
    match = _NAME.match(name)
    if match is None or match["till"] != terminal_id.hex[:8] or not int(match["number"]):
        return None
    try:
        taken = datetime.strptime(match["time"], _TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return (taken - _EPOCH) // timedelta(microseconds=1), int(match["number"])


def _newest_of_each(newest_first: list[BackupCopy], of_time: Callable[[datetime], Hashable], count: int) -> set[Path]:
    """The copy made last in each of the last ``count`` stretches of time that have one."""
    found: dict[Hashable, Path] = {}
    for copy in newest_first:
        stretch = of_time(_EPOCH + timedelta(microseconds=copy.made_at_us))
        if stretch not in found:
            if len(found) == count:
                break
            found[stretch] = copy.path
    return set(found.values())


def _order(copy: BackupCopy) -> tuple[int, int]:
    return copy.number, copy.made_at_us


def _by_time(copy: BackupCopy) -> tuple[int, int]:
    return copy.made_at_us, copy.number


def _by_records(copy: BackupCopy) -> tuple[int, int]:
    return copy.records, copy.number


def _hour(at: datetime) -> Hashable:
    return at.date(), at.hour


def _day(at: datetime) -> Hashable:
    return at.date()


def _week(at: datetime) -> Hashable:
    return at.isocalendar()[:2]


def _month(at: datetime) -> Hashable:
    return at.year, at.month
