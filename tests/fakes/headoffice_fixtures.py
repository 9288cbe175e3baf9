"""Fixtures of head office's tests: an empty database of either kind, with a head office and a store in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headoffice.store.engine import Database, migrate, open_engine
from tests.fakes.headoffice import PretendTill, found_head_office, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fakes.postgres import Postgres

__all__ = ["database", "database_url", "other_till", "postgres_template", "postgresql_database", "till"]


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """A database with all tables, of which tests get copies."""
    name = postgres.create_database()
    engine = open_engine(postgres.url(name))
    migrate(engine)
    engine.dispose()
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database; each test runs on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'headoffice.sqlite'}"
    return _copy(request)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with a head office and one store."""
    yield from _opened(database_url)


@pytest.fixture
def postgresql_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The same, on PostgreSQL only: for what SQLite with its one writer can't show."""
    yield from _opened(_copy(request))


def _copy(request: pytest.FixtureRequest) -> str:
    cluster: Postgres = request.getfixturevalue("postgres")
    template: str = request.getfixturevalue("postgres_template")
    return cluster.url(cluster.create_database(template))


def _opened(url: str) -> Iterator[Database]:
    engine = open_engine(url)
    migrate(engine)
    made = Database(engine)
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
