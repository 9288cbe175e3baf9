"""The tills as each other knows them: their names and the keys behind their receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headoffice.store.rows import terminal_rows
from headoffice.views import TerminalStatus
from loyalty.feed import TillItem

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy import Connection


def tills(connection: Connection, day_of: Callable[[int], date]) -> list[TillItem]:
    """All tills but head office's own journal, which has no key.

    The key of a till that was shut out stays: what it gave its customers is still worth its points. Of later days
    nothing can be its own, so its receipts count up to the day on which it was last heard of.
    """
    return [
        TillItem(
            terminal_id=row.terminal_id,
            name=row.name,
            store=row.store,
            public_key=row.public_key,
            last_day=None if row.status is TerminalStatus.ACTIVE else day_of(row.last_contact_us),
        )
        for row in terminal_rows(connection)
        if row.public_key
    ]
