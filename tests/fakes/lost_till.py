"""A shop of two tills and a head office in one process, of which one till loses its disk and is recovered."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final, TypeVar
from uuid import UUID

from sqlalchemy import select

from headoffice.errors import Refusal
from headoffice.store.tables import RECORD
from loyalty.cards import account_id
from loyalty.records import Sale
from loyalty.sale import Basket
from loyalty.wire import JoinRequest
from storage.blackbox import BlackBox
from storage.store import open_store
from storage.verify import verify
from terminal.app.earn import EarnCommand, Earned, earn
from terminal.app.till import Till
from terminal.sync.errors import Away, HeadOfficeSaysNo
from terminal.sync.joining import Admitted, Applicant
from terminal.sync.recover import NotRecovered, RecoverCommand, Recovered, recover
from terminal.sync.signatures import make_key, public_key
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.ledger import card_number
from tests.fakes.office import TestedOffice
from tests.fakes.office_till import OfficeLine, OfficeTill

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from headoffice.service import HeadOffice
    from loyalty.feed import ChangesReply, Cursor, EditsReply, EditsRequest, SnapshotInfo
    from loyalty.ports import Clock
    from loyalty.wire import HelloReply, HelloRequest, PushReply, PushRequest
    from storage.exchange import HeadOfficeRow
    from storage.types import AccountRow
    from terminal.sync.recover import RecoverStep

R = TypeVar("R")
URL: Final = "http://localhost:1"


def told(ask: Callable[[], R]) -> R:
    """What head office answers, or its no as it arrives at a till."""
    try:
        return ask()
    except Refusal as refusal:
        raise HeadOfficeSaysNo(refusal.code, refusal.support) from refusal


class LineToEnd(OfficeLine):
    """Satisfies ``terminal.sync.session.OpenPort``; it may break when it has carried a call over."""

    def __init__(self, inside: OfficeInside, head: HeadOffice, terminal_id: UUID) -> None:
        super().__init__(head, terminal_id)
        self._inside = inside

    def hello(self, request: HelloRequest) -> HelloReply:
        return self._inside.carried(told(lambda: OfficeLine.hello(self, request)))

    def push(self, request: PushRequest) -> PushReply:
        return self._inside.carried(told(lambda: OfficeLine.push(self, request)))

    def edits(self, request: EditsRequest) -> EditsReply:
        return self._inside.carried(told(lambda: OfficeLine.edits(self, request)))

    def changes(self, after: Cursor | None, limit: int) -> ChangesReply:
        return self._inside.carried(told(lambda: OfficeLine.changes(self, after, limit)))

    def wait(self, n: int, seconds: int) -> Cursor:
        return self._inside.carried(told(lambda: OfficeLine.wait(self, n, seconds)))

    def snapshot(self) -> SnapshotInfo | None:
        return self._inside.carried(told(lambda: OfficeLine.snapshot(self)))

    def hang_up(self) -> None:
        """Nobody listens beside."""

    def close(self) -> None:
        """Nothing is held."""


class OfficeInside:
    """Satisfies ``terminal.sync.recover.Office``: head office in this process.

    Attributes:
        asked: How often somebody joined.
        breaks_after: Behind so many calls a line breaks; 0 for never.
    """

    def __init__(self, office: TestedOffice) -> None:
        self._office = office
        self.asked = 0
        self.breaks_after = 0
        self._calls = 0

    def carried(self, reply: R) -> R:
        """Head office has done it; whether its answer comes home is another matter."""
        self._calls += 1
        if self._calls == self.breaks_after:
            raise Away("the line broke")
        return reply

    def apply(self, url: str, code: str, applicant: Applicant) -> Admitted:
        self.asked += 1
        private_key = make_key()
        request = JoinRequest(
            code, public_key(private_key), applicant.till_name, applicant.ledger_id, applicant.programme_version
        )
        return Admitted(url, "", private_key, told(lambda: self._office.head.join(request)))

    def connect(self, head_office: HeadOfficeRow, private_key: bytes, clock: Clock, offset_ms: int) -> LineToEnd:
        self._calls = 0
        return told(lambda: LineToEnd(self, self._office.head, head_office.terminal_id))


class LostTill:
    """Head office, a till that will be lost, another one, and a folder on another volume.

    Attributes:
        office: Head office, on SQLite.
        till: The till that will be lost.
        other: The other one.
        box: The black box of the first.
        folder: Where that lies.
        inside: The way to head office for recovering.
        booked: Every record of a sale of the first till.
    """

    def __init__(self, folder: Path, *, publish: bool = True) -> None:
        self.root = folder
        self.folder = folder / "stick"
        self.office = TestedOffice(folder / "office", None)
        if publish:
            self.office.publish()
        self.till, self.other = (OfficeTill(folder / f"till{seed}", self.office, seed) for seed in (1, 2))
        self.box = BlackBox(self.till.ledger.directory, self.folder)
        self.inside = OfficeInside(self.office)
        self.booked: list[UUID] = []
        self._tries = 0

    def sell(self, number: int = 1, cents: int = 1_000, *, at: OfficeTill | None = None) -> Sale:
        """A sale to a card, at the till that will be lost unless told otherwise."""
        seller = at or self.till
        done = earn(seller.till, EarnCommand(seller.ledger.ids.record_id(), card_number(number), Basket(cents)))
        assert isinstance(done, Earned), done
        if seller is self.till:
            self.booked.append(done.record.record_id)
        return done.record

    def lose(self) -> None:
        """The disk is gone: directory and all."""
        self.box.close()
        self.till.close()
        shutil.rmtree(self.till.ledger.directory)

    def code(self) -> str:
        """A one-time code for the new till."""
        return self.office.head.enrol_terminal("Mitte", "Kasse 1").code

    def command(self, **changed: object) -> RecoverCommand:
        """Recover from head office and the box."""
        fields: dict[str, object] = {"url": URL, "code": self.code(), "black_box": self.folder}
        return RecoverCommand(**(fields | changed))  # type: ignore[arg-type]  # fields of a command

    def recover(
        self,
        command: RecoverCommand | None = None,
        *,
        progress: Callable[[RecoverStep, int, int], None] | None = None,
        office: OfficeInside | None = None,
    ) -> Recovered | NotRecovered:
        """Recover into the directory of the lost till."""
        self._tries += 1
        clock = FakeClock()
        return recover(
            self.directory,
            command or self.command(),
            clock=clock,
            ids=SeededIds(900 + self._tries, clock),
            progress=progress,
            office=office or self.inside,
        )

    def recovered(self, **command: object) -> Recovered:
        """Lose the till and get it back."""
        self.lose()
        done = self.recover(self.command(**command))
        assert isinstance(done, Recovered), done
        assert done.waiting == 0
        return done

    def assert_once(self) -> None:
        """Every sale of the lost till is at head office, none of them twice, and all is sound."""
        there = self.at_head_office()
        assert [there.count(record_id) for record_id in self.booked] == [1] * len(self.booked)
        self.assert_whole()

    @property
    def directory(self) -> Path:
        """The data directory of the lost till, and of the one that comes in its place."""
        return self.till.ledger.directory

    def account(self, number: int = 1) -> AccountRow:
        """What the recovered till shows for a card."""
        clock = FakeClock()
        ids = SeededIds(800, clock)
        with open_store(self.directory, clock=clock, ids=ids, writable=False) as store, store.reader() as reader:
            return reader.account(account_id(store.programme_key, card_number(number)))

    def at_head_office(self) -> list[UUID]:
        """The ids of all records there."""
        with self.office.head.database.snapshot() as connection:
            return list(connection.scalars(select(RECORD.c.record_id)))

    def assert_whole(self) -> None:
        """The new ledger is sound, head office is, and both show the same of everybody."""
        assert verify(self.directory).problems == ()
        self.office.assert_sound()
        for number in (1, 2, 3):
            known = self.office.head.member(
                account_id(self.office.head.office.secrets.programme_key, card_number(number))
            )
            assert self.account(number).balance == (known.statement.balance if known else 0), number

    def reopened(self) -> Till:
        """The recovered till at work; its store is to be closed."""
        clock = FakeClock()
        ids = SeededIds(700, clock)
        return Till(open_store(self.directory, clock=clock, ids=ids), clock, ids)

    def close(self) -> None:
        self.box.close()
        self.till.close()
        self.other.close()
        self.office.close()
