"""A pretend till at head office: a journal with valid hashes that is pushed as a real till would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from headoffice.feed.statements import statements
from headoffice.intake import ingest
from headoffice.intake.arrivals import Header
from headoffice.store.engine import Database
from headoffice.store.rows import TerminalRow, terminal_row
from headoffice.store.tables import SERVER, STORE, TERMINAL
from headoffice.views import TerminalStatus
from loyalty.chain import FIRST_PREV_HASH, chain_hash, columns_of
from loyalty.encoding import body_hash, encode
from loyalty.feed import StatementItem
from loyalty.lines import RedemptionLine, SaleLine
from loyalty.records import AnyRecord, EpochStart, Redemption, Sale
from loyalty.wire import EpochHead, PushRequest, WireRecord
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.records import RecordWriter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import Table

    from headoffice.intake.ingest import PushOutcome
    from loyalty.chain import Column

SERVER_ID: Final = UUID(int=0xA, version=4)
SERVER_EPOCH: Final = UUID(int=0xB, version=4)
STORE_ID: Final = UUID(int=0xC, version=4)


def member(number: int) -> UUID:
    """An account with a running number."""
    return UUID(int=0xD000 + number, version=4)


def found_head_office(database: Database, epoch: UUID = SERVER_EPOCH) -> None:
    """Write who head office is."""
    with database.write() as connection:
        connection.execute(
            SERVER.insert().values(
                id=1, server_id=SERVER_ID, epoch=epoch, currency="EUR", name="Morgenrot", created_at_us=0
            )
        )


def open_store(database: Database, store_id: UUID = STORE_ID, name: str = "Mitte", region: str = "") -> UUID:
    """Make a store."""
    with database.write() as connection:
        connection.execute(STORE.insert().values(store_id=store_id, name=name, region=region))
    return store_id


class PretendTill(RecordWriter):
    """A till that is only its journal.

    Attributes:
        terminal_id: Its id at head office.
        epoch: Its current epoch.
        records: Every record with position and hash, all epochs in order.
    """

    def __init__(self, database: Database, seed: int = 1, *, store_id: UUID = STORE_ID, scope: str = "") -> None:
        self.database = database
        self.clock = FakeClock()
        self.ids = SeededIds(seed, self.clock)
        self.terminal_id = self.ids.random_id()
        self.ledger_id = self.ids.random_id()
        self.records: list[tuple[UUID, WireRecord]] = []
        self.epoch = self.ids.random_id()
        with database.write() as connection:
            connection.execute(
                TERMINAL.insert().values(
                    terminal_id=self.terminal_id,
                    store_id=store_id,
                    name=f"Kasse {seed}",
                    public_key=bytes(32),
                    ledger_id=self.ledger_id,
                    status=TerminalStatus.ACTIVE.value,
                    scope=scope,
                    scope_step=0,
                    joined_at_us=0,
                    last_contact_us=0,
                    clock_off_ms=0,
                    backlog=0,
                    oldest_us=0,
                    protocol=1,
                    software="",
                )
            )
        self.append(EpochStart(**self.header(None), terminal_id=self.ledger_id))

    @property
    def row(self) -> TerminalRow:
        """What head office knows of it."""
        with self.database.snapshot() as connection:
            row = terminal_row(connection, self.terminal_id)
        assert row is not None
        return row

    @property
    def head(self) -> EpochHead:
        """Its last record."""
        epoch, last = self.records[-1]
        return EpochHead(epoch, last.seq, last.hash)

    def append(self, *records: AnyRecord | bytes) -> list[int]:
        """Chain records, or bytes that are none; returns their positions."""
        return [self._append(record) for record in records]

    def append_raw(self, payload: bytes) -> int:
        """Chain a record of a kind that only its bytes say."""
        header = msgspec.json.decode(payload, type=Header)
        columns = (
            header.record_id.bytes,
            header.kind,
            header.member_id.bytes if header.member_id else None,
            header.at_us,
            header.business_day.isoformat(),
            header.utc_offset_min,
            header.server_offset_ms,
            header.programme_version,
        )
        return self._chain(payload, columns)

    def _append(self, record: AnyRecord | bytes) -> int:
        if isinstance(record, bytes):
            return self._chain(record, ())
        return self._chain(encode(record), columns_of(record))

    def _chain(self, payload: bytes, columns: tuple[Column, ...]) -> int:
        prev = self.records[-1][1].hash if self.records else FIRST_PREV_HASH
        seq = len(self.records) + 1
        digest = chain_hash((seq, self.epoch.bytes, *columns, payload, body_hash(payload), prev))
        self.records.append((self.epoch, WireRecord(seq, payload, digest)))
        return seq

    def begin_epoch(self) -> UUID:
        """Go on in a new epoch, as after a restore."""
        parent = self.head
        self.epoch = self.ids.random_id()
        start = EpochStart(
            **self.header(None),
            terminal_id=self.ledger_id,
            parent_epoch=parent.epoch,
            parent_seq=parent.seq,
            parent_hash=parent.hash.hex(),
        )
        self.append(start)
        return self.epoch

    def request(self, first: int, last: int | None = None) -> PushRequest:
        """A batch of positions ``first`` to ``last``, to the end of the first one's epoch without it."""
        epoch = self.records[first - 1][0]
        wires = [wire for of, wire in self.records[first - 1 : last] if of == epoch]
        prev = self.records[first - 2][1].hash if first > 1 else FIRST_PREV_HASH
        return PushRequest(epoch, prev, tuple(wires))

    def push(self, first: int = 1, last: int | None = None) -> PushOutcome:
        """Hand in a batch."""
        return ingest.push(self.database, self.row, self.request(first, last), self.clock.now_us())

    def push_all(self) -> None:
        """Hand in everything, epoch by epoch."""
        done = 0
        while done < len(self.records):
            done += len(self.push(done + 1).verdicts)

    # ------------------------------------------------------------------------------------------ records

    def sale(
        self,
        member_id: UUID | None,
        cents: int = 1_000,
        points: int | None = None,
        rewards: Iterable[RedemptionLine] = (),
        *,
        day: date | None = None,
    ) -> Sale:
        """A purchase of one line; a point per euro unless told otherwise, none without a member."""
        earned = cents // 100 if points is None else points
        changed = {"business_day": day} if day else {}
        return Sale(
            **self.header(member_id, **changed),
            currency="EUR",
            amount_cents=cents,
            lines=(SaleLine(1, cents, earned if member_id else 0),),
            redemptions=tuple(rewards),
        )

    def reward(self, points: int, line: int = 1) -> RedemptionLine:
        """A product that costs points."""
        return RedemptionLine(line, "coffee", points, 250, money_off=False)

    def redemption(self, member_id: UUID, points: int) -> Redemption:
        """A reward taken without a purchase."""
        return Redemption(**self.header(member_id), redemption=self.reward(points))


# ------------------------------------------------------------------------------- looking into the database


def count(database: Database, table: Table) -> int:
    """How many rows a table has."""
    with database.snapshot() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def line_of(database: Database, table: Table) -> dict[str, Any]:
    """The one row of a table."""
    with database.snapshot() as connection:
        return dict(connection.execute(select(table)).mappings().one())


def statement(database: Database, member_id: UUID) -> StatementItem:
    """Head office's word on one member, empty when it knows none."""
    with database.snapshot() as connection:
        found = statements(connection, [member_id], None)
    return found[0] if found else StatementItem(member_id)
