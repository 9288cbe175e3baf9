"""The ledger as the sync thread sees it: it reads on connections of its own and asks the owner for the few writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from loyalty.feed import TombstoneEdit
    from storage.store import Reader
    from storage.types import HeadOfficeRow


class LedgerJobs(Protocol):
    """The writes that the ledger's owner does in order with the sales; each is short and returns when it is on disk."""

    def begin_epoch(self) -> None:
        """Go on in a new epoch: head office knows more of this till than its own file."""
        ...

    def drop_edits(self, through: int) -> None:
        """Forget edits head office has taken, up to a stamp."""
        ...

    def settle(self) -> None:
        """Take over what head office decides and the ledger must hold itself: erasures, cashiers, the programme."""
        ...


class JournalPort(Protocol):
    """What one round needs of the ledger."""

    @property
    def directory(self) -> Path:
        """The data directory."""
        ...

    @property
    def head_office(self) -> HeadOfficeRow:
        """Whom the till has joined, and as whom."""
        ...

    @property
    def reader(self) -> Reader:
        """Reads on the thread of the round."""
        ...

    @property
    def jobs(self) -> LedgerJobs:
        """Writes."""
        ...

    def tombstones(self) -> list[TombstoneEdit]:
        """Everybody who was erased at this till, under ids that are the same every time."""
        ...
