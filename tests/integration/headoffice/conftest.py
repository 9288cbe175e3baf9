"""What head office's integration tests stand on."""

from tests.fakes.headoffice_fixtures import (
    database,
    database_url,
    other_till,
    postgres_template,
    postgresql_database,
    till,
)

__all__ = ["database", "database_url", "other_till", "postgres_template", "postgresql_database", "till"]
