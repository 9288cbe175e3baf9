"""Where head office is put together, once per process."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Final

import msgspec
from filelock import FileLock
from platformdirs import user_data_path

from headoffice.authority import settle
from headoffice.clock import SystemIds, ZoneClock
from headoffice.errors import NotFounded, StandbyDatabase
from headoffice.files import PRIVATE_FILE, private_directory, private_file
from headoffice.office import Office
from headoffice.secrets import load_secrets, make_secrets
from headoffice.service import HeadOffice
from headoffice.store.archive import ARCHIVE_FILE, Archive
from headoffice.store.engine import Database, open_engine
from headoffice.store.rows import ServerRow, server_row
from headoffice.store.tables import SERVER
from headoffice.store.upserts import insert_missing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from litestar.types import ControllerRouterHandler
    from sqlalchemy import Connection

    from headoffice.cli.programs import Programs
    from loyalty.ports import Clock, Ids

DATABASE_FILE: Final = "headoffice.sqlite"
ARCHIVE_FOLDER: Final = "archive"
SNAPSHOTS_FOLDER: Final = "snapshots"
FOUNDING_LOCK: Final = ".founding.lock"
NAME: Final = "Head office"
CURRENCY: Final = "EUR"
"""What a new head office is called and counts in unless told otherwise."""

GARBAGE_OBJECTS: Final = 50_000
"""After so many new objects Python looks for cycles among them. A batch makes about ten thousand, all of which go
without that; with the usual 700 the search takes a quarter of the time of a push."""


def assemble(
    data: Path,
    database_url: str | None = None,
    clock: Clock | None = None,
    ids: Ids | None = None,
    *,
    name: str | None = None,
    currency: str | None = None,
    found: bool = True,
) -> HeadOffice:
    """Open head office, or found it where there is none.

    Args:
        data: The folder of its keys, its archive, and its database unless that is elsewhere.
        database_url: ``None`` for an SQLite file in the folder.
        clock: Time; the machine's, in the shops' time zone, when ``None``.
        ids: Fresh ids; random ones when ``None``.
        name: What a new head office is called.
        currency: What a new head office counts in (ISO 4217).
        found: Whether to found one; without that, the folder and the database stay as they are, and the database may
            be a standby, of which everything can be read.

    Raises:
        NotFounded: There is none, and none is to be founded.
        KeysMissing: The database knows a head office whose keys are not in the folder.
        NewerDatabase: A newer program made the database.
        StandbyDatabase: It is to be founded, or served, and its database takes no writes.
        HeadOfficeError: Anything else that keeps it from opening.
    """
    if not found and not database_url and not (data / DATABASE_FILE).exists():
        raise NotFounded(str(data))
    private_directory(data)
    if not database_url:
        private_file(data / DATABASE_FILE)
    database = Database(open_engine(database_url or f"sqlite:///{data / DATABASE_FILE}"))
    try:
        database.bring_up_to_date()
        clock, ids = clock or ZoneClock(), ids or SystemIds()
        with FileLock(data / FOUNDING_LOCK, mode=PRIVATE_FILE):
            new = ServerRow(ids.random_id(), ids.random_id(), currency or CURRENCY, name or NAME, clock.now_us())
            server = _found(database, data, new if found else None)
        office = Office(
            database=database,
            secrets=load_secrets(data),
            clock=clock,
            ids=ids,
            archive=Archive(data / ARCHIVE_FOLDER / ARCHIVE_FILE),
            server=server,
            snapshots=data / SNAPSHOTS_FOLDER,
        )
        if not database.is_standby():
            settle(office)
        return HeadOffice(office)
    except BaseException:
        database.close()
        raise


def _found(database: Database, data: Path, new: ServerRow | None) -> ServerRow:
    """Who head office is; ``new`` where there was none, unless another process has founded one meanwhile.

    Raises:
        NotFounded: There was none, and there is no new one.
        StandbyDatabase: There would be one if there was none, where nothing can be written.
    """
    if new is not None and database.is_standby():
        raise StandbyDatabase
    with database.snapshot() as connection:
        server = server_row(connection)
    if server is not None:
        return server
    if new is None:
        raise NotFounded
    make_secrets(data)  # before the database knows: keys may exist without a head office, but not the other way round

    def work(connection: Connection) -> ServerRow:
        insert_missing(connection, SERVER, {"id": 1, **msgspec.structs.asdict(new)})
        there = server_row(connection)
        assert there is not None, "one was just written"
        return there

    return database.transact(work)


def programs() -> Programs:
    """The outside world of the command line."""
    from headoffice.cli.programs import Programs

    clock, ids = ZoneClock(), SystemIds()

    def open_head_office(
        data: Path,
        database_url: str | None,
        *,
        name: str | None = None,
        currency: str | None = None,
        found: bool = False,
    ) -> HeadOffice:
        return assemble(data, database_url, clock, ids, name=name, currency=currency, found=found)

    return Programs(clock, ids, open_head_office, _data_directory, _pages)


def _data_directory() -> Path:
    """Where this user's head office lies."""
    return user_data_path("stammkunde-headoffice", appauthor=False)


def _pages(head_office: HeadOffice, fingerprint: str) -> Sequence[ControllerRouterHandler]:
    """The pages for people."""
    from headoffice.web.web import web_routes

    return web_routes(head_office, fingerprint)


def main() -> None:
    """The command ``stammkunde-headoffice``."""
    from headoffice.cli import run  # it stands on this module and brings the server with it

    gc.set_threshold(GARBAGE_OBJECTS)
    run(programs())
