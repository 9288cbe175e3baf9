"""What head office's integration tests stand on."""

from tests.fakes.headoffice_fixtures import (
    database,
    database_url,
    other_till,
    postgres_template,
    postgres_url,
    postgresql_database,
    sqlite_template,
    till,
)

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
