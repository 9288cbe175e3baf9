"""The server's database: tables, engine, migrations; SQLite for one shop, PostgreSQL for a chain."""
