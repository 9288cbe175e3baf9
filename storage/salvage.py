"""Making a sound ledger of a damaged one's records, and a sound vault of a damaged one's keys.

Only what proves itself is taken: records by their chain, everything derived is made anew from them. What comes of it is
a copy like any other, which ``storage.backup.restore`` puts in place; the damaged file is only read.
"""

from __future__ import annotations

from contextlib import ExitStack, closing, suppress
from typing import TYPE_CHECKING, Final, NamedTuple, cast

import msgspec

from storage import checksums, migrations, sqlite
from storage.checksums import LEDGER_CHECKED
from storage.connection import Database, open_damaged, open_frozen, open_new, open_private
from storage.create import build_vault
from storage.errors import Damaged, StorageError, as_written
from storage.files import (
    VAULT_FILE,
    log_bytes,
    log_path,
    move_to_free_name,
    os_errors,
    sync_directory,
    sync_file,
)
from storage.journal import Link, link_problem
from storage.lock import take_lock
from storage.mending import mend, sound_tables
from storage.rebuild import fold_anew
from storage.remains import BROKEN, ROWS, is_of_this_layout, newest_named
from storage.tombstones import erase, unwritten
from storage.vault import KEY_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from storage.connection import Row

PROGRESS_RECORDS: Final = 1_000
"""How often progress is reported, in records."""

_INSERT: Final = (
    "INSERT INTO journal(seq, epoch, record_id, kind, member_id, at_us, business_day, utc_offset_min, server_offset_ms,"
    " programme_version, payload, body_hash, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Salvaged(msgspec.Struct, frozen=True):
    """What was saved.

    Attributes:
        records: How many records the new file holds.
        from_base: How many of them came from the copy; the others from the damaged ledger.
        unproved: What is wrong with tables that were taken as they are, because nothing tells what was written.
    """

    records: int
    from_base: int
    unproved: tuple[str, ...] = ()


def salvage(
    damaged: Path,
    target: Path,
    *,
    base: Path | None = None,
    mend_from: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Salvaged:
    """Make a copy of what a damaged ledger still holds; cards, people and programmes are as the damaged one says.

    A table of those that is not what was written, as its checksum says, is mended out of a copy.

    Args:
        damaged: The ledger; it is only read.
        target: The file to make; nothing may stand there.
        base: A copy of the same ledger that has the records the damaged one lacks.
        mend_from: A copy of the same ledger for tables that are not what was written; without it, ``base``.
        progress: Told how many steps are done and how many there are; what it raises ends the work.

    Returns:
        What was saved.

    Raises:
        Damaged: Too little can be read, or the copy is no beginning of this ledger; no file is left.
        StorageError: The target can't be written; no file is left.
    """
    if not is_of_this_layout(damaged):
        raise Damaged(f"{damaged} does not say that it is a ledger of this layout")
    try:
        with closing(open_new(target)) as part, closing(_reading(damaged)) as source:
            part.one("PRAGMA synchronous = OFF")  # it counts when it is whole, and that is waited for below
            migrations.bring_up_to_date(part, migrations.LEDGER_LAYOUT)
            with part.transaction():
                sides = _copy_sides(source, part, mend_from or base)
                total = 2 * newest_named(source)
                from_base = None if base is None else _take_base(base, part, progress, total)
                last = _some(_take(part, source, from_base, progress, total), damaged)
                fold_anew(part, None if progress is None else lambda done, _: progress(last.seq + done, total))
                if sides.is_mended:  # the copy may be from before somebody was erased
                    with as_written("tombstone"):
                        for tombstone in unwritten(part, []):
                            erase(part, tombstone)
        with os_errors(str(target)):
            sync_file(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return Salvaged(last.seq, from_base.seq if from_base else 0, tuple(sides.unproved.values()))


class RenewedVault(msgspec.Struct, frozen=True):
    """A new vault stands in the place of a damaged one.

    Attributes:
        keys: How many members' keys were saved.
        aside: The name under which the damaged file was kept; empty when all keys were saved, for then it is deleted.
    """

    keys: int
    aside: str


def renew_vault(directory: Path) -> RenewedVault:
    """Make a new vault of the keys that the damaged one still gives; search terms are made anew when the till opens.

    Members whose key is lost are members without a name from then on. A damaged vault all of whose keys were saved is
    deleted: kept aside, it would keep the key of everybody who is erased from now on.

    Args:
        directory: The data directory; no till has it open.

    Raises:
        TillOpen: A till is open on the directory.
        StorageError: It can't be written; the damaged file stands where it stood.
    """
    path = directory / VAULT_FILE
    part, aside = directory / ".renewed-vault.sqlite", directory / "vault.before.sqlite"
    lock = take_lock(directory)
    try:
        with os_errors(str(directory)):
            part.unlink(missing_ok=True)
            build_vault(part)
            with closing(open_private(part)) as renewed:
                keys, whole = _save_keys(path, renewed)
            sync_file(part)
            names = [path, log_path(path), path.with_name(f"{VAULT_FILE}-shm")]
            if not whole:
                aside = _free_name(aside)
                move_to_free_name(path, aside)
                if names[1].exists():
                    names[1].rename(log_path(aside))
            for name in names[1:]:
                name.unlink(missing_ok=True)
            part.replace(path)
            sync_directory(directory)
    finally:
        part.unlink(missing_ok=True)
        lock.release()
    return RenewedVault(keys, "" if whole else aside.name)


def _reading(path: Path) -> Database:
    return open_damaged(path, frozen=not log_bytes(path))


class _Sides(NamedTuple):
    """What came of the tables that no journal brings back.

    Attributes:
        unproved: What is wrong with those that are taken as they are, by table.
        is_mended: Whether rows may have come from a copy.
    """

    unproved: dict[str, str]
    is_mended: bool


def _copy_sides(source: Database, part: Database, mend_from: Path | None) -> _Sides:
    """Copy what no journal brings back; a row that can't be read ends the salvage."""
    with ExitStack() as opened:
        unproved = _problems(source)
        copy = _help(mend_from, opened) if unproved else None
        mendable = {
            table: wanted
            for table in unproved.keys() & (sound_tables(copy) if copy else frozenset())
            if (wanted := checksums.told_of(source, table)) is not None
        }
        for table in LEDGER_CHECKED:
            part.run(f"DELETE FROM {table}")  # noqa: S608 - names of our own
            _copy_table(source, part, table, strict=table not in mendable)
            if copy and table in mendable and mend(part, table, mendable[table], copy):
                del unproved[table]
    stamp = source.value("SELECT seq FROM sqlite_sequence WHERE name = 'edit'")
    if stamp is not None:  # a stamp is never given twice, also when its edit is gone
        part.run("DELETE FROM sqlite_sequence WHERE name = 'edit'")
        part.run("INSERT INTO sqlite_sequence(name, seq) VALUES ('edit', ?)", (stamp,))
    return _Sides(unproved, bool(mendable))


def _help(mend_from: Path | None, opened: ExitStack) -> Database | None:
    """The copy out of which tables are mended; ``None`` when there is none, or it can't be read any more."""
    try:
        return opened.enter_context(closing(open_frozen(mend_from))) if mend_from else None
    except StorageError:
        return None


def _problems(source: Database) -> dict[str, str]:
    """What is wrong with tables that are not what was written, by table."""
    try:
        return checksums.problems(source)
    except BROKEN as error:
        return {"table_checksum": f"{source.name}: no checksum can be read: {error.support}"}


def _copy_table(source: Database, part: Database, table: str, *, strict: bool) -> None:
    """Copy a table's rows; unless it is strict, those that are rows."""
    columns = [name for (_, name, *_) in part.all(f"PRAGMA table_info({table})")]
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    insert = f"INSERT INTO {table}({names}) VALUES ({marks})"  # noqa: S608 - names of our own, here and below
    try:
        read = cast("Generator[Row]", source.each(f"SELECT {names} FROM {table}"))  # noqa: S608
        with closing(read) as rows:
            if strict:
                part.many(insert, rows)
            for row in rows:
                with suppress(sqlite.IntegrityError):
                    part.run(insert, row)
    except (sqlite.IntegrityError, sqlite.OperationalError) as error:
        raise Damaged(f"{source.name}: {table} can't be taken over: {error}") from error


def _take_base(base: Path, part: Database, progress: Callable[[int, int], None] | None, total: int) -> Link:
    """Copy the journal of a sound copy."""
    with closing(open_frozen(base)) as copy:
        last = _take(part, copy, None, progress, total)
        if last is None or last.seq != copy.value("SELECT max(seq) FROM journal"):
            raise Damaged(f"{base}: a record does not hold")
    return last


def _take(
    part: Database,
    source: Database,
    before: Link | None,
    progress: Callable[[int, int], None] | None,
    total: int,
) -> Link | None:
    """Append the records behind a position that hold; gives the last one in the journal then."""
    for row in _rows_behind(source, before.seq if before else 0):
        try:
            problem = link_problem(row, before)
        except (TypeError, ValueError, AttributeError) as error:  # a damaged row can hold anything
            problem = str(error)
        if problem:
            break
        try:
            part.run(_INSERT, row)
        except sqlite.IntegrityError:
            break
        before = Link(row[0], row[1], row[13])
        if progress and before.seq % PROGRESS_RECORDS == 0:
            progress(before.seq, total)
    return before


def _some(last: Link | None, damaged: Path) -> Link:
    if last is None:
        raise Damaged(f"{damaged}: not even the first record holds")
    return last


def _rows_behind(source: Database, seq: int) -> Iterator[Row]:
    """The journal behind a position, until a row can't be read."""
    try:
        yield from source.each(f"{ROWS} WHERE seq > ? ORDER BY seq", (seq,))
    except (*BROKEN, sqlite.Error):
        return


def _save_keys(path: Path, renewed: Database) -> tuple[int, bool]:
    """Copy the keys that can be read; from both ends, as a damaged page lies between what can be.

    Returns:
        How many members' keys there are, and whether none is missing.
    """
    whole = True
    try:
        with closing(_reading(path)) as vault, renewed.transaction():
            lacks = _problems(vault)
            for table, name in (("till_key", "name"), ("member_key", "member_id")):
                for direction in ("ASC", "DESC"):
                    rows = _keys(vault, f"SELECT {name}, key FROM {table} ORDER BY {name} {direction}")  # noqa: S608
                    for row in rows:
                        if row is None:
                            whole = False
                        elif direction == "ASC" or not whole:
                            renewed.run(
                                f"INSERT INTO {table}({name}, key) VALUES (?, ?) ON CONFLICT DO NOTHING",  # noqa: S608
                                row,
                            )
            whole = whole and "member_key" not in lacks
    except StorageError:
        whole = False
    return int(renewed.value("SELECT count(*) FROM member_key")), whole


def _keys(vault: Database, sql: str) -> Iterator[tuple[object, bytes] | None]:
    """Names with their keys; ``None`` where one is no key, or where nothing more can be read."""
    try:
        for name, key in vault.each(sql):
            yield (name, key) if isinstance(key, bytes) and len(key) == KEY_BYTES else None
    except (*BROKEN, sqlite.Error):
        yield None


def _free_name(path: Path) -> Path:
    """A name beside another that nobody has: ``vault.before-2.sqlite``."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free
