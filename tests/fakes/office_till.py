"""A real till and the real head office in one process: its calls go straight to the facade."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from loyalty.feed import Cursor, EditsReply, EditsRequest, SnapshotInfo
from loyalty.wire import CompareReply, CompareRequest, HelloReply, HelloRequest, PushReply, PushRequest, RecordReply
from storage.exchange import HeadOfficeRow
from terminal.app.enrol import EnrolCommand, Enrolled, enrol
from terminal.app.till import Till
from terminal.sync.journal import Journal, OwnLedger
from terminal.sync.round import run_round
from tests.fakes.ledger import LedgerOfTests

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path
    from uuid import UUID

    from headoffice.service import HeadOffice
    from loyalty.feed import ChangesReply
    from loyalty.numbering import NumbersReply, NumbersRequest
    from loyalty.store_day import StoreDay
    from storage.types import CardRow
    from terminal.sync.round import RoundResult
    from tests.fakes.office import TestedOffice


class OfficeLine:
    """Satisfies ``terminal.sync.port.HeadOfficePort``."""

    def __init__(self, head: HeadOffice, terminal_id: UUID) -> None:
        self._head = head
        self._till = head.terminal(terminal_id)

    def hello(self, request: HelloRequest) -> HelloReply:
        return self._head.hello(self._till, request)

    def push(self, request: PushRequest) -> PushReply:
        return self._head.push(self._till, request)

    def edits(self, request: EditsRequest) -> EditsReply:
        return self._head.edits(self._till, request)

    def changes(self, after: Cursor | None, limit: int) -> ChangesReply:
        return self._head.changes(self._till, after, limit)

    def wait(self, n: int, seconds: int) -> Cursor:
        return self._head.newest()

    def snapshot(self) -> SnapshotInfo | None:
        return self._head.snapshot(self._till)

    def snapshot_part(self, sha256: str, offset: int, length: int) -> bytes:
        return self._head.snapshot_part(sha256, offset, length)

    def store_day(self, day: date) -> StoreDay:
        return self._head.store_day(self._till, day)

    def record(self, record_id: UUID) -> RecordReply:
        return self._head.record(self._till, record_id)

    def numbers(self, request: NumbersRequest) -> NumbersReply:
        return self._head.numbers(self._till, request)

    def compare(self, request: CompareRequest) -> CompareReply:
        return self._head.compare(self._till, request)


class OfficeTill:
    """A till that has joined a head office of tests.

    Attributes:
        ledger: Its files, clock and ids.
        row: Where it belongs.
    """

    def __init__(self, directory: Path, office: TestedOffice, seed: int) -> None:
        self._office = office
        self.ledger = LedgerOfTests(directory, seed)
        code = office.head.enrol_terminal("Mitte", f"Kasse {seed}")
        reply = office.head.join(office.join_request(code.code))
        self.row = HeadOfficeRow(
            "http://localhost:1", reply.terminal_id, reply.server_id, reply.server_epoch, reply.server_key, reply.store
        )
        self.ledger.store.join(self.row, programme_key=reply.programme_key, profile_key=reply.profile_key)

    @property
    def till(self) -> Till:
        return Till(self.ledger.store, self.ledger.clock, self.ledger.ids)

    def round(self) -> RoundResult:
        """One round with head office as it is now."""
        store = self.ledger.store
        with closing(store.reader()) as reader, closing(store.open_replica()) as replica:
            journal = Journal(OwnLedger(self.till), reader, self.row)
            line = OfficeLine(self._office.head, self.row.terminal_id)
            return run_round(journal, replica, line, self.ledger.clock)

    def enrol(self, number: str, name: str) -> None:
        """An account gets a person."""
        done = enrol(self.till, EnrolCommand(self.ledger.ids.record_id(), number, name))
        assert isinstance(done, Enrolled), done

    def names(self, text: str) -> list[str]:
        """Whom a search finds."""
        with self.ledger.store.reader() as reader:
            return [hit.name for hit in reader.search(text)]

    def card(self, number: str) -> CardRow | None:
        """A card as this till knows it."""
        with self.ledger.store.reader() as reader:
            return reader.card(number)

    def close(self) -> None:
        self.ledger.close()
