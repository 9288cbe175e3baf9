"""The database itself: its layout, settings, transactions, and what happens when it is away or too new."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select, text, update

from headoffice.errors import DatabaseAway, NewerDatabase
from headoffice.intake.positions import Positions
from headoffice.store import engine
from headoffice.store.engine import Database, migrate, open_engine
from headoffice.store.rows import server_row
from headoffice.store.tables import METADATA, POSITIONS_A_STEP, SERVER

if TYPE_CHECKING:
    from pathlib import Path


def test_migrations_lead_to_the_layout_the_program_knows(database: Database) -> None:
    """Tables, columns, types and indexes: nothing is left to do but comments, which are for readers of the code."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _is_ours})
        found = [step for step in compare_metadata(context, METADATA) if "comment" not in str(step)]
        assert found == []


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name in METADATA.tables


def test_migrating_again_changes_nothing(database: Database) -> None:
    """Every start does it."""
    migrate(database.engine)
    with database.snapshot() as connection:
        assert server_row(connection) is not None


def test_a_newer_database_is_refused(database: Database) -> None:
    """An older program would not know what it breaks."""
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase, match="9999"):
        migrate(database.engine)


def test_work_that_fails_leaves_nothing(database: Database) -> None:
    """All or nothing, also when the failure is a bug."""

    def work(connection: Connection) -> None:
        connection.execute(update(SERVER).values(name="other"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.transact(work)
    with database.snapshot() as connection:
        assert connection.scalar(select(SERVER.c.name)) == "Morgenrot"


def test_a_snapshot_sees_one_state(database: Database) -> None:
    """What is committed meanwhile is not seen, so positions and statements of one page belong together."""
    with database.snapshot() as connection:
        before = connection.scalar(select(SERVER.c.name))
        with database.write() as other:
            other.execute(update(SERVER).values(name="other"))
        assert connection.scalar(select(SERVER.c.name)) == before
    with database.snapshot() as connection:
        assert connection.scalar(select(SERVER.c.name)) == "other"


def test_positions_rise_within_a_transaction_and_across(database: Database) -> None:
    """More than one step of the count, in two transactions."""
    given = []
    for _ in range(2):
        with database.write() as connection:
            positions = Positions(connection)
            given += [positions.next() for _ in range(POSITIONS_A_STEP + 1)]
    assert given == sorted(set(given))


def test_sqlite_is_set_up_to_survive_a_power_cut(tmp_path: Path) -> None:
    """Settings are read back from a connection of the pool."""
    engine = open_engine(f"sqlite:///{tmp_path / 'new.sqlite'}")
    with engine.connect() as connection:
        read = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    engine.dispose()
    assert read == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_a_database_that_is_away_is_a_known_error(tmp_path: Path) -> None:
    """No driver's exception leaves the store."""
    for url in (f"sqlite:///{tmp_path / 'no' / 'folder.sqlite'}", f"postgresql:///none?host={tmp_path}"):
        database = Database(open_engine(url))
        with pytest.raises(DatabaseAway), database.snapshot():
            pass
        with pytest.raises(DatabaseAway):
            database.transact(lambda _: None)
        database.close()


def test_a_transaction_the_database_gave_up_is_done_again_whole(postgresql_database: Database) -> None:
    """A deadlock or a serialization failure is nobody's fault; the work runs once more and is booked once."""
    tries = []

    def work(connection: Connection) -> int:
        tries.append(connection.execute(update(SERVER).values(currency="CHF")).rowcount)
        if len(tries) == 1:
            connection.execute(text("DO $$ BEGIN RAISE EXCEPTION SQLSTATE '40P01'; END $$"))
        return len(tries)

    assert postgresql_database.transact(work) == 2
    assert tries == [1, 1]


def _end_all_connections(database: Database) -> None:
    """What a restart of the server, or a firewall that forgets, does to connections that rest."""
    others = Database(open_engine(database.engine.url.render_as_string(hide_password=False)))
    with others.write() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    others.close()


def test_a_connection_that_died_while_it_rested_is_replaced_unnoticed(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes first after a night does not pay for it."""
    monkeypatch.setattr(engine, "REST_S", 0.0)
    postgresql_database.transact(lambda connection: connection.scalar(text("SELECT 1")))
    _end_all_connections(postgresql_database)
    assert postgresql_database.transact(lambda connection: connection.scalar(text("SELECT 2"))) == 2


def test_a_connection_that_dies_at_work_costs_one_known_error(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody asks whether it lives; the next one gets a fresh connection."""
    monkeypatch.setattr(engine, "REST_S", 3_600.0)
    postgresql_database.transact(lambda connection: connection.scalar(text("SELECT 1")))
    _end_all_connections(postgresql_database)
    with pytest.raises(DatabaseAway):
        postgresql_database.transact(lambda connection: connection.scalar(text("SELECT 2")))
    assert postgresql_database.transact(lambda connection: connection.scalar(text("SELECT 3"))) == 3
