"""The people of head office and their passwords; used by the pages and by the command line."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec
from sqlalchemy import delete, exc, insert, select, update

from headoffice.store.staff_tables import USER, WEB_SESSION
from headoffice.web.passwords import NOBODY, hash_password, matches, password_is_weak, wait_s
from headoffice.web.rights import StaffRole
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from headoffice.store.engine import Database
    from loyalty.ports import Clock, Ids

NAME_LENGTH_MAX: Final = 80
"""The longest name, in characters."""

US_PER_S: Final = 1_000_000


class User(msgspec.Struct, frozen=True):
    """A person at head office; ``locked_until_us`` in microseconds since 1970 UTC."""

    user_id: UUID
    name: str
    role: StaffRole
    blocked: bool = False
    failures: int = 0
    locked_until_us: int = 0


class UserNo(StrEnum):
    """Why something about a person is not done."""

    NAME_INVALID = "name_invalid"
    NAME_TAKEN = "name_taken"
    PASSWORD_WEAK = "password_weak"  # noqa: S105 - a reason, no password
    PASSWORD_WRONG = "password_wrong"  # noqa: S105 - as above
    UNKNOWN = "user_unknown"
    LAST_ADMIN = "last_admin"


USER_SENTENCES: Final[dict[UserNo, str]] = {
    UserNo.NAME_INVALID: mark("Type a name of up to 80 characters."),
    UserNo.NAME_TAKEN: mark("Somebody of this name has access already."),
    UserNo.PASSWORD_WEAK: mark("This password is easy to guess. Take at least 12 characters, such as four words."),
    UserNo.PASSWORD_WRONG: mark("The old password is wrong."),
    UserNo.UNKNOWN: mark("There is nobody of this name."),
    UserNo.LAST_ADMIN: mark("This is the last administrator. Make another one first."),
}


class UserRefused(msgspec.Struct, frozen=True):
    """Nothing was changed."""

    reason: UserNo

    @property
    def sentence(self) -> str:
        """Why, in English; translated where it is shown."""
        return USER_SENTENCES[self.reason]


class NotSignedIn(msgspec.Struct, frozen=True):
    """Name and password were not believed; ``wait_s`` is how long no password will be, in seconds."""

    wait_s: int = 0


class Users:
    """Everybody who may sign in."""

    def __init__(self, database: Database, clock: Clock, ids: Ids) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids

    def all(self) -> list[User]:
        """Everybody, by name."""
        with self._database.snapshot() as connection:
            return sorted(_users(connection), key=lambda user: _folded(user.name))

    def find(self, who: str) -> User | None:
        """Somebody by name, in any case of letters, or by id."""
        with self._database.snapshot() as connection:
            return _find(connection, who)

    def add(self, name: str, role: StaffRole, password: str) -> User | UserRefused:
        """Give somebody access."""
        plain = " ".join(unicodedata.normalize("NFC", name).split())
        if not plain or len(plain) > NAME_LENGTH_MAX or any(unicodedata.category(each)[0] == "C" for each in plain):
            return UserRefused(UserNo.NAME_INVALID)
        if password_is_weak(password, plain):
            return UserRefused(UserNo.PASSWORD_WEAK)
        user = User(self._ids.random_id(), plain, role)
        hashed = hash_password(password)

        def work(connection: Connection) -> User | UserRefused:
            if _find(connection, plain) is not None:
                return UserRefused(UserNo.NAME_TAKEN)
            connection.execute(insert(USER).values(**_columns(user), password_hash=hashed))
            return user

        try:
            return self._database.transact(work)
        except exc.IntegrityError:  # somebody else took the name between our look and our insert
            return UserRefused(UserNo.NAME_TAKEN)

    def block(self, who: str, *, blocked: bool = True) -> User | UserRefused:
        """Take access away, or give it back; whoever is signed in is signed out at once."""

        def work(connection: Connection, user: User) -> User | UserRefused:
            if blocked and _is_last_admin(connection, user):
                return UserRefused(UserNo.LAST_ADMIN)
            return _changed(connection, user, blocked=blocked)

        return self._change(who, work)

    def set_role(self, who: str, role: StaffRole) -> User | UserRefused:
        """Give somebody another role; it holds from the next sign-in."""

        def work(connection: Connection, user: User) -> User | UserRefused:
            if role is not StaffRole.ADMIN and _is_last_admin(connection, user):
                return UserRefused(UserNo.LAST_ADMIN)
            return _changed(connection, user, role=role)

        return self._change(who, work)

    def reset(self, who: str, password: str) -> User | UserRefused:
        """Give somebody a new password; a block and waiting times end with it."""
        user = self.find(who)
        if user is None:
            return UserRefused(UserNo.UNKNOWN)
        if password_is_weak(password, user.name):
            return UserRefused(UserNo.PASSWORD_WEAK)
        hashed = hash_password(password)

        def work(connection: Connection, user: User) -> User:
            return _changed(connection, user, password_hash=hashed, blocked=False, failures=0, locked_until_us=0)

        return self._change(str(user.user_id), work)

    def change_password(self, user: User, old: str, new: str) -> User | UserRefused | NotSignedIn:
        """Let somebody take another password of their own; wrong old ones are counted as at the sign-in."""
        proved = self.sign_in(user.name, old)
        if isinstance(proved, NotSignedIn):
            return proved if proved.wait_s else UserRefused(UserNo.PASSWORD_WRONG)
        return self.reset(str(user.user_id), new)

    def sign_in(self, name: str, password: str) -> User | NotSignedIn:
        """Check a password.

        An attempt is counted before its password is looked at, so that a hundred attempts at once are a hundred and
        not one. Somebody unknown or blocked is answered like a wrong password.
        """

        def count(connection: Connection) -> tuple[User, str] | NotSignedIn | None:
            user = _find(connection, name)
            if user is None:
                return None
            row = connection.execute(select(USER).where(USER.c.user_id == user.user_id).with_for_update()).one()
            now_us = self._clock.now_us()
            if now_us < row.locked_until_us:
                return NotSignedIn(-(-(row.locked_until_us - now_us) // US_PER_S))
            failures = row.failures + 1
            locked_until_us = now_us + wait_s(failures) * US_PER_S if wait_s(failures) else 0
            counted = _changed(connection, user, failures=failures, locked_until_us=locked_until_us, keep=True)
            return counted, row.password_hash

        counted = self._database.transact(count)
        if isinstance(counted, NotSignedIn):
            return counted
        user, password_hash = counted or (None, NOBODY)
        if not matches(password_hash, password) or user is None or user.blocked:
            return NotSignedIn(wait_s(user.failures) if user else 0)
        return self._database.transact(
            lambda connection: _changed(connection, user, failures=0, locked_until_us=0, keep=True)
        )

    def _change(self, who: str, work: Callable[[Connection, User], User | UserRefused]) -> User | UserRefused:
        def changing(connection: Connection) -> User | UserRefused:
            user = _find(connection, who)
            return UserRefused(UserNo.UNKNOWN) if user is None else work(connection, user)

        return self._database.transact(changing)


def _users(connection: Connection) -> list[User]:
    wanted = [USER.c[name] for name in User.__struct_fields__]
    return [User(**{**row, "role": StaffRole(row["role"])}) for row in connection.execute(select(*wanted)).mappings()]


def _find(connection: Connection, who: str) -> User | None:
    """Somebody by name or id; the people of a head office are few."""
    wanted = _folded(who)
    return next((user for user in _users(connection) if wanted in (_folded(user.name), str(user.user_id))), None)


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


def _columns(user: User) -> dict[str, object]:
    return {**msgspec.structs.asdict(user), "role": user.role.value}


def _changed(connection: Connection, user: User, *, keep: bool = False, **values: object) -> User:
    """Write changes; unless they are only about attempts, the person's sessions end with them."""
    connection.execute(update(USER).where(USER.c.user_id == user.user_id).values(**values))
    if not keep:
        connection.execute(delete(WEB_SESSION).where(WEB_SESSION.c.user_id == user.user_id))
    known = {name: value for name, value in values.items() if name in User.__struct_fields__}
    return msgspec.structs.replace(user, **known)


def _is_last_admin(connection: Connection, user: User) -> bool:
    admins = [each for each in _users(connection) if each.role is StaffRole.ADMIN and not each.blocked]
    return [each.user_id for each in admins] == [user.user_id]
