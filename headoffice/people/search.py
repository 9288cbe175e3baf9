"""Finding members as people ask for them: by name, phone, e-mail or card, the same way as at the till."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, select

from headoffice.people.directory import roots
from headoffice.store.tables import CARD, SEARCH_TERM
from loyalty.folding import digits_of, fold_words

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Column, ColumnElement, Connection, Select

HITS_MAX: Final = 100
"""The most members one search returns."""

QUERY_LENGTH_MAX: Final = 100
"""How many characters of a query are looked at."""

NUMBER_QUERY_MIN: Final = 4
"""Fewer characters of a card or phone number would find half the shop."""

_ALL_LETTERS: Final = "\U0010ffff"


def search(connection: Connection, text: str, limit: int) -> list[UUID]:
    """Surviving accounts that a query finds, each once.

    Args:
        connection: Where.
        text: Beginnings of words of the name, in any order; a phone number from its start or its last digits; a card
            number or its last characters; the beginning of an e-mail address. Numbers need ``NUMBER_QUERY_MIN``
            characters.
        limit: How many, at most ``HITS_MAX``.
    """
    query = text.strip()[:QUERY_LENGTH_MAX]
    limit = min(limit, HITS_MAX)
    found: dict[UUID, None] = {}
    for selection in (*_by_number(connection, query), *_by_email(connection, query), *_by_words(connection, query)):
        found |= dict.fromkeys(connection.scalars(selection.limit(limit)))
    standing = roots(connection, found.keys())
    return list(dict.fromkeys(standing[member] for member in found))[:limit]


def _by_number(connection: Connection, query: str) -> list[Select[tuple[UUID]]]:
    """By the end of a card number, or the start or end of a phone number."""
    card = "".join(query.split()).upper()
    if len(card) < NUMBER_QUERY_MIN or not any(letter.isdigit() for letter in card):
        return []
    found = [select(CARD.c.member_id).where(_begins(connection, CARD.c.number_reversed, card[::-1]))]
    digits = digits_of(query)
    if len(digits) >= NUMBER_QUERY_MIN and not any(letter.isalpha() for letter in card):
        found += [
            _term(connection, "phone", digits.lstrip("0")),
            _term(connection, "phone_end", digits[::-1]),
        ]
    return found


def _by_email(connection: Connection, query: str) -> list[Select[tuple[UUID]]]:
    return [] if not query or " " in query else [_term(connection, "email", query.casefold())]


def _by_words(connection: Connection, query: str) -> list[Select[tuple[UUID]]]:
    """Members whose name has, for every word typed, a word beginning with it; the longest, rarest one leads."""
    words = sorted(fold_words(query), key=len, reverse=True)
    if not words:
        return []
    selection = _term(connection, "word", words[0])
    for word in words[1:]:
        other = SEARCH_TERM.alias()
        selection = selection.where(
            select(other.c.member_id)
            .where(
                other.c.member_id == SEARCH_TERM.c.member_id,
                other.c.kind == "word",
                _begins(connection, other.c.term, word),
            )
            .exists()
        )
    return [selection]


def _term(connection: Connection, kind: str, start: str) -> Select[tuple[UUID]]:
    condition = and_(SEARCH_TERM.c.kind == kind, _begins(connection, SEARCH_TERM.c.term, start))
    return select(SEARCH_TERM.c.member_id).where(condition).distinct()


def _begins(connection: Connection, column: Column[Any], start: str) -> ColumnElement[bool]:
    """Whether a text begins so; nothing begins with nothing here.

    SQLite compares texts byte by byte and finds a range through its index; PostgreSQL orders them by the database's
    language, where a range means something else.
    """
    if not start:
        return column.is_(None)
    if connection.dialect.name == "sqlite":
        return and_(column >= start, column < start + _ALL_LETTERS)
    return column.startswith(start, autoescape=True)
