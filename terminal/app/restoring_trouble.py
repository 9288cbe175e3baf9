"""What keeps a till from opening, told apart by what cures it; found out from file names and headers alone."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from storage.errors import (
    Busy,
    Damaged,
    DiskFailed,
    DiskFull,
    KeyMissing,
    MissingLedger,
    NewerSchema,
    NotALedger,
    ReadOnlyDisk,
    RecordsMissing,
    StorageError,
    TillOpen,
)
from storage.files import (
    KEY_FILE,
    LEDGER_FILE,
    OPEN_MARK,
    PROGRAMME_KEY_BYTES,
    VAULT_FILE,
    check_header,
    log_path,
    parts_of_shop,
)
from storage.schema import LEDGER_APPLICATION_ID, VAULT_APPLICATION_ID

if TYPE_CHECKING:
    from pathlib import Path


class Trouble(StrEnum):
    """Why the till stands still.

    ``ASKED`` is no trouble: a manager wants an older copy. ``NEW`` is a folder in which there never was a shop.
    """

    ASKED = "asked"
    NEW = "new"
    MISSING = "missing"
    DAMAGED = "damaged"
    CUT_OFF = "cut_off"
    LOG_MISSING = "log_missing"
    VAULT_MISSING = "vault_missing"
    VAULT_DAMAGED = "vault_damaged"
    KEY_MISSING = "key_missing"
    NEWER = "newer"
    IN_USE = "in_use"
    READ_ONLY = "read_only"
    DISK_FULL = "disk_full"
    DISK_FAILED = "disk_failed"
    OTHER = "other"


NOT_CURED_BY_RESTORING: Final = frozenset(
    {Trouble.NEWER, Trouble.IN_USE, Trouble.READ_ONLY, Trouble.DISK_FULL, Trouble.DISK_FAILED, Trouble.OTHER}
)
"""The bookings are as they were; putting an older state in their place would lose some and cure nothing."""

_BY_KIND: Final[tuple[tuple[type[StorageError], Trouble], ...]] = (
    (TillOpen, Trouble.IN_USE),
    (Busy, Trouble.IN_USE),
    (ReadOnlyDisk, Trouble.READ_ONLY),
    (DiskFull, Trouble.DISK_FULL),
    (DiskFailed, Trouble.DISK_FAILED),
    (NewerSchema, Trouble.NEWER),
)


def diagnose(directory: Path, error: StorageError, *, had_copies: bool = False) -> Trouble:
    """What an error at opening, or while the till was open, means for this directory.

    Args:
        directory: The data directory.
        error: What storage said.
        had_copies: Whether there are copies of a ledger where this till keeps them, so that there was a shop.
    """
    for kind, trouble in _BY_KIND:
        if isinstance(error, kind):
            return trouble
    if isinstance(error, MissingLedger):
        return Trouble.MISSING if had_copies or parts_of_shop(directory) else Trouble.NEW
    if isinstance(error, Damaged | NotALedger):
        damage = _damage(directory)
        if isinstance(error, KeyMissing) and damage is Trouble.DAMAGED:
            return Trouble.KEY_MISSING
        is_older = isinstance(error, RecordsMissing) and damage is Trouble.DAMAGED
        return Trouble.LOG_MISSING if is_older else damage
    return Trouble.OTHER


def _damage(directory: Path) -> Trouble:
    """Which file is damaged or missing, in the order in which opening looks at them."""
    ledger, vault, key = directory / LEDGER_FILE, directory / VAULT_FILE, directory / KEY_FILE
    try:
        check_header(ledger, LEDGER_APPLICATION_ID)
    except FileNotFoundError:
        return Trouble.MISSING
    except Damaged:
        return Trouble.CUT_OFF
    except (StorageError, OSError):
        return Trouble.DAMAGED
    try:
        check_header(vault, VAULT_APPLICATION_ID)
    except FileNotFoundError:
        return Trouble.VAULT_MISSING
    except (StorageError, OSError):
        return Trouble.VAULT_DAMAGED
    if not key.exists() or key.stat().st_size != PROGRAMME_KEY_BYTES:
        return Trouble.KEY_MISSING
    if (directory / OPEN_MARK).exists() and not log_path(ledger).exists():
        return Trouble.LOG_MISSING
    return Trouble.DAMAGED
