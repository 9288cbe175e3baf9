"""Forgetting a person: everything known of them goes, a tombstone stays, and the pseudonymous records stay sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, delete, func, select, update

from headoffice.people.directory import erased, family, forget_profiles, one_at_a_time, root
from headoffice.store import bulk
from headoffice.store.dirty import touch
from headoffice.store.tables import CARD, CARD_REF, FREE_TEXT, RECORD, TOMBSTONE
from headoffice.store.upserts import upsert
from loyalty.encoding import decode
from loyalty.records import Adjustment, Reversal

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from uuid import UUID

    from sqlalchemy import ColumnElement, Connection

TEXTS_AT_ONCE: Final = 500
"""How many texts one statement is about."""


def erase(connection: Connection, member_id: UUID, erased_at_us: int, erased_day: date) -> tuple[UUID, ...]:
    """Forget the person behind an account and behind all accounts merged with it; once more changes nothing.

    Returns:
        The accounts that got a tombstone now.
    """
    one_at_a_time(connection)
    names = sorted({member_id, *family(connection, root(connection, member_id))})
    there = erased(connection, names)
    new = [name for name in names if name not in there]
    columns = ("member_id", "erased_at_us", "erased_day")
    bulk.insert(connection, TOMBSTONE, columns, [(name, erased_at_us, erased_day) for name in new])
    forget_profiles(connection, names)
    _forget_texts(connection, names)
    numbers = list(connection.scalars(select(CARD.c.number).where(bulk.among(connection, CARD.c.member_id, names))))
    if numbers:
        connection.execute(delete(CARD_REF).where(bulk.among(connection, CARD_REF.c.number, numbers)))
        connection.execute(delete(CARD).where(bulk.among(connection, CARD.c.number, numbers)))
    touch(connection, "member", map(str, names))
    return tuple(new)


def erase_merged(connection: Connection, account: UUID) -> None:
    """Forget also who was merged into an erased account, which a till may have done before it heard of the erasure.

    Only under ``one_at_a_time`` is it certain that an erasure under way is seen. No line of the archive says it: the
    erasure and the merge are there, and come to the same again.
    """
    stone = TOMBSTONE.c
    of = select(stone.erased_at_us, stone.erased_day).where(stone.member_id == account)
    row = connection.execute(of).first()
    if row is not None:
        erase(connection, account, row.erased_at_us, row.erased_day)


def texts_of_erased(connection: Connection) -> frozenset[UUID]:
    """The texts that records of erased members name, whether they have come here or not."""
    return _texts(connection, RECORD.c.member_id.in_(select(TOMBSTONE.c.member_id)))


def old_texts(connection: Connection, before: date) -> frozenset[UUID]:
    """The texts behind corrections and reversals of before a day that still say something."""
    kept: set[UUID] = set()
    references = sorted(_texts(connection, RECORD.c.business_day < before))
    for start in range(0, len(references), TEXTS_AT_ONCE):
        some = references[start : start + TEXTS_AT_ONCE]
        kept.update(connection.scalars(select(FREE_TEXT.c.text_ref).where(_said_in(connection, some))))
    return frozenset(kept)


def empty_texts(connection: Connection, references: Collection[UUID]) -> int:
    """Empty so many free texts, at most ``TEXTS_AT_ONCE``; the rows stay, so none comes back. Gives how many."""
    emptied = update(FREE_TEXT).where(_said_in(connection, references)).values(nonce=b"", box=b"")
    return connection.execute(emptied).rowcount


def _said_in(connection: Connection, references: Collection[UUID]) -> ColumnElement[bool]:
    return and_(bulk.among(connection, FREE_TEXT.c.text_ref, references), func.length(FREE_TEXT.c.box) > 0)


def _forget_texts(connection: Connection, members: Collection[UUID]) -> None:
    """Empty the free texts behind the members' records; the empty row keeps a text from coming back later."""
    references = _texts(connection, bulk.among(connection, RECORD.c.member_id, members))
    upsert(connection, FREE_TEXT, [{"text_ref": reference, "nonce": b"", "box": b""} for reference in references])


def _texts(connection: Connection, of: ColumnElement[bool]) -> frozenset[UUID]:
    """The texts that some records name."""
    payloads = select(RECORD.c.payload).where(of, RECORD.c.kind.in_(("adjustment", "reversal")))
    records = (decode(payload) for payload in connection.scalars(payloads))
    return frozenset(
        record.text_ref for record in records if isinstance(record, Adjustment | Reversal) and record.text_ref
    )
