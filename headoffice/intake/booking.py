"""Booking: what new records mean for accounts, entries, sums of a day and conflicts, in one transaction.

Head office books what happened. Points are booked as recorded; nothing is refused because rules or balances have
changed. Till records come through here by ``headoffice.intake.ingest``, head office's own by the authority.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
from msgspec.structs import astuple

from headoffice.intake import registry
from headoffice.intake.accounts import Accounts
from headoffice.intake.arrivals import Arrived
from headoffice.intake.conflicts import Conflict, write_conflicts
from headoffice.intake.positions import Positions
from headoffice.intake.waiting import Waiting, originals, waiting_for, write_reversed
from headoffice.people.consents import put_consents
from headoffice.people.directory import one_at_a_time
from headoffice.people.erasing import erase_merged
from headoffice.store import bulk
from headoffice.store.dirty import touch
from headoffice.store.tables import DAY_TOTAL, ENTRY, REWARD_TOTAL
from loyalty.feed import ConflictKind
from loyalty.records import (
    AnyRecord,
    CardAction,
    CardChange,
    Consent,
    DayTotals,
    Enrolment,
    Expiry,
    Redemption,
    Reversal,
    Sale,
    UnknownRecord,
)
from loyalty.statement import Movement, movements
from loyalty.totals import day_totals, hour_of
from loyalty.wire import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from typing import Any
    from uuid import UUID

    from sqlalchemy import Connection

    from headoffice.intake.accounts import Change
    from headoffice.intake.registry import Source
    from headoffice.intake.waiting import Original
    from loyalty.lines import RedemptionLine

_ENTRY_COLUMNS: Final = (
    "member_id",
    "position",
    "part",
    "kind",
    "points",
    "original_member_id",
    "at_us",
    "record_id",
    "original_id",
)
_UNDOABLE: Final = (Sale, Redemption)
_SUMS: Final = DayTotals.__struct_fields__
_NO_TOTALS: Final = DayTotals()


def book(connection: Connection, source: Source, arrived: Sequence[Arrived], now_us: int) -> list[Verdict | None]:
    """Register records and book those that are new.

    Locks are taken in one order by everybody: the till (by the caller), registry entries, accounts.

    Args:
        connection: In a writing transaction.
        source: Where the records come from.
        arrived: Without a flaw.
        now_us: Head office's time.

    Returns:
        What became of each; ``None`` when its id belongs to another record, so that it must be quarantined.
    """
    new = registry.register(connection, source, arrived)
    if len(new) == len(arrived):  # nearly always: ids that nobody has used, each of them once
        decided = _book_fresh(connection, source, arrived, now_us)
        return _verdicts(arrived, decided) if decided else [Verdict.BOOKED] * len(arrived)
    there = registry.bodies(connection, {item.header.record_id for item in arrived if item.header} - new)
    fresh: dict[UUID, Arrived] = {}
    verdicts: list[Verdict | None] = []
    for item in arrived:
        assert item.header is not None, "only what can be read is booked"
        record_id = item.header.record_id
        if record_id in new and record_id not in fresh:
            fresh[record_id] = item
            verdicts.append(Verdict.BOOKED)
        else:
            same = (fresh[record_id].body if record_id in fresh else there.get(record_id)) == item.body
            verdicts.append(Verdict.DUPLICATE if same else None)
    decided = _book_fresh(connection, source, list(fresh.values()), now_us)
    return [
        one if verdict is Verdict.BOOKED else verdict
        for verdict, one in zip(verdicts, _verdicts(arrived, decided), strict=True)
    ]


def _verdicts(arrived: Sequence[Arrived], decided: dict[UUID, Verdict]) -> list[Verdict | None]:
    return [decided.get(item.header.record_id, Verdict.BOOKED) for item in arrived if item.header]


def _book_fresh(connection: Connection, source: Source, fresh: Sequence[Arrived], now_us: int) -> dict[UUID, Verdict]:
    reversals = [item.record for item in fresh if isinstance(item.record, Reversal)]
    undoable = [item.record.record_id for item in fresh if isinstance(item.record, _UNDOABLE)]
    waiting = waiting_for(connection, undoable)
    awaited = set()
    if reversals or waiting:
        own = {item.header.record_id for item in fresh if item.header}
        waiting = [one for one in waiting if one.record.record_id not in own]
        awaited = own & {record.original_id for record in reversals}
    known = originals(connection, {record.original_id for record in (*reversals, *(one.record for one in waiting))})
    accounts = Accounts(connection, source.region)
    if any(map(_is_merge, fresh)):
        one_at_a_time(connection)
        accounts.lock(_named([*fresh, *(one.record for one in waiting), *known.values()]))
    booking = Booking(connection, accounts, known, awaited, now_us)
    for one in waiting:
        booking.hold_back(one)
    for item in fresh:
        booking.take(source, item)
    booking.write()
    return booking.verdicts


def _is_merge(item: Arrived) -> bool:
    return isinstance(item.record, CardChange) and item.record.action is CardAction.MERGE


def _named(things: Iterable[Arrived | Reversal | Original]) -> set[UUID]:
    """All members that these name."""
    named: set[UUID | None] = set()
    for thing in things:
        named.add(thing.member_id)
        if isinstance(thing, Arrived) and isinstance(thing.record, CardChange):
            named.add(thing.record.into_member_id)
    return {member for member in named if member is not None}


class _Move(NamedTuple):
    """Points that a record moves, and how many of them must have been there before."""

    source: Source
    record: AnyRecord
    moved: tuple[Movement, ...]
    redeemed: int
    change: Change


class Booking:
    """One transaction's bookings, gathered in memory and written at the end.

    Attributes:
        verdicts: What became of records that were not just booked, by their ids.
    """

    def __init__(
        self,
        connection: Connection,
        accounts: Accounts,
        known: dict[UUID, Original],
        awaited: set[UUID],
        now_us: int,
    ) -> None:
        """Begin.

        Args:
            connection: In a writing transaction.
            accounts: When accounts are merged, all that are named are locked.
            known: What reversals name, as far as it is there.
            awaited: Which of it this transaction brings itself, and has not booked yet.
            now_us: Head office's time.
        """
        self._connection = connection
        self._accounts = accounts
        self._known = known
        self._now_us = now_us
        self._held_back: dict[UUID, list[Waiting]] = {}
        self._awaited = awaited
        self._moves: list[_Move] = []
        self._enrolments: list[tuple[Source, Enrolment, Change]] = []
        self._counted: list[tuple[Source, AnyRecord, DayTotals]] = []
        self._rewards: dict[tuple[Any, ...], list[int]] = {}
        self._conflicts: list[Conflict] = []
        self._reversals: dict[UUID, int] = {}
        self._consents: list[Consent] = []
        self.verdicts: dict[UUID, Verdict] = {}

    def hold_back(self, waiting: Waiting) -> None:
        """Book a reversal as soon as its original is booked in this transaction."""
        self._held_back.setdefault(waiting.record.original_id, []).append(waiting)

    def take(self, source: Source, item: Arrived) -> None:
        """Book one new record, or let it wait.

        Args:
            source: Where it comes from.
            item: The record.
        """
        record, header = item.record, item.header
        assert header is not None, "only what can be read is booked"
        change = self._accounts.change(header.member_id) if header.member_id else None
        if isinstance(record, Reversal):
            original = self._known.get(record.original_id)
            if original is None or record.original_id in self._awaited:
                self.verdicts.setdefault(record.record_id, Verdict.WAITING)
                self.hold_back(Waiting(record, source))
                return
            self._book_reversal(source, record, original)
        elif record is not None and not isinstance(record, UnknownRecord):
            self._count(source, record, day_totals(record))
            if change is not None:
                self._book(source, record, item.moved, change)
        if self._awaited or self._held_back:
            self._awaited.discard(header.record_id)
            for waiting in self._held_back.pop(header.record_id, ()):
                self._book_reversal(waiting.source, waiting.record, self._known[header.record_id])

    def _book(self, source: Source, record: AnyRecord, moved: tuple[Movement, ...], change: Change) -> None:
        """Book what is about a member; ``change`` is that of its account."""
        assert record.member_id is not None, "a change is that of a member"
        redeemed = 0
        match record:
            case Sale():
                redeemed = record.points_redeemed
                change.sold(record.amount_cents, record.business_day)
                self._count_rewards(source, record, record.redemptions)
            case Redemption():
                redeemed = record.redemption.points
                self._count_rewards(source, record, (record.redemption,))
            case Enrolment():
                self._enrolments.append((source, record, change))
            case CardChange(action=CardAction.MERGE, into_member_id=into) if into is not None:
                self._settle()
                self._accounts.merge(record.member_id, into)
                erase_merged(self._connection, self._accounts.root(into))
            case Consent():
                self._consents.append(record)
            case _:
                pass
        if moved:
            self._move(source, record, moved, change, redeemed)

    def _book_reversal(self, source: Source, record: Reversal, original: Original) -> None:
        """Undo what is left of what the reversal names; anything beyond is a conflict."""
        named = record if record.vouched_by is None else original.shared_out(record)
        left = msgspec.structs.replace(
            named, lines=original.take(named.lines), redemptions=original.take(named.redemptions)
        )
        before, after = original.reversed_cents, original.reversed_cents + left.cents
        original.reversed_cents = after
        if original.member_id is not None and left.cents:
            self._accounts.unsold(original.member_id, left.cents, whole=before < original.amount_cents <= after)
        points = 0
        if record.member_id is not None:
            self._accounts.change(record.member_id)  # a vouched one moves the original's member, and both hear of it
        if left.member_id is not None:
            points = self._move(source, left, movements(left), self._accounts.change(left.member_id))
        self._reversals[record.record_id] = points
        self._count(source, left, day_totals(left))
        self.verdicts[record.record_id] = Verdict.BOOKED
        if left != named or _undone(named) != _undone(record) or named.member_id != record.member_id:
            beyond = record.takes_back + record.returns - left.takes_back - left.returns
            self._list(ConflictKind.REVERSED_TWICE, source, record, beyond)

    def _move(
        self, source: Source, record: AnyRecord, moved: tuple[Movement, ...], change: Change, redeemed: int = 0
    ) -> int:
        """Take points along; returns what they come to."""
        points = sum([one.points for one in moved])
        change.balance += points
        self._moves.append(_Move(source, record, moved, redeemed, change))
        return points

    def _settle(self) -> None:
        """Write what was gathered to the accounts, and the entries in the order of booking under their locks.

        Points that were redeemed and not there are a conflict; what the same sale awards does not count yet.
        """
        spending = [move.record.member_id for move in self._moves if move.redeemed]
        enrolling = [record.member_id for _, record, _ in self._enrolments]
        self._accounts.add([member for member in (*spending, *enrolling) if member is not None])
        self._enrol()
        entries: list[tuple[Any, ...]] = []
        positions = Positions(self._connection)  # none that is left from before these accounts were locked
        for source, record, moved, redeemed, change in self._moves:
            assert record.member_id is not None, "points move for members only"
            account = change.account
            if redeemed and redeemed > account.running:
                self._list(ConflictKind.OVERSPENT, source, record, min(redeemed, redeemed - account.running))
            root, position = self._accounts.root(record.member_id), positions.next()
            names = (record.member_id, record.at_us, record.record_id, _about(record))
            for part, one in enumerate(moved):
                entries.append((root, position, part, one.kind.value, one.points, *names))
                account.running += one.points
        bulk.insert(self._connection, ENTRY, _ENTRY_COLUMNS, entries)
        self._moves = []

    def _enrol(self) -> None:
        """Count first enrolments; a further one, with a second card, makes no new member."""
        for source, record, change in self._enrolments:
            assert record.member_id is not None, "a change is that of a member"
            if self._accounts.enrolled(record.member_id, change, record.business_day):
                self._count(source, record, DayTotals(new_members=1))
        self._enrolments = []
        self._accounts.write_enrolled()

    def _count(self, source: Source, record: AnyRecord, totals: DayTotals) -> None:
        if totals != _NO_TOTALS:
            self._counted.append((source, record, totals))

    def _day_sums(self) -> dict[tuple[Any, ...], list[int]]:
        """Sums by store, till, day and hour; sources are told apart by identity: hashing two ids a record is slow."""
        by_hour: dict[tuple[int, date, int], list[DayTotals]] = {}
        sources = {id(source): source for source, _, _ in self._counted}
        for source, record, totals in self._counted:
            by_hour.setdefault((id(source), record.business_day, hour_of(record)), []).append(totals)
        sums: dict[tuple[Any, ...], list[int]] = {}
        for (number, day, hour), counted in by_hour.items():
            key = (sources[number].store_id, sources[number].terminal_id, day, hour)
            both = [*map(astuple, counted), sums.get(key, [0] * len(_SUMS))]
            sums[key] = list(map(sum, zip(*both, strict=True)))
        return sums

    def _count_rewards(self, source: Source, record: AnyRecord, lines: Iterable[RedemptionLine]) -> None:
        for line in lines:
            key = (source.store_id, source.terminal_id, record.business_day, line.reward_id)
            sums = self._rewards.setdefault(key, [0, 0, 0])
            for index, value in enumerate((1, line.points, line.value_cents)):
                sums[index] += value

    def _list(self, kind: ConflictKind, source: Source, record: AnyRecord, points: int) -> None:
        self.verdicts[record.record_id] = Verdict.CONFLICT
        self._conflicts.append(
            Conflict(
                kind,
                str(record.record_id),
                source.terminal_id,
                member_id=record.member_id,
                record_id=record.record_id,
                points=points,
                at_us=self._now_us,
            )
        )

    def write(self) -> None:
        """Write everything that was gathered."""
        self._settle()
        write_reversed(self._connection, self._known.values(), self._reversals)
        self._accounts.finish()
        bulk.add(self._connection, DAY_TOTAL, _rows(DAY_TOTAL.primary_key.columns.keys(), _SUMS, self._day_sums()))
        rewards = _rows(REWARD_TOTAL.primary_key.columns.keys(), ("count", "points", "value_cents"), self._rewards)
        bulk.add(self._connection, REWARD_TOTAL, rewards)
        write_conflicts(self._connection, self._conflicts)
        put_consents(self._connection, self._consents)
        touch(self._connection, "member", self._accounts.touched)


def _about(record: AnyRecord) -> UUID | None:
    """The record that an entry refers to."""
    if isinstance(record, Reversal):
        return record.original_id
    return record.lot_id if isinstance(record, Expiry) else None


def _undone(record: Reversal) -> tuple[int, int, int]:
    """What a reversal comes to, however it is spread over lines."""
    return record.cents, record.takes_back, record.returns


def _rows(keys: Sequence[str], names: Sequence[str], sums: dict[tuple[Any, ...], list[int]]) -> list[dict[str, Any]]:
    """Sums as rows, in the order of their keys, in which everybody locks them."""
    return [dict(zip((*keys, *names), (*key, *values), strict=True)) for key, values in sorted(sums.items())]
