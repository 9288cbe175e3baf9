"""Bringing a database to the layout this program knows, with Alembic, on both kinds of database."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from headoffice.errors import NewerDatabase
from headoffice.files import os_errors, private_file, sync_directory

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

MIGRATIONS: Final = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME: Final = 0x53544B4D
"""The advisory lock of PostgreSQL under which a program migrates: several may start at once."""


def migrate(engine: Engine) -> None:
    """Bring a database to the newest layout, in one transaction; a database that is there already stays untouched.

    A file that is to be changed is copied first. Of a database on PostgreSQL whoever runs it has a copy.

    Raises:
        NewerDatabase: A newer program made it.
        FolderUnusable: There is no room for the copy; nothing was changed.
    """
    if engine.dialect.name == "sqlite":
        _keep_a_copy(engine)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.execution_options(stammkunde_writes=True)
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
            _upgrade(connection)


def layout_version(connection: Connection) -> str | None:
    """The layout a database has, ``None`` when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def is_newest(connection: Connection) -> bool:
    """Whether a database has the newest layout; asks only.

    Raises:
        NewerDatabase: A newer program made it.
    """
    script = ScriptDirectory.from_config(_config())
    return _known_layout(connection, script) == script.get_current_head()


def copies_of(engine: Engine) -> list[Path]:
    """The copies that were made of a file before its layout was changed; none of a database on PostgreSQL."""
    file = _file_of(engine)
    return [] if file is None else sorted(file.parent.glob(f"{file.stem}.layout-*{file.suffix}"))


def _file_of(engine: Engine) -> Path | None:
    name = engine.url.database
    return Path(name) if engine.dialect.name == "sqlite" and name else None


def _keep_a_copy(engine: Engine) -> None:
    """Copy a file that has an older layout; the copy is named by that, so the next update leaves it alone."""
    file = _file_of(engine)
    if file is None or not file.exists():
        return
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(_config())
        layout = _known_layout(connection, script)
    if layout is None or layout == script.get_current_head():
        return
    part = file.with_name(f".{file.name}.part")
    with os_errors(part):
        part.unlink(missing_ok=True)
        private_file(part)
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("VACUUM INTO ?", (str(part),))
        finally:
            raw.close()
        with part.open("rb+") as copy:
            os.fsync(copy.fileno())
        part.replace(file.with_name(f"{file.stem}.layout-{layout}{file.suffix}"))
    sync_directory(file.parent)


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    _known_layout(connection, ScriptDirectory.from_config(config))
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def _known_layout(connection: Connection, script: ScriptDirectory) -> str | None:
    """The layout a database has, which this program must know; ``None`` when it is empty."""
    found = layout_version(connection)
    known = {step.revision for step in script.walk_revisions()}
    if found is not None and found not in known:
        raise NewerDatabase(f"The database has layout {found}; this program knows up to {script.get_current_head()}")
    return found
