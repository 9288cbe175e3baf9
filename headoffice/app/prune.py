"""What nobody can need any more goes: used-up codes, ids of old edits, old steps of the feed, copies from updates."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, insert, select

from headoffice.files import os_errors
from headoffice.store.migrate import copies_of
from headoffice.store.tables import EDIT_SEEN, FEED_MARK, FEED_STEP, JOIN_CODE
from loyalty.feed import EDITS_KEPT_US

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from headoffice.office import Office

EDITS_SEEN_US: Final = 2 * EDITS_KEPT_US
"""How long the id of an edit is remembered, in microseconds; tills, by their own clock, repeat theirs half as long."""

STEPS_KEPT_US: Final = EDITS_KEPT_US
"""How long a step of the feed is kept at least, in microseconds. A till whose cursor names an older one begins anew."""

MARKS_APART_US: Final = 24 * 3600 * 1_000_000
"""How often it is noted how far the feed goes, in microseconds."""


COPIES_KEPT_S: Final = 30 * 24 * 3600
"""How long the database from before an update is kept, in seconds. It knows people who were erased since."""


def prune(office: Office) -> None:
    """Delete all of it that is old enough; safe to repeat at any time.

    Raises:
        FolderUnusable: A file can't be deleted.
    """
    office.database.transact(lambda connection: _prune(connection, office.clock.now_us()))
    for copy in copies_of(office.database.engine):
        with os_errors(copy):
            if copy.stat().st_mtime < time.time() - COPIES_KEPT_S:
                copy.unlink()


def _prune(connection: Connection, now_us: int) -> None:
    connection.execute(delete(JOIN_CODE).where(JOIN_CODE.c.expires_at_us <= now_us))  # used or not, it is good no more
    connection.execute(delete(EDIT_SEEN).where(EDIT_SEEN.c.at_us < now_us - EDITS_SEEN_US))
    _prune_feed(connection, now_us)


def _prune_feed(connection: Connection, now_us: int) -> None:
    """Forget the steps that were no longer the newest one when an old enough mark was made.

    A step's token tells whether a till's cursor is of this past. Without it the answer is that it is not, and the till
    reads everything again, so a step may be forgotten too early but never taken for another one.
    """
    mark = FEED_MARK.c
    newest = connection.scalar(select(func.max(FEED_STEP.c.n)))
    marked_us = connection.scalar(select(func.max(mark.at_us))) or 0
    if newest is not None and marked_us <= now_us - MARKS_APART_US:
        connection.execute(insert(FEED_MARK).values(at_us=now_us, n=newest))
    old = mark.at_us <= now_us - STEPS_KEPT_US
    needless = connection.scalar(select(func.max(mark.n)).where(old))
    if needless is not None:
        connection.execute(delete(FEED_STEP).where(FEED_STEP.c.n < needless))
        connection.execute(delete(FEED_MARK).where(old))
