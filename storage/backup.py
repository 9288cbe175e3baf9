"""Copies of the ledger: taken beside an open till, checked before they count, put back as a new epoch.

A copy holds card numbers and texts in the clear and profiles only encrypted: the keys are in the vault, which no copy
contains. The programme key lies beside the copy, because card numbers nobody has enrolled mean other accounts without
it.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from storage import migrations
from storage.connection import Database, open_frozen, open_new, open_reader, open_writer
from storage.create import build_vault
from storage.epochs import continue_in_new_epoch
from storage.errors import AlreadyExists, Damaged, MissingLedger
from storage.files import (
    KEY_FILE,
    LEDGER_FILE,
    OPEN_MARK,
    PRIVATE_DIRECTORY,
    PROGRAMME_KEY_BYTES,
    REPLICA_FILE,
    VAULT_FILE,
    check_header,
    link_or_copy,
    log_bytes,
    log_path,
    os_errors,
    sync_directory,
    sync_file,
    write_durably,
)
from storage.joining import forget_head_office
from storage.journal import check_tail, head
from storage.lock import take_lock
from storage.replica import discard
from storage.schema import LEDGER, LEDGER_APPLICATION_ID
from storage.tombstones import erase, missing_from, read_tombstones
from storage.vault import TillKey, index_anew, till_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from loyalty.ports import Clock, Ids
    from storage.types import Head

PAGES_PER_STEP: Final = 2_048
"""How many pages are copied between two reports of progress (8 MiB)."""


def backup(directory: Path, target: Path, progress: Callable[[int, int], None] | None = None) -> Head:
    """Copy the ledger while the till may be working, and its programme key beside it (``TARGET.key``).

    Args:
        directory: The data directory.
        target: The file to make; an older copy of a ledger there is replaced, anything else is refused.
        progress: Told how many pages are done and how many there are.

    Returns:
        The last record in the copy.

    Raises:
        StorageError: It can't be read or written, or the copy is not sound; the target is as it was.
    """
    source = directory / LEDGER_FILE
    with os_errors(str(target)):
        if not source.exists():
            raise MissingLedger(f"{source} does not exist")
        if target.exists():
            if target.samefile(source):
                raise AlreadyExists(f"{target} is the ledger itself")
            check_header(target, LEDGER_APPLICATION_ID)
        with _temporary(target.with_name(f".{target.name}.part")) as part:
            with closing(open_reader(source)) as database:
                _copy(database, part, progress)
            last = _checked_head(part)
            sync_file(part)
            write_durably(key_path(target), (directory / KEY_FILE).read_bytes())
            part.replace(target)
        sync_directory(target.parent)
    return last


def copy_before_migration(directory: Path) -> None:
    """Keep the ledger as it is beside itself before its layout is changed, as ``ledger.before-layout.sqlite``."""
    target = directory / "ledger.before-layout.sqlite"
    with os_errors(str(target)), _temporary(target.with_name(f".{target.name}.part")) as part:
        with closing(open_reader(directory / LEDGER_FILE)) as database:
            _copy(database, part, None)
        sync_file(part)
        part.replace(target)
        sync_directory(directory)


def restore(source: Path, directory: Path, *, clock: Clock, ids: Ids) -> Head:
    """Put a copy in place of the ledger and begin a new epoch, so that nobody takes later records for a continuation.

    Erasures since the copy are replayed before the ledger can be opened. What head office said is forgotten, so that
    nothing counts as safe to spend until it was pulled again. The ledger that stood there stays beside it as
    ``ledger.before-EPOCH.sqlite``: its records may be handed in later.

    Args:
        source: A copy made by ``backup``, or the directory's own damaged or cut-off ledger.
        directory: The data directory; may be empty or not exist.
        clock: Time.
        ids: Fresh ids.

    Returns:
        The new epoch's first record.

    Raises:
        TillOpen: A till is open on the directory.
        StorageError: The copy is not sound, its programme key is missing, or it can't be written; nothing was changed.
    """
    with os_errors(str(source)):
        if not source.exists():
            raise MissingLedger(f"{source} does not exist")
        check_header(source, LEDGER_APPLICATION_ID)
        key = _programme_key(source, directory)
    with os_errors(str(directory)):
        directory.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
        lock = take_lock(directory)
        try:
            with _temporary(directory / ".restoring.sqlite") as part:
                with closing(open_reader(source) if log_bytes(source) else open_frozen(source)) as database:
                    _copy(database, part, None)
                _checked_head(part)
                if not (directory / VAULT_FILE).exists():
                    _place_empty_vault(directory)
                write_durably(directory / KEY_FILE, key)
                started = _begin_epoch(part, directory, key, clock, ids)
                sync_file(part)
                discard(directory / REPLICA_FILE)
                _swap(part, directory, started)
        finally:
            lock.release()
    return started


def key_path(copy: Path) -> Path:
    """Where a copy's programme key lies."""
    return copy.with_name(f"{copy.name}.key")


@contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """A file name that is free, and free again afterwards unless the file was moved away."""
    names = [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))]
    for name in names:
        name.unlink(missing_ok=True)
    try:
        yield path
    finally:
        for name in names:
            name.unlink(missing_ok=True)


def _copy(database: Database, part: Path, progress: Callable[[int, int], None] | None) -> None:
    """Copy one snapshot; the transaction keeps a working till from starting the copy over with each sale."""

    def report(_: int, remaining: int, total: int) -> None:
        if progress:
            progress(total - remaining, total)

    with closing(open_new(part)) as copy:
        database.run("BEGIN")
        database.copy_to(copy, pages=PAGES_PER_STEP, progress=report)
        database.run("COMMIT")
        copy.one("PRAGMA journal_mode = DELETE")  # one file, no log beside it


def _checked_head(part: Path) -> Head:
    """Check a copy before it counts.

    Raises:
        Damaged: It is not sound.
    """
    with closing(open_frozen(part)) as copy:
        answers = [answer for (answer,) in copy.all("PRAGMA integrity_check(10)")]
        if answers != ["ok"]:
            raise Damaged(f"{part}: {'; '.join(answers)}")
        migrations.check_objects(copy, LEDGER)
        check_tail(copy)
        return head(copy)


def _programme_key(source: Path, directory: Path) -> bytes:
    """The directory's key when it has one, else the one beside the copy, else the one of the copy's own directory."""
    for path in (directory / KEY_FILE, key_path(source), source.parent / KEY_FILE):
        if path.exists() and path.stat().st_size == PROGRAMME_KEY_BYTES:
            return path.read_bytes()
    raise Damaged(f"{key_path(source)} is missing; card numbers mean other accounts without it")


def _begin_epoch(part: Path, directory: Path, key: bytes, clock: Clock, ids: Ids) -> Head:
    """Replay erasures, drop profiles nobody can open any more, and append the first record of the new epoch."""
    with closing(open_writer(part)) as ledger, closing(open_writer(directory / VAULT_FILE)) as vault:
        migrations.bring_up_to_date(ledger, migrations.LEDGER_LAYOUT)
        with ledger.transaction():
            for tombstone in missing_from(ledger, read_tombstones(directory)):
                erase(ledger, tombstone)
            _drop_what_has_no_key(ledger, vault)
            continue_in_new_epoch(ledger, key=key, clock=clock, ids=ids)
        index_anew(vault)
        vault.one("PRAGMA wal_checkpoint(TRUNCATE)")
        ledger.one("PRAGMA wal_checkpoint(TRUNCATE)")
        return head(ledger)


def _place_empty_vault(directory: Path) -> None:
    """Make a vault aside: one that a crash left half made could be told from a damaged one by nobody."""
    with _temporary(directory / ".restoring-vault.sqlite") as part:
        build_vault(part)
        part.replace(directory / VAULT_FILE)


def _drop_what_has_no_key(ledger: Database, vault: Database) -> None:
    """Drop profiles and edits that nobody can open any more; without head office's key the till stands alone again."""
    keys = {member for (member,) in vault.each("SELECT member_id FROM member_key")}
    for table in ("member_profile", "edit"):
        rows = ledger.all(f"SELECT DISTINCT member_id FROM {table} WHERE member_id IS NOT NULL")  # noqa: S608 - names of our own
        gone = [(member,) for (member,) in rows if member not in keys]
        ledger.many(f"DELETE FROM {table} WHERE member_id = ?", gone)  # noqa: S608 - names of our own
    if till_key(vault, TillKey.EDITS) is None:
        ledger.run("DELETE FROM edit WHERE member_id IS NULL")
    if till_key(vault, TillKey.PROFILES) is None:
        forget_head_office(ledger)


def _swap(part: Path, directory: Path, started: Head) -> None:
    """Set the old ledger aside and move the new one in.

    It gets its second name first and its log follows it there, so that both can be found together at any moment. The
    log goes before the new ledger comes, for it would be read as that one's. A crash in between leaves a ledger whose
    log is missing, which opening reports and another restore mends.
    """
    ledger = directory / LEDGER_FILE
    if ledger.exists():
        aside = directory / f"ledger.before-{started.epoch.hex[:8]}.sqlite"
        link_or_copy(ledger, aside)
        try:
            if log_bytes(ledger):
                log_path(ledger).replace(log_path(aside))
        except BaseException:
            aside.unlink()  # a second name of a ledger in use would be a trap
            raise
    for leftover in (log_path(ledger), ledger.with_name(f"{LEDGER_FILE}-shm")):
        leftover.unlink(missing_ok=True)
    part.replace(ledger)
    (directory / OPEN_MARK).unlink(missing_ok=True)
    sync_directory(directory)
