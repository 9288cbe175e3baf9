"""What the device screen can ask for. The doctor's service satisfies it by shape; the presenter knows no thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hardware.findings import Attached, Finding
    from hardware.sound import Cue
    from hardware.traffic import TrafficEntry
    from hardware.wizard import Capture
    from terminal.app.keep_settings import Changes, Kept, NotKept


class DoctorActions(Protocol):
    """Everything here returns at once.

    Where there are ``done`` and ``failed``, exactly one of them is called later, on the painting thread; a no is a
    value for ``done``, ``failed`` gets what broke.
    """

    def devices(self) -> tuple[Attached, ...]:
        """The devices the till serves and how they are doing now: scanners first, then printer and displays."""
        ...

    def traffic(self) -> tuple[TrafficEntry, ...]:
        """The last frames of all scanners, masked, the newest last."""
        ...

    def examine(self, done: Callable[[tuple[Finding, ...]], None], failed: Callable[[Exception], None]) -> None:
        """Look at the machine's ports, programs and devices."""
        ...

    def listen(self, heard: Callable[[Capture], None]) -> None:
        """Listen to every scanner byte for byte until ``stop_listening``; ``heard`` is called on the painting thread.

        Scanners that were served are paused meanwhile. Where nothing can be listened to, nothing happens.
        """
        ...

    def stop_listening(self) -> None:
        """End ``listen``; the scanners go on as before. Does nothing when nobody listens."""
        ...

    def test_pole(self, first: str, second: str) -> None:
        """Show two lines on the customers' display."""
        ...

    def play(self, cue: Cue) -> None:
        """Play a sound of the till."""
        ...

    def keep(
        self, changes: Changes, done: Callable[[Kept | NotKept], None], failed: Callable[[Exception], None]
    ) -> None:
        """Write changed settings to the settings file, and use them at once where that is possible."""
        ...

    def bundle(self, folder: Path, done: Callable[[Path], None], failed: Callable[[Exception], None]) -> None:
        """Write what support needs, without personal data, as a new file in a folder."""
        ...
