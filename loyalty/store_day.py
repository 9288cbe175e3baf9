"""What head office tells a till of its store's business day: one more message of ``loyalty.wire``'s protocol."""

from __future__ import annotations

import msgspec

from loyalty.feed import Moment
from loyalty.report import DayFigures


class TillDay(msgspec.Struct, frozen=True):
    """One till's share of a store's day; the name is empty for head office's own corrections and expiries."""

    name: str
    figures: DayFigures


class TillBehind(msgspec.Struct, frozen=True):
    """A till whose bookings of a day may not all have arrived.

    Attributes:
        name: What it is called in its store.
        last_contact_us: When it was last heard of, 0 for never.
    """

    name: str
    last_contact_us: Moment


class StoreDay(msgspec.Struct, frozen=True):
    """A store's business day, as far as its tills have sent it.

    Attributes:
        store: The store's name.
        as_of_us: Head office's clock when it counted.
        figures: All its tills together; open points only where no other store shares them.
        week_before: The same weekday a week before.
        tills: Each till's share of the day, by name.
        behind: The other tills that may have more of this day.
    """

    store: str
    as_of_us: Moment
    figures: DayFigures
    week_before: DayFigures
    tills: tuple[TillDay, ...]
    behind: tuple[TillBehind, ...] = ()
