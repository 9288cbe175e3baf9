"""Taking over what head office decides and the ledger must hold itself: erasures, cards, cashiers, the programme."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from loyalty.programme import PROGRAMME_FORMAT, parse_programme
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


class Unreadable(StrEnum):
    """Why this till can't put a published programme into force."""

    NEWER = "newer"
    BROKEN = "broken"
    OTHER_CURRENCY = "other_currency"


_FORMAT: Final = re.compile(r"(?m)^\s*format\s*=\s*([0-9]{1,9})\s*(?:#.*)?$")


def why_unreadable(document: str, currency: str) -> Unreadable | None:
    """Why a published programme can't come into force here; ``None`` when it can.

    Head office has checked it with its own program. What it understood and this till does not is newer than the till,
    whether its layout says so or not; anything else is broken.

    Args:
        document: TOML.
        currency: What the shop books in.
    """
    programme = parse_programme(document)
    if isinstance(programme, list):
        found = _FORMAT.search(document)
        is_newer = found is not None and int(found[1]) > PROGRAMME_FORMAT
        return Unreadable.NEWER if is_newer else Unreadable.BROKEN
    return None if programme.currency == currency else Unreadable.OTHER_CURRENCY


def due_programme(published: Iterable[ProgrammeItem], now_us: int, currency: str) -> ProgrammeItem | None:
    """The newest published programme whose time has come and that this till can read.

    One it can't read is not tried again and again: the line's status tells of it, and an updated till reads it.

    Args:
        published: Those that are newer than the one in force.
        now_us: The corrected time, in microseconds since 1970 UTC.
        currency: What the shop books in.
    """
    due = sorted((item for item in published if item.starts_at_us <= now_us), key=lambda item: -item.version)
    return next((item for item in due if why_unreadable(item.document, currency) is None), None)


def adopt_published(till: Till, document: str) -> bool:
    """Put a published programme into force; head office has checked it, and this till's own version stays if newer.

    Returns:
        Whether it is in force now.

    Raises:
        StorageError: If the disk did not take it.
    """
    adopted = adopt_programme(till, AdoptCommand(till.ids.record_id(), document))
    return till.programme == getattr(adopted, "programme", None)
