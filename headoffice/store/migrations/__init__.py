"""How the database came to its layout: Alembic's migrations."""
