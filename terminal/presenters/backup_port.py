"""What the screen of copies can ask for. The service of the copies satisfies it by shape; presenters know no thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from terminal.backup.places import Volume


class BackupActions(Protocol):
    """Everything here returns at once; how it goes, the status tells."""

    def back_up_now(self) -> None:
        """Take a copy, and carry it to the second place."""
        ...

    def look_for_places(self, done: Callable[[tuple[Volume, ...]], None]) -> None:
        """Find what is plugged in and would do as a second place; ``done`` is called on the painting thread."""
        ...

    def use_place(self, folder: Path, done: Callable[[], None], failed: Callable[[Exception], None]) -> None:
        """Keep the copies there too from now on, and write that into the settings.

        Exactly one of ``done`` and ``failed`` is called later, on the painting thread.
        """
        ...
