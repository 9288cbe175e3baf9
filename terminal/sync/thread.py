"""The sync thread: rounds with head office when there is something to say or to hear, and pauses in between.

Nothing here ever makes a sale wait. What a person asks of sync is done on this thread too, one thing after the other.
"""

from __future__ import annotations

import queue
import threading
import time
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from storage.errors import Busy, StorageError
from terminal.app.expire import expire_member, members_due
from terminal.sync.context import Hooks
from terminal.sync.errors import Away, Broken, Stopped, SyncError
from terminal.sync.listening import Ear, Heard
from terminal.sync.looking import Seen, look
from terminal.sync.pauses import Pauses, passes
from terminal.sync.status import SyncMode, SyncStatus, SyncTrouble

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path
    from uuid import UUID

    from loyalty.feed import Cursor
    from loyalty.ports import Clock
    from storage.exchange import HeadOfficeRow
    from terminal.app.till import Till
    from terminal.sync.journal import LedgerOwner
    from terminal.sync.keys import KeyStore
    from terminal.sync.session import Connect, OpenPort, Session
    from terminal.sync.status import Progress

STOP_TIMEOUT_S: Final = 1.0
"""How long the end of the till waits for this thread, in seconds; what it does then is cut off and done again later."""

IDLE_S: Final = 60.0
"""How often a till that is online looks around although nobody has called it, in seconds."""

ALONE_S: Final = 3_600.0
"""How often a till that stands alone looks whether a new day has begun, in seconds."""

TASKS_MAX: Final = 32
"""How many things people may have asked for; far above what one person can cause."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What the sync thread tells others; all of it is called on the sync thread.

    Attributes:
        status: How the till stands with head office; only when it changed.
        offset: Head office's clock minus this machine's, in milliseconds, after every round.
        bug: A mistake of ours; sync goes on after a pause.
    """

    status: Callable[[SyncStatus], None]
    offset: Callable[[int], None]
    bug: Callable[[Exception], None]


@dataclass(frozen=True, slots=True)
class Means:
    """What the sync thread works with.

    Attributes:
        owner: The ledger.
        open_keys: Opens the store of this till's keys; slow, so it is called on the sync thread.
        clock: The machine's clock, uncorrected.
        connect: Opens a line.
        serving: Under which address this till serves the others, empty when it does not.
        software: Tells this program's version; finding it out takes longer than opening the till.
    """

    owner: LedgerOwner
    open_keys: Callable[[], KeyStore]
    clock: Clock
    connect: Connect
    serving: Callable[[], str]
    software: Callable[[], str]


class SyncThread:
    """Runs from ``start`` to ``stop``, whether or not the till has joined a head office."""

    def __init__(self, means: Means, outside: Outside) -> None:
        self._means = means
        self._outside = outside
        self._tasks: queue.Queue[Callable[[], None]] = queue.Queue(TASKS_MAX)
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._asked = threading.Event()
        self._contact = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
        self._session: Session | None = None
        self._ear: Ear | None = None
        self._keys: KeyStore | None = None
        self._pauses = Pauses()
        self._due_s = 0.0
        self._ear_pauses = Pauses()
        self._ear_error: SyncError | None = None
        self._mode = SyncMode.OFFLINE
        self._problem: SyncError | None = None
        self._progress: Progress | None = None
        self._told: SyncStatus | None = None
        self._expired_on: date | None = None

    # ------------------------------------------------------------------------------ from other threads

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End within ``STOP_TIMEOUT_S``; stopping twice is allowed."""
        self._stopping.set()
        self._wake.set()
        session, ear = self._session, self._ear
        if session is not None:
            session.hang_up()
        if ear is not None:
            ear.stop()
        if self._thread.is_alive():
            self._thread.join(STOP_TIMEOUT_S)

    def nudge(self) -> None:
        """Something was booked; costs the caller nothing."""
        self._wake.set()

    def ask(self) -> None:
        """Do a round now, whatever pause is on."""
        self._asked.set()
        self._wake.set()

    def submit(self, task: Callable[[], None]) -> None:
        """Do something on the sync thread, between two rounds."""
        self._tasks.put_nowait(task)
        self._wake.set()

    def new_line(self) -> OpenPort:
        """A further line in this till's name, for a single question; from any thread.

        Raises:
            Away: The till has not been in touch since it was opened, or stands alone.
        """
        session = self._session
        if session is None:
            raise Away("no round yet")
        return session.new_port()

    # ------------------------------------------------------------------------------- on the sync thread

    @property
    def keys(self) -> KeyStore:
        """This till's keys; for tasks."""
        if self._keys is None:
            self._keys = self._means.open_keys()
        return self._keys

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                try:
                    pause_s = self._turn()
                except StorageError:  # the file is in use, the disk is full: what is shown may be old for a while
                    pause_s = IDLE_S
                except Exception as error:  # noqa: BLE001 - written down there; a bug of sync must not end the shop's day
                    self._outside.bug(error)
                    self._fail(Broken(SyncTrouble.ANSWER_WRONG, "a bug"))
                    with suppress(StorageError):
                        self._tell()
                    pause_s = IDLE_S
                self._wake.wait(pause_s)
                self._wake.clear()
        finally:
            self._close()

    def _turn(self) -> float | None:
        """Do what is due; say how long to wait, in seconds, ``None`` for until somebody calls."""
        while not self._tasks.empty():
            self._tasks.get_nowait()()
        head_office = self._means.owner.store.head_office
        if self._session is not None and self._session.head_office != head_office:
            self._close()
            self._due_s = 0.0
        if head_office is None:
            self._expire()
            self._tell()
            return ALONE_S
        self._hear()
        if self._asked.is_set() or time.monotonic() >= self._due_s or self._has_to_send():
            self._asked.clear()
            self._try_round()
        self._tell()
        return max(0.0, self._due_s - time.monotonic())

    def _expire(self) -> None:
        """On a till that stands alone, write off once a day what is over, a member at a time between the sales."""
        means, clock = self._means, self._means.clock
        today = clock.business_day(clock.now_us())
        if today == self._expired_on or means.owner.store.programme.expiry is None:
            return
        with means.owner.store.reader() as reader:
            for member_id in members_due(reader, means.owner.store.programme, clock):
                if self._stopping.is_set() or not self._tasks.empty():
                    return
                means.owner.call(partial(_expire_member, member_id))
        self._expired_on = today

    def _hear(self) -> None:
        """Take what the ear has left: a sign of life, or that its line broke; then a round finds out what it means."""
        if self._contact.is_set():
            self._contact.clear()
            self._ear_pauses.succeeded()
            if self._session is not None:
                self._session.heard_nothing()
        error, self._ear_error = self._ear_error, None
        if error is not None:
            self._due_s = min(self._due_s, time.monotonic() + self._ear_pauses.after(error))

    def _has_to_send(self) -> bool:
        return self._mode is SyncMode.ONLINE and self._session is not None and self._session.has_something_to_send()

    def _try_round(self) -> None:
        """One round; its failure decides about the next try and is shown, and that is all."""
        try:
            session = self._open_session()
            result = session.round(Hooks(self._show_progress, self._stopping.is_set), self._means.software())
        except Stopped:
            return
        except SyncError as error:
            self._fail(error)
        except Busy as error:
            self._fail(Away(error.support))
        except StorageError as error:
            self._close()  # what can't be used is replaced when it is opened again
            self._fail(Broken(SyncTrouble.REPLICA_UNUSABLE, error.support))
        else:
            self._pauses.succeeded()
            self._mode, self._problem, self._progress = SyncMode.ONLINE, None, None
            self._due_s = time.monotonic() + IDLE_S
            self._outside.offset(result.offset_ms)
            self._listen(session, result.newest)

    def _fail(self, error: SyncError) -> None:
        self._mode = SyncMode.OFFLINE if passes(error) else SyncMode.PROBLEM
        self._problem = None if passes(error) else error
        self._progress = None
        self._due_s = time.monotonic() + self._pauses.after(error)

    def _listen(self, session: Session, after: Cursor) -> None:
        if self._ear is None:
            heard = Heard(news=self.ask, nothing=self._sign_of_life, lost=self._lose_ear)
            self._ear = Ear(session.new_port, heard)
        self._ear.listen(after)

    def _sign_of_life(self) -> None:
        self._contact.set()
        self._wake.set()

    def _lose_ear(self, error: SyncError) -> None:
        self._ear_error = error
        self._wake.set()

    # ---------------------------------------------------------------------------------- what is shown

    def _show_progress(self, progress: Progress | None) -> None:
        self._progress = progress
        self._tell()

    def _tell(self) -> None:
        """Hand the status over when it is another one."""
        if self._stopping.is_set():
            return
        store = self._means.owner.store
        problem = self._problem.why if self._problem else None
        place = self._session.key_place if self._session else None
        seen = Seen(self._mode, problem, self._progress, place, self._means.serving())
        with ExitStack() as opened:
            session = self._session
            reader = session.reader if session else opened.enter_context(closing(store.reader()))
            status = look(reader, store.head_office, seen)
        if status != self._told:
            self._told = status
            self._outside.status(status)

    def _open_session(self) -> Session:
        from terminal.sync.session import Session  # brings the network's libraries, which nobody waits for here

        if self._session is None:
            means = self._means
            head_office = means.owner.store.head_office
            assert head_office is not None, "a till that stands alone has no rounds"
            self._session = Session(means.owner, head_office, self.keys, means.clock, means.connect)
        return self._session

    def _close(self) -> None:
        ear, self._ear = self._ear, None
        if ear is not None:
            ear.stop()
        session, self._session = self._session, None
        if session is not None:
            session.close()
        self._mode, self._problem, self._progress = SyncMode.OFFLINE, None, None


def _expire_member(member_id: UUID, till: Till) -> int:
    return expire_member(till, member_id)


def open_keys(directory: Path) -> KeyStore:
    """This till's keys, in this user's keyring where there is one."""
    from terminal.sync.keys import KeyStore, system_keyring

    return KeyStore(directory, system_keyring())


def connect(head_office: HeadOfficeRow, private_key: bytes, clock: Clock, offset_ms: int) -> OpenPort:
    """The real line; its libraries are loaded with the first."""
    from terminal.sync.session import connect_over_http

    return connect_over_http(head_office, private_key, clock, offset_ms)
