"""What every group of reading queries stands on: the connections of one thread."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from storage.shared_people import SharedPeople

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from uuid import UUID

    from loyalty.ports import Clock
    from storage.connection import Database
    from storage.replica_view import ReplicaView
    from storage.search_index import SearchView


@contextmanager
def one_state(database: Database) -> Iterator[None]:
    """Several reads of a file as it stands at the first of them; inside a transaction that is so anyway."""
    if database.connection.in_transaction:
        yield
    else:
        database.run("BEGIN")
        try:
            yield
        finally:
            database.run("ROLLBACK")


class Reads:
    """Reads over the connections of one thread, bound to the thread that opened them."""

    __slots__ = ("_counted", "_ledger", "_replica", "_search", "_vault")

    def __init__(
        self,
        ledger: Database,
        vault: Database,
        replica: ReplicaView | None = None,
        search: SearchView | None = None,
    ) -> None:
        self._ledger = ledger
        self._vault = vault
        self._replica = replica
        self._search = search
        self._counted: dict[UUID, tuple[int, int]] = {}  # by epoch: counted up to which position, and the points

    def _shared(self) -> SharedPeople | None:
        """What a joined till knows beside its own; ``None`` for one that stands alone, whose journal says all."""
        view = self._replica
        if view is None or view.belonging.joined is None:
            return None
        return SharedPeople(self._ledger, self._vault, view.database(), view.belonging.joined.profile_key)

    def _today(self) -> date:
        """The shop's day, for what ends with it."""
        return self._clock_of_till().business_day(self._now_us())

    def _now_us(self) -> int:
        return self._clock_of_till().now_us()

    def _clock_of_till(self) -> Clock:
        assert self._replica is not None, "only a joined till asks for it"
        return self._replica.belonging.clock
