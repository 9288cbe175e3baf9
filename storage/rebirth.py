"""The ledger that a recovered till starts from: a copy, or a box that goes back to the first record, gone on with."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final

import msgspec

from loyalty.feed import ProgrammeItem
from storage import checksums, migrations
from storage.backup import key_path, restore, temporary, tombstones_of_till, tombstones_path
from storage.checks import read_shop
from storage.connection import open_frozen, open_new, open_reader, open_writer
from storage.errors import Damaged, MissingLedger
from storage.files import (
    KEY_FILE,
    PROGRAMME_KEY_BYTES,
    TOMBSTONE_FILE,
    VAULT_FILE,
    check_header,
    log_bytes,
    make_directory,
    os_errors,
    write_durably,
)
from storage.journal import head
from storage.remains import is_sound
from storage.replica import discard
from storage.schema import LEDGER_APPLICATION_ID, VAULT_APPLICATION_ID
from storage.taking_over import build_from_box, extend, left_over
from storage.tombstones import tombstones_in, write_tombstones

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from loyalty.ports import Clock, Ids
    from storage.blackbox_read import BlackBoxContents
    from storage.connection import Database


LOOKS_AT_VAULT: Final = 2
"""How often people's keys are read before they count as lost: a failing disk often gives at the second time."""


class Missing(msgspec.Struct, frozen=True):
    """Positions that neither the copy nor the box holds, both included."""

    first: int
    last: int


class Sources(msgspec.Struct, frozen=True):
    """What a ledger is made of.

    Attributes:
        copy: A copy of it, ``None`` when the box holds its whole journal.
        contents: What its box holds, ``None`` without one.
        key: The box's own programme key, empty when none lies beside it.
        former: A data directory whose ledger is of no use any more: people's keys and erasures are taken from it.
    """

    copy: Path | None
    contents: BlackBoxContents | None
    key: bytes = b""
    former: Path | None = None


class Told(msgspec.Struct, frozen=True):
    """What a till without a ledger needs of head office's state to begin one.

    Attributes:
        programmes: Published rules, oldest first.
        till_name: What head office calls the till.
    """

    programmes: tuple[ProgrammeItem, ...]
    till_name: str


def told_by(replica: Path, terminal_id: UUID) -> Told:
    """Read it from a replica that nobody writes."""
    with closing(open_reader(replica)) as database:
        rows = database.all("SELECT version, document, starts_at_us FROM programme ORDER BY version")
        name = database.value("SELECT name FROM till WHERE terminal_id = ?", (terminal_id.bytes,))
    return Told(tuple(ProgrammeItem(*row) for row in rows), name or "")


def put_replica(path: Path, target: Path) -> None:
    """Give a till the state that was fetched before its ledger was there; nobody has either file open."""
    discard(target)
    path.replace(target)
    discard(path)


def whose_copy(path: Path) -> UUID:
    """The ledger id in a copy, or in a ledger that was saved from a failing disk together with its log.

    Raises:
        StorageError: It is not there, or can't be read as one.
    """
    with os_errors(str(path)):
        if not path.exists():
            raise MissingLedger(f"{path} does not exist")
        check_header(path, LEDGER_APPLICATION_ID)
    with closing(_opened(path)) as database:
        return read_shop(database).terminal_id


class Made(msgspec.Struct, frozen=True):
    """A ledger was made.

    Attributes:
        unproved: What is wrong with tables that were taken as they are, because nothing tells what was written.
    """

    unproved: tuple[str, ...] = ()


def make_ledger(sources: Sources, target: Path, *, may_lack: bool, clock: Clock, ids: Ids) -> Missing | Made:
    """Make a data directory, its journal gone on with by the box as far as its chain goes, and begin a new epoch.

    Args:
        sources: What of.
        target: The new data directory.
        may_lack: Whether to make it although records of the box do not follow on what there is.
        clock: Time.
        ids: Fresh ids.

    Returns:
        What it is, or which records are missing when it was not made because of them.

    Raises:
        StorageError: The copy or the box can't be used, or the disk did not take it.
    """
    with os_errors(str(target)):
        make_directory(target)
        with temporary(target / ".base.sqlite") as part:
            if sources.copy is not None:
                _copy_database(sources.copy, part)
                if sources.contents is not None:
                    extend(part, sources.contents)
            else:
                assert sources.contents is not None, "there is one of the two"
                build_from_box(part, sources.contents)
            missing = _missing(part, sources.contents) if sources.contents and not may_lack else None
            if missing is not None:
                return missing
            made = Made(_accept_tables(part))
            _put_erasures(sources, part, target)
            _keep_keys(sources, target)
            restore(part, target, clock=clock, ids=ids)
    return made


def _accept_tables(part: Path) -> tuple[str, ...]:
    """Take the tables that no journal proves as they are, for the till is to sell again; gives what is wrong."""
    with closing(open_writer(part)) as ledger:
        found = tuple(checksums.problems(ledger).values())
        if found:
            with ledger.transaction():
                checksums.begin(ledger)
        ledger.one("PRAGMA wal_checkpoint(TRUNCATE)")
        ledger.one("PRAGMA journal_mode = DELETE")
    return found


def _missing(part: Path, contents: BlackBoxContents) -> Missing | None:
    """Which positions lie between the end of the chain and the box's next record that is not in it."""
    with closing(open_reader(part)) as ledger:
        left = left_over(ledger, contents)
        last = head(ledger).seq
    behind = [record.seq for record in left if record.seq > last]
    return Missing(last + 1, min(behind) - 1) if behind else None


def _put_erasures(sources: Sources, part: Path, target: Path) -> None:
    """Let the new directory know every erasure that is told anywhere, before its ledger comes."""
    beside: list[Path] = []
    if sources.copy is not None:
        copy = sources.copy
        with closing(open_reader(part)) as ledger:
            terminal_id = read_shop(ledger).terminal_id
        beside += [tombstones_path(copy), tombstones_of_till(copy.parent, terminal_id), copy.parent / TOMBSTONE_FILE]
    if sources.former is not None:
        beside.append(sources.former / TOMBSTONE_FILE)
    told = dict.fromkeys(tombstone for path in beside for tombstone in tombstones_in(path))
    if told:
        write_tombstones(target, list(told))


def _keep_keys(sources: Sources, target: Path) -> None:
    """Put the programme key where restoring looks for it, and people's keys where they are still to be had."""
    copy, former = sources.copy, sources.former
    places = [key_path(copy), copy.parent / KEY_FILE] if copy is not None else []
    places += [former / KEY_FILE] if former is not None else []
    keys = [path.read_bytes() for path in places if path.exists()]
    key = next((key for key in (*keys, sources.key) if len(key) == PROGRAMME_KEY_BYTES), None)
    if key is None:
        raise Damaged("no programme key lies beside the copy; card numbers mean other accounts without it")
    write_durably(target / KEY_FILE, key)
    vault = former / VAULT_FILE if former is not None else None
    if vault is not None and any(is_sound(vault, VAULT_APPLICATION_ID) for _ in range(LOOKS_AT_VAULT)):
        (target / VAULT_FILE).unlink(missing_ok=True)
        _copy_database(vault, target / VAULT_FILE)
        with closing(open_writer(target / VAULT_FILE)) as taken:  # the old shop's may be of an earlier layout
            migrations.bring_up_to_date(taken, migrations.VAULT_LAYOUT)
            taken.one("PRAGMA wal_checkpoint(TRUNCATE)")


def _copy_database(source: Path, target: Path) -> None:
    with (
        closing(_opened(source)) as database,
        closing(open_new(target)) as copy,
    ):
        database.copy_to(copy, pages=-1, progress=_silent)
        copy.one("PRAGMA journal_mode = DELETE")  # one file, no log beside it


def _opened(path: Path) -> Database:
    return open_reader(path) if log_bytes(path) else open_frozen(path)


def _silent(_status: int, _remaining: int, _total: int) -> None:
    """Nobody is told how far a copy in one step has come."""
