"""State comes down: pages are staged and published together, so that a reader never sees half of a merge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from loyalty.feed import PAGE_MAX
from terminal.sync.errors import answer_wrong
from terminal.sync.status import Progress, Task

if TYPE_CHECKING:
    from collections.abc import Callable

    from loyalty.feed import Cursor
    from storage.exchange import Published
    from terminal.sync.context import Round

PAGES_UNREPORTED: Final = 4
"""A pull of so few pages is over before anybody could read how far it is."""


def _nothing(_around: Round) -> None:
    """Where another past needs nothing."""


def pull(
    around: Round,
    newest: Cursor,
    *,
    from_start: bool = False,
    other_past: Callable[[Round], None] = _nothing,
) -> Published:
    """Take over what changed since the till last heard of head office.

    A pull that was cut off goes on behind the last page it staged.

    Args:
        around: The round.
        newest: The newest step of the feed, for the progress.
        from_start: Take over everything anew.
        other_past: Called when the cursor turns out to be of another past, before anything of this one is taken over.

    Returns:
        What came.
    """
    after = None if from_start else around.replica.cursor()
    pages = 0
    more = True
    while more:
        around.go_on()
        reply = around.port.changes(after, PAGE_MAX)
        if reply.reset and after is not None:
            other_past(around)
        if after is None:  # from the very start, whatever is here
            reply = msgspec.structs.replace(reply, reset=True)
        elif reply.more and not reply.reset and reply.cursor.n <= after.n:
            raise answer_wrong(f"step {reply.cursor.n} follows step {after.n}")
        around.replica.stage_page(reply, around.reader.position_prefix(reply.positions))
        after, more = reply.cursor, reply.more
        pages += 1
        if pages > PAGES_UNREPORTED:
            around.hooks.report(Progress(Task.CATCHING_UP, min(after.n, newest.n), newest.n))
    published = around.replica.publish()
    around.hooks.report(None)
    return published
