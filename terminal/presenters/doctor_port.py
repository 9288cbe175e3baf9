"""What the device screen can ask for. The doctor's service satisfies it by shape; the presenter knows no thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from hardware.findings import Attached, Finding
    from hardware.speeds import Framing
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

    def listen(self, heard: Callable[[Capture], None], framing: Framing | None) -> None:
        """Listen to every scanner byte for byte until ``stop_listening``; ``heard`` is called on the painting thread.

        Scanners that were served are paused meanwhile. Where nothing can be listened to, nothing happens.

        Args:
            heard: Takes each scan.
            framing: How serial ports are opened; ``None`` as the settings say.
        """
        ...

    def stop_listening(self) -> None:
        """End ``listen``; the scanners go on as before. Does nothing when nobody listens."""
        ...

    def changes(self, device_id: str, port: str, wanted: Mapping[str, str | int]) -> Changes:
        """What would have to change in the settings for a scanner.

        Args:
            device_id: The till's name for it; empty for one that types.
            port: Where it was heard.
            wanted: The settings that fit it, by their names in its table.

        Returns:
            Those that differ, by key path; empty when the settings fit already.
        """
        ...

    def test_pole(self, first: str, second: str) -> None:
        """Show two lines on the customers' display."""
        ...

    def keep(
        self, changes: Changes, done: Callable[[Kept | NotKept], None], failed: Callable[[Exception], None]
    ) -> None:
        """Write changed settings to the settings file, and use them at once where that is possible."""
        ...

    def bundle(self, folder: Path, done: Callable[[Path], None], failed: Callable[[Exception], None]) -> None:
        """Write what support needs, without personal data, as a new file in a folder."""
        ...

    def sheet(
        self, folder: Path, caption: str, done: Callable[[Path], None], failed: Callable[[Exception], None]
    ) -> None:
        """Write the test barcode as a PDF into a folder, for scanners that read no screens."""
        ...
