"""Real damage to the files of a till, as disks, people and full sticks make it."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from storage import sqlite
from storage.files import KEY_FILE, LEDGER_FILE, OPEN_MARK, VAULT_FILE

PAGE_BYTES = 4096
GARBAGE = b"\xa5" * PAGE_BYTES


def cut_off(directory: Path) -> None:
    """The last third of the ledger is gone."""
    ledger = directory / LEDGER_FILE
    os.truncate(ledger, ledger.stat().st_size * 2 // 3 // PAGE_BYTES * PAGE_BYTES)


def flip_page(directory: Path, page: int = 0) -> None:
    """A page of the ledger holds something else; the first one says what the file is."""
    overwrite_page(directory / LEDGER_FILE, page)


def overwrite_page(path: Path, page: int) -> None:
    """Overwrite one page of a file, counted from 0."""
    with path.open("r+b") as file:
        file.seek(page * PAGE_BYTES)
        file.write(GARBAGE)


def lose_ledger(directory: Path) -> None:
    """Somebody tidied up."""
    (directory / LEDGER_FILE).unlink()


def lose_log(directory: Path) -> None:
    """After a crash somebody deleted the log, in which the newest bookings stood."""
    (directory / OPEN_MARK).touch()


def lose_vault(directory: Path) -> None:
    """The file with people's keys is gone."""
    (directory / VAULT_FILE).unlink()


def damage_vault(directory: Path) -> None:
    """The file with people's keys is no database any more."""
    overwrite_page(directory / VAULT_FILE, 0)


def lose_key(directory: Path) -> None:
    """The programme's key is gone."""
    (directory / KEY_FILE).unlink()


DAMAGES: dict[str, Callable[[Path], None]] = {
    "cut_off": cut_off,
    "damaged": flip_page,
    "missing": lose_ledger,
    "log_missing": lose_log,
    "vault_missing": lose_vault,
    "vault_damaged": damage_vault,
    "key_missing": lose_key,
}
"""By the name of the trouble they make."""


def by_hand(path: Path, sql: str, *values: object) -> None:
    """Change a file as a disk might, past all triggers of the program."""
    with closing(sqlite.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = 1")
        connection.execute(sql, values)
