"""Attaches devices to a running till once its first screen is up: nothing of them is needed to paint it.

One function for each kind. What a device says is handed over to the painting thread; what was started is ended with the
till, before the ledger is closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from terminal.assembly import RunningTill
    from terminal.settings import Settings

DEVICES_DELAY_MS: Final = 250
"""How long after the start devices are attached, in milliseconds: the first screen comes first."""


def attach(till: RunningTill, settings: Settings) -> None:
    """Attach whatever the settings name."""
    attach_sound(till, settings)
    attach_scanners(till, settings)


def attach_sound(till: RunningTill, settings: Settings) -> None:
    """Let the cashier hear what happened."""
    from PySide6.QtWidgets import QApplication

    from terminal.devices.sound import make_sound

    sounds = make_sound(settings.sound, beep=lambda: till.bridge.deliver(QApplication.beep))
    sounds.start()
    till.at_the_end(sounds.stop)
    till.around.play = sounds.play


def attach_scanners(till: RunningTill, settings: Settings) -> None:
    """Serve the scanners; what they read is consumed once, on the painting thread."""
    from terminal.devices.scanners import scanner_worker

    if not settings.scanner.port:
        return
    deliver, shell = till.bridge.deliver, till.shell
    worker = scanner_worker(
        "scanner",
        settings.scanner,
        on_scan=lambda scan: deliver(lambda: shell.scanned(scan)),
        on_status=lambda status: deliver(lambda: shell.scanner_status(status)),
    )
    worker.start()
    till.at_the_end(worker.stop)
