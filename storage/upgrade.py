"""Bringing a data directory's layout up to date, also for somebody who only wants to read it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from storage import migrations
from storage.connection import open_writer
from storage.files import LEDGER_FILE, VAULT_FILE, read_header
from storage.lock import take_lock
from storage.search_following import SearchFollower

if TYPE_CHECKING:
    from pathlib import Path

    from storage.connection import Database


def is_older(directory: Path) -> bool:
    """Whether an older version of the program made the files, and no newer one has opened them for writing since."""
    return any(
        read_header(directory / name).user_version < layout.version
        for name, layout in ((LEDGER_FILE, migrations.LEDGER_LAYOUT), (VAULT_FILE, migrations.VAULT_LAYOUT))
    )


def bring_files_up_to_date(directory: Path) -> None:
    """Migrate both files, the ledger's copy first, and follow with the search, as the next start of the till would.

    Raises:
        TillOpen: A till of the older version has them open.
        StorageError: It can't be done; the files are as they were.
    """
    lock = take_lock(directory)
    try:
        with (
            closing(open_writer(directory / LEDGER_FILE)) as ledger,
            closing(open_writer(directory / VAULT_FILE)) as vault,
        ):
            bring_up_to_date(directory, ledger, vault)
            with closing(SearchFollower(directory, ledger, vault)) as search:
                search.open()
                search.catch_up()
    finally:
        lock.release()


def bring_up_to_date(directory: Path, ledger: Database, vault: Database) -> None:
    """Run the steps that open files lack.

    The ledger as it was is kept beside it; of the keys there is never a copy, or an erasure could be undone.
    """

    def keep_a_copy() -> None:
        from storage.backup import copy_before_migration  # needed once in years

        copy_before_migration(directory)

    changed = [
        database
        for database, is_changed in (
            (ledger, migrations.bring_up_to_date(ledger, migrations.LEDGER_LAYOUT, before=keep_a_copy)),
            (vault, migrations.bring_up_to_date(vault, migrations.VAULT_LAYOUT)),
        )
        if is_changed
    ]
    for database in changed:  # whoever reads beside this till looks at the file's header for its layout
        database.one("PRAGMA wal_checkpoint(TRUNCATE)")
