"""Attaches devices to a running till once its first screen is up: nothing of them is needed to paint it.

One function for each kind. What a device says is handed over to the painting thread; what was started is ended with the
till, before the ledger is closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hardware.traffic import Traffic

if TYPE_CHECKING:
    from terminal.assembly import RunningTill
    from terminal.settings import Settings

DEVICES_DELAY_MS: Final = 250
"""How long after the start devices are attached, in milliseconds: the first screen comes first."""


def attach(till: RunningTill, settings: Settings) -> None:
    """Attach whatever the settings name."""
    traffic = Traffic()
    attach_sound(till, settings)
    attach_scanners(till, settings, traffic)
    attach_wedge(till, settings, traffic)
    attach_customers(till, settings)


def attach_sound(till: RunningTill, settings: Settings) -> None:
    """Let the cashier hear what happened."""
    from PySide6.QtWidgets import QApplication

    from terminal.devices.sound import make_sound

    sounds = make_sound(settings.sound, beep=lambda: till.bridge.deliver(QApplication.beep))
    sounds.start()
    till.at_the_end(sounds.stop)
    till.around.play = sounds.play


def attach_scanners(till: RunningTill, settings: Settings, traffic: Traffic) -> None:
    """Serve the scanners of the settings, or those that are found; each scan is consumed once, by the painting thread.

    Ports that other devices have are left alone.
    """
    from terminal.devices.scanners import Scanners

    deliver, shell = till.bridge.deliver, till.shell
    scanners = Scanners(
        settings.scanner,
        settings.scanners,
        on_scan=lambda scan: deliver(lambda: shell.scanned(scan)),
        on_status=lambda status: deliver(lambda: shell.scanner_status(status)),
        traffic=traffic,
        claimed={settings.printer.port, settings.pole.port},
    )
    scanners.start()
    till.at_the_end(scanners.stop)


def attach_wedge(till: RunningTill, settings: Settings, traffic: Traffic) -> None:
    """Take fast typing for a scan, in every window of the till."""
    from PySide6.QtWidgets import QApplication

    from terminal.ui.wedge import WedgeFilter

    application = QApplication.instance()
    assert isinstance(application, QApplication), "the till has a window"
    wedge = WedgeFilter(application, till.shell.scanned, settings.wedge, till.around.knows_number, traffic)
    wedge.install()
    till.at_the_end(wedge.remove)


def attach_customers(till: RunningTill, settings: Settings) -> None:
    """Show customers what concerns them: on a second monitor, and on a display of two lines."""
    if settings.display.window == "off" and not settings.pole.port:
        return
    from terminal.presenters.customer import CustomerPresenter

    customer = CustomerPresenter(till.around, till.shell, settings.display)
    if settings.display.window != "off":
        from terminal.ui.customer import CustomerWindows

        windows = CustomerWindows(customer, till.window.texts, till.window.theme)
        windows.follow_screens(till.window)
        till.at_the_end(windows.close)
    if settings.pole.port:
        from terminal.devices.pole import make_pole

        changed = till.shell.doctor.devices_changed
        pole = make_pole(settings.pole, on_status=lambda _status: till.bridge.deliver(changed))
        customer.subscribe(lambda: pole.show(customer.state.pole))
        pole.show(customer.state.pole)
        pole.start()
        till.at_the_end(pole.stop)
