"""A database of the first layout, with records in it, becomes one of today."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import column, select, table
from sqlalchemy import types as sa

from headoffice.store.engine import Database, migrate, open_engine
from headoffice.store.migrate import MIGRATIONS
from headoffice.store.tables import CONSENT, EDIT_SEEN
from loyalty.encoding import encode
from loyalty.records import Consent, Purpose
from tests.fakes.clock import START
from tests.fakes.headoffice import count, member

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

RECORD_1 = table(
    "record",
    *(column(name, sa.Uuid()) for name in ("record_id", "member_id", "terminal_id", "store_id", "original_id")),
    *(column(name, sa.BigInteger()) for name in ("position", "at_us", "amount_cents", "reversed_cents", "points")),
    *(column(name, sa.LargeBinary()) for name in ("body_hash", "payload")),
    *(column(name, sa.String()) for name in ("kind", "state")),
    column("business_day", sa.Date()),
    column("hour", sa.SmallInteger()),
)
EDIT_SEEN_1 = table("edit_seen", column("edit_id", sa.Uuid()))


@pytest.fixture(params=["sqlite", "postgresql"])
def first_layout(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """An empty database as the first version made it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'first.sqlite'}"
    else:
        cluster = request.getfixturevalue("postgres")
        url = cluster.url(cluster.create_database())
    engine = open_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with engine.connect().execution_options(stammkunde_writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    return engine


def record(number: int, *, granted: bool, at_us: int, purpose: Purpose = Purpose.EMAIL) -> dict[str, object]:
    """A row of the registry."""
    record_id = UUID(int=number, version=4)
    said = Consent(
        record_id=record_id,
        member_id=member(1),
        at_us=at_us,
        business_day=START.date(),
        utc_offset_min=60,
        programme_version=1,
        command_digest="",
        purpose=purpose,
        text_version="1",
        granted=granted,
    )
    ids = dict.fromkeys(("terminal_id", "store_id"), UUID(int=1))
    numbers = dict.fromkeys(("hour", "amount_cents", "reversed_cents", "points"), 0)
    return {
        "record_id": record_id,
        "member_id": member(1),
        "original_id": None,
        "kind": "consent",
        "state": "booked",
        "position": number,
        "at_us": at_us,
        "business_day": START.date(),
        "body_hash": b"",
        "payload": encode(said),
        **ids,
        **numbers,
    }


def test_what_was_agreed_to_before_is_known_afterwards(first_layout: Engine) -> None:
    """By the rule that holds from then on; and ids of edits get a date, so that they are kept as long as new ones."""
    with closing(Database(first_layout)) as database:
        with database.write() as connection:
            rows = [
                record(1, granted=True, at_us=5),
                record(2, granted=False, at_us=7),
                record(3, granted=True, at_us=7),
                record(4, granted=True, at_us=1, purpose=Purpose.SMS),
            ]
            connection.execute(RECORD_1.insert(), rows)
            connection.execute(EDIT_SEEN_1.insert(), [{"edit_id": UUID(int=number)} for number in (1, 2)])
        migrate(database.engine)
        with database.snapshot() as connection:
            found = connection.execute(select(CONSENT).order_by(CONSENT.c.purpose)).all()
            dates = connection.scalars(select(EDIT_SEEN.c.at_us)).all()
        assert [tuple(row) for row in found] == [
            (member(1), "email", False, 7, "1"),
            (member(1), "sms", True, 1, "1"),
        ]
        assert len(dates) == 2
        assert min(dates) > 1_700_000_000_000_000


def test_an_empty_database_has_nothing_to_take_along(first_layout: Engine) -> None:
    """Nobody said anything yet."""
    with closing(Database(first_layout)) as database:
        migrate(database.engine)
        assert (count(database, CONSENT), count(database, EDIT_SEEN)) == (0, 0)
