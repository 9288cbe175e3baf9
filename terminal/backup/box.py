"""The black box: fed after every booking, from a thread of its own, whether or not its stick is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from storage.errors import BlackBoxAway, StorageError
from terminal.backup.folder import trouble_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from terminal.backup.board import Board

BOX_LOOK_S: Final = 30.0
"""How often it is looked at although nothing was booked, in seconds: its stick may be back, and what head office has
acknowledged leaves it."""


class Box(Protocol):
    """What is asked of a black box; see ``storage.blackbox.BlackBox``."""

    @property
    def boxed_seq(self) -> int:
        """Up to which record everything that counts is in it."""
        ...

    @property
    def set_aside(self) -> bool:
        """Whether an older box lies there with bookings that the ledger does not have."""
        ...

    def catch_up(self) -> int:
        """Write what the ledger has beyond it."""
        ...

    def copied_elsewhere(self, seq: int) -> None:
        """A good copy up to this record lies off this disk."""
        ...

    def close(self) -> None:
        """Close its connections."""
        ...


class BoxKeeper:
    """Runs on one thread, its ``turn`` after every booking.

    Args:
        directory: The data directory.
        folder: Where the box is.
        board: Where the status is put together.
        make_box: Makes the box; called on the thread.
        same_disk: Tells whether two folders share a disk.
    """

    def __init__(
        self,
        directory: Path,
        folder: Path,
        board: Board,
        make_box: Callable[[Path, Path], Box],
        same_disk: Callable[[Path, Path], bool],
    ) -> None:
        self._directory = directory
        self._folder = folder
        self._board = board
        self._make_box = make_box
        self._same_disk = same_disk
        self._box: Box | None = None
        board.change_box(folder=str(folder))

    def turn(self) -> float:
        """Bring the box up to date; says how long to rest, in seconds."""
        try:
            if self._box is None:
                self._box = self._make_box(self._directory, self._folder)
            copied = self._board.status.elsewhere.newest
            if copied is not None and copied.epoch == self._board.status.epoch:
                self._box.copied_elsewhere(copied.records)
            self._box.catch_up()
            shared = self._same_disk(self._folder, self._directory)
        except (StorageError, OSError) as error:
            detail = error.support if isinstance(error, BlackBoxAway) else str(error)
            self._board.change_box(trouble=trouble_of(error), detail=detail)
        else:
            self._board.change_box(
                records=self._box.boxed_seq,
                set_aside=self._box.set_aside,
                same_disk=shared,
                trouble=None,
                detail="",
            )
        return BOX_LOOK_S

    def end(self) -> None:
        """Let go of the box."""
        box, self._box = self._box, None
        if box is not None:
            box.close()
