"""The journal: the one function that appends, and the chain that ties every column of every record to all before it."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.chain import COLUMNS, FIRST_PREV_HASH, chain_hash, columns_of
from loyalty.encoding import body_hash, decode, encode
from loyalty.records import (
    Adjustment,
    AnyRecord,
    CardChange,
    Consent,
    DayClose,
    Enrolment,
    EpochStart,
    Expiry,
    Redemption,
    Reversal,
    Sale,
    UnknownRecord,
)
from storage import sqlite
from storage.errors import Damaged, RecordConflict
from storage.gathering import apply_sales
from storage.projections import MOVING, apply
from storage.reversals import parts, reversed_lines
from storage.types import Head, Stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from storage.connection import Database, Row

NEEDS_MEMBER: Final = (Redemption, Adjustment, Expiry, Enrolment, Consent, CardChange)
"""Record kinds that mean nothing without a member."""

LINKS_CHECKED_AT_START: Final = 100
"""How many of the last links are checked before a till opens; the whole chain is checked daily in the background."""

_EPOCH_START: Final = "epoch_start"
_BODY: Final = 3
"""Where a row of ``stored`` has its hash."""

_INSERT = (
    "INSERT INTO journal(seq, epoch, record_id, kind, member_id, at_us, business_day, utc_offset_min, server_offset_ms,"
    " programme_version, payload, body_hash, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_HEAD = "SELECT epoch, seq, hash FROM journal ORDER BY seq DESC LIMIT 1"
_TIP = """
SELECT epoch, seq, hash, (SELECT max(closed_day) FROM day_close) FROM journal ORDER BY seq DESC LIMIT 1"""


def head(database: Database) -> Head:
    """The last record.

    Raises:
        Damaged: The journal is empty; every ledger is born with a first record.
    """
    row = database.one(_HEAD)
    if row is None:
        raise Damaged("The journal is empty")
    return Head(UUID(bytes=row[0]), row[1], row[2])


class Tip(msgspec.Struct, frozen=True):
    """What the next record goes on from.

    Attributes:
        epoch: Of the last record.
        seq: Of the last record; 0 in an empty journal.
        hash: Of the last record.
        closed_day: The last business day that was closed.
    """

    epoch: bytes
    seq: int
    hash: bytes
    closed_day: date | None

    def behind(self, stored: Stored) -> Tip:
        """The tip when a record was appended to this one in the same epoch."""
        closed = stored.record.closed_day if isinstance(stored.record, DayClose) else self.closed_day
        return Tip(self.epoch, stored.seq, stored.hash, closed)


def tip(database: Database) -> Tip:
    """Read the tip, all of it in one statement because every sale needs it."""
    row = database.one(_TIP)
    if row is None:
        return Tip(b"", 0, FIRST_PREV_HASH, None)
    return Tip(row[0], row[1], row[2], date.fromisoformat(row[3]) if row[3] else None)


def append(
    database: Database,
    record: AnyRecord,
    *,
    epoch: UUID | None = None,
    last: Tip | None = None,
    keeps_day: bool = False,
) -> Stored:
    """Append one record and update every projection. The only way into the journal, but for ``append_sales``.

    Args:
        database: The writing connection, inside a transaction.
        record: The fact.
        epoch: The new epoch's random id, for an ``EpochStart`` and only for it.
        last: The journal's tip where this transaction has read it already.
        keeps_day: It is taken over from an old programme and counts on its own day, although that may be closed.

    Returns:
        The record with its position and hash. It is on disk when the transaction's commit has returned.

    Raises:
        RecordConflict: The journal holds a record with this id.
        ValueError: The record's types or bounds are wrong, or it contradicts the journal; a bug of the caller.
    """
    if isinstance(record, EpochStart) is not (epoch is not None):
        raise ValueError("An epoch start, and nothing else, begins an epoch")
    payload = encode(record)
    last = last or tip(database)
    _check_against_journal(database, record, None if keeps_day else last.closed_day)
    seq = last.seq + 1
    columns = (
        seq,
        epoch.bytes if epoch else last.epoch,
        *columns_of(record),
        payload,
        body_hash(payload),
        last.hash,
    )
    digest = chain_hash(columns)
    try:
        database.run(_INSERT, (*columns, digest))
    except sqlite.IntegrityError as error:
        if "record id exists" in str(error):
            raise RecordConflict(record.record_id) from error
        raise
    apply(database, seq, record)
    return Stored(seq, record, digest)


def append_sales(database: Database, sales: Sequence[Sale], last: Tip) -> Tip:
    """Append an old programme's purchases: the same rows as from one ``append`` for each, in a third of the time.

    They keep their own days, although these may be closed.

    Args:
        database: The writing connection, inside a transaction.
        sales: Purchases in which no reward was taken.
        last: The journal's tip.

    Returns:
        The new tip. All of them are on disk when the transaction's commit has returned.

    Raises:
        RecordConflict: The journal holds a record with the id of one of them.
        ValueError: The types or bounds of one are wrong, or a reward was taken in it; a bug of the caller.
    """
    rows: list[tuple[object, ...]] = []
    seq, prev_hash = last.seq, last.hash
    for sale in sales:
        if sale.redemptions:
            raise ValueError(f"A reward was taken in it: {sale!r}")
        payload = encode(sale)
        seq += 1
        columns = (seq, last.epoch, *columns_of(sale), payload, body_hash(payload), prev_hash)
        prev_hash = chain_hash(columns)
        rows.append((*columns, prev_hash))
    try:
        database.many(_INSERT, rows)
    except sqlite.IntegrityError as error:
        if "record id exists" in str(error):
            raise RecordConflict(_first_known(database, sales, last.seq)) from error
        raise
    apply_sales(database, last.seq + 1, sales)
    return Tip(last.epoch, seq, prev_hash, last.closed_day)


def _first_known(database: Database, sales: Sequence[Sale], last_seq: int) -> UUID:
    """The first id that the journal held up to a position, or that comes twice."""
    ids = [sale.record_id for sale in sales]
    query = "SELECT 1 FROM journal WHERE record_id = ? AND seq <= ?"
    return next(
        record_id
        for number, record_id in enumerate(ids)
        if record_id in ids[:number] or database.one(query, (record_id.bytes, last_seq))
    )


def _check_against_journal(database: Database, record: AnyRecord, closed_day: date | None) -> None:
    """Refuse what no careful caller asks for: moving nobody's points, a closed day, reversing more than is left."""
    if record.member_id is None and isinstance(record, NEEDS_MEMBER):
        raise ValueError(f"It must name a member: {record!r}")
    if closed_day is not None and record.business_day <= closed_day and isinstance(record, MOVING):
        raise ValueError(f"Business day {record.business_day} is closed: {record!r}")
    if isinstance(record, DayClose):
        last = database.one("SELECT number, closed_day FROM day_close ORDER BY number DESC LIMIT 1") or (0, "")
        if record.number != last[0] + 1 or record.closed_day.isoformat() <= last[1]:
            raise ValueError(f"The last close was number {last[0]} of {last[1]}: {record!r}")
    if isinstance(record, Reversal):
        payload = database.value("SELECT payload FROM journal WHERE record_id = ?", (record.original_id.bytes,))
        if payload:
            _check_reversal(database, record, decode(payload))


def _check_reversal(database: Database, record: Reversal, original: AnyRecord | UnknownRecord) -> None:
    so_far = reversed_lines(database, record.original_id)
    whole = {part.line: part for part in parts(original)}
    for line in (*record.lines, *record.redemptions):
        part = whole.get(line.line)
        before = so_far.get(line.line)
        cents, points = (before.cents, before.points) if before else (0, 0)
        if part is None or cents + line.cents > part.cents or points + line.points > part.points:
            raise ValueError(f"Line {line.line} has less left to reverse: {record!r}")


def stored(row: Row) -> Stored:
    """A row of ``seq, payload, hash`` and, for what is decided upon, ``body_hash`` as a record.

    Raises:
        Damaged: The payload is not what was written.
    """
    if len(row) > _BODY and hashlib.sha256(row[1]).digest() != row[_BODY]:
        raise Damaged(f"journal seq {row[0]}: body_hash is not the hash of the payload")
    return Stored(row[0], _decoded(row), row[2])


def _decoded(row: Row) -> AnyRecord | UnknownRecord:
    try:
        return decode(row[1])
    except ValueError as error:
        raise Damaged(f"Record {row[0]} can't be read: {error}") from error


class Link(msgspec.Struct, frozen=True):
    """What a walk carries from one record to the next."""

    seq: int
    epoch: bytes
    hash: bytes


def link_problem(row: Row, before: Link | None) -> str | None:
    """What is wrong with one row's place in the chain.

    Args:
        row: The columns of ``COLUMNS`` and the hash.
        before: The record before it, ``None`` at the very start.

    Returns:
        A sentence for support, or ``None``.
    """
    seq, epoch, kind, payload, body, prev, digest = row[0], row[1], row[3], row[10], row[11], row[12], row[13]
    if seq != (before.seq if before else 0) + 1:
        return f"journal seq {seq}: the record before it is missing"
    if prev != (before.hash if before else FIRST_PREV_HASH):
        return f"journal seq {seq}: prev_hash is not the hash of the record before"
    if (kind == "epoch_start") is not (before is None or epoch != before.epoch):
        return f"journal seq {seq}: the epoch changes without an epoch start, or starts without changing"
    if hashlib.sha256(payload).digest() != body:
        return f"journal seq {seq}: body_hash is not the hash of the payload"
    if chain_hash(row[:13]) != digest:
        return f"journal seq {seq}: hash does not cover its columns"
    if kind == "epoch_start" and not _names_its_parent(payload, before):
        return f"journal seq {seq}: the epoch start names another record than the one before it as its parent"
    return None


class Chain:
    """A walk along the chain, many rows at a time; a row that does not hold at the first look is looked at by part."""

    __slots__ = ("_before",)

    def __init__(self) -> None:
        self._before: Link | None = None

    def problems(self, rows: Iterable[Row]) -> list[str]:
        """What is wrong with the next rows' places, each with the columns of ``COLUMNS`` and the hash."""
        found: list[str] = []
        before = self._before or Link(0, b"", FIRST_PREV_HASH)
        is_first = self._before is None
        last_seq, last_epoch, last_hash = before.seq, before.epoch, before.hash
        for row in rows:
            seq, epoch, kind, payload, body, prev, digest = row[0], row[1], row[3], row[10], row[11], row[12], row[13]
            if (
                seq != last_seq + 1
                or prev != last_hash
                or epoch != last_epoch
                or kind == _EPOCH_START
                or hashlib.sha256(payload).digest() != body
                or chain_hash(row[:13]) != digest
            ):
                problem = link_problem(row, None if is_first else Link(last_seq, last_epoch, last_hash))
                if problem:
                    found.append(problem)
            last_seq, last_epoch, last_hash, is_first = seq, epoch, digest, False
        if not is_first:
            self._before = Link(last_seq, last_epoch, last_hash)
        return found


def _names_its_parent(payload: bytes, before: Link | None) -> bool:
    """Whether an epoch goes on from the record before it, and the first of all from none."""
    try:
        start = decode(payload)
    except ValueError:
        return False
    if not isinstance(start, EpochStart):
        return False
    named = (start.parent_epoch.bytes if start.parent_epoch else None, start.parent_seq, start.parent_hash)
    return named == ((before.epoch, before.seq, before.hash.hex()) if before else (None, 0, ""))


def check_tail(database: Database) -> None:
    """Check the last links of the chain.

    Raises:
        Damaged: One does not hold.
    """
    rows = database.all(f"SELECT {COLUMNS}, hash FROM journal ORDER BY seq DESC LIMIT ?", (LINKS_CHECKED_AT_START + 1,))  # noqa: S608 - constant names
    rows.reverse()
    if not rows:
        raise Damaged("The journal is empty")
    before = None
    if rows[0][0] != 1:
        first = rows.pop(0)
        before = Link(first[0], first[1], first[13])
    for row in rows:
        problem = link_problem(row, before)
        if problem:
            raise Damaged(problem)
        before = Link(row[0], row[1], row[13])
