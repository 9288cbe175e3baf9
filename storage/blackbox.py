"""The black box: a second copy, on another volume, of what exists nowhere but on this till's disk.

Signatures first; the body follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class BlackBox:
    """Follows the journal from connections of its own; belongs to the thread that first calls ``catch_up``.

    Args:
        directory: The data directory of an open till.
        folder: Where the box lies; several tills may share it. Made when it is missing and its parent is there.

    Attributes:
        path: The box's file in the folder.
        boxed_seq: Up to which journal position everything that counts is in the box; 0 before the first ``catch_up``.
        set_aside: Whether the folder holds an older box of this till with bookings that its ledger does not have
            (the ledger was put back); ``stammkunde ledger recover`` takes them in.
    """

    path: Path
    boxed_seq: int
    set_aside: bool

    def __init__(self, directory: Path, folder: Path) -> None:
        raise NotImplementedError

    def catch_up(self) -> int:
        """Write what the ledger has beyond the box, and wait until it is on that volume's disk.

        Cheap when there is nothing to do. After any error the next call looks at the folder anew, so a stick may be
        unplugged and plugged in again.

        Returns:
            How many records were written.

        Raises:
            BlackBoxAway: The folder can't be reached or written.
            BlackBoxFull: Its volume, or the box's own bound, has no room.
            StorageError: The ledger can't be read.
        """
        raise NotImplementedError

    def copied_elsewhere(self, seq: int) -> None:
        """A good copy of the ledger up to this position lies off this disk.

        Counts for a till that stands alone: nobody acknowledges its records, so the box goes on from the copy before
        the newest one. A till of a head office keeps what that has not acknowledged, whatever was copied.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Close its connections; closing twice is allowed."""
        raise NotImplementedError
