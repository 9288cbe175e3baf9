"""Making the files of a new till: built aside, complete and on disk, then moved into place with the ledger last."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from loyalty.encoding import command_digest
from loyalty.programme import parse_programme
from loyalty.records import ProgrammeChange
from storage import migrations
from storage.connection import Database, open_writer
from storage.directory import read_programme
from storage.epochs import begin_journal
from storage.errors import AlreadyExists, PartsOfShop
from storage.files import (
    KEY_FILE,
    LEDGER_FILE,
    PRIVATE_DIRECTORY,
    PROGRAMME_KEY_BYTES,
    VAULT_FILE,
    make_directory,
    make_private,
    move_to_free_name,
    os_errors,
    parts_of_shop,
    sync_directory,
    write_durably,
)
from storage.journal import append
from storage.lock import LOCK_FILE, take_lock

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from loyalty.ports import Clock, Ids
    from loyalty.programme import Programme


def create_files(
    directory: Path,
    *,
    shop_name: str,
    till_name: str,
    currency: str,
    programme_text: str,
    clock: Clock,
    ids: Ids,
    terminal_id: UUID | None = None,
) -> None:
    """Make ledger, vault and programme key in a directory, or leave it as it was.

    Args:
        directory: Where.
        shop_name: The shop's name.
        till_name: The till's.
        currency: ISO 4217 code.
        programme_text: The first programme, as TOML without mistakes.
        clock: Time.
        ids: Fresh ids.
        terminal_id: The terminal's id where it was told to somebody already; else a fresh one.

    Raises:
        AlreadyExists: There is a ledger already.
        PartsOfShop: There is none, but files that only a shop leaves behind.
        ValueError: The programme has mistakes.
        StorageError: It can't be written.
    """
    read = parse_programme(programme_text)
    problems = read if isinstance(read, list) else []
    if problems:
        raise ValueError(f"The programme has mistakes: {problems}")
    building = directory / ".new"
    _refuse_a_shop(directory, building)
    made = [path for path in (directory, *directory.parents) if not path.exists()]
    with os_errors(str(directory)):
        had_lock_file = (directory / LOCK_FILE).exists()
        try:
            make_directory(directory)
            lock = take_lock(directory)
            try:
                _refuse_a_shop(directory, building)  # nobody else can make one from here on
                for name in (KEY_FILE, VAULT_FILE):
                    (directory / name).unlink(missing_ok=True)  # of one that a power cut kept from being made
                shutil.rmtree(building, ignore_errors=True)
                building.mkdir(mode=PRIVATE_DIRECTORY)
                sync_directory(directory)
                key = os.urandom(PROGRAMME_KEY_BYTES)
                write_durably(building / KEY_FILE, key)
                build_vault(building / VAULT_FILE)
                shop = (shop_name, till_name, currency, terminal_id or ids.random_id())
                _build_ledger(building / LEDGER_FILE, shop, programme_text, key, clock, ids)
                _move_into_place(building, directory)
                shutil.rmtree(building, ignore_errors=True)
            except BaseException:
                _clear(building, directory)
                raise
            finally:
                lock.release()
        except BaseException:
            if not had_lock_file and not (directory / LEDGER_FILE).exists():
                (directory / LOCK_FILE).unlink(missing_ok=True)
            for path in made:
                with suppress(OSError):  # it was never made, or somebody has put something into it meanwhile
                    path.rmdir()
            raise


def _clear(building: Path, directory: Path) -> None:
    """Take away what was built for nothing, unless something could not be taken back and needs this as its mark."""
    with suppress(OSError):
        if not parts_of_shop(directory):
            shutil.rmtree(building, ignore_errors=True)


def _refuse_a_shop(directory: Path, building: Path) -> None:
    """Never make a shop where one stands, or what is left of one: keys exist once, and an old log is read as the new's.

    Key and vault beside a ledger that still lies where it was built are of no shop: nobody was told that it was made.

    Raises:
        AlreadyExists: There is a ledger.
        PartsOfShop: There is none, but other files of a shop.
    """
    found = parts_of_shop(directory)
    if LEDGER_FILE in found:
        raise AlreadyExists(f"{directory / LEDGER_FILE} exists")
    is_half_made = (building / LEDGER_FILE).exists() and {KEY_FILE, VAULT_FILE}.issuperset(found)
    if found and not is_half_made:
        raise PartsOfShop(f"{directory} holds {', '.join(found)} but no {LEDGER_FILE}")


def build_vault(path: Path) -> None:
    """Make an empty vault."""
    with closing(_new_database(path)) as database:
        migrations.bring_up_to_date(database, migrations.VAULT_LAYOUT)
        database.one("PRAGMA wal_checkpoint(TRUNCATE)")


def _build_ledger(
    path: Path, shop: tuple[str, str, str, UUID], document: str, key: bytes, clock: Clock, ids: Ids
) -> None:
    programme = read_programme(document)
    now_us = clock.now_us()
    *names, terminal_id = shop
    with closing(_new_database(path)) as database:
        migrations.bring_up_to_date(database, migrations.LEDGER_LAYOUT)
        with database.transaction():
            database.run(
                "INSERT INTO shop(id, name, till_name, currency, terminal_id, created_at_us) VALUES (1, ?, ?, ?, ?, ?)",
                (*names, terminal_id.bytes, now_us),
            )
            database.run("INSERT INTO programme(version, document) VALUES (?, ?)", (programme.version, document))
            begin_journal(database, terminal_id, programme.version, key=key, clock=clock, ids=ids)
            append(database, adoption(programme, document, key, clock, ids))
        database.one("PRAGMA wal_checkpoint(TRUNCATE)")


def adoption(programme: Programme, document: str, key: bytes, clock: Clock, ids: Ids) -> ProgrammeChange:
    """The record that a programme version came into force."""
    now_us = clock.now_us()
    document_hash = hashlib.sha256(document.encode()).hexdigest()
    return ProgrammeChange(
        record_id=ids.record_id(),
        member_id=None,
        at_us=now_us,
        business_day=clock.business_day(now_us),
        utc_offset_min=clock.utc_offset_min(now_us),
        programme_version=programme.version,
        command_digest=command_digest(key, "programme_change", programme.version, document_hash),
        version=programme.version,
        document_hash=document_hash,
    )


def _new_database(path: Path) -> Database:
    make_private(path)
    return open_writer(path)


def _move_into_place(building: Path, directory: Path) -> None:
    """The ledger comes last: where it stands, everything else stands too. What can't be finished is taken back.

    The disk is asked in between, too: it may write down the last name first.
    """
    moved: list[str] = []
    try:
        for names in ((KEY_FILE, VAULT_FILE), (LEDGER_FILE,)):
            for name in names:
                move_to_free_name(building / name, directory / name)
                moved.append(name)
            sync_directory(directory)
    except BaseException:
        for name in reversed(moved):  # the ledger first: whatever stops this, key and vault are never missing beside it
            move_to_free_name(directory / name, building / name)
            with suppress(OSError):
                sync_directory(directory)
        raise
