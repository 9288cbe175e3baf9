"""Head offices of every layout there was, each made by the code of its time: they open, and are what they were.

The fixtures lie beside the tills' in ``tests/integration/storage/layouts``, where it says how the next one is made.
They were made on SQLite; for PostgreSQL their rows are put into tables that the migrations of their layout make there.
"""

from __future__ import annotations

import os
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest
from alembic import command, op
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, column, create_engine, func, select, text
from sqlalchemy import table as sql_table

from headoffice.app.prune import prune
from headoffice.main import assemble
from headoffice.store.engine import Database, open_engine
from headoffice.store.migrate import MIGRATIONS, copies_of, layout_version
from headoffice.store.tables import METADATA, POSITION, POSITIONS_A_STEP, RECORD
from loyalty.cards import account_id
from loyalty.outcomes import Refused
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.ledger import card_number
from tests.source import ROOT

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from sqlalchemy import Engine

    from headoffice.service import HeadOffice
    from tests.fakes.postgres import Postgres

LAYOUTS: Final = ROOT / "tests" / "integration" / "storage" / "layouts"
FIXTURES: Final = {path.stem.partition("_")[2]: path for path in sorted(LAYOUTS.glob("office_*.zip"))}

NEWEST: Final = ScriptDirectory(str(MIGRATIONS)).get_current_head()


class PastOffice:
    """A head office as an earlier version left it.

    Attributes:
        layout: Its layout.
        data: Its folder.
        url: Its database, ``None`` for the file in its folder.
        figures: What is true of it.
    """

    def __init__(self, layout: str, data: Path, postgres: Postgres | None) -> None:
        self.layout = layout
        self.data = data
        with zipfile.ZipFile(FIXTURES[layout]) as archive:
            archive.extractall(data)
        for path in (data, *data.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)
        self.url = self._moved_to(postgres) if postgres else None
        self.figures: dict[str, Any] = msgspec.json.decode(FIXTURES[layout].with_suffix(".json").read_bytes())
        self.clock = FakeClock()
        self.clock.advance(days=2)

    def open(self) -> HeadOffice:
        """Open it with the code of today."""
        return assemble(self.data, self.url, self.clock, SeededIds(9, self.clock), found=False)

    def engine(self) -> Engine:
        """Its database, past the program."""
        return open_engine(self.url or f"sqlite:///{self.data / 'headoffice.sqlite'}")

    def contents(self) -> dict[str, object]:
        """Its layout and every row."""
        with closing(Database(self.engine())) as database, database.snapshot() as connection:
            found: dict[str, object] = {"layout": layout_version(connection)}
            tables = MetaData()
            tables.reflect(connection)
            for table in tables.sorted_tables:
                found[table.name] = sorted(map(repr, connection.execute(select(table)).all()))
            return found

    def _moved_to(self, postgres: Postgres) -> str:
        url = postgres.url(postgres.create_database())
        source, target = create_engine(f"sqlite:///{self.data / 'headoffice.sqlite'}"), open_engine(url)
        with source.connect() as read, target.connect() as connection, connection.begin():
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            config.set_main_option("path_separator", "os")
            config.attributes["connection"] = connection
            command.upgrade(config, self.layout)
            tables = MetaData()
            tables.reflect(connection)
            for table in tables.sorted_tables:
                names = [found.name for found in table.columns]
                typed = [column(found.name, found.type.as_generic(allow_nulltype=True)) for found in table.columns]
                kept = read.execute(select(*typed).select_from(sql_table(table.name)))
                rows = [dict(zip(names, row, strict=True)) for row in kept]
                if rows and table.name != "alembic_version":
                    connection.execute(table.insert(), rows)
            highest = connection.scalar(select(func.max(RECORD.c.position))) or 0
            after = (highest // POSITIONS_A_STEP + 2) * POSITIONS_A_STEP
            connection.execute(text(f"SELECT setval('{POSITION.name}', {after})"))
        (self.data / "headoffice.sqlite").unlink()
        for engine in (source, target):
            engine.dispose()
        return url


@pytest.fixture(params=[(layout, kind) for layout in FIXTURES for kind in ("sqlite", "postgresql")], ids="-".join)
def past(request: pytest.FixtureRequest, tmp_path: Path) -> PastOffice:
    """A head office of each layout on each kind of database."""
    layout, kind = request.param
    postgres = request.getfixturevalue("postgres") if kind == "postgresql" else None
    return PastOffice(layout, tmp_path / "office", postgres)


def test_every_layout_there_was_has_its_fixture() -> None:
    """All but the newest: that is made in the last commit before the next migration."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    known = {step.revision for step in script.walk_revisions()}
    assert known - set(FIXTURES) <= {script.get_current_head()}, "run python -m tests.integration.storage.layouts.make"
    assert set(FIXTURES) <= known


def test_it_opens_with_everything_there(past: PastOffice) -> None:
    """Balances as its own code said; verify works everything out anew; the tables are those the program knows."""
    assert past.contents()["layout"] == past.layout
    with closing(past.open()) as head:
        balances = {number: _balance(head, int(number)) for number in past.figures["balances"]}
        result = head.verify()
        assert (result.ok, result.problems) == (past.figures["ok"], ())
        assert balances == past.figures["balances"]
        with head.database.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _is_ours})
            assert [step for step in compare_metadata(context, METADATA) if "comment" not in str(step)] == []


def test_it_goes_on(past: PastOffice) -> None:
    """A correction, an erasure: the journal of head office's own facts is continued."""
    with closing(past.open()) as head:
        done = head.adjust(card_number(1), 5, "nachgereicht", by="Ines")
        assert not isinstance(done, Refused)
        assert _balance(head, 1) == past.figures["balances"]["1"] + 5
        assert not isinstance(head.erase(_member(head, 3), by="Ines"), Refused)
        assert head.verify().ok
    with closing(past.open()) as head:
        assert _balance(head, 1) == past.figures["balances"]["1"] + 5


def test_a_file_is_copied_before_its_update(past: PastOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the name of its layout, private; it knows who was erased since, so it goes after a month."""
    with closing(past.open()) as head:
        copies = copies_of(head.database.engine)
        newest = past.layout == NEWEST
        assert [path.name for path in copies] == [f"headoffice.layout-{past.layout}.sqlite"] * (
            past.url is None and not newest
        )
        for copy in copies:
            assert os.name == "nt" or copy.stat().st_mode & 0o077 == 0
            engine = open_engine(f"sqlite:///{copy}")
            with closing(Database(engine)) as database, database.snapshot() as connection:
                assert layout_version(connection) == past.layout
        prune(head.office)
        assert copies_of(head.database.engine) == copies
        monkeypatch.setattr("headoffice.app.prune.COPIES_KEPT_S", -1)
        prune(head.office)
        assert copies_of(head.database.engine) == []
    assert list(past.data.glob("*.part*")) == []


def test_an_update_that_fails_leaves_it_as_it_was(past: PastOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever statement it is that fails: all steps and the number of the layout are one transaction."""
    before = past.contents()

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    steps = ("create_table", "create_index", "drop_index", "execute")
    for name in steps:
        with monkeypatch.context() as patch:
            patch.setattr(op, name, fail)
            try:
                past.open().close()
            except ZeroDivisionError:
                assert past.contents() == before
            else:  # no step behind this layout does that
                break
    with closing(past.open()) as head:
        assert head.verify().ok


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name in METADATA.tables


def _member(head: HeadOffice, number: int) -> UUID:
    return account_id(head.office.secrets.programme_key, card_number(number))


def _balance(head: HeadOffice, number: int) -> int:
    found = head.member(_member(head, number))
    assert found is not None
    return found.statement.balance
