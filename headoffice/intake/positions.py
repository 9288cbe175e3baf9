"""The order in which head office booked: positions that rise and that two transactions never share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select
from sqlalchemy.dialects import sqlite

from headoffice.store.tables import COUNTER, POSITION, POSITIONS_A_STEP

if TYPE_CHECKING:
    from sqlalchemy import Connection

_NAME: Final = "position"


class Positions:
    """Positions of one transaction, fetched a step at a time when the first of it is needed."""

    __slots__ = ("_connection", "_left")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._left = iter(range(0))

    def next(self) -> int:
        """The next one, higher than all that were given before in this transaction."""
        position = next(self._left, None)
        if position is None:
            first = _step(self._connection)
            self._left = iter(range(first + 1, first + POSITIONS_A_STEP))
            position = first
        return position


def _step(connection: Connection) -> int:
    if connection.dialect.name == "postgresql":
        return int(connection.scalar(select(func.nextval(POSITION.name))) or 0)
    insertion = sqlite.insert(COUNTER).values(name=_NAME, value=POSITIONS_A_STEP)
    counted = insertion.on_conflict_do_update(
        index_elements=["name"], set_={"value": COUNTER.c.value + POSITIONS_A_STEP}
    ).returning(COUNTER.c.value)
    return int(connection.scalar(counted) or 0)
