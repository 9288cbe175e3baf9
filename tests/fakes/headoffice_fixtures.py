"""Fixtures of head office's tests: an empty database of either kind, with a head office and a store in it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from headoffice.store.engine import Database, migrate, open_engine
from tests.fakes.headoffice import PretendTill, found_head_office, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fakes.postgres import Postgres

__all__ = [
    "database",
    "database_url",
    "other_till",
    "postgres_template",
    "postgres_url",
    "postgresql_database",
    "sqlite_template",
    "till",
]


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """A database with all tables, like which tests are lent others."""
    name = postgres.create_database()
    _make_tables(postgres.url(name))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables, of which tests get copies."""
    file = tmp_path_factory.mktemp("template") / "headoffice.sqlite"
    _make_tables(f"sqlite:///{file}")
    return file


def _make_tables(url: str) -> None:
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()


@pytest.fixture
def postgres_url(postgres: Postgres, postgres_template: str) -> Iterator[str]:
    """The address of an empty database on PostgreSQL."""
    with postgres.lend(postgres_template) as name:
        yield postgres.url(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database; each test runs on both kinds."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    template: Path = request.getfixturevalue("sqlite_template")
    return f"sqlite:///{shutil.copy(template, tmp_path / 'headoffice.sqlite')}"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with a head office and one store."""
    yield from _opened(database_url)


@pytest.fixture
def postgresql_database(postgres_url: str) -> Iterator[Database]:
    """The same, on PostgreSQL only: for what SQLite with its one writer can't show."""
    yield from _opened(postgres_url)


def _opened(url: str) -> Iterator[Database]:
    made = Database(open_engine(url))
    found_head_office(made)
    open_store(made)
    yield made
    made.close()


@pytest.fixture
def till(database: Database) -> PretendTill:
    """A till of the store."""
    return PretendTill(database, 1)


@pytest.fixture
def other_till(database: Database) -> PretendTill:
    """Another till of the same store."""
    return PretendTill(database, 2)
