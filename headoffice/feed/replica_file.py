"""A replica file in the making: head office's whole state, read in one snapshot, in the tills' own layout."""

from __future__ import annotations

import os
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import select

from headoffice.errors import FolderUnusable
from headoffice.feed import sequencer
from headoffice.feed.statements import programme_in_force, statements
from headoffice.feed.tills import tills
from headoffice.files import PRIVATE_FILE, os_errors
from headoffice.people.directory import profiles, roots
from headoffice.store.rows import server_row
from headoffice.store.tables import (
    ACCOUNT,
    CARD,
    CASHIER,
    CONFLICT,
    PROFILE_FIELD,
    PROGRAMME,
    TERMINAL,
    TERMINAL_EPOCH,
    TOMBSTONE,
)
from loyalty.replica import REPLICA, REPLICA_APPLICATION_ID, REPLICA_PAGE_SIZE, REPLICA_VERSION
from loyalty.searching import Indexed, indexed
from storage import checksums, sqlite
from storage.connection import Database
from storage.errors import StorageError
from storage.search_build import build

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from uuid import UUID

    from sqlalchemy import Column, Connection, Select

    from headoffice.office import Office
    from loyalty.feed import Cursor, StatementItem

ROWS_AT_ONCE: Final = 2_000
"""How many members are worked out before they are written; the memory of a build does not grow with the shop."""

CACHE_KIB: Final = 65_536

_STATEMENT: Final = "INSERT INTO statement VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)"
_PEOPLE_ASIDE: Final = "CREATE TABLE aside.person(member_id BLOB PRIMARY KEY, words TEXT, others TEXT)"
_PERSON: Final = "INSERT OR IGNORE INTO aside.person VALUES (?, ?, ?)"
_BY_LAST_SALE: Final = """SELECT person.member_id, person.words, person.others
FROM (
  SELECT person.member_id FROM aside.person LEFT JOIN statement USING (member_id)
  ORDER BY ifnull(last_sale_day, '') DESC, person.member_id LIMIT -1) AS sorted
CROSS JOIN aside.person ON person.member_id = sorted.member_id"""
"""Who bought last is found first among equals; without a limit SQLite would leave the sorting out."""


def write_replica(office: Office, connection: Connection, store_id: UUID, path: Path) -> Cursor:
    """Write a new file with everything that a till of a store holds, and sync it.

    Args:
        office: Whose state.
        connection: Sees one state of everything.
        store_id: Whose conflicts are in it; each store sees its own.
        path: Where; nothing may stand there.

    Returns:
        Where pulling goes on.

    Raises:
        FolderUnusable: It can't be written.
    """
    with os_errors(path):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
    try:
        with (
            tempfile.TemporaryDirectory(dir=path.parent, prefix="people-") as aside,
            closing(sqlite.connect(path, isolation_level=None)) as file,
        ):
            cursor = _fill(office, connection, store_id, Database(file, path.name), Path(aside))
    except (sqlite.OperationalError, StorageError) as error:  # the disk is full or failing
        raise FolderUnusable(f"{path}: {error}") from error
    with os_errors(path), path.open("rb+") as written:
        os.fsync(written.fileno())
    return cursor


def _fill(office: Office, connection: Connection, store_id: UUID, database: Database, aside: Path) -> Cursor:
    """One transaction without a log: a build that breaks off is thrown away as a whole."""
    file = database.connection
    settings = (
        f"page_size = {REPLICA_PAGE_SIZE}",
        "journal_mode = OFF",
        "synchronous = OFF",
        f"cache_size = -{CACHE_KIB}",
        f"application_id = {REPLICA_APPLICATION_ID}",
        f"user_version = {REPLICA_VERSION}",
    )
    for setting in settings:
        file.execute(f"PRAGMA {setting}")
    file.execute("ATTACH DATABASE ? AS aside", (str(aside / "people.sqlite"),))
    for setting in ("journal_mode = OFF", "synchronous = OFF"):
        file.execute(f"PRAGMA aside.{setting}")
    file.execute("BEGIN")
    for statement in REPLICA:
        if not statement.startswith("CREATE INDEX"):
            file.execute(statement)
    cursor = _write_state(office, connection, file)
    _write_statements(office, connection, file)
    _write_people(office, connection, file)
    build(database, aside / "keys.sqlite", _people(file))
    _write_rest(office, connection, store_id, file)
    for statement in REPLICA:
        if statement.startswith("CREATE INDEX"):  # sorted once instead of at every row
            file.execute(statement)
    checksums.begin(database)
    file.execute("COMMIT")
    return cursor


def _write_state(office: Office, connection: Connection, file: sqlite.Connection) -> Cursor:
    cursor = sequencer.newest(connection)
    server = server_row(connection)
    assert server is not None, "head office is founded before anybody asks"
    file.execute(
        "INSERT INTO state(id, server_id, server_epoch, cursor_n, cursor_token, as_of_us) VALUES (1, ?, ?, ?, ?, ?)",
        (server.server_id.bytes, cursor.epoch.bytes, cursor.n, cursor.token, office.clock.now_us()),
    )
    positions = connection.execute(select(TERMINAL_EPOCH.c.terminal_id, TERMINAL_EPOCH.c.epoch, TERMINAL_EPOCH.c.seq))
    file.executemany(
        "INSERT INTO position VALUES (?, ?, ?)", ((row[0].bytes, row[1].bytes, row[2]) for row in positions)
    )
    return cursor


def _write_statements(office: Office, connection: Connection, file: sqlite.Connection) -> None:
    now_us = office.clock.now_us()
    programme = programme_in_force(connection, now_us)
    rule = programme.expiry if programme else None
    for members in _pages(connection, ACCOUNT.c.member_id):
        items = statements(connection, members, rule, office.clock.business_day)
        file.executemany(_STATEMENT, ((*_statement(item), now_us) for item in items))


def _statement(item: StatementItem) -> tuple[bytes | int | str | None, ...]:
    return (
        item.member_id.bytes,
        item.balance,
        item.sales,
        item.revenue_cents,
        _iso(item.enrolled_day),
        _iso(item.last_sale_day),
        item.merged_into.bytes if item.merged_into else None,
        msgspec.json.encode(item.lots),
        msgspec.json.encode(item.consents),
    )


def _write_people(office: Office, connection: Connection, file: sqlite.Connection) -> None:
    """Profiles of surviving accounts; what they are found by is set aside until all are there."""
    file.execute(_PEOPLE_ASIDE)
    for named in _pages(connection, PROFILE_FIELD.c.member_id):
        members = _standing(connection, named)
        rows, people = [], []
        for member_id, profile in profiles(connection, office.sealer, members).items():
            sealed = office.sealer.seal_profile(member_id, profile)
            rows.append((member_id.bytes, sealed.nonce, sealed.box))
            people.append((member_id.bytes, *indexed(profile)))
        file.executemany("INSERT OR IGNORE INTO profile VALUES (?, ?, ?)", rows)
        file.executemany(_PERSON, people)


def _people(file: sqlite.Connection) -> Iterator[tuple[bytes, Indexed]]:
    for member, words, others in file.execute(_BY_LAST_SALE):
        yield member, Indexed(words, others)


def _standing(connection: Connection, members: list[UUID]) -> list[UUID]:
    return sorted(set(roots(connection, members).values()))


def _write_rest(office: Office, connection: Connection, store_id: UUID, file: sqlite.Connection) -> None:
    card, programme, cashier, conflict, stone = CARD.c, PROGRAMME.c, CASHIER.c, CONFLICT.c, TOMBSTONE.c
    cards = select(card.number, card.number_reversed, card.card_ref, card.member_id, card.status).order_by(card.number)
    file.executemany(
        "INSERT INTO card VALUES (?, ?, ?, ?, ?)",
        ((row[0], row[1], row[2].bytes, row[3].bytes, row[4]) for row in _each(connection, cards)),
    )
    rules = connection.execute(select(programme.version, programme.document, programme.starts_at_us))
    file.executemany("INSERT INTO programme VALUES (?, ?, ?)", (tuple(row) for row in rules))
    people = connection.execute(
        select(cashier.cashier_id, cashier.name, cashier.role, cashier.pin_hash, cashier.blocked)
    )
    file.executemany(
        "INSERT INTO cashier VALUES (?, ?, ?, ?, ?)", ((row[0].bytes, *row[1:4], int(row[4])) for row in people)
    )
    conflicts = connection.execute(
        select(
            conflict.conflict_id,
            conflict.kind,
            conflict.member_id,
            conflict.record_id,
            conflict.points,
            conflict.at_us,
            conflict.resolved_at_us,
        )
        .join(TERMINAL, TERMINAL.c.terminal_id == conflict.terminal_id)
        .where(TERMINAL.c.store_id == store_id)
    )
    file.executemany(
        "INSERT INTO conflict VALUES (?, ?, ?, ?, ?, ?, ?)",
        ((row[0].bytes, row[1], _bytes(row[2]), _bytes(row[3]), row[4], row[5], int(row[6] > 0)) for row in conflicts),
    )
    file.executemany(
        "INSERT INTO till VALUES (?, ?, ?, ?, ?)",
        (
            (item.terminal_id.bytes, item.name, item.store, item.public_key, _iso(item.last_day))
            for item in tills(connection, office.clock.business_day)
        ),
    )
    stones = connection.execute(select(stone.member_id, stone.erased_at_us, stone.erased_day))
    file.executemany(
        "INSERT INTO tombstone VALUES (?, ?, ?)", ((row[0].bytes, row[1], row[2].isoformat()) for row in stones)
    )


def _pages(connection: Connection, column: Column[UUID]) -> Iterator[list[UUID]]:
    """All distinct ids of a column in order, some at a time."""
    query = select(column).distinct().order_by(column).limit(ROWS_AT_ONCE)
    page = list(connection.scalars(query))
    while page:
        yield page
        page = list(connection.scalars(query.where(column > page[-1])))


def _each(connection: Connection, query: Select[Any]) -> Iterable[Any]:
    """Rows of a long answer, without holding them all."""
    return connection.execute(query, execution_options={"yield_per": ROWS_AT_ONCE})


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _bytes(id_: UUID | None) -> bytes | None:
    return id_.bytes if id_ else None
