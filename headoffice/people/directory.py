"""People at head office: whose account is whose, and reading and writing profiles, search terms and tombstones.

What is known of a person is kept under the account it was said of; accounts that were merged since are read together.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select, text, tuple_

from headoffice.people.sealing import Sealed, Sealer
from headoffice.store import bulk
from headoffice.store.tables import ACCOUNT, PROFILE_FIELD, SEARCH_TERM, TOMBSTONE
from loyalty.directory import Profile, search_terms
from loyalty.feed import ProfileField

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from sqlalchemy import Connection

_ONE_AT_A_TIME: Final = 0x53544B50
"""The advisory lock of PostgreSQL under which people and cards change."""


def one_at_a_time(connection: Connection) -> None:
    """Let only one transaction at a time say something of people and cards; to be called before anything is read.

    Two that do not see each other could leave the name of somebody erased meanwhile, or give one card two accounts.
    SQLite has one writer anyhow. Records need none of this: they name nobody.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})


def roots(connection: Connection, members: Collection[UUID]) -> dict[UUID, UUID]:
    """The surviving account of each; itself where nothing was merged."""
    wanted = set(members)
    if not wanted:
        return {}
    rows = connection.execute(
        select(ACCOUNT.c.member_id, ACCOUNT.c.merged_into).where(
            bulk.among(connection, ACCOUNT.c.member_id, wanted), ACCOUNT.c.merged_into.is_not(None)
        )
    )
    merged = {row.member_id: row.merged_into for row in rows}
    return {member: merged.get(member, member) for member in wanted}


def root(connection: Connection, member_id: UUID) -> UUID:
    """The surviving account."""
    return roots(connection, [member_id])[member_id]


def family(connection: Connection, root_id: UUID) -> list[UUID]:
    """A surviving account and all that went into it."""
    merged = connection.scalars(select(ACCOUNT.c.member_id).where(ACCOUNT.c.merged_into == root_id))
    return [root_id, *sorted(merged)]


def erased(connection: Connection, members: Collection[UUID]) -> set[UUID]:
    """Those of the accounts whose person was erased."""
    if not members:
        return set()
    return set(
        connection.scalars(
            select(TOMBSTONE.c.member_id).where(bulk.among(connection, TOMBSTONE.c.member_id, set(members)))
        )
    )


def profiles(connection: Connection, sealer: Sealer, members: Collection[UUID]) -> dict[UUID, Profile]:
    """Who is behind surviving accounts, as far as known; without a person of its own, who was behind what went into it.

    So a merge touches nobody's profile: the surviving account keeps its person, or has the other's.
    """
    wanted = set(members)
    if not wanted:
        return {}
    merged = select(ACCOUNT.c.member_id, ACCOUNT.c.merged_into).where(
        bulk.among(connection, ACCOUNT.c.merged_into, wanted)
    )
    aliases = {row.member_id: row.merged_into for row in connection.execute(merged)}
    own = _own_profiles(connection, sealer, wanted | aliases.keys())
    inherited = {aliases[alias]: own[alias] for alias in sorted(aliases, reverse=True) if alias in own}
    return inherited | {member: profile for member, profile in own.items() if member in wanted}


def _own_profiles(connection: Connection, sealer: Sealer, members: Collection[UUID]) -> dict[UUID, Profile]:
    rows = connection.execute(
        select(PROFILE_FIELD).where(bulk.among(connection, PROFILE_FIELD.c.member_id, set(members)))
    )
    fields: dict[UUID, dict[ProfileField, str]] = {}
    for row in rows:
        field = ProfileField(row.field)
        value = sealer.open_field(row.member_id, field, Sealed(row.nonce, row.box))
        if value:
            fields.setdefault(row.member_id, {})[field] = value
    return {member: _profile(found) for member, found in fields.items()}


def _profile(fields: Mapping[ProfileField, str]) -> Profile:
    return Profile(
        name=fields.get(ProfileField.NAME, ""),
        phone=fields.get(ProfileField.PHONE, ""),
        email=fields.get(ProfileField.EMAIL, ""),
        birthday=_birthday(fields.get(ProfileField.BIRTHDAY, "")),
    )


def _birthday(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:  # empty, or from a till that wrote it differently: shown to nobody rather than guessed at
        return None


def fields_there(connection: Connection, members: Collection[UUID]) -> frozenset[tuple[UUID, ProfileField]]:
    """Which fields of accounts have a value."""
    query = select(PROFILE_FIELD.c.member_id, PROFILE_FIELD.c.field)
    rows = connection.execute(query.where(bulk.among(connection, PROFILE_FIELD.c.member_id, set(members))))
    return frozenset((row.member_id, ProfileField(row.field)) for row in rows)


def put_fields(connection: Connection, sealer: Sealer, fields: Mapping[tuple[UUID, ProfileField], str]) -> None:
    """Give fields of accounts a new value, an empty one takes it away, and let the search follow."""
    if not fields:
        return
    keys = [(member, field.value) for member, field in fields]
    connection.execute(delete(PROFILE_FIELD).where(tuple_(PROFILE_FIELD.c.member_id, PROFILE_FIELD.c.field).in_(keys)))
    rows = []
    for (member, field), value in fields.items():
        if value:
            sealed = sealer.seal_field(member, field, value)
            rows.append((member, field.value, sealed.nonce, sealed.box))
    bulk.insert(connection, PROFILE_FIELD, ("member_id", "field", "nonce", "box"), rows)
    index(connection, sealer, {member for member, _ in fields})


def index(connection: Connection, sealer: Sealer, members: Collection[UUID]) -> None:
    """Work out the search terms of members again."""
    connection.execute(delete(SEARCH_TERM).where(bulk.among(connection, SEARCH_TERM.c.member_id, set(members))))
    rows = [
        (member, kind, term)
        for member, profile in _own_profiles(connection, sealer, members).items()
        for kind, term in sorted(search_terms(profile))
    ]
    bulk.insert(connection, SEARCH_TERM, ("member_id", "kind", "term"), rows)


def forget_profiles(connection: Connection, members: Collection[UUID]) -> None:
    """Delete what is known of people, and what they were found by."""
    for table in (PROFILE_FIELD, SEARCH_TERM):
        connection.execute(delete(table).where(bulk.among(connection, table.c.member_id, set(members))))
