"""Who follows the open sale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from loyalty.outcomes import Refused
    from terminal.app.earn import Earned
    from terminal.app.redeem import Redeemed


class SaleWatcher(Protocol):
    """Who follows the open sale: the counter of the cash register."""

    def sale_changed(self) -> None:
        """The open sale came, went or has changed."""
        ...

    def sale_booked(self, outcome: Earned | Redeemed | Refused) -> None:
        """The open sale came back from the disk, booked or refused."""
        ...

    def sale_failed(self, error: Exception) -> None:
        """The disk did not take the open sale."""
        ...
