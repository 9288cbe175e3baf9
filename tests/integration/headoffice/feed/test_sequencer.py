"""The feed: no reader ever passes over a change, however long its transaction took."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import insert, select, text

from headoffice.feed.sequencer import newest, sequence, token_of
from headoffice.store.dirty import touch
from headoffice.store.engine import Database
from headoffice.store.tables import DIRTY, FEED, FEED_STEP
from tests.fakes.headoffice import SERVER_EPOCH, count


def note(database: Database, *keys: str, kind: str = "member") -> None:
    """Note changes in a transaction of their own."""
    with database.write() as connection:
        touch(connection, kind, keys)


def feed(database: Database, after: int = 0) -> list[str]:
    """What a reader sees beyond a number, in order."""
    with database.snapshot() as connection:
        return list(connection.scalars(select(FEED.c.key).where(FEED.c.n > after).order_by(FEED.c.n)))


def test_an_empty_feed_begins_at_nothing(database: Database) -> None:
    """A first till finds step 0 and no token."""
    assert sequence(database) == 0
    with database.snapshot() as connection:
        cursor = newest(connection)
    assert (cursor.epoch, cursor.n, cursor.token) == (SERVER_EPOCH, 0, b"")


def test_noted_changes_get_numbers_that_follow_on_one_another(database: Database) -> None:
    """Each key once a step, however often it was noted."""
    note(database, "b", "a", "b")
    note(database, "a")
    assert sequence(database) == 2
    assert feed(database) == ["a", "b"]
    assert count(database, DIRTY) == 0


def test_a_thing_that_changes_again_moves_to_the_end(database: Database) -> None:
    """Latest state only: one place in the feed for each thing."""
    note(database, "a", "b")
    sequence(database)
    note(database, "a")
    assert sequence(database) == 3
    assert feed(database) == ["b", "a"]


def test_kinds_do_not_mix(database: Database) -> None:
    """A programme and a conflict may have one key."""
    note(database, "7", kind="programme")
    note(database, "7", kind="conflict")
    sequence(database)
    assert feed(database) == ["7", "7"]


def test_without_a_change_no_step_is_made(database: Database) -> None:
    """Waiting tills ask ten times a second."""
    note(database, "a")
    assert [sequence(database) for _ in range(3)] == [1, 1, 1]
    assert count(database, FEED_STEP) == 1


def test_each_step_has_a_token_of_its_own(database: Database) -> None:
    """A number inside a step belongs to that step; beyond the newest there is none."""
    note(database, "a", "b", "c")
    sequence(database)
    note(database, "a")
    sequence(database)
    with database.snapshot() as connection:
        tokens = [token_of(connection, n) for n in range(6)]
        assert tokens[4] == newest(connection).token
    assert tokens[0] == b""
    assert tokens[1] == tokens[2] == tokens[3]
    assert tokens[3] != tokens[4]
    assert tokens[5] is None


def test_a_slow_transaction_is_not_passed_over(postgresql_database: Database) -> None:
    """Two connections: the first notes its change, the second notes and commits, a reader reads, the first commits."""
    database = postgresql_database
    with database.write() as slow:
        touch(slow, "member", ["slow"])
        note(database, "fast")
        read_to = sequence(database)
        assert feed(database) == ["fast"]
    sequence(database)
    assert feed(database, after=read_to) == ["slow"]


def test_numbers_given_at_insert_would_pass_over_it(postgresql_database: Database) -> None:
    """The control of the test above: the same story with a number from a sequence loses the slow change for good."""
    database = postgresql_database
    with database.write() as connection:
        connection.execute(text("CREATE SEQUENCE naive"))
    naive = insert(FEED).values(kind="member", n=text("nextval('naive')"))
    with database.write() as slow:
        slow.execute(naive.values(key="slow"))
        with database.write() as fast:
            fast.execute(naive.values(key="fast"))
        with database.snapshot() as reader:
            read_to = reader.scalars(select(FEED.c.n).order_by(FEED.c.n.desc())).first() or 0
    assert feed(database) == ["slow", "fast"]
    assert feed(database, after=read_to) == []


def test_a_rolled_back_change_leaves_no_trace(database: Database) -> None:
    """The note belongs to the transaction of the change."""
    with database.engine.connect() as connection, connection.begin() as transaction:
        touch(connection, "member", [str(UUID(int=1))])
        transaction.rollback()
    assert sequence(database) == 0
