"""Who is signed in: random tokens in cookies, of which only a hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec
from sqlalchemy import delete, insert, select, update

from headoffice.store.staff_tables import USER, WEB_SESSION
from headoffice.web.rights import StaffRole
from headoffice.web.users import US_PER_S, User

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from headoffice.store.engine import Database
    from loyalty.ports import Clock

TOKEN_BYTES: Final = 32
"""Twice what OWASP's session management cheat sheet asks for."""

TOKEN_LENGTH_MAX: Final = 64
"""The longest cookie that is looked up, in characters."""

IDLE_S: Final = 30 * 60
"""After so long without a request a session is over, in seconds."""

LONGEST_S: Final = 12 * 3600
"""So long after signing in it is over in any case, in seconds: a working day, with whatever was left open in it."""

RENEWED_AFTER_S: Final = 60
"""A session's end is moved on at most this often, in seconds: reading pages should not write all the time."""


class Session(msgspec.Struct, frozen=True):
    """Somebody who is signed in; every form of theirs carries ``csrf``."""

    user: User
    csrf: str


class Sessions:
    """Everybody who is signed in."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def begin(self, user_id: UUID) -> str:
        """Sign somebody in; gives the token for the cookie."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now_us = self._clock.now_us()

        def work(connection: Connection) -> None:
            connection.execute(delete(WEB_SESSION).where(WEB_SESSION.c.expires_at_us <= now_us))
            connection.execute(
                insert(WEB_SESSION).values(
                    token_hash=_hash(token),
                    user_id=user_id,
                    csrf=secrets.token_urlsafe(TOKEN_BYTES),
                    expires_at_us=now_us + IDLE_S * US_PER_S,
                    ends_at_us=now_us + LONGEST_S * US_PER_S,
                )
            )

        self._database.transact(work)
        return token

    def find(self, token: str) -> Session | None:
        """Whose token this is; ``None`` when it is over or nobody's. Being asked keeps it alive, for a day's work."""
        if not token or len(token) > TOKEN_LENGTH_MAX:
            return None
        now_us = self._clock.now_us()
        wanted = [USER.c[name] for name in User.__struct_fields__]
        query = (
            select(*wanted, WEB_SESSION.c.csrf, WEB_SESSION.c.expires_at_us, WEB_SESSION.c.ends_at_us)
            .join(USER, USER.c.user_id == WEB_SESSION.c.user_id)
            .where(WEB_SESSION.c.token_hash == _hash(token), WEB_SESSION.c.expires_at_us > now_us)
        )
        with self._database.snapshot() as connection:
            row = connection.execute(query).mappings().first()
        if row is None or row["blocked"]:
            return None
        until_us = min(now_us + IDLE_S * US_PER_S, row["ends_at_us"])
        if until_us - row["expires_at_us"] > RENEWED_AFTER_S * US_PER_S:
            self._database.transact(lambda connection: _renew(connection, token, until_us))
        fields = {name: row[name] for name in User.__struct_fields__}
        return Session(User(**{**fields, "role": StaffRole(row["role"])}), row["csrf"])

    def end(self, token: str) -> None:
        """Sign out."""
        self._database.transact(
            lambda connection: connection.execute(delete(WEB_SESSION).where(WEB_SESSION.c.token_hash == _hash(token)))
        )


def _renew(connection: Connection, token: str, until_us: int) -> None:
    connection.execute(
        update(WEB_SESSION).where(WEB_SESSION.c.token_hash == _hash(token)).values(expires_at_us=until_us)
    )


def _hash(token: str) -> bytes:
    """Tokens have 256 random bits, so one round of SHA-256 is enough to make a stolen table worthless."""
    return hashlib.sha256(token.encode()).digest()
