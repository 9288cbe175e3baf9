"""Copies of the ledger: taken beside an open till, checked before they count, put back as a new epoch.

A copy holds card numbers and texts in the clear and profiles only encrypted: the keys are in the vault, which no copy
contains. The programme key lies beside the copy, because card numbers nobody has enrolled mean other accounts without
it. So do the erasures, as random ids: a copy that is put back on a new machine is told of them, also of those that came
after it was taken.
"""

from __future__ import annotations

import time
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Final

from storage import checksums, migrations, sqlite
from storage.checks import read_shop
from storage.connection import Database, open_frozen, open_new, open_reader, open_writer
from storage.create import build_vault
from storage.epochs import continue_in_new_epoch, key_fits
from storage.errors import AlreadyExists, CopyStopped, Damaged, KeyMissing, MissingLedger, StorageError
from storage.files import (
    FIGURES_FILE,
    KEY_FILE,
    LEDGER_FILE,
    PROGRAMME_KEY_BYTES,
    REPLICA_FILE,
    SEARCH_FILE,
    TOMBSTONE_FILE,
    VAULT_FILE,
    check_header,
    log_bytes,
    make_directory,
    os_errors,
    read_header,
    sync_directory,
    sync_file,
    write_durably,
)
from storage.incoming import replay_erasures
from storage.journal import check_tail, head
from storage.lock import take_lock
from storage.replica import discard
from storage.rotation import name_of_till
from storage.schema import LEDGER, LEDGER_APPLICATION_ID
from storage.swap import swap
from storage.tombstones import (
    leave_tombstones,
    missing_from,
    read_tombstones,
    tombstones_in,
    write_tombstones,
)
from storage.unlocking import accept_keys, drop_what_is_closed
from storage.vault import follow_anew

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from uuid import UUID

    from loyalty.ports import Clock, Ids
    from storage.types import Head

    Pause = Callable[[float], None]
    """Takes how long the last step took, in seconds, and waits before the next; may raise ``CopyStopped``."""

PAGES_PER_STEP: Final = 2_048
"""How many pages are copied between two reports of progress (8 MiB)."""

PAGES_PER_GENTLE_STEP: Final = 256
"""The same for a copy that gives way to sales (1 MiB): so much is on its way to the disk when a sale wants to."""

CHECK_STEP: Final = 200_000
"""How many instructions of SQLite a check that gives way runs between two pauses, some milliseconds."""


def backup(
    directory: Path,
    target: Path,
    progress: Callable[[int, int], None] | None = None,
    *,
    pause: Pause | None = None,
    part: Path | None = None,
    tombstones: Path | None = None,
) -> Head:
    """Copy the ledger while the till may be working, and beside it its programme key and who was erased.

    Those are ``TARGET.key`` and, once somebody was erased, ``TARGET.tombstones``.

    Args:
        directory: The data directory.
        target: The file to make; an older copy of a ledger there is replaced, anything else is refused.
        progress: Told how many pages are done and how many there are.
        pause: Makes the copy give way to sales: it is made, written through to the disk and checked in small steps, and
            this is called between them.
        part: Where the copy grows; the same place each time, so that what a crash left is found and removed.
        tombstones: Where the erasures go instead, for a folder with many copies.

    Returns:
        The last record in the copy.

    Raises:
        CopyStopped: ``pause`` wanted it; the target is as it was.
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
        with temporary(part or target.with_name(f".{target.name}.part")) as growing:
            with closing(open_reader(source)) as database:
                _copy(database, growing, progress, pause)
            last = check_copy(growing, pause)
            sync_file(growing)
            write_durably(key_path(target), (directory / KEY_FILE).read_bytes())
            leave_tombstones(directory, tombstones or tombstones_path(target))
            growing.replace(target)
        sync_directory(target.parent)
    return last


def check_copy(path: Path, pause: Pause | None = None) -> Head:
    """Check that a copy is sound: every page, every guard, the last links of its chain, what only checksums prove.

    Args:
        path: A copy that nobody writes to.
        pause: As for ``backup``.

    Returns:
        Its last record.

    Raises:
        CopyStopped: ``pause`` wanted it.
        Damaged: It is not sound.
        StorageError: It can't be read.
    """
    with closing(open_frozen(path)) as copy:
        answers = _integrity(copy, pause)
        if answers != ["ok"]:
            raise Damaged(f"{path}: {'; '.join(answers)}")
        migrations.check_objects(copy, LEDGER)
        check_tail(copy)
        for problem in checksums.problems(copy, pause=_steps(pause) if pause else None).values():
            raise Damaged(f"{path}: {problem}")
        return head(copy)


def copy_before_migration(directory: Path) -> Path:
    """Keep the ledger as it is beside itself before its layout is changed; gives where.

    The copy is named by the layout it has. One of the same name is from an update that did not end, or that was taken
    back: whatever it holds is in the ledger too.
    """
    with os_errors(str(directory)), temporary(directory / ".before-layout.sqlite.part") as part:
        with closing(open_reader(directory / LEDGER_FILE)) as database:
            _copy(database, part)
        sync_file(part)
        target = layout_copy(directory, read_header(part).user_version)
        part.replace(target)
        sync_directory(directory)
    return target


def layout_copy(directory: Path, layout: int) -> Path:
    """Where the ledger is kept as it was before it left a layout."""
    return directory / f"ledger.layout-{layout}.sqlite"


def restore(source: Path, directory: Path, *, clock: Clock, ids: Ids) -> Head:
    """Put a copy in place of the ledger and begin a new epoch, so that nobody takes later records for a continuation.

    Erasures since the copy are replayed before the ledger can be opened: those the directory knows, and those that lie
    beside the copy. What head office said is forgotten, so that nothing counts as safe to spend until it was pulled
    again. The ledger that stood there stays beside it as ``ledger.before-EPOCH.sqlite``: its records may be handed in
    later.

    Args:
        source: A copy made by ``backup``, or the directory's own cut-off ledger; one that ``salvage`` has to mend first
            is refused.
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
        keys = _programme_keys(source, directory)
    with os_errors(str(directory)):
        make_directory(directory)
        lock = take_lock(directory)
        try:
            with temporary(directory / ".restoring.sqlite") as part:
                with closing(open_reader(source) if log_bytes(source) else open_frozen(source)) as database:
                    _copy(database, part)
                check_copy(part)
                key = _fitting_key(keys, part)
                _take_over_erasures(source, part, directory)
                if not (directory / VAULT_FILE).exists():
                    _place_empty_vault(directory)
                write_durably(directory / KEY_FILE, key)
                started = _begin_epoch(part, directory, key, clock, ids)
                sync_file(part)
                discard(directory / REPLICA_FILE)
                discard(directory / SEARCH_FILE)  # made from what the other ledger knew
                discard(directory / FIGURES_FILE)
                swap(part, directory, started)
                with suppress(StorageError), closing(open_writer(directory / VAULT_FILE)) as vault:
                    accept_keys(vault)  # the ledger stands; where this fails, the next proof tells of the keys again
        finally:
            lock.release()
    return started


def key_path(copy: Path) -> Path:
    """Where a copy's programme key lies."""
    return copy.with_name(f"{copy.name}.key")


def tombstones_path(copy: Path) -> Path:
    """Where the erasures lie that belong to one copy."""
    return copy.with_name(f"{copy.name}.tombstones")


def tombstones_of_till(folder: Path, terminal_id: UUID) -> Path:
    """Where the erasures lie that belong to all copies of a till in a folder."""
    return folder / f"{name_of_till(terminal_id)}.tombstones"


@contextmanager
def temporary(path: Path) -> Iterator[Path]:
    """A file name that is free, and free again afterwards unless the file was moved away."""
    names = [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))]
    for name in names:
        name.unlink(missing_ok=True)
    try:
        yield path
    finally:
        for name in names:
            name.unlink(missing_ok=True)


def _copy(
    database: Database,
    part: Path,
    progress: Callable[[int, int], None] | None = None,
    pause: Pause | None = None,
) -> None:
    """Copy one snapshot; the transaction keeps a working till from starting the copy over with each sale.

    A copy that gives way is written through to the disk with every step: a sale's own commit would otherwise wait for
    all of it that the system has not written yet.
    """
    began_s = time.perf_counter()

    def report(_: int, remaining: int, total: int) -> None:
        nonlocal began_s
        if progress:
            progress(total - remaining, total)
        if pause:
            sync_file(part)
            pause(time.perf_counter() - began_s)
            began_s = time.perf_counter()

    with closing(open_new(part)) as copy:
        database.run("BEGIN")
        database.one("SELECT 1 FROM sqlite_schema")  # a transaction holds its snapshot from its first read on
        database.copy_to(copy, pages=PAGES_PER_GENTLE_STEP if pause else PAGES_PER_STEP, progress=report)
        database.run("COMMIT")
        copy.one("PRAGMA journal_mode = DELETE")  # one file, no log beside it


def _integrity(copy: Database, pause: Pause | None) -> list[str]:
    """SQLite's own words on every page."""
    stopped: list[CopyStopped] = []
    step = _steps(pause) if pause else None

    def give_way() -> bool:
        assert step is not None, "set only then"
        try:
            step()
        except CopyStopped as error:
            stopped.append(error)
        return bool(stopped)

    if pause:
        copy.connection.set_progress_handler(give_way, CHECK_STEP)
    try:
        return [answer for (answer,) in copy.all("PRAGMA integrity_check(10)")]
    except sqlite.Error:
        if stopped:
            raise stopped[0] from None
        raise
    finally:
        copy.connection.set_progress_handler(None, 0)


def _steps(pause: Pause) -> Callable[[], None]:
    """To be called between two steps of a check: pauses, and says how long the last one took."""
    began_s = time.perf_counter()

    def step() -> None:
        nonlocal began_s
        pause(time.perf_counter() - began_s)
        began_s = time.perf_counter()

    return step


def _take_over_erasures(source: Path, part: Path, directory: Path) -> None:
    """Let the directory know every erasure that lies beside a copy.

    Raises:
        Damaged: They can't be read; the copy would bring back who was erased.
    """
    with closing(open_frozen(part)) as copy:
        terminal_id = read_shop(copy).terminal_id
    beside = (tombstones_path(source), tombstones_of_till(source.parent, terminal_id), source.parent / TOMBSTONE_FILE)
    told = dict.fromkeys(tombstone for path in beside for tombstone in tombstones_in(path))
    for tombstone in read_tombstones(directory):
        told.pop(tombstone, None)
    if told:
        write_tombstones(directory, list(told))


def _programme_keys(source: Path, directory: Path) -> list[bytes]:
    """The directory's key when it has one, the one beside the copy, and the one of the copy's own directory."""
    paths = (directory / KEY_FILE, key_path(source), source.parent / KEY_FILE)
    keys = [path.read_bytes() for path in paths if path.exists() and path.stat().st_size == PROGRAMME_KEY_BYTES]
    if not keys:
        raise KeyMissing(f"{key_path(source)} is missing; card numbers mean other accounts without it")
    return keys


def _fitting_key(keys: list[bytes], part: Path) -> bytes:
    """The first key under which a copy was written; a damaged one in the directory gives way to the one beside it."""
    with closing(open_frozen(part)) as copy:
        fitting = next((key for key in keys if key_fits(copy, key)), None)
    if fitting is None:
        raise KeyMissing(f"{part}: none of the programme keys is the copy's, and card numbers mean other accounts")
    return fitting


def _begin_epoch(part: Path, directory: Path, key: bytes, clock: Clock, ids: Ids) -> Head:
    """Replay erasures, drop profiles nobody can open any more, and append the first record of the new epoch."""
    with closing(open_writer(part)) as ledger, closing(open_writer(directory / VAULT_FILE)) as vault:
        migrations.bring_up_to_date(ledger, migrations.LEDGER_LAYOUT)
        with ledger.transaction():
            replay_erasures(ledger, vault, ids, missing_from(ledger, read_tombstones(directory)))
            drop_what_is_closed(ledger, vault, directory / REPLICA_FILE)
            continue_in_new_epoch(ledger, key=key, clock=clock, ids=ids)
        follow_anew(vault)
        vault.one("PRAGMA wal_checkpoint(TRUNCATE)")
        ledger.one("PRAGMA wal_checkpoint(TRUNCATE)")
        return head(ledger)


def _place_empty_vault(directory: Path) -> None:
    """Make a vault aside: one that a crash left half made could be told from a damaged one by nobody."""
    with temporary(directory / ".restoring-vault.sqlite") as part:
        build_vault(part)
        part.replace(directory / VAULT_FILE)
