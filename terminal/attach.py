"""Attaches devices to a running till once its first screen is up: nothing of them is needed to paint it.

One function for each kind. What a device says is handed over to the painting thread; what was started is ended with the
till, before the ledger is closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hardware.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable

    from terminal.assembly import RunningTill
    from terminal.settings import Settings

DEVICES_DELAY_MS: Final = 250
"""How long after the start devices are attached, in milliseconds: the first screen comes first."""


def attach(till: RunningTill, settings: Settings, bug: Callable[[Exception], None]) -> None:
    """Attach whatever the settings name.

    Args:
        till: The till.
        settings: Its settings.
        bug: Takes a mistake of ours that no cashier has to hear of, to write it down; any thread may call it.
    """
    traffic = Traffic()
    attach_sound(till, settings)
    attach_scanners(till, settings, traffic)
    attach_wedge(till, settings, traffic)
    attach_printer(till, settings)
    attach_customers(till, settings)
    attach_register(till, settings, bug)


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


def attach_printer(till: RunningTill, settings: Settings) -> None:
    """Print receipts; without a printer the till still knows its paper, for the preview and the PDF."""
    from terminal.devices.printing import TillPrinter

    printer = TillPrinter(settings.printer, deliver=till.bridge.deliver, on_status=till.shell.printer_status)
    till.around.printing = printer
    printer.start()
    till.at_the_end(printer.stop)


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


def attach_register(till: RunningTill, settings: Settings, bug: Callable[[Exception], None]) -> None:
    """Let cash registers put their baskets on the counter."""
    if not settings.register.port:
        return
    from terminal.presenters.register import RegisterPresenter
    from terminal.register.server import RegisterServer

    shell = till.shell
    register = RegisterPresenter(till.around, shell, shell.member, shell.idle, lambda: shell.state.screen)
    shell.register = register
    server = RegisterServer(
        till.desk.directory,
        settings.register.port,
        register,
        till.bridge.deliver,
        bug,
        trouble=lambda say: register.trouble("server", say),
    )
    server.start()
    till.at_the_end(server.stop)
