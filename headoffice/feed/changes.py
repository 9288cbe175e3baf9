"""What changed since a cursor, latest state only, as one till may see it; all of one page read in one snapshot."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy import Connection, select

from headoffice.feed import sequencer
from headoffice.feed.statements import programme_in_force, statements, utc_day
from headoffice.feed.tills import tills
from headoffice.intake import journals
from headoffice.people.directory import profiles
from headoffice.store import bulk
from headoffice.store.tables import ACCOUNT, CARD, CASHIER, CONFLICT, FEED, PROGRAMME, TERMINAL, TOMBSTONE
from loyalty.directory import CardStatus, Role
from loyalty.feed import (
    CardItem,
    CashierItem,
    ChangesReply,
    ConflictItem,
    ConflictKind,
    Cursor,
    Item,
    ProfileItem,
    ProgrammeItem,
    RemovedItem,
    TombstoneItem,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from headoffice.people.sealing import Sealer
    from headoffice.store.engine import Database
    from headoffice.store.rows import TerminalRow

QUIET_TRIES: Final = 20
"""How often a last page is read again because something was committed meanwhile; the next pull mends the rest."""


def changes(
    database: Database,
    terminal: TerminalRow,
    after: Cursor | None,
    limit: int,
    now_us: int,
    sealer: Sealer,
    *,
    day_of: Callable[[int], date] = utc_day,
) -> ChangesReply:
    """One page of changes.

    What was committed before the call is in the feed: else a till would be told that its own records are included in
    statements which it does not get yet. And the last page is read while nothing waits for its place in the feed,
    because a row shows the latest state: half of what was committed meanwhile would be published without the other.

    Args:
        database: Where from.
        terminal: Who asks.
        after: What it has read; ``None`` for nothing yet.
        limit: The most rows of the feed to cover.
        now_us: Head office's time, in microseconds since 1970 UTC.
        sealer: With the profile key.
        day_of: The shop's day of a moment.
    """
    tries = 0
    while True:
        tries += 1
        sequencer.sequence(database)
        with database.snapshot() as connection:
            reply = _page(connection, terminal, after, limit, now_us, sealer, day_of)
            quiet = reply.more or not sequencer.is_behind(connection)
        if quiet or tries == QUIET_TRIES:
            return reply


def _page(
    connection: Connection,
    terminal: TerminalRow,
    after: Cursor | None,
    limit: int,
    now_us: int,
    sealer: Sealer,
    day_of: Callable[[int], date],
) -> ChangesReply:
    newest = sequencer.newest(connection)
    reset = after is not None and not _is_ours(connection, terminal, after, newest)
    begin = 0 if after is None or reset else after.n
    rows = connection.execute(
        select(FEED.c.n, FEED.c.kind, FEED.c.key).where(FEED.c.n > begin).order_by(FEED.c.n).limit(limit + 1)
    ).all()
    more = len(rows) > limit
    rows = rows[:limit]
    reader = _Page(connection, terminal, now_us, sealer, day_of, from_start=begin == 0)
    items = reader.items([(row.kind, row.key) for row in rows])
    known = journals.epochs(connection, terminal.terminal_id)
    cursor = _cursor(connection, terminal, newest, rows[-1].n if more else newest.n)
    return ChangesReply(
        items=tuple(items),
        cursor=cursor,
        more=more,
        positions={epoch: row.seq for epoch, row in known.items()},
        reset=reset,
        server_time_us=now_us,
    )


def _is_ours(connection: Connection, terminal: TerminalRow, after: Cursor, newest: Cursor) -> bool:
    """Whether a cursor is of this past and of what the till may see now."""
    if after.epoch != newest.epoch or after.n > newest.n:
        return False
    return after == _cursor(connection, terminal, newest, after.n)


def _cursor(connection: Connection, terminal: TerminalRow, newest: Cursor, n: int) -> Cursor:
    """The cursor of a number; once a till's scope has changed its tokens are others, so that it begins again."""
    token = sequencer.token_of(connection, n) or b""
    if token and terminal.scope_step:
        token = hashlib.sha256(b"%s %d" % (token, terminal.scope_step)).digest()[: sequencer.TOKEN_BYTES]
    return Cursor(newest.epoch, n, token)


class _Page:
    """Reads what rows of the feed stand for."""

    def __init__(
        self,
        connection: Connection,
        terminal: TerminalRow,
        now_us: int,
        sealer: Sealer,
        day_of: Callable[[int], date],
        *,
        from_start: bool,
    ) -> None:
        self._connection = connection
        self._terminal = terminal
        self._now_us = now_us
        self._sealer = sealer
        self._day_of = day_of
        self._from_start = from_start

    def items(self, rows: Sequence[tuple[str, str]]) -> list[Item]:
        """Items of one page, members first."""
        keys: dict[str, list[str]] = {}
        for kind, key in rows:
            keys.setdefault(kind, []).append(key)
        return [
            *self._members([UUID(key) for key in keys.get("member", ())]),
            *self._programmes([int(key) for key in keys.get("programme", ())]),
            *self._cashiers([UUID(key) for key in keys.get("cashier", ())]),
            *self._conflicts([UUID(key) for key in keys.get("conflict", ())]),
            *self._tills([UUID(key) for key in keys.get("till", ())]),
        ]

    def _select(self, column: Any, values: Sequence[Any], *columns: Any) -> Sequence[Any]:  # noqa: ANN401 - any column
        if not values:
            return ()
        query = select(*columns).where(bulk.among(self._connection, column, values)).order_by(column)
        return self._connection.execute(query).all()

    def _members(self, member_ids: Sequence[UUID]) -> list[Item]:
        if not member_ids:
            return []
        held = in_scope(self._connection, self._terminal, member_ids)
        items: list[Item] = []
        if not self._from_start:
            items += [RemovedItem(member_id) for member_id in member_ids if member_id not in held]
        kept = [member_id for member_id in member_ids if member_id in held]
        programme = programme_in_force(self._connection, self._now_us)
        known = statements(self._connection, kept, programme.expiry if programme else None, self._day_of)
        items += known
        columns = (TOMBSTONE.c.member_id, TOMBSTONE.c.erased_at_us, TOMBSTONE.c.erased_day)
        # Erasures go to every till: one that holds the member no more may still have what it learned of the person.
        gone = [TombstoneItem(*row) for row in self._select(TOMBSTONE.c.member_id, member_ids, *columns)]
        erased = {item.member_id for item in gone}
        alive = [member_id for member_id in kept if member_id not in erased]
        merged = {item.member_id for item in known if item.merged_into is not None}
        found = profiles(self._connection, self._sealer, [member_id for member_id in alive if member_id not in merged])
        for member_id in alive:
            sealed = self._sealer.seal_profile(member_id, found.get(member_id))
            items.append(ProfileItem(member_id, sealed.nonce, sealed.box))
        card = CARD.c
        cards = self._select(card.member_id, alive, card.number, card.card_ref, card.member_id, card.status)
        items += [CardItem(number, ref, member, CardStatus(status)) for number, ref, member, status in cards]
        return [*items, *gone]

    def _programmes(self, versions: Sequence[int]) -> list[Item]:
        row = PROGRAMME.c
        found = self._select(row.version, versions, row.version, row.document, row.starts_at_us)
        return [ProgrammeItem(*line) for line in found]

    def _cashiers(self, cashier_ids: Sequence[UUID]) -> list[Item]:
        row = CASHIER.c
        columns = (row.cashier_id, row.name, row.role, row.pin_hash, row.blocked)
        found = self._select(row.cashier_id, cashier_ids, *columns)
        return [CashierItem(cashier_id, name, Role(role), pin, off) for cashier_id, name, role, pin, off in found]

    def _conflicts(self, conflict_ids: Sequence[UUID]) -> list[Item]:
        """Those of the till's own store."""
        if not conflict_ids:
            return []
        row = CONFLICT.c
        query = (
            select(
                row.conflict_id, row.kind, row.member_id, row.record_id, row.points, row.at_us, row.resolved_at_us > 0
            )
            .join(TERMINAL, TERMINAL.c.terminal_id == row.terminal_id)
            .where(
                bulk.among(self._connection, row.conflict_id, conflict_ids),
                TERMINAL.c.store_id == self._terminal.store_id,
            )
            .order_by(row.conflict_id)
        )
        return [
            ConflictItem(conflict_id, ConflictKind(kind), *rest)
            for conflict_id, kind, *rest in self._connection.execute(query)
        ]

    def _tills(self, terminal_ids: Sequence[UUID]) -> list[Item]:
        """Those that changed; with the very first page all, as those that joined long ago are not in the feed."""
        if not terminal_ids and not self._from_start:
            return []
        wanted = None if self._from_start else set(terminal_ids)
        return [item for item in tills(self._connection, self._day_of) if wanted is None or item.terminal_id in wanted]


def in_scope(connection: Connection, terminal: TerminalRow, member_ids: Sequence[UUID]) -> set[UUID]:
    """Which members a till holds; a merged account belongs where the one that stands for it does."""
    if not terminal.scope:
        return set(member_ids)
    root = ACCOUNT.alias("root")
    query = (
        select(ACCOUNT.c.member_id)
        .join(root, root.c.member_id == ACCOUNT.c.merged_into, isouter=True)
        .where(
            bulk.among(connection, ACCOUNT.c.member_id, member_ids),
            (root.c.region == terminal.scope)
            | (ACCOUNT.c.merged_into.is_(None) & (ACCOUNT.c.region == terminal.scope)),
        )
    )
    return set(connection.scalars(query))
