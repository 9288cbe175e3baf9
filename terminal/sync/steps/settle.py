"""The last step: the ledger's own tables follow head office, and a programme whose time has come is put into force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from terminal.app.adopt_pending import due_programme

if TYPE_CHECKING:
    from terminal.sync.context import Round


def settle(around: Round, now_us: int) -> None:
    """Take over what the ledger must hold itself; in small pieces, so that a sale waits for one of them at most.

    Args:
        around: The round.
        now_us: The corrected time, in microseconds since 1970 UTC.
    """
    if not around.journal.followed:
        while adoptions := around.reader.adoptions():
            around.go_on()
            around.journal.jobs.take_over(adoptions)
        around.journal.followed = True
    programme = due_programme(around.reader.programmes_ahead(), now_us, around.reader.currency())
    if programme is not None:
        around.journal.jobs.adopt_programme(programme.document)
