"""What can still be read of a data directory whose ledger can't be opened; nothing is changed by looking.

The journal proves itself: a record counts as readable when its hash covers it and the next one names that hash. So a
damaged page costs the records on it and no others, and those behind it are as sure as those before.
"""

from __future__ import annotations

import hashlib
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from loyalty.chain import COLUMNS, chain_hash
from loyalty.directory import Role
from loyalty.encoding import command_digest, decode
from loyalty.records import EpochStart
from storage import checksums, sqlite
from storage.checks import read_shop
from storage.checksums import LEDGER_CHECKED
from storage.connection import open_damaged
from storage.directory import DirectoryReads
from storage.errors import Damaged, NotALedger, StorageError
from storage.files import (
    KEY_FILE,
    LEDGER_FILE,
    PROGRAMME_KEY_BYTES,
    VAULT_FILE,
    log_bytes,
    os_errors,
    read_header,
)
from storage.journal import Link, head, link_problem
from storage.schema import LEDGER_APPLICATION_ID, SCHEMA_VERSION, VAULT_APPLICATION_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from storage.connection import Database, Row
    from storage.types import CashierRow, Shop

T = TypeVar("T")

PROGRESS_RECORDS: Final = 1_000
"""How often progress is reported, in records."""

ROWS = f"SELECT {COLUMNS}, hash FROM journal"  # noqa: S608 - constant names
"""The journal, in the shape that ``storage.journal.link_problem`` judges."""

BROKEN: Final = (Damaged, NotALedger)
"""What reading a file meets that is not what was written."""


class Intact(msgspec.Struct, frozen=True):
    """Which records of a journal hold.

    Attributes:
        upto: The last record of those that hold without a gap from the first one on; 0 when not even that one does.
        since: The first record of those that hold without a gap up to the newest that does; 0 for none.
        newest: The newest record that holds; 0 for none.
        named: The newest position that anything in the file speaks of.
        newest_us: When the newest record that holds was written, in microseconds since 1970 UTC.
    """

    upto: int = 0
    since: int = 0
    newest: int = 0
    named: int = 0
    newest_us: int = 0

    @property
    def whole(self) -> bool:
        """Whether every record holds, as far as anybody can tell: a log that is gone has taken its records along."""
        return 0 < self.upto == self.newest == self.named

    def reached_from(self, seq: int) -> int:
        """How far a journal comes whose records up to a position are those of a copy, and the others these."""
        if 0 < self.since <= seq + 1:
            return max(seq, self.newest)
        return max(seq, self.upto)


class Remains(msgspec.Struct, frozen=True):
    """What a directory still says.

    Attributes:
        journal: Which records hold.
        sides_whole: Whether everything can be read that no journal brings back.
        shop: Whose ledger it is, ``None`` when that can't be read.
        joined: Whether it belongs to a head office.
        managers: Who may decide, with the hashes of their PINs.
        key_fits: Whether the programme key lies there and is the one the journal was written with.
        vault_sound: Whether the file with the keys of people is there and sound.
    """

    journal: Intact = Intact()
    sides_whole: bool = False
    shop: Shop | None = None
    joined: bool = False
    managers: tuple[CashierRow, ...] = ()
    key_fits: bool = False
    vault_sound: bool = False

    @property
    def can_be_mended(self) -> bool:
        """Whether the ledger can be made anew of what it holds itself."""
        return self.sides_whole and self.journal.upto > 0


def remains(directory: Path, progress: Callable[[int, int], None] | None = None) -> Remains:
    """Find out what can be read of a directory that no till has open.

    Args:
        directory: The data directory.
        progress: Told how many records are done and how many there seem to be; what it raises ends the looking.
    """
    vault_sound = keys_hold(directory / VAULT_FILE)
    path = directory / LEDGER_FILE
    if not is_of_this_layout(path):
        return Remains(vault_sound=vault_sound)
    with _damaged(path) as ledger:
        if ledger is None:
            return Remains(vault_sound=vault_sound)
        return Remains(
            journal=_intact(ledger, progress),
            sides_whole=_sides_whole(ledger),
            shop=_or_none(lambda: read_shop(ledger)),
            joined=_joined(ledger),
            managers=_managers(ledger),
            key_fits=_key_fits(ledger, directory / KEY_FILE),
            vault_sound=vault_sound,
        )


def glance(directory: Path) -> Remains:
    """Whose ledger it is, how far it goes and who may decide, where nothing is wrong; costs no walk."""
    with _damaged(directory / LEDGER_FILE) as ledger:
        if ledger is None:
            return Remains()
        return Remains(
            journal=Intact(named=newest_named(ledger)),
            shop=_or_none(lambda: read_shop(ledger)),
            joined=_joined(ledger),
            managers=_managers(ledger),
            key_fits=True,
            vault_sound=True,
        )


def continuing(path: Path, copies: Iterable[Path]) -> frozenset[Path]:
    """Those copies whose last record stands in a ledger, or is the one that a record there goes on from."""
    with _damaged(path) as ledger:
        if ledger is None:
            return frozenset()
        return frozenset(copy for copy in copies if _goes_on_from(ledger, copy))


def managers_in(copy: Path) -> tuple[CashierRow, ...]:
    """Who may decide, going by a copy."""
    with _damaged(copy) as ledger:
        return () if ledger is None else _managers(ledger)


def till_name_in(copy: Path) -> str:
    """What a copy's till is called; empty when that can't be read."""
    with _damaged(copy) as ledger:
        shop = None if ledger is None else _or_none(lambda: read_shop(ledger))
        return shop.till_name if shop else ""


def key_fits(path: Path, key: Path) -> bool:
    """Whether a programme key is the one a ledger was last written with."""
    with _damaged(path) as ledger:
        return ledger is not None and _key_fits(ledger, key)


def is_of_this_layout(path: Path) -> bool:
    """Whether a file says of itself that it is a ledger as this program makes them."""
    try:
        header = read_header(path)
    except (StorageError, FileNotFoundError):
        return False
    return header.application_id == LEDGER_APPLICATION_ID and header.user_version == SCHEMA_VERSION


def is_sound(path: Path, application_id: int) -> bool:
    """Whether a file is there, ours, and every page of it is what SQLite expects."""
    try:
        if read_header(path).application_id != application_id:
            return False
        with closing(open_damaged(path, frozen=not log_bytes(path))) as database:
            return [answer for (answer,) in database.all("PRAGMA integrity_check(1)")] == ["ok"]
    except (StorageError, FileNotFoundError):
        return False


def keys_hold(vault: Path) -> bool:
    """Whether a vault is sound and every member's key in it is what was written."""
    if not is_sound(vault, VAULT_APPLICATION_ID):
        return False
    with _damaged(vault) as database:
        found = None if database is None else _or_none(lambda: checksums.problems(database))
        return found is not None and "member_key" not in found


@contextmanager
def _damaged(path: Path) -> Iterator[Database | None]:
    """What can be read of a file; ``None`` when it can't be opened as a database at all."""
    try:
        with os_errors(str(path)):
            database = open_damaged(path, frozen=not log_bytes(path))
    except StorageError:
        yield None
        return
    with closing(database):
        yield database


def _intact(ledger: Database, progress: Callable[[int, int], None] | None) -> Intact:
    """Walk from the first record on, and when that meets damage, back from the newest one."""
    named = newest_named(ledger)
    first: Link | None = None
    newest_us = 0
    for row in _rows(ledger, f"{ROWS} ORDER BY seq"):
        if _problem(row, first):
            break
        first, newest_us = Link(row[0], row[1], row[13]), row[5]
        if progress and first.seq % PROGRESS_RECORDS == 0:
            progress(first.seq, max(named, first.seq))
    upto = first.seq if first else 0
    since: Row | None = None
    newest = 0
    for row in _rows(ledger, f"{ROWS} ORDER BY seq DESC"):
        if row[0] <= upto or not _holds(row) or (since is not None and not _leads_to(row, since)):
            break
        if since is None:
            newest, newest_us = row[0], row[5]
        since = row
    if since is None:
        return Intact(upto, 1 if upto else 0, upto, max(named, upto), newest_us)
    return Intact(upto, since[0], newest, max(named, newest), newest_us)


def newest_named(ledger: Database) -> int:
    """The newest position that anything in the file speaks of; the journal's own pages may not say it any more."""
    questions = (
        "SELECT max(seq) FROM journal",
        "SELECT count(*) FROM journal INDEXED BY sqlite_autoindex_journal_1",
        "SELECT max(seq) FROM booking",
    )
    return max(int(_or_none(partial(ledger.value, sql)) or 0) for sql in questions)


def _problem(row: Row, before: Link | None) -> str | None:
    """What is wrong with a row, which can hold anything."""
    try:
        return link_problem(row, before)
    except (TypeError, ValueError, AttributeError) as error:
        return str(error)


def _holds(row: Row) -> bool:
    """Whether a row's hashes cover it."""
    try:
        return (hashlib.sha256(row[10]).digest(), chain_hash(row[:13])) == (row[11], row[13])
    except (TypeError, ValueError, AttributeError):
        return False


def _leads_to(row: Row, later: Row) -> bool:
    """Whether a row is the one before another."""
    return (row[0] + 1, row[13]) == (later[0], later[12])


def _rows(ledger: Database, sql: str) -> Iterator[Row]:
    """Rows until one can't be read."""
    try:
        yield from ledger.each(sql)
    except (*BROKEN, sqlite.Error):
        return


def _sides_whole(ledger: Database) -> bool:
    """Whether every row of every such table can be read."""
    try:
        for table in LEDGER_CHECKED:
            for _ in ledger.each(f"SELECT * FROM {table}"):  # noqa: S608 - names of our own
                pass
    except (*BROKEN, sqlite.Error):
        return False
    return True


def _joined(ledger: Database) -> bool:
    return bool(_or_none(lambda: ledger.value("SELECT has_left = 0 FROM head_office")))


def _goes_on_from(ledger: Database, copy: Path) -> bool:
    with _damaged(copy) as database:
        last = None if database is None else _or_none(lambda: head(database))
    if last is None:
        return False
    own = _or_none(lambda: ledger.value("SELECT hash FROM journal WHERE seq = ?", (last.seq,)))
    later = _or_none(lambda: ledger.value("SELECT prev_hash FROM journal WHERE seq = ?", (last.seq + 1,)))
    return last.hash in (own, later)


def _managers(ledger: Database) -> tuple[CashierRow, ...]:
    rows = _or_none(lambda: DirectoryReads(ledger, ledger).cashiers()) or []
    return tuple(row for row in rows if row.role is Role.MANAGER and not row.blocked)


def _key_fits(ledger: Database, key: Path) -> bool:
    """Every epoch's first record carries a digest under the programme key that its till had then."""
    try:
        secret = key.read_bytes()
    except OSError:
        return False
    row = _or_none(
        lambda: ledger.one("SELECT payload FROM journal WHERE kind = 'epoch_start' ORDER BY seq DESC LIMIT 1")
    )
    start = _or_none(lambda: decode(row[0])) if row else None
    if len(secret) != PROGRAMME_KEY_BYTES or not isinstance(start, EpochStart):
        return False
    return start.command_digest == command_digest(secret, "epoch_start", start.terminal_id, start.parent_seq)


def _or_none(read: Callable[[], T]) -> T | None:
    """What can be read, or nothing."""
    try:
        return read()
    except (*BROKEN, sqlite.Error, ValueError, TypeError):
        return None
