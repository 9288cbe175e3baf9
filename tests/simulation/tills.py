"""Tills of the simulation: real data directories with the real store, which can crash, be put back and be copied."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

import pytest

from headoffice.errors import Refusal
from loyalty.feed import Cursor
from loyalty.wire import JoinRequest, ProblemCode
from storage.errors import StorageError
from storage.store import Store, create_store, open_store
from terminal.app.system import CorrectedClock
from terminal.app.till import Till
from terminal.sync.context import Hooks
from terminal.sync.errors import SyncError
from terminal.sync.export import export_unacknowledged
from terminal.sync.joining import Admitted, move_in
from terminal.sync.journal import OwnLedger
from terminal.sync.keys import KeyStore
from terminal.sync.session import Session
from terminal.sync.signatures import make_key, public_key
from tests.simulation.crashes import Crashed, Fuse, copy_files
from tests.simulation.ledgers import rows
from tests.simulation.model import Held, Place
from tests.simulation.times import MachineClock, MintingIds
from tests.simulation.versions import Age

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from pathlib import Path

    from storage.exchange import HeadOfficeRow
    from terminal.sync.status import SyncTrouble
    from tests.fakes.clock import FakeClock
    from tests.simulation.crashes import TillStatements
    from tests.simulation.line import Line
    from tests.simulation.office import Office

IMAGES_MAX: Final = 2
"""How many older states of one till are kept."""


STATE: Final = "SELECT server_epoch, cursor_n, cursor_token FROM state"
JOIN_AGAIN: Final = (ProblemCode.FENCED, ProblemCode.UNKNOWN_TERMINAL, ProblemCode.REVOKED)


@dataclass(frozen=True)
class Standing:
    """How a till stands with head office."""

    head: int
    waiting: int
    edits: int
    cursor: Cursor | None
    complete: bool
    failure: str

    def rests_at(self, newest: Cursor) -> bool:
        """Whether another round would move nothing."""
        here = self.cursor is not None and (self.cursor.epoch, self.cursor.n) == (newest.epoch, newest.n)
        return here and self.complete and not self.waiting and not self.edits and not self.failure


@dataclass(frozen=True)
class Image:
    """A till's files as they once lay, and the facts that were on them."""

    directory: Path
    held: Held
    joined: bool


class SimTill(Place):
    """One till.

    Attributes:
        directory: Where its files are now; a crash or a restore moves on to another folder.
        clock: Its clock, which may be off.
        corrected: The same with what head office says about it.
        images: Older states of its files, oldest first.
        shut_out: Whether head office revoked it on purpose.
        age: How old its program is.
    """

    def __init__(
        self, name: str, directory: Path, truth: FakeClock, rng: random.Random, statements: TillStatements
    ) -> None:
        super().__init__(name)
        self.directory = directory
        self.clock = MachineClock(truth)
        self.corrected = CorrectedClock(self.clock)
        self.ids = MintingIds(rng.getrandbits(60), truth)
        self.images: list[Image] = []
        self.shut_out = False
        self.age = Age()
        self.last_no: ProblemCode | SyncTrouble | None = None
        self.region = rng.choice(("nord", "süd"))
        self.fuse = Fuse(self._save)
        self._statements = statements
        self._rng = rng
        self._generation = 0
        self._store: Store | None = None

    @property
    def store(self) -> Store:
        """The open store."""
        assert self._store is not None, "the till is open"
        return self._store

    @property
    def till(self) -> Till:
        """As use cases see it."""
        return Till(self.store, self.corrected, self.ids)

    @property
    def head_office(self) -> HeadOfficeRow:
        """Whom it has joined."""
        row = self.store.head_office
        assert row is not None, "the till has joined"
        return row

    @property
    def terminal_id(self) -> UUID:
        """Its id at head office."""
        return self.head_office.terminal_id

    @property
    def wants_code(self) -> bool:
        """Whether it can't go on without joining again."""
        return self.last_no in JOIN_AGAIN

    @property
    def joined(self) -> bool:
        """Whether it belongs to head office."""
        return self.store.head_office is not None

    def create(self, document: str) -> None:
        """Make its files."""
        create_store(
            self.directory,
            shop_name="Morgenrot",
            till_name=self.name,
            currency="EUR",
            programme_text=document,
            clock=self.clock,
            ids=self.ids,
        ).close()

    def open(self) -> None:
        """Start the program."""
        self.corrected = CorrectedClock(self.clock)
        self._store = open_store(self.directory, clock=self.corrected, ids=self.ids)
        with self._store.reader() as reader:
            self.corrected.correct(reader.link().offset_ms)

    def close(self) -> None:
        """End the program, in good order or because it is off; then nobody looks at what it does to its old files."""
        if self._store is not None:
            with contextlib.suppress(StorageError):
                self._store.close()
        self._store = None

    def run(self, action: Callable[[], object], *, crash_within: int | None = None) -> bool:
        """Do something, perhaps with a crash in the middle of it.

        Args:
            action: What.
            crash_within: The machine goes off at one of so many next statements; ``None`` for never.

        Returns:
            Whether it was done. After a crash the till has been started again on the files as they lay.
        """
        self.fuse.left = None if crash_within is None else self._rng.randrange(1, crash_within + 1)
        try:
            with self._statements.of(self.fuse):
                action()
        except Crashed:
            self.close()
            shutil.rmtree(self.directory)
            self.directory = self._next_directory
            self._generation += 1
            self.open()
            return False
        finally:
            self.fuse.left = None
        return True

    def keep_image(self) -> None:
        """Copy the files aside, as a backup of the machine does."""
        self.images.append(self._image(self.directory.with_name(f"{self.name}-image{self._rng.getrandbits(32):08x}")))
        for old in self.images[:-IMAGES_MAX]:
            shutil.rmtree(old.directory)
        self.images = self.images[-IMAGES_MAX:]

    def put_back(self, image: Image) -> None:
        """Lose the files and go on from older ones."""
        self.close()
        shutil.rmtree(self.directory)
        self.directory = copy_files(image.directory, self._next_directory)
        self._generation += 1
        self.go_back(image.held)
        self.images = []
        self.open()

    def copy(self, name: str, rng: random.Random, truth: FakeClock) -> SimTill:
        """Another machine that was set up from a copy of this one's files; it makes ids of its own."""
        twin = SimTill(name, self.directory.with_name(name), truth, rng, self._statements)
        twin.age = self.age
        copy_files(self.directory, twin.directory)
        twin.take_over(self)
        twin.open()
        return twin

    def join(self, office: Office) -> str:
        """Join head office with a new code, as the person at the till does."""
        code = office.head.enrol_terminal(f"Laden {self.region}", self.name, region=self.region)
        key = make_key()
        request = JoinRequest(
            code=code.code,
            public_key=public_key(key),
            till_name=self.name,
            ledger_id=self.store.shop.terminal_id,
            programme_version=self.store.programme.version,
            protocol_min=self.age.oldest,
            protocol_max=self.age.newest,
        )
        if self.age.agrees_on(office.age) is None:
            with pytest.raises(Refusal, match=ProblemCode.PROTOCOL_UNSUPPORTED), office.age.at_work():
                office.head.join(request)
            return "protocol_unsupported"
        with office.age.at_work():
            reply = office.head.join(request)
        move_in(OwnLedger(self.till), Admitted("http://localhost:1", "", key, reply), KeyStore(self.directory, None))
        self.last_no = None
        return f"as {str(reply.terminal_id)[:8]}"

    def hand_in(self, office: Office) -> str:
        """Bring what head office lacks as a signed file, as the manager of a till that was shut out does."""
        path = self.directory / "handed-in.journal"
        path.unlink(missing_ok=True)
        key, _ = KeyStore(self.directory, None).find(self.terminal_id)
        with self.store.reader() as reader:
            written = export_unacknowledged(reader, self.head_office, self.store.shop.terminal_id, key, path)
        if not (written.records or written.edits):
            return "nothing to hand in"
        result = office.head.import_journal(path)
        office.take_over(self)
        return f"handed in {result.records}, booked {result.booked}, edits {result.edits}"

    def round(self, line: Line) -> str:
        """One round with head office; says what came of it."""
        owner = OwnLedger(self.till)
        try:
            with Session(
                owner, self.head_office, KeyStore(self.directory, None), self.clock, lambda *_: line
            ) as session:
                result = session.round(Hooks(), "simulation")
        except SyncError as error:
            self.last_no = error.why
            return f"{type(error).__name__} {error.why} {error.detail}"
        self.last_no = None
        self.corrected.correct(result.offset_ms)
        flags = [name for name in ("began_epoch", "server_restored") if getattr(result, name)]
        flags += ["bootstrapped"] * line.snapshots
        return f"pushed {result.pushed}, pulled {result.pulled}, repaired {result.repaired} {' '.join(flags)}"

    def standing(self) -> Standing:
        """How it stands with head office, for comparing two moments."""
        with self.store.reader() as reader:
            link, state, head = reader.link(), reader.replica_state(), reader.head()
            return Standing(
                head=head.seq,
                waiting=head.seq - (link.acked.seq if link.acked else 0),
                edits=reader.edits_waiting(),
                cursor=state.cursor if state else None,
                complete=state is not None and state.complete,
                failure=link.failure,
            )

    def cursor(self) -> Cursor | None:
        """How far it has read head office's feed; looked up in its file."""
        found = rows(self.store.replica_path, STATE) if self.joined and self.store.replica_path.exists() else []
        return Cursor(UUID(bytes=found[0][0]), found[0][1], found[0][2]) if found else None

    def missing(self) -> list[UUID]:
        """Facts it must hold and does not: records by their id; erasures by their member."""
        with self.store.reader() as reader:
            return [
                fact_id for fact_id in self.holds if reader.record(fact_id) is None and not reader.is_erased(fact_id)
            ]

    @property
    def _next_directory(self) -> Path:
        return self.directory.with_name(f"{self.name}.{self._generation + 1}")

    def _save(self) -> None:
        copy_files(self.directory, self._next_directory)

    def _image(self, target: Path) -> Image:
        return Image(copy_files(self.directory, target), self.held, self.joined)
