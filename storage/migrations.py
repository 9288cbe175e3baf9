"""How the two files get their layout, step by step, and how an older file is brought up to date.

sqlite-utils runs the steps and records each with its work in one transaction. What it lacks is here: a checksum of
each step's SQL, so that a file made by other steps is noticed; a guard against newer files (in ``files``); a backup
before an old file is touched; one transaction around all steps and the version number.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import msgspec

from loyalty.checksums import CHECKSUM_TABLE
from storage import checksums, sqlite
from storage.errors import Damaged, known_error
from storage.schema import (
    CONSENT_INDEX,
    DAY_TOTAL,
    HEAD_OFFICE_TABLES,
    JOURNAL,
    LEDGER_APPLICATION_ID,
    NUMBER_TABLES,
    PROJECTION_TABLES,
    SCHEMA_VERSION,
    SIDE_TABLES,
    STEPS_TABLE,
    VAULT_APPLICATION_ID,
    VAULT_STEP_2,
    VAULT_STEP_5,
    VAULT_TABLES,
    expected,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlite_utils import Database as UtilsDatabase

    from storage.connection import Database


_DAY_TOTAL_1: Final = """CREATE TABLE day_total(
  business_day TEXT NOT NULL,
  hour INTEGER NOT NULL,
  sales INTEGER NOT NULL,
  member_sales INTEGER NOT NULL,
  revenue_cents INTEGER NOT NULL,
  member_revenue_cents INTEGER NOT NULL,
  reversed_cents INTEGER NOT NULL,
  points_issued INTEGER NOT NULL,
  points_redeemed INTEGER NOT NULL,
  redemptions INTEGER NOT NULL,
  points_taken_back INTEGER NOT NULL,
  points_returned INTEGER NOT NULL,
  points_adjusted INTEGER NOT NULL,
  new_members INTEGER NOT NULL,
  PRIMARY KEY (business_day, hour)
) STRICT, WITHOUT ROWID"""
_LEDGER_STEP_1: Final = (
    *JOURNAL,
    *(_DAY_TOTAL_1 if sql == DAY_TOTAL else sql for sql in PROJECTION_TABLES),
    *SIDE_TABLES,
)
_LEDGER_STEP_2: Final = (
    *HEAD_OFFICE_TABLES,
    "ALTER TABLE day_total RENAME TO day_total_1",
    DAY_TOTAL,
    "INSERT INTO day_total SELECT *, 0 FROM day_total_1",
    "DROP TABLE day_total_1",
)
_LEDGER_STEP_3: Final = (CONSENT_INDEX,)
_LEDGER_STEP_4: Final = NUMBER_TABLES
_CHECKSUMS_STEP_6: Final = (CHECKSUM_TABLE,)
"""Of both files; ``storage.checksums.begin`` fills it in the same transaction."""


class Step(msgspec.Struct, frozen=True):
    """One change of layout; never edited once a shop may have run it."""

    name: str
    statements: tuple[str, ...]

    @property
    def checksum(self) -> str:
        """SHA-256 of the SQL, in hex."""
        return hashlib.sha256("\n;\n".join(self.statements).encode()).hexdigest()


class Layout(msgspec.Struct, frozen=True):
    """The steps that make one file, and the ``user_version`` behind the last of them."""

    name: str
    application_id: int
    version: int
    steps: tuple[Step, ...]


LEDGER_LAYOUT: Final = Layout(
    "ledger",
    LEDGER_APPLICATION_ID,
    SCHEMA_VERSION,
    (
        Step("0001_first_layout", _LEDGER_STEP_1),
        Step("0002_head_office", _LEDGER_STEP_2),
        Step("0003_consents", _LEDGER_STEP_3),
        Step("0004_numbers", _LEDGER_STEP_4),
        Step("0006_checksums", _CHECKSUMS_STEP_6),
    ),
)
VAULT_LAYOUT: Final = Layout(
    "vault",
    VAULT_APPLICATION_ID,
    SCHEMA_VERSION,
    (
        Step("0001_first_layout", VAULT_TABLES),
        Step("0002_head_office", VAULT_STEP_2),
        Step("0005_search_apart", VAULT_STEP_5),
        Step("0006_checksums", _CHECKSUMS_STEP_6),
    ),
)

MIGRATIONS_TABLE: Final = "_sqlite_migrations"
"""sqlite-utils' own record of the steps."""

RESERVED: Final = "sqlite_"
"""SQLite's own objects begin so; nobody else can make one (sqlite.org/fileformat2.html, 2.6)."""


def bring_up_to_date(database: Database, layout: Layout, *, before: Callable[[], None] | None = None) -> bool:
    """Run the steps a file lacks, all or none.

    Args:
        database: The writing connection.
        layout: The file's steps.
        before: Called before an existing file is changed; makes the backup.

    Returns:
        Whether anything was changed. A current file costs one read and does not import sqlite-utils.

    Raises:
        Damaged: The file was made by other steps than this program's.
    """
    found = int(database.value("PRAGMA user_version"))
    if found == layout.version:
        check_steps(database, layout)
        return False
    if found and before:
        before()
    with database.transaction():
        _run_steps(database, layout)
        database.run(f"PRAGMA application_id = {layout.application_id}")
        database.run(f"PRAGMA user_version = {layout.version}")
        checksums.begin(database)
        check_steps(database, layout)
    return True


def check_steps(database: Database, layout: Layout) -> None:
    """Compare the steps a file was made by with this program's.

    Raises:
        Damaged: They differ.
    """
    found = {row[0]: row[1] for row in database.all("SELECT name, checksum FROM schema_step")}
    if found != {step.name: step.checksum for step in layout.steps}:
        raise Damaged(f"{database.name} was made by other steps: {sorted(found)}")


def check_objects(database: Database, statements: tuple[str, ...]) -> None:
    """Compare triggers with the SQL that must have made them.

    A guard that is missing would otherwise go unnoticed until the day it was needed.

    Raises:
        Damaged: One is missing, changed or not ours.
    """
    _raise_first(object_problems(database, statements, kinds=("trigger",)))


def check_tables(database: Database, statements: tuple[str, ...]) -> None:
    """Compare tables and indexes of the newest layout with the SQL that must have made them; others are let alone.

    A column whose name a disk has changed would otherwise be told as a mistake of this program.

    Raises:
        Damaged: One is missing or changed.
    """
    _raise_first(object_problems(database, statements, kinds=("table", "index"), others=False))


def _raise_first(problems: list[str]) -> None:
    if problems:
        raise Damaged(problems[0])


def object_problems(
    database: Database, statements: tuple[str, ...], *, kinds: tuple[str, ...], steps: bool = True, others: bool = True
) -> list[str]:
    """Every difference between the objects of a file and the SQL that must have made them.

    Args:
        database: The file.
        statements: The SQL.
        kinds: Of which objects: ``table``, ``index``, ``trigger``, ``view``.
        steps: Whether the file also says by which steps it was made.
        others: Whether an object that does not belong there is a difference.
    """
    all_of_them = (*statements, STEPS_TABLE) if steps else statements
    wanted = {name: sql for name, sql in expected(all_of_them).items() if sql.split()[1].lower() in kinds}
    found = {
        name: sql
        for kind, name, sql in database.all("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
        if kind in kinds and MIGRATIONS_TABLE not in name and not name.startswith(RESERVED)
    }
    problems = [f"{database.name}: {name} is missing" for name in sorted(wanted.keys() - found.keys())]
    if others:
        problems += [f"{database.name}: {name} does not belong here" for name in sorted(found.keys() - wanted.keys())]
    return problems + [
        f"{database.name}: {name} was changed"
        for name in sorted(wanted.keys() & found.keys())
        if wanted[name] != found[name]
    ]


def _run_steps(database: Database, layout: Layout) -> None:
    """Let sqlite-utils find and run the pending steps; imported here, as that takes longer than opening the till."""
    from sqlite_utils import Database as UtilsDatabase
    from sqlite_utils.migrations import Migrations

    migrations = Migrations(layout.name)
    for step in layout.steps:
        migrations(name=step.name)(_runner(database, step))
    try:
        migrations.apply(UtilsDatabase(database.connection, execute_plugins=False))
    except sqlite.Error as error:  # of its own statements, which do not go through ``database``
        known = known_error(error, database.name)
        if known is None:
            raise
        raise known from error


def _runner(database: Database, step: Step) -> Callable[[UtilsDatabase], None]:
    def run(_: UtilsDatabase) -> None:
        if database.value("SELECT count(*) FROM sqlite_schema WHERE name = 'schema_step'") == 0:
            database.run(STEPS_TABLE)
        for statement in step.statements:
            database.run(statement)
        database.run("INSERT INTO schema_step(name, checksum) VALUES (?, ?)", (step.name, step.checksum))

    run.__name__ = step.name
    return run
