"""Head office in the simulation: the real one on SQLite, behind encoded messages, on a machine that can go off."""

from __future__ import annotations

import contextlib
import json
import shutil
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import event

from headoffice.main import ARCHIVE_FOLDER, DATABASE_FILE, assemble
from loyalty.feed import Cursor, EditsRequest, ProfileEdit, TombstoneEdit
from loyalty.numbering import NumbersRequest
from loyalty.wire import CompareRequest, HelloRequest, PushReply, PushRequest
from terminal.sync.errors import Away
from tests.simulation.crashes import Crashed, Fuse, TillStatements, copy_files
from tests.simulation.model import Held, Model, Place, Receipt
from tests.simulation.times import MachineClock, MintingIds
from tests.simulation.versions import Age

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from pathlib import Path

    from headoffice.service import HeadOffice
    from headoffice.store.rows import TerminalRow
    from headoffice.views import Adjusted
    from tests.fakes.clock import FakeClock

IMAGES_MAX: Final = 2
SNAPSHOT_MEMBERS_MIN: Final = 4
"""From so many members on a till begins with a file; so few that the tills of the simulation do."""


@dataclass(frozen=True)
class OfficeImage:
    """Head office's files as they once lay, and the facts that were in them."""

    directory: Path
    held: Held


class Office(Place):
    """Head office.

    Attributes:
        directory: Where its files are now.
        own: Records it wrote itself; they are in its archive, too.
        images: Older states, oldest first.
        times_put_back: How often it lost files and went on from older ones.
        age: How old its program is.
    """

    def __init__(
        self, directory: Path, truth: FakeClock, rng: random.Random, model: Model, statements: TillStatements
    ) -> None:
        super().__init__("head office")
        self.directory = directory
        self.clock = MachineClock(truth)
        self.ids = MintingIds(rng.getrandbits(60), truth)
        self.fuse = Fuse(self._save)
        self.own: set[UUID] = set()
        self.images: list[OfficeImage] = []
        self.times_put_back = 0
        self.age = Age()
        self._rng = rng
        self._model = model
        self._statements = statements
        self._generation = 0
        self._head: HeadOffice | None = None
        self._calls: dict[str, Callable[[TerminalRow, bytes], object]] = {
            "hello": lambda who, body: self.head.hello(who, msgspec.json.decode(body, type=HelloRequest)),
            "push": self._push,
            "edits": self._edits,
            "changes": lambda who, body: self.head.changes(
                who, *msgspec.json.decode(body, type=tuple[Cursor | None, int])
            ),
            "newest": lambda _who, _body: self.head.newest(),
            "snapshot": lambda who, _body: (self.head.snapshot(who),),
            "snapshot_part": lambda _who, body: self.head.snapshot_part(
                *msgspec.json.decode(body, type=tuple[str, int, int])
            ),
            "store_day": lambda who, body: self.head.store_day(who, msgspec.json.decode(body, type=date)),
            "numbers": lambda who, body: self.head.numbers(who, msgspec.json.decode(body, type=NumbersRequest)),
            "record": lambda who, body: self.head.record(who, msgspec.json.decode(body, type=UUID)),
            "compare": lambda who, body: self.head.compare(who, msgspec.json.decode(body, type=CompareRequest)),
        }

    @property
    def head(self) -> HeadOffice:
        """The running program."""
        assert self._head is not None, "head office is open"
        return self._head

    @property
    def database_file(self) -> Path:
        """For checks that read it without the program."""
        return self.directory / DATABASE_FILE

    def open(self) -> None:
        """Start the program."""
        self._head = assemble(self.directory, None, self.clock, self.ids)
        self._head.office.snapshot_members_min = SNAPSHOT_MEMBERS_MIN
        event.listen(self._head.database.engine, "before_cursor_execute", self._tick)
        event.listen(self._head.database.engine, "commit", self._tick)

    def close(self) -> None:
        """End it."""
        if self._head is not None:
            with contextlib.suppress(Exception):
                self._head.close()
        self._head = None

    def answer(self, terminal_id: UUID, name: str, body: bytes) -> bytes:
        """Answer one call of a till.

        Raises:
            Refusal: Head office says no.
            Away: It went off while it worked on it.
        """
        try:
            with self._statements.of(None), self.age.at_work():  # it writes a replica's file with the tills' own code
                reply = self._calls[name](self.head.terminal(terminal_id), body)
            return self.age.say(msgspec.json.encode(reply))
        except Crashed:
            self.restart()
            raise Away("head office went off") from None

    def run(self, action: Callable[[HeadOffice], object], *, crash_within: int | None = None) -> bool:
        """Let somebody at head office do something, perhaps with a crash in the middle of it; says whether it was."""
        self.burn(crash_within)
        try:
            action(self.head)
        except Crashed:
            self.restart()
            return False
        finally:
            self.fuse.left = None
        return True

    def burn(self, crash_within: int | None) -> None:
        """Go off at one of so many next statements; ``None`` for never."""
        self.fuse.left = None if crash_within is None else self._rng.randrange(1, crash_within + 1)

    def restart(self) -> None:
        """Start again on the files as the crash left them."""
        self._move_to(self._next_directory)

    def keep_image(self) -> None:
        """Copy the files aside, as a backup of the machine does."""
        target = self.directory.with_name(f"office-image{self._rng.getrandbits(32):08x}")
        self.images.append(OfficeImage(copy_files(self.directory, target), self.held))
        for old in self.images[:-IMAGES_MAX]:
            shutil.rmtree(old.directory)
        self.images = self.images[-IMAGES_MAX:]

    def put_back(self, image: OfficeImage, *, with_archive: bool) -> None:
        """Lose the files and go on from older ones, as somebody does who copies a database into its place.

        Args:
            image: The older files.
            with_archive: Whether the archive of its own records goes back, too; else it is as complete as ever.
        """
        self.times_put_back += 1
        target = copy_files(image.directory, self._next_directory)
        self.go_back(image.held)
        if not with_archive:
            copy_files(self.directory / ARCHIVE_FOLDER, target / ARCHIVE_FOLDER)
            self.holds |= self.own
        self._move_to(target)

    def wrote(self, adjusted: Adjusted) -> None:
        """Somebody was told that head office's own correction is booked."""
        self.own.add(adjusted.record_id)
        receipt = Receipt(adjusted.record_id, "adjustment", adjusted.points, adjusted.member_id)
        self._model.acknowledge(self, receipt)

    def _move_to(self, directory: Path) -> None:
        self.close()
        shutil.rmtree(self.directory)
        self.directory = directory
        self._generation += 1
        self.open()

    @property
    def _next_directory(self) -> Path:
        return self.directory.with_name(f"office.{self._generation + 1}")

    def _save(self) -> None:
        copy_files(self.directory, self._next_directory)

    def _tick(self, *_: object) -> None:
        self.fuse.tick()

    def _push(self, who: TerminalRow, body: bytes) -> PushReply:
        request = msgspec.json.decode(body, type=PushRequest)
        reply = self.head.push(who, request)
        taken = max((head.seq for head in reply.heads if head.epoch == request.epoch), default=0)
        if reply.gap is None:
            facts: list[dict[str, Any]] = [
                json.loads(record.payload) for record in request.records if record.seq <= taken
            ]
            self.holds |= {UUID(record["record_id"]) for record in facts}
        return reply

    def _edits(self, who: TerminalRow, body: bytes) -> object:
        request = msgspec.json.decode(body, type=EditsRequest)
        reply = self.head.edits(who, request)
        self.holds |= {edit.member_id for edit in request.edits if isinstance(edit, TombstoneEdit)}
        self.named |= {edit.member_id for edit in request.edits if isinstance(edit, ProfileEdit)}
        return reply
