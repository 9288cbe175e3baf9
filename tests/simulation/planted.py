"""Bugs planted on purpose, each in one place of the real code: what the simulation is for, it must find.

Every one of them is a rule of the protocol left out; none shows while nothing goes wrong.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from unittest import mock

from headoffice.intake import registry
from headoffice.store.engine import Database
from storage.outgoing import OutgoingReads
from storage.replica import Replica

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from uuid import UUID

    from sqlalchemy import Connection

    from headoffice.intake.arrivals import Arrived
    from headoffice.intake.registry import Source
    from loyalty.feed import ChangesReply
    from storage.exchange import Published

R = TypeVar("R")


@contextmanager
def no_idempotency() -> Iterator[None]:
    """Head office books a record again that it has had from another till or in another epoch."""
    register = registry.register

    def forgetful(connection: Connection, source: Source, arrived: Sequence[Arrived]) -> set[UUID]:
        register(connection, source, arrived)
        return {item.header.record_id for item in arrived if item.header}

    with mock.patch.object(registry, "register", forgetful):
        yield


@contextmanager
def cursor_before_rows() -> Iterator[None]:
    """A till writes down how far it has read, and what it has read in a second transaction."""
    publish = Replica.publish

    def hasty(replica: Replica) -> Published:
        database = replica._database
        pages = database.all("SELECT * FROM stage")
        states = database.all("SELECT * FROM stage_state")
        with database.transaction():
            database.run("DELETE FROM stage")
        publish(replica)
        with database.transaction():
            database.many("INSERT INTO stage VALUES (?, ?, ?)", pages)
            database.many(
                "INSERT INTO stage_state VALUES (?, ?, ?, ?, ?, ?)", [(*row[:4], 0, row[5]) for row in states]
            )
        return publish(replica)

    with mock.patch.object(Replica, "publish", hasty):
        yield


@contextmanager
def ack_before_commit() -> Iterator[None]:
    """Head office answers first and commits when it next turns to its database."""
    waiting: dict[Database, Callable[[Connection], object]] = {}
    transact, snapshot = Database.transact, Database.snapshot

    def catch_up(database: Database) -> None:
        work = waiting.pop(database, None)
        if work is not None:
            transact(database, work)

    def answering(database: Database, work: Callable[[Connection], R]) -> R:
        catch_up(database)
        with database.engine.connect() as connection:
            connection.execution_options(stammkunde_writes=True)
            with connection.begin() as transaction:
                result = work(connection)
                transaction.rollback()
        waiting[database] = work
        return result

    def reading(database: Database) -> AbstractContextManager[Connection]:
        catch_up(database)
        return snapshot(database)

    with mock.patch.multiple(Database, transact=answering, snapshot=reading):
        yield


@contextmanager
def position_without_epoch() -> Iterator[None]:
    """A till takes the highest position head office has of it, whatever epoch that is of."""

    def careless(reader: Any, positions: Mapping[UUID, int]) -> int:  # noqa: ANN401 - a reader with all its parts
        return min(max(positions.values(), default=0), int(reader.head().seq))

    with mock.patch.object(OutgoingReads, "position_prefix", careless):
        yield


@contextmanager
def pages_one_by_one() -> Iterator[None]:
    """A till shows each page as it comes, without waiting for those that belong to it."""
    stage_page = Replica.stage_page

    def eager(replica: Replica, reply: ChangesReply, covered_seq: int) -> None:
        stage_page(replica, reply, covered_seq)
        replica.publish()

    with mock.patch.object(Replica, "stage_page", eager):
        yield
