"""What is checked before a till opens: the files' bytes, then their contents; nothing is changed by looking."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.programme import Programme
from storage import sqlite
from storage.connection import Database, open_frozen, open_reader
from storage.directory import read_programme
from storage.epochs import key_fits
from storage.errors import AffectedSqlite, Damaged, KeyMissing, MissingLedger
from storage.files import (
    KEY_BEFORE_JOINING,
    KEY_FILE,
    LEDGER_FILE,
    OPEN_MARK,
    PROGRAMME_KEY_BYTES,
    VAULT_FILE,
    check_header,
    log_bytes,
    log_path,
    os_errors,
    write_durably,
)
from storage.journal import check_tail
from storage.migrations import LEDGER_LAYOUT, VAULT_LAYOUT, check_objects, check_steps, check_tables
from storage.schema import LEDGER, LEDGER_APPLICATION_ID, VAULT, VAULT_APPLICATION_ID
from storage.tip import check_tip, read_tip
from storage.tombstones import read_tombstones
from storage.types import Head, Shop

if TYPE_CHECKING:
    from pathlib import Path


_NEWEST_PROFILE: Final = """SELECT member_profile.member_id FROM profile_change
JOIN member_profile ON member_profile.member_id = profile_change.member_id ORDER BY stamp DESC LIMIT 1"""


def refuse_affected_sqlite() -> None:
    """Let no SQLite write that can lose commits.

    Raises:
        AffectedSqlite: This one can.
    """
    if sqlite.is_affected(sqlite.version()):
        raise AffectedSqlite(f"SQLite {sqlite.version()} has the WAL-reset fault; install pysqlite3")


def check_files(directory: Path) -> None:
    """Everything that can be told without opening a database.

    Raises:
        MissingLedger: There is none.
        Damaged: A file is missing or cut off, or the log of a crashed till is gone.
        StorageError: A file is another program's or a newer version's.
    """
    ledger, vault = directory / LEDGER_FILE, directory / VAULT_FILE
    if not ledger.exists():
        raise MissingLedger(f"{ledger} does not exist")
    check_header(ledger, LEDGER_APPLICATION_ID)
    if not vault.exists():
        raise Damaged(f"{vault} is missing; put it back or restore a backup")
    check_header(vault, VAULT_APPLICATION_ID)
    key = directory / KEY_FILE
    if not key.exists() or key.stat().st_size != PROGRAMME_KEY_BYTES:
        raise KeyMissing(f"{key} is missing or cut off; put it back, card numbers mean other accounts without it")
    if (directory / OPEN_MARK).exists() and not log_path(ledger).exists():
        raise Damaged(f"{log_path(ledger)} is missing: the last run was not ended and its newest records stood there")


class Identity(msgspec.Struct, frozen=True):
    """What a ledger says it is: whose, and under which rules."""

    shop: Shop
    programme: Programme


def check_contents(directory: Path) -> Identity | None:
    """Look into the files without leaving a trace, before a writing connection could change anything.

    To be called with the till's lock held: nobody else writes then, so a file without a log can be read as it lies.

    Returns:
        The ledger's shop and programme; ``None`` for an older layout, which is checked behind its migration.

    Raises:
        Damaged: A guard, a link of the chain, or a row that every ledger has is not as it must be.
    """
    read_tombstones(directory)
    tip = read_tip(directory)
    identity: Identity | None = None
    for name, layout in ((LEDGER_FILE, LEDGER_LAYOUT), (VAULT_FILE, VAULT_LAYOUT)):
        path = directory / name
        with closing(open_reader(path) if log_bytes(path) else open_frozen(path)) as database:
            if database.value("PRAGMA user_version") < layout.version:
                continue
            if name == LEDGER_FILE:
                identity = check_ledger(database, tip)
            else:
                check_tables(database, VAULT)
            check_steps(database, layout)
    return identity


def check_ledger(database: Database, tip: Head | None) -> Identity:
    """Check the ledger's guards, the last links of its chain and that it ends where it did, and read whose it is.

    Args:
        database: Any connection to it.
        tip: What ``read_tip`` said before.

    Raises:
        Damaged: One is missing or wrong.
    """
    check_objects(database, LEDGER)
    check_tables(database, LEDGER)
    check_tail(database)
    check_tip(tip, database)
    return Identity(read_shop(database), newest_programme(database))


def programme_key(directory: Path, ledger: Database, *, writable: bool) -> bytes:
    """The secret behind the accounts of unknown cards: with another one they would mean other accounts.

    A crash while the till joined may have left head office's key in place before the ledger knew of it; then the one
    before is put back.

    Raises:
        KeyMissing: It is not the ledger's key.
    """
    with os_errors(KEY_FILE):
        key = (directory / KEY_FILE).read_bytes()
        if key_fits(ledger, key):
            return key
        before = directory / KEY_BEFORE_JOINING
        if before.exists() and key_fits(ledger, before.read_bytes()):
            key = before.read_bytes()
            if writable:
                write_durably(directory / KEY_FILE, key)
            return key
    raise KeyMissing(f"{directory / KEY_FILE} is not this ledger's key; put it back, it lies beside each copy")


def check_vault(ledger: Database, vault: Database) -> None:
    """Refuse a vault that does not know the newest profile: another shop's, or one from before it.

    Raises:
        Damaged: It has no key for it.
    """
    newest = ledger.value(_NEWEST_PROFILE)
    if newest is not None and vault.one("SELECT 1 FROM member_key WHERE member_id = ?", (newest,)) is None:
        raise Damaged(f"{vault.name} has no key for the newest profile: it is another ledger's, or too old")


def read_shop(database: Database) -> Shop:
    """Whose ledger it is.

    Raises:
        Damaged: The row is missing.
    """
    row = database.one("SELECT name, till_name, currency, terminal_id, created_at_us FROM shop")
    if row is None:
        raise Damaged(f"{database.name}: the shop's own row is missing")
    return Shop(row[0], row[1], row[2], UUID(bytes=row[3]), row[4])


def newest_programme(database: Database) -> Programme:
    """The rules in force: the newest version that was adopted.

    Raises:
        Damaged: There is none, or it can't be read.
    """
    document = database.value("SELECT document FROM programme ORDER BY version DESC LIMIT 1")
    if document is None:
        raise Damaged(f"{database.name}: no programme is stored")
    return read_programme(document)
