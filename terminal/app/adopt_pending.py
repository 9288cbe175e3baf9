"""Taking over what head office decides and the ledger must hold itself: erasures, cards, cashiers, the programme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from terminal.app.adopt_programme import AdoptCommand, adopt_programme

if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyalty.feed import ProgrammeItem
    from storage.exchange import Adoptions
    from terminal.app.till import Till


def take_over(till: Till, adoptions: Adoptions) -> None:
    """Take over people, cards and cashiers in one small transaction.

    Raises:
        StorageError: If the disk did not take it.
    """
    with till.store.unit() as unit:
        unit.take_tombstones(adoptions.tombstones)
        unit.take_cards(adoptions.cards)
        unit.take_cashiers(adoptions.cashiers)


def due_programme(published: Iterable[ProgrammeItem], now_us: int) -> ProgrammeItem | None:
    """The newest published programme whose time has come.

    Args:
        published: Those that are newer than the one in force.
        now_us: The corrected time, in microseconds since 1970 UTC.
    """
    due = [item for item in published if item.starts_at_us <= now_us]
    return max(due, key=lambda item: item.version, default=None)


def adopt_published(till: Till, document: str) -> bool:
    """Put a published programme into force; head office has checked it, and this till's own version stays if newer.

    Returns:
        Whether it is in force now.

    Raises:
        StorageError: If the disk did not take it.
    """
    adopted = adopt_programme(till, AdoptCommand(till.ids.record_id(), document))
    return till.programme == getattr(adopted, "programme", None)
