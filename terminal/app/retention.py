"""Keeping what names people only as long as the settings say.

Looking is separate from forgetting, so that a person can see first who is due. Whoever has points left is never
forgotten unless somebody says so. The till that stands alone decides by itself; for joined ones head office does, as
their members may have bought elsewhere.
"""

from __future__ import annotations

import time
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from loyalty.cards import masked
from loyalty.outcomes import Reason, Refused
from storage import retention, scrubbing
from terminal.crash import CRASH_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from uuid import UUID

    from loyalty.ports import Clock
    from storage.retention import Idle
    from storage.store import Reader
    from terminal.app.till import Till
    from terminal.settings.retention import RetentionSettings

DAY_S: Final = 24 * 3600
US_PER_S: Final = 1_000_000

MEMBERS_SHOWN_MAX: Final = 1_000
"""How many members a look lists; the others are due at the next one."""

DONE: Final = "done"
"""Where the folder of a register keeps the files of booked sales."""


class Limits(msgspec.Struct, frozen=True):
    """What the settings mean today.

    Attributes:
        idle_before: Members without a sign of life since this day are due; ``None`` for never.
        vouchers_before: Bookings from before this day are no vouchers any more.
        files_before_s: Files that were changed before this moment may go, in seconds since 1970.
    """

    idle_before: date | None
    vouchers_before: date
    files_before_s: float


class Due(msgspec.Struct, frozen=True):
    """A member who is to be forgotten.

    Attributes:
        idle: The account.
        name: As enrolled; empty for a card nobody has enrolled.
        card: One of the cards, masked.
    """

    idle: Idle
    name: str
    card: str


class Overview(msgspec.Struct, frozen=True):
    """What is due, before anything is done.

    Attributes:
        limits: Since when.
        members: Who, at most ``MEMBERS_SHOWN_MAX``.
        more: Whether there are more.
        texts: How many old notes.
        cashiers: Who left the shop long ago.
        files: Files that are old enough.
        head_office_decides: Whether members are head office's to forget.
    """

    limits: Limits
    members: tuple[Due, ...]
    more: bool
    texts: int
    cashiers: tuple[UUID, ...]
    files: tuple[Path, ...]
    head_office_decides: bool


class Forgotten(msgspec.Struct, frozen=True):
    """What was done.

    Attributes:
        members: Whom the till has forgotten.
        with_points: How many were left alone because they have points, or owe some.
        texts: How many notes are gone.
        cashiers: How many people of the shop.
        files: Which files are gone.
        scrubbed: From which ledgers set aside somebody was erased.
        unreadable: Which of those are so broken that a person has to delete them.
    """

    members: tuple[UUID, ...] = ()
    with_points: int = 0
    texts: int = 0
    cashiers: int = 0
    files: tuple[Path, ...] = ()
    scrubbed: tuple[Path, ...] = ()
    unreadable: tuple[Path, ...] = ()


class ForgetCommand(msgspec.Struct, frozen=True):
    """A member who is due, as it was when somebody looked; what happened since counts.

    Attributes:
        idle: The account.
        before: See ``Limits.idle_before``.
        with_points: Whether points that are left may be lost.
    """

    idle: Idle
    before: date
    with_points: bool = False


def limits_of(settings: RetentionSettings, clock: Clock, now_s: float | None = None) -> Limits:
    """What the settings mean today; periods of years begin with the end of the year of the fact."""
    year = clock.business_day(clock.now_us()).year
    idle_years = settings.inactive_years
    return Limits(
        idle_before=_new_year(year - idle_years) if idle_years else None,
        vouchers_before=_new_year(year - settings.vouchers_years),
        files_before_s=(time.time() if now_s is None else now_s) - settings.files_days * DAY_S,
    )


def overview(reader: Reader, directory: Path, limits: Limits, *, register_folder: Path | None = None) -> Overview:
    """Look what is due; changes nothing.

    Args:
        reader: The ledger.
        directory: The data directory.
        limits: Since when.
        register_folder: Where a register leaves its files, if it does.
    """
    joined = reader.head_office() is not None
    due: list[Due] = []
    if not joined and limits.idle_before:
        found = islice(retention.idle_members(directory, limits.idle_before), MEMBERS_SHOWN_MAX + 1)
        due = [_shown(reader, idle) for idle in found]
    return Overview(
        limits=limits,
        members=tuple(due[:MEMBERS_SHOWN_MAX]),
        more=len(due) > MEMBERS_SHOWN_MAX,
        texts=sum(1 for _ in retention.old_texts(directory, limits.vouchers_before)),
        cashiers=() if joined else tuple(old_cashiers(directory, limits)),
        files=tuple(old_files(directory, limits, register_folder)),
        head_office_decides=joined,
    )


def forget_member(till: Till, command: ForgetCommand) -> bool | Refused:
    """Forget a member who is due, unless there was a sign of life meanwhile.

    Returns:
        Whether the member is forgotten now; why not, when somebody else has to decide.

    Raises:
        StorageError: If the disk did not take it.
    """
    if till.store.head_office is not None:
        return Refused(Reason.HEAD_OFFICE_DECIDES)
    with till.store.unit() as unit:
        account = unit.account(command.idle.member_id)
        days = (account.enrolled_day, account.last_sale_day)
        if any(day and day >= command.before for day in days) or account.balance != command.idle.balance:
            return False
        if account.balance and not command.with_points:
            return False
        unit.erase_member(account.member_id)
    return True


def forget_texts(till: Till, texts: Sequence[UUID]) -> int:
    """Delete old notes; gives how many."""
    retention.forget_texts(till.store, texts)
    return len(texts)


def forget_cashiers(till: Till, cashiers: Sequence[UUID]) -> int:
    """Delete names and PINs of people who left the shop long ago; gives how many."""
    retention.forget_cashiers(till.store, cashiers)
    return len(cashiers)


def pages(texts: Iterator[UUID]) -> Iterator[list[UUID]]:
    """So many at once that a sale can wait for them."""
    while page := list(islice(texts, retention.ROWS_AT_ONCE)):
        yield page


def old_files(directory: Path, limits: Limits, register_folder: Path | None = None) -> list[Path]:
    """Files that were kept long enough: the crash log, ledgers from before an update, files of booked sales."""
    found = scrubbing.update_copies(directory, limits.files_before_s)
    crash_log = directory / CRASH_FILE
    candidates = [crash_log] if crash_log.is_file() else []
    if register_folder is not None and (register_folder / DONE).is_dir():
        candidates += sorted(path for path in (register_folder / DONE).iterdir() if path.is_file())
    return found + [path for path in candidates if path.stat().st_mtime < limits.files_before_s]


def drop_files(files: Sequence[Path]) -> tuple[Path, ...]:
    """Delete files that were found; gives those that are gone.

    Raises:
        StorageError: One can't be deleted.
    """
    for path in files:
        scrubbing.drop(path)
    return tuple(files)


def old_cashiers(directory: Path, limits: Limits) -> list[UUID]:
    """People of the shop who are blocked and have done nothing for as long as vouchers are kept."""
    days = (limits.vouchers_before - date(1970, 1, 1)).days
    return retention.old_cashiers(directory, days * DAY_S * US_PER_S)


def _new_year(year: int) -> date:
    return date(max(year, 1), 1, 1)


def _shown(reader: Reader, idle: Idle) -> Due:
    profile = reader.profile(idle.member_id)
    cards = reader.cards_of(idle.member_id)
    return Due(idle, profile.name if profile else "", masked(cards[0].number) if cards else "")
