"""What Alembic runs, by its own rules on import, to find out on which connection it works."""

from __future__ import annotations

from alembic import context

from headoffice.store.staff_tables import USER

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=USER.metadata,  # with these tables it knows all
    transactional_ddl=True,  # SQLite can; our connections begin their transactions themselves
)
context.run_migrations()
