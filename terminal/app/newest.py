"""The newest booking of this till as people mean it: what somebody did here, not what an import has taken over.

An imported sale is years old, but the journal's last one when the import is over. Whoever undoes "the newest" means the
customer who has just left. An imported sale is undone by its number, or from its member's history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyalty.imported import is_imported

if TYPE_CHECKING:
    from storage.store import Reader
    from storage.types import Booking, Stored


def newest_booking(reader: Reader) -> Booking | None:
    """The newest booking of this till; ``None`` when there is none since an import."""
    found = reader.recent_bookings(1)
    return found[0] if found and not is_imported(found[0].record) else None


def newest_to_undo(reader: Reader) -> Stored | None:
    """The newest sale or redemption that has something left to undo; ``None`` when that was imported."""
    found = reader.last_booking()
    return None if found is None or is_imported(found.record) else found
