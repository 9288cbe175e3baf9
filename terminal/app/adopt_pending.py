"""Taking over what head office decides and the ledger must hold itself: erasures, cards, cashiers, the programme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from terminal.app.adopt_programme import AdoptCommand, adopt_programme

if TYPE_CHECKING:
    from terminal.app.till import Till

AT_ONCE: Final = 100
"""How many rows one transaction takes over; a sale that comes meanwhile waits for so many at most."""


def adopt_pending(till: Till) -> bool:
    """Do one small piece.

    Returns:
        Whether there may be more.

    Raises:
        StorageError: If the disk did not take it.
    """
    with till.store.reader() as reader:
        adoptions = reader.adoptions(AT_ONCE)
        programme = reader.due_programme(till.clock.now_us())
    if adoptions:
        with till.store.unit() as unit:
            unit.adopt(adoptions)
        return True
    if programme is not None and programme.version > till.programme.version:
        adopt_programme(till, AdoptCommand(till.ids.record_id(), programme.document))
    return False
