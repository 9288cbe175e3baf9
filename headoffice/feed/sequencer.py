"""The feed of what changed, numbered in the order of commits.

A number given at INSERT becomes visible at COMMIT, so a reader can pass over a slow transaction. Whoever changes
something therefore only notes what it was; the sequencer, one at a time and after the commit, gives the notes their
place in the feed.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, text

from headoffice.store.tables import DIRTY, FEED_STEP, SERVER
from loyalty.feed import Cursor

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from headoffice.store.engine import Database

TOKEN_BYTES: Final = 16
_ONE_AT_A_TIME: Final = 0x53544B53
"""The advisory lock of PostgreSQL that the sequencer holds; SQLite has one writer anyhow."""

_NUMBER: Final = """
INSERT INTO feed(kind, key, n)
SELECT kind, key, :newest + row_number() OVER (ORDER BY kind, key)
FROM (SELECT DISTINCT kind, one.value AS key FROM {taken}) AS changed
WHERE true ON CONFLICT (kind, key) DO UPDATE SET n = excluded.n"""
_ON_SQLITE: Final = _NUMBER.format(taken="dirty, json_each(dirty.noted) AS one")
_ON_POSTGRESQL: Final = f"""
WITH taken AS (DELETE FROM dirty RETURNING kind, noted)
{_NUMBER.format(taken="taken, json_array_elements_text(taken.noted::json) AS one(value)")}"""  # noqa: S608 - our own words


def sequence(database: Database) -> int:
    """Give everything noted so far its place in the feed.

    Returns:
        The newest step. When nothing was noted this is one cheap look.
    """
    with database.snapshot() as connection:
        if not is_behind(connection):
            return _newest_n(connection)
    return database.transact(_step)


def is_behind(connection: Connection) -> bool:
    """Whether something has no place in the feed yet, as this transaction sees it."""
    return connection.scalar(select(DIRTY.c.id).limit(1)) is not None


def _step(connection: Connection) -> int:
    postgresql = connection.dialect.name == "postgresql"
    if postgresql:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
    newest_n = _newest_n(connection)
    count = connection.execute(text(_ON_POSTGRESQL if postgresql else _ON_SQLITE), {"newest": newest_n}).rowcount
    if not postgresql:
        connection.execute(DIRTY.delete())
    if count:
        newest_n += count
        connection.execute(FEED_STEP.insert().values(n=newest_n, token=secrets.token_bytes(TOKEN_BYTES)))
    return newest_n


def _newest_n(connection: Connection) -> int:
    return connection.scalar(select(FEED_STEP.c.n).order_by(FEED_STEP.c.n.desc()).limit(1)) or 0


def token_of(connection: Connection, n: int) -> bytes | None:
    """The token of the step that a number lies in, ``None`` beyond the newest; empty before the first."""
    if n == 0:
        return b""
    return connection.scalar(select(FEED_STEP.c.token).where(FEED_STEP.c.n >= n).order_by(FEED_STEP.c.n).limit(1))


def newest(connection: Connection) -> Cursor:
    """The newest step of the feed."""
    row = connection.execute(select(FEED_STEP.c.n, FEED_STEP.c.token).order_by(FEED_STEP.c.n.desc()).limit(1)).first()
    epoch = connection.scalars(select(SERVER.c.epoch)).one()
    return Cursor(epoch, *row) if row else Cursor(epoch, 0)
