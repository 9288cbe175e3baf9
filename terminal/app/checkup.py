"""Examines what is no device: bookings, disk, clock, settings, the line to head office, the program itself.

Everything here reads; it works beside an open till.
"""

from __future__ import annotations

import contextlib
import platform
import shutil
from enum import StrEnum
from importlib.metadata import version
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from hardware.findings import Finding, Severity
from storage import sqlite
from storage.errors import Damaged, MissingLedger, NotALedger, StorageError
from storage.files import LEDGER_FILE
from storage.retention import idle_members
from storage.store import open_store
from storage.verify import quick_check
from terminal.app.documents import iso_moment
from terminal.app.retention import limits_of
from terminal.backup.memory import recall
from terminal.backup.status import STALE_ELSEWHERE_US, BackupStatus, is_old
from terminal.settings import SETTINGS_FILE, Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from loyalty.document import Problem
    from loyalty.ports import Clock, Ids
    from storage.store import Reader

PROGRAM: Final = "stammkunde"

DISK_LOW_BYTES: Final = 1_000_000_000
DISK_FULL_BYTES: Final = 50_000_000
"""Below this the next booking may be the one that does not fit: the log of the database grows before it shrinks."""

BYTES_PER_MB: Final = 1_000_000
MB_PER_GB: Final = 1_000

CLOCK_BEHIND_US: Final = 120_000_000
"""How far the newest booking may lie in the future, in microseconds."""

CLOCK_OFF_MS: Final = 120_000
"""From when on a clock that differs from head office's is worth a sentence, in milliseconds, as on the sync screen."""

MS_PER_MIN: Final = 60_000

DUE_COUNTED_MAX: Final = 100
"""How many members who are due are counted; more are as good a reason to look."""


class DataCode(StrEnum):
    """What can be found out about a till's data; the names are stable."""

    LEDGER_FINE = "ledger_fine"
    LEDGER_MISSING = "ledger_missing"
    LEDGER_DAMAGED = "ledger_damaged"
    LEDGER_UNREADABLE = "ledger_unreadable"
    DISK_FINE = "disk_fine"
    DISK_LOW = "disk_low"
    DISK_FULL = "disk_full"
    CLOCK_BEHIND = "clock_behind"
    CLOCK_OFF = "clock_off"
    SETTINGS_WRONG = "settings_wrong"
    SYNC_FINE = "sync_fine"
    SYNC_ALONE = "sync_alone"
    SYNC_WAITING = "sync_waiting"
    SYNC_CASES = "sync_cases"
    BACKUP_FINE = "backup_fine"
    BACKUP_OLD = "backup_old"
    MEMBERS_DUE = "members_due"
    BACKUP_NONE = "backup_none"
    VERSIONS = "versions"


class Checkup(msgspec.Struct, frozen=True, kw_only=True):
    """Data, clock and program, examined.

    Attributes:
        findings: What was found out.
        counts: What the ledger holds, in numbers that name nobody.
    """

    findings: tuple[Finding, ...]
    counts: dict[str, int] = {}


def check_data(
    directory: Path,
    *,
    clock: Clock,
    ids: Ids,
    free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
) -> Checkup:
    """Examine a data directory.

    Args:
        directory: The data directory.
        clock: The machine's clock.
        ids: Fresh ids; none is used, because nothing is written.
        free_bytes: How much room a disk has.
    """
    counts: dict[str, int] = {}
    findings = [_versions(), *_disk(directory, free_bytes)]
    try:
        findings += _ledger(directory, clock, ids, counts)
    except MissingLedger:
        findings.append(_about("ledger", DataCode.LEDGER_MISSING, Severity.BROKEN))
    except (Damaged, NotALedger) as error:
        findings.append(_about("ledger", DataCode.LEDGER_DAMAGED, Severity.BROKEN, detail=error.support))
    except StorageError as error:
        findings.append(_about("ledger", DataCode.LEDGER_UNREADABLE, Severity.BROKEN, detail=error.support))
    return Checkup(findings=tuple(findings), counts=counts)


def check_settings(directory: Path, problems: Sequence[Problem]) -> tuple[Finding, ...]:
    """The mistakes of the settings file."""
    return tuple(
        _about(
            "settings",
            DataCode.SETTINGS_WRONG,
            Severity.BROKEN,
            detail=f"{problem.path}: {problem.message}",
            file=str(directory / SETTINGS_FILE),
        )
        for problem in problems
    )


def _versions() -> Finding:
    """What runs here."""
    return _about(
        "program",
        DataCode.VERSIONS,
        Severity.FINE,
        version=version(PROGRAM),
        python=platform.python_version(),
        sqlite=".".join(str(part) for part in sqlite.version()),
        system=f"{platform.system()} {platform.release()}",
    )


def _disk(directory: Path, free_bytes: Callable[[Path], int]) -> list[Finding]:
    existing = next((each for each in (directory, *directory.parents) if each.exists()), None)
    if existing is None:
        return []
    with contextlib.suppress(OSError):
        free = free_bytes(existing)
        if free < DISK_FULL_BYTES:
            code, severity = DataCode.DISK_FULL, Severity.BROKEN
        elif free < DISK_LOW_BYTES:
            code, severity = DataCode.DISK_LOW, Severity.WARNING
        else:
            code, severity = DataCode.DISK_FINE, Severity.FINE
        return [_about("disk", code, severity, free=_size(free))]
    return []


def _size(count: int) -> str:
    """Bytes as disks are sold."""
    megabytes = count // BYTES_PER_MB
    return f"{megabytes} MB" if megabytes < MB_PER_GB else f"{megabytes // MB_PER_GB} GB"


def _ledger(directory: Path, clock: Clock, ids: Ids, counts: dict[str, int]) -> list[Finding]:
    """The quick check that the open till does after its start, then what the newest booking and head office say."""
    if not (directory / LEDGER_FILE).exists():
        raise MissingLedger(str(directory))
    problems = quick_check(directory)
    if problems:
        return [_about("ledger", DataCode.LEDGER_DAMAGED, Severity.BROKEN, detail=problem) for problem in problems]
    with (
        open_store(directory, clock=clock, ids=ids, writable=False) as store,
        contextlib.closing(store.reader()) as reader,
    ):
        counts |= _counts(reader)
        fine = _about("ledger", DataCode.LEDGER_FINE, Severity.FINE, count=str(counts["records"]))
        known = [*_clock(reader, clock), *_sync(reader, clock), _backup(directory, reader, clock)]
        return [fine, *known, *_due_members(directory, reader, clock)]


def _counts(reader: Reader) -> dict[str, int]:
    return {
        "records": reader.count(),
        "day_closes": reader.last_close_number(),
        "conflicts": len(reader.conflicts()),
        "unacknowledged": reader.count() - _acked(reader),
    }


def _acked(reader: Reader) -> int:
    acked = reader.link().acked
    return acked.seq if acked else 0


def _clock(reader: Reader, clock: Clock) -> list[Finding]:
    """A booking of tomorrow means that the clock is behind now, or was ahead then."""
    newest, now_us = reader.records_after(reader.count() - 1, 1), clock.now_us()
    if not newest or newest[0].at_us <= now_us + CLOCK_BEHIND_US:
        return []
    offset_min = clock.utc_offset_min(now_us)
    values = {"now": iso_moment(now_us, offset_min), "newest": iso_moment(newest[0].at_us, offset_min)}
    return [_about("clock", DataCode.CLOCK_BEHIND, Severity.WARNING, **values)]


def _sync(reader: Reader, clock: Clock) -> list[Finding]:
    """How the till stands with head office, as its files tell."""
    if reader.head_office() is None:
        return [_about("sync", DataCode.SYNC_ALONE, Severity.FINE)]
    link, found = reader.link(), []
    waiting = reader.records_after(_acked(reader), 1)
    if waiting:
        at_us = waiting[0].at_us
        count, since = str(reader.count() - _acked(reader)), iso_moment(at_us, clock.utc_offset_min(at_us))
        found.append(_about("sync", DataCode.SYNC_WAITING, Severity.NOTE, count=count, since=since))
    cases = len(reader.conflicts()) + link.quarantined
    if cases:
        found.append(_about("sync", DataCode.SYNC_CASES, Severity.WARNING, count=str(cases)))
    if abs(link.offset_ms) >= CLOCK_OFF_MS:
        minutes = str(abs(link.offset_ms) // MS_PER_MIN)
        found.append(_about("clock", DataCode.CLOCK_OFF, Severity.WARNING, minutes=minutes))
    return found or [_about("sync", DataCode.SYNC_FINE, Severity.FINE)]


def _backup(directory: Path, reader: Reader, clock: Clock) -> Finding:
    """Whether a copy is off this disk, as far as the till remembers; no place is looked at, it might hang."""
    known, head, now_us = recall(directory).elsewhere, reader.head(), clock.now_us()
    if known is None:
        return _about("backup", DataCode.BACKUP_NONE, Severity.WARNING)
    status = BackupStatus(records=head.seq, epoch=head.epoch)
    made_at = iso_moment(known.made_at_us, clock.utc_offset_min(known.made_at_us))
    if is_old(status, known, now_us, STALE_ELSEWHERE_US):
        return _about("backup", DataCode.BACKUP_OLD, Severity.WARNING, newest=made_at)
    return _about("backup", DataCode.BACKUP_FINE, Severity.FINE, newest=made_at)


def _due_members(directory: Path, reader: Reader, clock: Clock) -> list[Finding]:
    """Whether somebody has to decide about members who do not come any more."""
    settings = read_settings(directory)
    if reader.head_office() is not None or not isinstance(settings, Settings):
        return []
    before = limits_of(settings.retention, clock).idle_before
    count = sum(1 for _ in islice(idle_members(directory, before), DUE_COUNTED_MAX)) if before else 0
    if not count:
        return []
    some = f"{DUE_COUNTED_MAX}+" if count == DUE_COUNTED_MAX else str(count)
    return [_about("members", DataCode.MEMBERS_DUE, Severity.NOTE, count=some)]


def _about(part: str, code: DataCode, severity: Severity, **values: str) -> Finding:
    return Finding(code=code, severity=severity, device=part, values=values)
