"""The till's own search index: a file that follows the ledger's profiles and may be thrown away at any time.

What it holds is in the ledger, so it has no backup, is not synced at every change, and is made anew when it is missing,
damaged or about another ledger. ``stamp`` says up to which change of profiles it goes; it is written together with what
it speaks of.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final
from uuid import UUID

from loyalty.searching import SEARCH_TABLES, indexed
from storage.connection import open_in_memory, open_new, open_reader, open_replica_writer
from storage.errors import Damaged, NewerSchema, NotALedger
from storage.file_view import FileView
from storage.files import SEARCH_FILE, check_header, log_path, os_errors
from storage.migrations import object_problems
from storage.search_build import build, make_tables
from storage.search_rows import SEARCH_ROWS, put_people
from storage.vault import key_of, unseal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from loyalty.searching import Indexed
    from storage.connection import Database

SEARCH_APPLICATION_ID: Final = 0x53544B53
"""``STKS`` in the file header."""

SEARCH_VERSION: Final = 1
"""``user_version``. 1: first layout (2026-11-22). Another one is made anew, never migrated."""

CHANGES_AT_ONCE: Final = 100
"""How many changes are followed in one step: about 10 ms, so that a sale can wait."""

CHANGES_FOLLOWED_MAX: Final = 20_000
"""From so many changes on, making a new index is less work than following them."""

BUILD_CACHE_KIB: Final = 32_768

_STATE: Final = """CREATE TABLE search_state(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  stamp INTEGER NOT NULL
) STRICT"""
_NO_STATE: Final = "INSERT INTO search_state(id, stamp) VALUES (1, 0)"
_TABLES: Final = (*SEARCH_TABLES, _STATE)
_NEWEST: Final = "SELECT ifnull(max(stamp), 0) FROM profile_change"
_CHANGED: Final = "SELECT DISTINCT member_id FROM profile_change WHERE stamp > ? AND stamp <= ?"
_ERASED: Final = """SELECT DISTINCT member_id FROM profile_change JOIN tombstone USING (member_id) WHERE stamp > ?"""
_PROFILE: Final = "SELECT nonce, box FROM member_profile WHERE member_id = ?"
_BY_LAST_SALE: Final = """SELECT member_profile.member_id, nonce, box
FROM (
  SELECT member_profile.member_id FROM member_profile LEFT JOIN account USING (member_id)
  ORDER BY ifnull(last_sale_day, '') DESC, member_profile.member_id LIMIT -1) AS sorted
CROSS JOIN member_profile ON member_profile.member_id = sorted.member_id"""
"""Few columns are sorted, as that is done in memory; without a limit SQLite would leave the sorting out."""


def newest_stamp(ledger: Database) -> int:
    """The last change of profiles."""
    return int(ledger.value(_NEWEST))


class SearchIndex:
    """The writing side, on the thread that owns the ledger's writing connection.

    Raises:
        StorageError: The file can't be opened, and can't be made either.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with os_errors(str(path)):
            discard(part_of(path))
            if not _usable(path):
                discard(path)
                _make(path)
        self._database = open_replica_writer(path)

    def close(self) -> None:
        """Close the connection; closing twice is allowed."""
        self._database.close()

    def behind(self, ledger: Database) -> int:
        """How many changes of profiles it does not know yet.

        An index of a newer state than the ledger's is of another one: all of it is unknown.
        """
        newest, stamp = newest_stamp(ledger), self._stamp()
        return newest - stamp if newest >= stamp else newest + 1

    def follow(self, ledger: Database, vault: Database) -> int:
        """Take over the next changes, so few that a sale can wait; gives how many are left.

        Too many are left alone, for ``make_anew``.
        """
        newest, stamp = newest_stamp(ledger), self._stamp()
        if newest < stamp:
            self._empty()
            stamp = 0
        if stamp < newest <= stamp + CHANGES_FOLLOWED_MAX:
            reached = min(newest, stamp + CHANGES_AT_ONCE)
            members = ledger.all(_CHANGED, (stamp, reached))
            with self._database.transaction():
                put_people(self._database, [(member, _read(ledger, vault, member)) for (member,) in members])
                self._database.run("UPDATE search_state SET stamp = ?", (reached,))
            stamp = reached
        return newest - stamp

    def forget_erased(self, ledger: Database) -> None:
        """Take out who was erased since the last change it followed, and off the disk, however far behind it is."""
        erased = ledger.all(_ERASED, (min(self._stamp(), newest_stamp(ledger)),))
        if erased:
            with self._database.transaction():
                put_people(self._database, [(member, None) for (member,) in erased])
            self._settle()

    def take(self, part: Path, ledger: Database) -> None:
        """Put an index that was made aside in place; who was erased since is taken out of it before.

        Raises:
            StorageError: It can't be put in place; the old one stands, or none.
        """
        with closing(open_replica_writer(part)) as made:
            stamp = int(made.value("SELECT stamp FROM search_state"))
            with made.transaction():
                put_people(made, [(member, None) for (member,) in ledger.all(_ERASED, (stamp,))])
            made.one("PRAGMA wal_checkpoint(TRUNCATE)")
        self.close()
        with os_errors(str(self._path)):
            discard(self._path)
            part.replace(self._path)
        self._database = open_replica_writer(self._path)

    def _stamp(self) -> int:
        return int(self._database.value("SELECT stamp FROM search_state"))

    def _empty(self) -> None:
        with self._database.transaction():
            for table in SEARCH_ROWS:
                self._database.run(f"DELETE FROM {table}")  # noqa: S608 - names of our own
            self._database.run("UPDATE search_state SET stamp = 0")
        self._settle()

    def _settle(self) -> None:
        """Move the log into the file, so that what was overwritten is gone."""
        self._database.one("PRAGMA wal_checkpoint(TRUNCATE)")


class SearchView(FileView):
    """One thread's connection for searching."""

    __slots__ = ()

    def knows_all(self, ledger: Database) -> bool:
        """Whether everybody in the ledger can be found."""
        return int(self.database().value("SELECT stamp FROM search_state")) == newest_stamp(ledger)

    def is_usable(self, database: Database) -> bool:
        """Whether it is an index of this layout."""
        return _is_index(database)

    def empty(self) -> Database:
        """An index in which nobody is found, and that says so."""
        return empty_index()


def empty_index() -> Database:
    """An index of nobody, in memory."""
    database = open_in_memory()
    for statement in (*_TABLES, _NO_STATE):
        database.run(statement)
    return database


def part_of(path: Path) -> Path:
    """Where an index is made aside."""
    return path.with_name(f".{path.name}.part")


def make_anew(directory: Path, ledger: Database, vault: Database, progress: Callable[[int, int], None]) -> Path:
    """Make an index of all profiles aside; reads beside an open till, on connections of its own.

    Args:
        directory: The data directory.
        ledger: A reading connection.
        vault: Another one.
        progress: Gets how many profiles were read, and how many there are.

    Returns:
        Where it lies, for ``SearchIndex.take``.

    Raises:
        StorageError: It can't be read or written; nothing is left behind.
    """
    part = part_of(directory / SEARCH_FILE)
    scratch = part.with_name(f"{part.name}.keys")
    with os_errors(str(part)):
        discard(part)
        discard(scratch)
    try:
        with closing(open_new(part)) as database:
            for setting in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{BUILD_CACHE_KIB}"):
                database.one(f"PRAGMA {setting}")
            ledger.run("BEGIN")  # one state of the ledger, of which the stamp speaks
            stamp, total = newest_stamp(ledger), int(ledger.value("SELECT count(*) FROM member_profile"))
            database.run("BEGIN")
            make_tables(database, indexes=False)
            build(database, scratch, _everybody(ledger, vault), lambda count: progress(count, total))
            make_tables(database, indexes=True)
            database.run(_STATE)
            database.run("INSERT INTO search_state(id, stamp) VALUES (1, ?)", (stamp,))
            _sign(database)
            database.run("COMMIT")
            ledger.run("COMMIT")
            database.one("PRAGMA journal_mode = WAL")
    except BaseException:
        discard(part)
        raise
    finally:
        discard(scratch)
    return part


def discard(path: Path) -> None:
    """Delete an index with its log; readers notice and go on with nothing."""
    with os_errors(str(path)):
        for name in (path, log_path(path), path.with_name(f"{path.name}-shm"), path.with_name(f"{path.name}-journal")):
            name.unlink(missing_ok=True)


def is_sound(path: Path) -> bool:
    """Whether SQLite finds nothing wrong with an index; a walk over all of it.

    Raises:
        StorageError: It can't be read now.
    """
    try:
        with closing(open_reader(path)) as database:
            return _is_index(database) and database.all("PRAGMA quick_check(1)") == [("ok",)]
    except (Damaged, NotALedger):
        return False


def _read(ledger: Database, vault: Database, member: bytes) -> Indexed | None:
    row = ledger.one(_PROFILE, (member,))
    key = key_of(vault, UUID(bytes=member)) if row else None
    profile = unseal(row[0], row[1], key, member) if row and key else None
    return indexed(profile) if profile else None


def _everybody(ledger: Database, vault: Database) -> Iterator[tuple[bytes, Indexed]]:
    """All people, who bought last first."""
    for member, nonce, box in ledger.each(_BY_LAST_SALE):
        key = key_of(vault, UUID(bytes=member))
        profile = unseal(nonce, box, key, member) if key else None
        if profile:
            yield member, indexed(profile)


def _is_index(database: Database) -> bool:
    found = (database.value("PRAGMA application_id"), database.value("PRAGMA user_version"))
    return found == (SEARCH_APPLICATION_ID, SEARCH_VERSION)


def _usable(path: Path) -> bool:
    """Whether a file is an index of this layout that can be opened."""
    if not path.exists():
        return False
    try:
        check_header(path, SEARCH_APPLICATION_ID)
        with closing(open_replica_writer(path)) as database:
            kinds = ("table", "index", "trigger", "view")
            return _is_index(database) and not object_problems(database, _TABLES, kinds=kinds, steps=False)
    except (NotALedger, NewerSchema, Damaged):
        return False


def _make(path: Path) -> None:
    """Make an empty index aside and move it into place, so that a reader never finds half a one."""
    part = part_of(path)
    with closing(open_new(part)) as database:
        database.one("PRAGMA journal_mode = WAL")
        with database.transaction():
            for statement in (*_TABLES, _NO_STATE):
                database.run(statement)
            _sign(database)
        database.one("PRAGMA wal_checkpoint(TRUNCATE)")  # closing would try it, too, and keep a failure to itself
    part.replace(path)


def _sign(database: Database) -> None:
    database.run(f"PRAGMA application_id = {SEARCH_APPLICATION_ID}")
    database.run(f"PRAGMA user_version = {SEARCH_VERSION}")
