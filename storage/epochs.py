"""Epochs: a stretch of the journal that one till wrote without a break. A restore or a clone begins another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.encoding import command_digest, decode
from loyalty.records import EpochStart
from storage.errors import Damaged
from storage.journal import append, head

if TYPE_CHECKING:
    from loyalty.ports import Clock, Ids
    from storage.connection import Database
    from storage.types import Head, Stored

_NEWEST_START: Final = """SELECT payload FROM journal
WHERE seq = (SELECT max(seq) FROM journal WHERE kind = 'epoch_start')"""


def begin_journal(ledger: Database, terminal_id: UUID, version: int, *, key: bytes, clock: Clock, ids: Ids) -> Stored:
    """Append the genesis record, which names the terminal and has no parent.

    Args:
        ledger: The writing connection, inside a transaction, its journal empty.
        terminal_id: The terminal's random id, for good.
        version: The programme's version.
        key: The programme's secret.
        clock: Time.
        ids: Fresh ids.
    """
    return append(ledger, _start(terminal_id, version, None, key=key, clock=clock, ids=ids), epoch=ids.random_id())


def continue_in_new_epoch(
    ledger: Database, *, key: bytes, clock: Clock, ids: Ids, taken_from: UUID | None = None
) -> Stored:
    """Append the first record of a new epoch; it names the epoch, position and hash it goes on from.

    Args:
        ledger: The writing connection, inside a transaction.
        key: The programme's secret.
        clock: Time.
        ids: Fresh ids.
        taken_from: The lost till's ledger whose records are about to follow.

    Raises:
        Damaged: The shop's row or the programme is missing.
    """
    row = ledger.one("SELECT terminal_id, (SELECT max(version) FROM programme) FROM shop")
    if row is None or row[1] is None:
        raise Damaged(f"{ledger.name}: the shop's own row or the programme is missing")
    start = _start(UUID(bytes=row[0]), row[1], head(ledger), key=key, clock=clock, ids=ids)
    start = msgspec.structs.replace(start, taken_from=taken_from)
    return append(ledger, start, epoch=ids.random_id())


def key_fits(ledger: Database, key: bytes) -> bool:
    """Whether a programme key is the one under which this ledger is written.

    Every epoch's first record carries a digest under the key that its till had then; joining begins an epoch.
    """
    start = decode(ledger.value(_NEWEST_START))
    if not isinstance(start, EpochStart):
        return False
    return start.command_digest == _digest(key, start.terminal_id, start.parent_seq)


def _digest(key: bytes, terminal_id: UUID, parent_seq: int) -> str:
    return command_digest(key, "epoch_start", terminal_id, parent_seq)


def _start(terminal_id: UUID, version: int, parent: Head | None, *, key: bytes, clock: Clock, ids: Ids) -> EpochStart:
    now_us = clock.now_us()
    return EpochStart(
        record_id=ids.record_id(),
        member_id=None,
        at_us=now_us,
        business_day=clock.business_day(now_us),
        utc_offset_min=clock.utc_offset_min(now_us),
        programme_version=version,
        command_digest=_digest(key, terminal_id, parent.seq if parent else 0),
        terminal_id=terminal_id,
        parent_epoch=parent.epoch if parent else None,
        parent_seq=parent.seq if parent else 0,
        parent_hash=parent.hash.hex() if parent else "",
    )
