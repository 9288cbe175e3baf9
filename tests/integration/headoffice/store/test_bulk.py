"""Many rows at once on a real PostgreSQL and on SQLite: what goes in comes out, whatever stands in its way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, event, select, text
from sqlalchemy.exc import IntegrityError

from headoffice.errors import DatabaseAway
from headoffice.intake.waiting import waiting_for
from headoffice.store import bulk
from headoffice.store.engine import Database
from headoffice.store.tables import ACCOUNT, EDIT_SEEN, REWARD_TOTAL, STORE
from tests.fakes.headoffice import PretendTill, count, member

if TYPE_CHECKING:
    from collections.abc import Callable

ACCOUNT_COLUMNS = ("member_id", "balance", "sales", "revenue_cents", "enrolled_day", "merged_into", "region")
SEEN_COLUMNS = ("edit_id", "at_us")


def test_rows_come_out_as_they_went_in(database: Database) -> None:
    """Ids, numbers, days, texts, and nothing where there is nothing."""
    rows = [
        (member(1), -5, 0, 2**40, date(2026, 2, 28), None, "Süd"),
        (member(2), 0, 3, 0, None, member(1), ""),
    ]
    with database.write() as connection:
        bulk.insert(connection, ACCOUNT, ACCOUNT_COLUMNS, rows)
    with database.snapshot() as connection:
        query = select(*(ACCOUNT.c[name] for name in ACCOUNT_COLUMNS)).order_by(ACCOUNT.c.member_id)
        assert [tuple(row) for row in connection.execute(query)] == rows


@pytest.mark.parametrize("known", [0, 1, 3])
def test_only_rows_that_are_new_are_inserted(database: Database, known: int) -> None:
    """Known ones stay as they are, and the transaction goes on after them."""
    ids = [UUID(int=number) for number in range(1, 4)]
    with database.write() as connection:
        bulk.insert(connection, EDIT_SEEN, SEEN_COLUMNS, [(one, 1) for one in ids[:known]])
    with database.write() as connection:
        new = bulk.insert_new(connection, EDIT_SEEN, SEEN_COLUMNS, [(one, 2) for one in ids])
    assert new == set(ids[known:])
    with database.snapshot() as connection:
        found = connection.execute(select(EDIT_SEEN.c.edit_id, EDIT_SEEN.c.at_us).order_by(EDIT_SEEN.c.edit_id))
        assert [tuple(row) for row in found] == [(one, 1 if one in ids[:known] else 2) for one in ids]


def test_what_is_known_by_something_else_than_its_key_is_an_error(database: Database) -> None:
    """A row that stands in the way under another key must not make a new one vanish in silence."""
    with pytest.raises(IntegrityError), database.write() as connection:
        bulk.insert_new(connection, STORE, ("store_id", "name", "region"), [(UUID(int=7), "Mitte", "")])


@pytest.mark.parametrize("rolled_back", [False, True])
@pytest.mark.parametrize("upwards", [True, False])
def test_of_two_that_copy_the_same_ids_each_id_is_new_to_one(
    postgresql_database: Database, *, upwards: bool, rolled_back: bool
) -> None:
    """Who comes second waits; what the first one wrote is known then, and what it took back is not."""
    first, second = [UUID(int=number) for number in (1, 3, 5)], [UUID(int=number) for number in (0, 3, 5, 6)]
    ids = {"first": first if upwards else second, "second": second if upwards else first}

    def copy(connection: Connection, who: str) -> set[UUID]:
        return bulk.insert_new(connection, EDIT_SEEN, SEEN_COLUMNS, [(one, len(who)) for one in ids[who]])

    with ThreadPoolExecutor(1) as pool, postgresql_database.engine.connect() as connection:
        leading = connection.begin()
        assert copy(connection, "first") == set(ids["first"])
        following = pool.submit(postgresql_database.transact, lambda connection: copy(connection, "second"))
        with postgresql_database.engine.connect() as other:
            while not following.done() and not other.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                other.rollback()
        assert not following.done(), "who comes second can't know yet"
        (leading.rollback if rolled_back else leading.commit)()
        assert following.result(30) == set(ids["second"]) - (set() if rolled_back else set(ids["first"]))
    assert count(postgresql_database, EDIT_SEEN) == len({*ids["second"], *(() if rolled_back else ids["first"])})


def test_two_that_copy_crosswise_are_given_up_once_and_done_again(postgresql_database: Database) -> None:
    """Out of order, as nobody copies; also a deadlock that the driver itself reports is one that may be done again."""
    ids = {"first": UUID(int=1), "second": UUID(int=2)}
    both = Barrier(2)
    begun: list[str] = []

    def copy(connection: Connection, mine: str, other: str) -> None:
        begun.append(mine)
        bulk.insert_new(connection, EDIT_SEEN, SEEN_COLUMNS, [(ids[mine], 1)])
        if len(begun) <= 2:
            both.wait(30)
        bulk.insert_new(connection, EDIT_SEEN, SEEN_COLUMNS, [(ids[other], 1)])

    with ThreadPoolExecutor(2) as pool:
        done = [
            pool.submit(postgresql_database.transact, lambda connection, a=a, b=b: copy(connection, a, b))
            for a, b in (("first", "second"), ("second", "first"))
        ]
        for one in done:
            one.result(30)
    assert len(begun) == 3
    assert count(postgresql_database, EDIT_SEEN) == 2


def test_nothing_is_nothing(database: Database) -> None:
    """No rows, no statement."""
    with database.write() as connection:
        assert bulk.insert_new(connection, EDIT_SEEN, SEEN_COLUMNS, []) == set()
        bulk.insert(connection, EDIT_SEEN, SEEN_COLUMNS, [])
        assert bulk.insert_or_change(connection, ACCOUNT, ACCOUNT_COLUMNS, [], {"balance": "1"}, only="true") == 0
    assert count(database, EDIT_SEEN) == 0


def test_sums_are_added_to(database: Database) -> None:
    """Whether they are there or not."""
    row = {"store_id": UUID(int=1), "terminal_id": UUID(int=2), "business_day": date(2026, 11, 22), "reward_id": "tea"}
    for _ in range(2):
        with database.write() as connection:
            bulk.add(connection, REWARD_TOTAL, [row | {"count": 1, "points": 5, "value_cents": 300}])
    with database.snapshot() as connection:
        found = connection.execute(select(REWARD_TOTAL.c["count"], REWARD_TOTAL.c.points, REWARD_TOTAL.c.value_cents))
        assert [tuple(each) for each in found] == [(2, 10, 600)]


@pytest.mark.parametrize("insert", [bulk.insert, bulk.insert_new], ids=["at once", "behind a savepoint"])
def test_a_line_that_breaks_while_rows_are_copied_is_a_known_error(
    postgresql_database: Database, insert: Callable[..., object]
) -> None:
    """What goes to the driver without a detour raises the driver's errors; none of them leaves the store."""
    with pytest.raises(DatabaseAway), postgresql_database.write() as connection:  # noqa: PT012 - one line ends the other
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
        with postgresql_database.snapshot() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        insert(connection, EDIT_SEEN, SEEN_COLUMNS, [(UUID(int=1), 1)])
    assert count(postgresql_database, EDIT_SEEN) == 0


def test_those_that_wait_are_looked_for_in_their_own_index(postgresql_database: Database) -> None:
    """Also before anybody has analysed the table: reading all of it for each batch was half of the server's work."""
    till = PretendTill(postgresql_database)
    till.append(*(till.sale(member(number), 500) for number in range(1_200)))
    till.push_all()
    asked: list[tuple[str, Any]] = []

    def listen(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        asked.append((statement, values))

    with postgresql_database.snapshot() as connection:
        event.listen(connection, "before_cursor_execute", listen)
        assert waiting_for(connection, [UUID(int=number) for number in range(500)]) == []
        ((statement, values),) = asked
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars())
    assert "ix_record_waiting" in plan
    assert "Seq Scan" not in plan
