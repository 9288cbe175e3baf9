"""Head office on tables that were split, as a large chain runs it: same bookings, same proof, same layout."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest
from sqlalchemy import select, text

from headoffice.feed.sequencer import sequence
from headoffice.main import assemble
from headoffice.store.distribution import DISTRIBUTED_BY
from headoffice.store.engine import Database, open_engine
from headoffice.store.migrate import migrate
from headoffice.store.tables import ACCOUNT, ENTRY, RECORD, TERMINAL_RECORD
from tests.fakes.headoffice import PretendTill, count, member, open_store
from tests.source import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.postgres import Postgres

SCRIPT: Final = ROOT / "packaging" / "headoffice" / "partitions.sql"
PARTS: Final = 16
SPLIT: Final = ("record", "entry", "terminal_record")
_LAYOUT: Final = text(
    "SELECT c.relname, c.relkind, i.relname, indisprimary, replace(pg_get_indexdef(i.oid), ' ON ONLY ', ' ON ')"
    " FROM pg_class c JOIN pg_index ON indrelid = c.oid JOIN pg_class i ON i.oid = indexrelid"
    " WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition ORDER BY 1, 3"
)


def split(url: str) -> None:
    """Run the script as its head says."""
    with psycopg.connect(url) as connection:
        connection.execute(SCRIPT.read_text("utf-8"))


def sell(till: PretendTill, sales: int) -> None:
    """Sales of some members, one of them taken back."""
    first = till.sale(member(0), 5_000)
    till.append(first, *(till.sale(member(number % 7), 1_000) for number in range(1, sales)))
    till.append(till.reversal(first))


def state(database: Database) -> list[Any]:
    """What counts of a head office."""
    with database.snapshot() as connection:
        records = connection.execute(
            select(RECORD.c.record_id, RECORD.c.state, RECORD.c.points).order_by(RECORD.c.record_id)
        )
        accounts = connection.execute(select(ACCOUNT.c.member_id, ACCOUNT.c.balance).order_by(ACCOUNT.c.member_id))
        return [records.all(), accounts.all()]


@pytest.fixture
def url(postgres: Postgres) -> str:
    """A database of its own: its layout changes."""
    return postgres.url(postgres.create_database())


def test_a_split_head_office_keeps_its_rows_and_goes_on(tmp_path: Path, url: str) -> None:
    """Sales from before are there, the same batch again moves nothing, later ones are booked, and the proof holds."""
    with closing(assemble(tmp_path / "office", url)) as head:
        open_store(head.database)
        till = PretendTill(head.database, 1)
        sell(till, 40)
        till.push()
        sequence(head.database)
        before = state(head.database)
        head.database.engine.dispose()
        split(url)
        assert state(head.database) == before
        till.push()
        assert state(head.database) == before, "a second arrival moves nothing"
        sell(till, 40)
        till.push()
        sequence(head.database)
        assert count(head.database, RECORD) == count(head.database, TERMINAL_RECORD) > len(till.records)  # and its own
        result = head.verify()
        assert not result.problems, result.problems


def test_splitting_changes_no_key_and_no_index(url: str) -> None:
    """Each table has its indexes under their names; a further migration finds what it expects. Again does nothing."""
    with closing(_tables(url)) as database:
        before = _indexes(database)
        split(url)
        after = _indexes(database)
        split(url)
        assert _indexes(database) == after
        assert {name: kind for name, kind, *_ in after if kind == "p"} == dict.fromkeys(SPLIT, "p")
        assert [(name, *rest) for name, _, *rest in after] == [(name, *rest) for name, _, *rest in before]
        migrate(database.engine)


def test_rows_are_split_by_the_column_they_would_be_spread_by(url: str) -> None:
    """One machine with parts today is several machines tomorrow."""
    with closing(_tables(url)) as database:
        split(url)
        with database.snapshot() as connection:
            rows = connection.execute(
                text(
                    "SELECT relname, pg_get_partkeydef(c.oid),"
                    " (SELECT count(*) FROM pg_inherits WHERE inhparent = c.oid) FROM pg_class c WHERE relkind = 'p'"
                )
            ).all()
    assert {tuple(row) for row in rows} == {(name, f"HASH ({DISTRIBUTED_BY[name]})", PARTS) for name in SPLIT}
    assert {RECORD.name, ENTRY.name, TERMINAL_RECORD.name} == set(SPLIT)


def _tables(url: str) -> Database:
    engine = open_engine(url)
    migrate(engine)
    return Database(engine)


def _indexes(database: Database) -> list[Any]:
    with database.snapshot() as connection:
        return [tuple(row) for row in connection.execute(_LAYOUT)]
