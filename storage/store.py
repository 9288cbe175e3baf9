"""The ledger of one data directory: making it, opening it with every check, and the one place that writes."""

from __future__ import annotations

import contextlib
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from loyalty.wire import ProblemCode
from storage import checks, joining, replica
from storage.checks import Identity, check_contents, check_files, check_ledger, newest_programme
from storage.connection import open_pair, open_reader, open_writer
from storage.edits import Outbox
from storage.ending import begin_truthfully, end_truthfully
from storage.epochs import continue_in_new_epoch
from storage.errors import (
    DiskFailed,
    DiskFull,
    ErasureUnfinished,
    OutOfResources,
    ReadOnlyDisk,
    StorageError,
    as_written,
)
from storage.files import LEDGER_FILE, REPLICA_FILE, VAULT_FILE, os_errors
from storage.incoming import agree_on_erasures
from storage.lock import take_lock
from storage.replica_view import Belonging, Joined, ReplicaView
from storage.search_following import SearchFollower
from storage.tip import Tip, read_tip
from storage.tombstones import write_tombstones
from storage.unit import Reader, Unit
from storage.upgrade import bring_files_up_to_date, bring_up_to_date, is_older
from storage.vault import catch_up
from storage.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loyalty.ports import Clock, Ids
    from storage.exchange import HeadOfficeRow
    from storage.replica import Replica
    from storage.types import Stored

__all__ = ["Reader", "Store", "Unit", "create_store", "open_store"]

CHECKPOINT_RECORDS: Final = 200
"""After how many appended records a checkpoint is worth its two syncs: about 2,000 pages, 8 MiB of log."""

_SAY_NOT_BOOKED: Final = (DiskFull, OutOfResources, ReadOnlyDisk)  # what was booked is on the disk when a till closes


def create_store(
    directory: Path,
    *,
    shop_name: str,
    till_name: str,
    currency: str,
    programme_text: str,
    clock: Clock,
    ids: Ids,
) -> Store:
    """Make the data directory of a new till and open it.

    Args:
        directory: Where; made when it does not exist. It may hold other files.
        shop_name: The shop's name.
        till_name: The till's name in the shop.
        currency: ISO 4217 code.
        programme_text: The first programme, as TOML without mistakes.
        clock: Time.
        ids: Fresh ids.

    Returns:
        The open store, its journal holding the genesis record and the programme's adoption.

    Raises:
        AlreadyExists: There is a ledger already.
        ValueError: The programme has mistakes; the caller checks and shows them first.
        StorageError: It can't be written. Nothing is left behind.
    """
    from storage.create import create_files  # needed once in the life of a till

    checks.refuse_affected_sqlite()
    create_files(
        directory,
        shop_name=shop_name,
        till_name=till_name,
        currency=currency,
        programme_text=programme_text,
        clock=clock,
        ids=ids,
    )
    return open_store(directory, clock=clock, ids=ids)


def open_store(directory: Path, *, clock: Clock, ids: Ids, writable: bool = True) -> Store:
    """Open a data directory after every quick check: headers, lock, settings, triggers, the last links of the chain.

    Args:
        directory: Where.
        clock: Time.
        ids: Fresh ids.
        writable: Whether to take the till's lock and write; otherwise reading works beside an open till.

    Raises:
        MissingLedger: There is none.
        TillOpen: Another process has it open for writing.
        StorageError: Any other known reason; nothing was changed on disk.
    """
    with os_errors(str(directory := Path(directory))):
        check_files(directory)
    if writable:
        checks.refuse_affected_sqlite()
    elif is_older(directory):
        bring_files_up_to_date(directory)
    identity: Identity | None = None
    with as_written(str(directory)), ExitStack() as stack:
        if writable:
            stack.callback(take_lock(directory).release)
            identity = check_contents(directory)
        return Store(directory, identity, clock=clock, ids=ids, writable=writable, held=stack.pop_all())


class Store:
    """An open data directory. Writes belong to the thread that opened it; every other thread asks for a reader.

    Attributes:
        directory: The data directory.
        shop: Whose it is.
        programme: The rules in force.
        programme_key: The secret that gives unknown cards their account ids.
        writable: Whether it may write.
    """

    def __init__(
        self, directory: Path, identity: Identity | None, *, clock: Clock, ids: Ids, writable: bool, held: ExitStack
    ) -> None:
        self.directory = directory
        self.writable = writable
        self._clock = clock
        self._ids = ids
        self._held = held
        self._appended_since_checkpoint = 0
        try:
            tip = read_tip(directory)
            opened = open_writer if writable else open_reader
            self._ledger = opened(directory / LEDGER_FILE)
            held.callback(self._ledger.close)
            self._writing = Writing(self._ledger)
            self._vault = opened(directory / VAULT_FILE)
            held.callback(self._vault.close)
            self._belonging = Belonging(clock)
            self._replica = ReplicaView(self.replica_path, self._belonging)
            held.callback(self._replica.close)
            self.search = SearchFollower(directory, self._ledger, self._vault)
            held.callback(self.search.close)
            if writable:
                self._begin_writing()
                self._writing.tell(held.enter_context(closing(Tip(directory))))
            identity = identity or check_ledger(self._ledger, tip)
            self.programme_key = checks.programme_key(directory, self._ledger, writable=writable)
            checks.check_vault(self._ledger, self._vault)
            self.shop = identity.shop
            self.programme = identity.programme
            self._belonging.joined = joining.read_joined(self._ledger, self._vault)
            if writable:
                self._belonging.telling = joining.is_telling(self._ledger)
                while self._belonging.joined and self.tell():
                    pass
        except BaseException as error:
            self._end(failed=isinstance(error, DiskFailed))
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def reader(self) -> Reader:
        """New connections for reading, for the calling thread; to be closed by it."""
        ledger = open_pair(self.directory / LEDGER_FILE, self.directory / VAULT_FILE)
        try:
            vault = open_reader(self.directory / VAULT_FILE)
            return Reader(ledger, vault, ReplicaView(self.replica_path, self._belonging), self.search.view())
        except BaseException:
            ledger.close()
            raise

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """One transaction on the writing connection: commits on normal exit, rolls back when anything is raised.

        When it has returned, everything written in it is on the disk. The search for names may lag behind; when it was
        the disk that kept it from following, this unit was the last one.

        Raises:
            DiskFailed: The disk failed, now or in an earlier unit: the store writes no more until it is opened anew.
            ErasureUnfinished: The ledger has forgotten a member, but the vault still has the key or the log what was
                overwritten: the next change of a profile, or the next start, deletes it.
            StorageError: Nothing of it was written.
        """
        last = self._writing.last
        unit = Unit(self._ledger, self._vault, self._replica, self._clock, self._ids, self.search.own_view, last)
        with self.exclusive():
            yield unit
            self._writing.last = unit.tip
            if unit.tombstones:
                write_tombstones(self.directory, unit.tombstones)
        self._appended_since_checkpoint += unit.appended
        if unit.programme_changed:
            self.programme = newest_programme(self._ledger)
        if unit.tombstones and self._belonging.joined:
            with contextlib.suppress(StorageError):  # head office's own tombstone does the same in the next round
                replica.forget(self.replica_path, [tombstone.member_id.bytes for tombstone in unit.tombstones])
        if unit.profiles_changed:
            self._follow(erased=bool(unit.tombstones))

    def exclusive(self) -> Writing:
        """One transaction on the writing connection itself, for work inside this package; all else uses ``unit``."""
        if not self.writable:
            raise ValueError("Only a writable store has a unit of work")
        return self._writing

    @property
    def replica_path(self) -> Path:
        """Where head office's state is kept."""
        return self.directory / REPLICA_FILE

    @property
    def head_office(self) -> HeadOfficeRow | None:
        """The head office this till has joined, ``None`` while it stands alone."""
        joined = self._belonging.joined
        return joined.head_office if joined else None

    def open_replica(self) -> Replica:
        """The replica's writing side, for the calling thread, which is the sync thread; to be closed by it.

        Raises:
            ValueError: The till stands alone.
            StorageError: It can't be opened.
        """
        joined = self._joined()
        with self.reader() as reader:
            return replica.open_replica(
                self.replica_path,
                server_id=joined.head_office.server_id,
                profile_key=joined.profile_key,
                holds=reader.holds,
            )

    def join(self, head_office: HeadOfficeRow, *, programme_key: bytes, profile_key: bytes) -> None:
        """Belong to a head office from now on, in a new epoch of the journal.

        Everything the till has besides its journal becomes edits, unless it belonged to the same head office before:
        then only what was not told yet does, unless it was put back and has forgotten the till.

        Args:
            head_office: Which, and what this till is called there.
            programme_key: The secret behind the accounts of unknown cards, from now on.
            profile_key: Opens the people in head office's answers.

        Raises:
            StorageError: It can't be written; the till stands as it stood.
        """
        with self.reader() as reader:
            is_forgotten = reader.link().failure == ProblemCode.UNKNOWN_TERMINAL
        self._discard_replica()
        with self._writing.stopping():
            joining.put_keys(self.directory, self._vault, programme_key=programme_key, profile_key=profile_key)
        self.programme_key = programme_key
        with self.exclusive() as ledger:
            joining.put_head_office(ledger, head_office, forgotten=is_forgotten)
            continue_in_new_epoch(ledger, key=programme_key, clock=self._clock, ids=self._ids)
        self._belonging.joined = Joined(head_office, profile_key)
        self._belonging.telling = True
        try:
            while self.tell():
                pass
        except DiskFailed:
            raise
        except StorageError:  # the till belongs there already; the next start tells the rest
            return

    def tell(self) -> bool:
        """Turn some rows from before the joining into edits, so few that a sale can wait; gives whether more wait."""
        with self.exclusive() as ledger:
            return joining.hand_over(ledger, self._vault, Outbox(ledger, self._vault, self._ids))

    def leave(self) -> None:
        """Stand alone from now on, under the same programme key; head office's state is thrown away.

        Own rows of cards and cashiers, and erasures, follow it once more before. Changes from now on are still kept as
        edits, for the day the till joins the same head office again.

        Raises:
            StorageError: It can't be written.
        """
        self._joined()
        more = True
        while more:
            with self.unit() as unit:
                more = unit.take_over(unit.adoptions())
        with self.exclusive() as ledger:
            joining.leave(ledger, self._vault)
        self._belonging.joined = None
        self._discard_replica()

    def begin_epoch(self) -> Stored:
        """Go on in a new epoch: for a till that finds out it was restored or cloned.

        What head office said before counts no more, so nothing is safe to spend until its whole state was pulled again.
        """
        if self._belonging.joined:
            with self.open_replica() as opened:
                opened.empty()
        with self.exclusive() as ledger:
            return continue_in_new_epoch(ledger, key=self.programme_key, clock=self._clock, ids=self._ids)

    def checkpoint(self, *, now: bool = False) -> bool:
        """Move the log into the file when it has grown; to be called between sales. Cheap while there is nothing to do.

        Args:
            now: Do it in any case, and empty the log.

        Returns:
            Whether a checkpoint ran.
        """
        if not self.writable or self._writing.failed:
            return False
        if not now and self._appended_since_checkpoint < CHECKPOINT_RECORDS:
            return False
        with self._writing.stopping():
            for database in (self._ledger, self._vault):
                database.one("PRAGMA wal_checkpoint(TRUNCATE)" if now else "PRAGMA wal_checkpoint(PASSIVE)")
        self._appended_since_checkpoint = 0
        return True

    def close(self) -> None:
        """Checkpoint, close the connections and give the lock back; closing twice is allowed.

        After a disk failure, without room or permission, or while a reader needs it, the log stays for the next start.
        """
        try:
            with contextlib.suppress(*_SAY_NOT_BOOKED):
                self.checkpoint(now=True)
        finally:
            with contextlib.suppress(*_SAY_NOT_BOOKED):
                self._end(failed=self._writing.failed is not None)

    def _end(self, *, failed: bool) -> None:
        writable, self.writable = self.writable, False  # also when the mark can't be deleted: there is no second end
        end_truthfully(self.directory, self._held, writable=writable, failed=failed)

    def _begin_writing(self) -> None:
        """Migrate, leave the mark that tells a crash, and agree on erasures."""
        bring_up_to_date(self.directory, self._ledger, self._vault)
        self._ledger.one("SELECT seq FROM journal LIMIT 1")  # the log file exists from the first read on
        begin_truthfully(self.directory)
        erased = agree_on_erasures(self.directory, self._ledger, self._vault, self._ids)
        self.search.open()
        with contextlib.suppress(StorageError):  # some names are not found then; the till can sell all the same
            self._follow_profiles(erased=erased)
            self.search.catch_up()
        if self._writing.failed:
            raise DiskFailed(self._writing.failed)

    def _joined(self) -> Joined:
        joined = self._belonging.joined
        if joined is None:
            raise ValueError("The till stands alone")
        return joined

    def _discard_replica(self) -> None:
        self._replica.close()
        replica.discard(self.replica_path)

    def _follow(self, *, erased: bool) -> None:
        """Let keys and search follow a unit that is on the disk."""
        try:
            self._follow_profiles(erased=erased)
        except StorageError as error:
            if erased:
                raise error if isinstance(error, DiskFailed) else ErasureUnfinished(error.support) from error

    def _follow_profiles(self, *, erased: bool) -> None:
        """Bring keys and search index up to date, and overwrite what an erasure left in the logs.

        Raises:
            DiskFailed: The vault's disk failed, so the till stops like for the ledger's own.
            StorageError: It can't be done now; the next change of a profile or the next start catches up.
        """
        with self._writing.stopping():
            catch_up(self._vault, self._ledger)
        self.search.follow(erased=erased)
        if erased:
            self.checkpoint(now=True)
