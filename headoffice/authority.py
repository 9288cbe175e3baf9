"""Head office's own journal: what it decided itself, chained like a till's, booked by the same rules, and archived.

Its records are those of the terminal that has the server's id, in the server's epoch. They are archived once they are
committed and before anybody is told, so an archive that knows more than the database means that the database was put
back to an older state: what it lacks is booked again, and a new server epoch tells every till.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import func, insert, select, update

from headoffice.intake import ingest, journals
from headoffice.intake.arrivals import read_all
from headoffice.people.erasing import erase
from headoffice.store import bulk
from headoffice.store.archive import NumbersLine, ProgrammeLine, RecordLine, TombstoneLine
from headoffice.store.dirty import touch
from headoffice.store.number_tables import NUMBER_BLOCK
from headoffice.store.rows import TerminalRow, server_row, terminal_row
from headoffice.store.tables import PROGRAMME, RECORD, SERVER, TERMINAL, TERMINAL_RECORD, TOMBSTONE
from headoffice.views import TerminalStatus
from loyalty.chain import FIRST_PREV_HASH, chain_hash, columns_of
from loyalty.encoding import body_hash, command_digest, decode, encode
from loyalty.records import EpochStart, UnknownRecord
from loyalty.wire import WireRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from sqlalchemy import Connection

    from headoffice.office import Office
    from headoffice.store.archive import Line
    from headoffice.store.rows import ServerRow
    from loyalty.records import AnyRecord

BATCH: Final = 500
"""How many records are booked in one transaction."""


def header(office: Office, member_id: UUID | None, version: int, *asked: object) -> dict[str, Any]:
    """The fields that every record of head office has.

    Args:
        office: Whose.
        member_id: The member it moves.
        version: The programme in force, 0 when there is none.
        asked: What was asked for, for the digest.
    """
    now_us = office.clock.now_us()
    return {
        "record_id": office.ids.record_id(),
        "member_id": member_id,
        "at_us": now_us,
        "business_day": office.clock.business_day(now_us),
        "utc_offset_min": office.clock.utc_offset_min(now_us),
        "programme_version": version,
        "command_digest": command_digest(office.secrets.programme_key, *asked),
    }


def version_in_force(office: Office, connection: Connection) -> int:
    """The newest published version whose start has come, 0 when there is none."""
    begun = PROGRAMME.c.starts_at_us <= office.clock.now_us()
    return connection.scalar(select(func.max(PROGRAMME.c.version)).where(begun)) or 0


def append(office: Office, connection: Connection, records: Sequence[AnyRecord]) -> list[RecordLine]:
    """Book records of head office in a writing transaction.

    Returns:
        The lines to be archived once the transaction is committed.
    """
    if not records:
        return []
    own = lock(connection, office.server)
    row = journals.epochs(connection, own.terminal_id).get(office.server.epoch)
    seq, prev_hash = (row.seq, row.hash) if row else _end_of_last_epoch(connection, own.terminal_id)
    lines = _chained(office.server.epoch, seq, prev_hash, records)
    wires = [WireRecord(line.seq, line.payload, line.hash) for line in lines]
    arrived = read_all(office.server.epoch, prev_hash, wires)
    ingest.take(connection, own, office.server.epoch, prev_hash, arrived, office.clock.now_us())
    return lines


def book(office: Office, records: Sequence[AnyRecord]) -> None:
    """Book records of head office in a transaction of their own, and archive them."""
    office.archive.append(office.database.transact(lambda connection: append(office, connection, records)))


def _chained(epoch: UUID, seq: int, prev_hash: bytes, records: Iterable[AnyRecord]) -> list[RecordLine]:
    lines = []
    for record in records:
        seq += 1
        payload = encode(record)
        columns = (seq, epoch.bytes, *columns_of(record), payload, body_hash(payload), prev_hash)
        prev_hash = chain_hash(columns)
        lines.append(RecordLine(epoch, seq, payload, prev_hash))
    return lines


def lock(connection: Connection, server: ServerRow) -> TerminalRow:
    """Make everybody else who writes records of head office wait; before any account is locked."""
    journals.lock_terminal(connection, server.server_id)
    own = terminal_row(connection, server.server_id)
    assert own is not None, "head office's own journal is made with head office"
    return own


def _end_of_last_epoch(connection: Connection, server_id: UUID) -> tuple[int, bytes]:
    known = journals.epochs(connection, server_id)
    last = max(known.values(), key=lambda row: row.seq, default=None)
    return (last.seq, last.hash) if last else (0, FIRST_PREV_HASH)


def begin(office: Office, connection: Connection) -> list[RecordLine]:
    """Write the first record of the server's epoch, unless it is there; to be called once the server's row is."""
    server = office.server
    if terminal_row(connection, server.server_id) is None:
        connection.execute(insert(TERMINAL).values(_own_terminal(server, office.clock.now_us())))
    lock(connection, server)
    known = journals.epochs(connection, server.server_id)
    if server.epoch in known:
        return []
    last = max(known.values(), key=lambda row: row.seq, default=None)
    start = EpochStart(
        **header(office, None, 0, "epoch_start", server.epoch),
        terminal_id=server.server_id,
        parent_epoch=last.epoch if last else None,
        parent_seq=last.seq if last else 0,
        parent_hash=last.hash.hex() if last else "",
    )
    return append(office, connection, [start])


def _own_terminal(server: ServerRow, now_us: int) -> dict[str, Any]:
    own = TerminalRow(
        terminal_id=server.server_id,
        store_id=server.server_id,  # it stands in no store
        store="",
        region="",
        name=server.name,
        public_key=b"",
        ledger_id=server.server_id,
        status=TerminalStatus.ACTIVE,
        joined_at_us=now_us,
    )
    values = msgspec.structs.asdict(own) | {"status": own.status.value}
    return {name: value for name, value in values.items() if name in TERMINAL.c}


# ------------------------------------------------------------------------------ database and archive agree


def settle(office: Office) -> ServerRow:
    """Bring database and archive to the same state; to be called at the start, before anybody is served.

    Returns:
        Who head office is now: in a new epoch when the database had been put back.

    Raises:
        ArchiveDamaged: A line of the archive can't be read.
    """
    office.archive.append(office.database.transact(lambda connection: begin(office, connection)))
    tail = office.archive.tail()
    with office.database.snapshot() as connection:
        lacks = _lacking(connection, tail)
    if lacks:
        _book_again(office)
        office.server = _new_epoch(office)
        office.archive.append(office.database.transact(lambda connection: begin(office, connection)))
        tail = office.archive.tail()
    _archive_rest(office, tail)
    return office.server


def _lacking(connection: Connection, lines: Sequence[Line]) -> list[Line]:
    """The facts among the archive's lines that the database does not know; where an epoch began is none."""
    keys: dict[int, object] = {}
    for index, line in enumerate(lines):
        key = _key(line)
        if key is not None:
            keys[index] = key
    known: set[object] = set()
    for column, kind in (
        (RECORD.c.record_id, RecordLine),
        (PROGRAMME.c.version, ProgrammeLine),
        (TOMBSTONE.c.member_id, TombstoneLine),
        (NUMBER_BLOCK.c.lowest, NumbersLine),
    ):
        wanted = {key for index, key in keys.items() if isinstance(lines[index], kind)}
        if wanted:
            known |= set(connection.scalars(select(column).where(bulk.among(connection, column, wanted))))
    lacking = []
    for index, key in keys.items():
        if key not in known:
            lacking.append(lines[index])
            known.add(key)  # two processes may have archived one fact
    return lacking


def _key(line: Line) -> object:
    """What tells a fact from others of its kind; ``None`` for an epoch's beginning."""
    match line:
        case RecordLine():
            record = _decoded(line)
            return None if isinstance(record, EpochStart) else record.record_id
        case ProgrammeLine():
            return line.version
        case TombstoneLine():
            return line.member_id
        case NumbersLine():
            return line.lowest


def _decoded(line: RecordLine) -> AnyRecord:
    record = decode(line.payload)
    assert not isinstance(record, UnknownRecord), "head office knows the kinds it writes"
    return record


def _book_again(office: Office) -> None:
    """Take over from the archive what the database lacks, in order."""
    batch: list[Line] = []
    for line in office.archive.lines():
        batch.append(line)
        if len(batch) == BATCH:
            _book_batch_again(office, batch)
            batch = []
    _book_batch_again(office, batch)


def _book_batch_again(office: Office, lines: Sequence[Line]) -> None:
    def work(connection: Connection) -> None:
        lacking = _lacking(connection, lines)
        for line in lacking:
            if isinstance(line, TombstoneLine):
                erase(connection, line.member_id, line.erased_at_us, line.erased_day)
            elif isinstance(line, ProgrammeLine):
                put_programme(connection, line)
            elif isinstance(line, NumbersLine):
                connection.execute(insert(NUMBER_BLOCK).values(msgspec.structs.asdict(line)))
        # Chained on where the database ends, which gives them their old positions unless others were taken meanwhile.
        append(office, connection, [_decoded(line) for line in lacking if isinstance(line, RecordLine)])

    office.database.transact(work)


def _new_epoch(office: Office) -> ServerRow:
    epoch = office.ids.random_id()

    def work(connection: Connection) -> ServerRow:
        connection.execute(update(SERVER).values(epoch=epoch))
        row = server_row(connection)
        assert row is not None, "who head office is was read before"
        return row

    return office.database.transact(work)


def _archive_rest(office: Office, tail: Sequence[Line]) -> None:
    """Append what a crash kept from being archived; everything when the archive is gone."""
    newest: dict[UUID, int] = {}
    for line in tail:
        if isinstance(line, RecordLine):
            newest[line.epoch] = max(newest.get(line.epoch, 0), line.seq)
    with office.database.snapshot() as connection:
        known = journals.epochs(connection, office.server.server_id)
        wanted = known if not newest else {epoch: known[epoch] for epoch in newest if epoch in known}
        for epoch, row in wanted.items():
            if row.seq > newest.get(epoch, 0):
                office.archive.append(_lines_of(connection, office.server.server_id, epoch, newest.get(epoch, 0)))
        programme_columns = [PROGRAMME.c[name] for name in ProgrammeLine.__struct_fields__]
        number_columns = [NUMBER_BLOCK.c[name] for name in NumbersLine.__struct_fields__]
        tombstone_columns = [TOMBSTONE.c[name] for name in TombstoneLine.__struct_fields__]
        rest: dict[object, Line] = {}
        for rules in connection.execute(select(*programme_columns).order_by(PROGRAMME.c.version)):
            rest[rules.version] = ProgrammeLine(*rules)
        for stone in connection.execute(select(*tombstone_columns)):
            rest[stone.member_id] = TombstoneLine(*stone)
        for block in connection.execute(select(*number_columns)):
            rest[block.lowest] = NumbersLine(*block)
    _drop_archived(rest, tail)
    if rest:  # perhaps they stand further up
        _drop_archived(rest, office.archive.lines())
    office.archive.append(list(rest.values()))


def _drop_archived(rest: dict[object, Line], lines: Iterable[Line]) -> None:
    for line in lines:
        if not isinstance(line, RecordLine):
            rest.pop(_key(line), None)


def _lines_of(connection: Connection, server_id: UUID, epoch: UUID, after: int) -> list[RecordLine]:
    rows = connection.execute(
        select(TERMINAL_RECORD.c.epoch, TERMINAL_RECORD.c.seq, RECORD.c.payload, TERMINAL_RECORD.c.hash)
        .join(RECORD, RECORD.c.record_id == TERMINAL_RECORD.c.record_id)
        .where(
            TERMINAL_RECORD.c.terminal_id == server_id, TERMINAL_RECORD.c.epoch == epoch, TERMINAL_RECORD.c.seq > after
        )
        .order_by(TERMINAL_RECORD.c.seq)
    )
    return [RecordLine(*row) for row in rows]


def put_programme(connection: Connection, line: ProgrammeLine) -> None:
    """Write one version and let the tills know."""
    connection.execute(insert(PROGRAMME).values(msgspec.structs.asdict(line)))
    touch(connection, "programme", [str(line.version)])
