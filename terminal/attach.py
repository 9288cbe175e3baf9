"""Attaches devices to a running till once its first screen is up: nothing of them is needed to paint it.

One function for each kind. What a device says is handed over to the painting thread; what was started is ended with the
till, before the ledger is closed.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hardware.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable

    from hardware.pole_worker import PoleWorker
    from storage.blackbox import BlackBox
    from terminal.assembly import RunningTill
    from terminal.devices.printing import TillPrinter
    from terminal.devices.scanners import Scanners
    from terminal.presenters.register import RegisterPresenter
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
    make_scanners = partial(scanners_of, till, traffic=traffic)
    scanners = make_scanners(settings)
    scanners.start()
    attach_wedge(till, settings, traffic)
    printer = attach_printer(till, settings)
    pole = attach_customers(till, settings)
    attach_doctor(till, settings, scanners, make_scanners, traffic=traffic, printer=printer, pole=pole)
    attach_registers(till, settings, bug)
    attach_retention(till, settings, bug)
    attach_exports(till, settings)


def attach_sound(till: RunningTill, settings: Settings) -> None:
    """Let the cashier hear what happened."""
    from PySide6.QtWidgets import QApplication

    from terminal.devices.sound import make_sound

    sounds = make_sound(settings.sound, beep=lambda: till.bridge.deliver(QApplication.beep))
    sounds.start()
    till.at_the_end(sounds.stop)
    till.around.play = sounds.play


def scanners_of(till: RunningTill, settings: Settings, *, traffic: Traffic) -> Scanners:
    """The scanners of the settings, or those that are found; each scan is consumed once, by the painting thread.

    Ports that other devices have are left alone.
    """
    from terminal.devices.scanners import Scanners

    deliver, shell = till.bridge.deliver, till.shell
    return Scanners(
        settings.scanner,
        settings.scanners,
        on_scan=lambda scan: deliver(lambda: shell.scanned(scan)),
        on_status=lambda status: deliver(lambda: shell.scanner_status(status)),
        traffic=traffic,
        claimed={settings.printer.port, settings.pole.port},
    )


def attach_wedge(till: RunningTill, settings: Settings, traffic: Traffic) -> None:
    """Take fast typing for a scan, in every window of the till."""
    from PySide6.QtWidgets import QApplication

    from terminal.ui.wedge import WedgeFilter

    application = QApplication.instance()
    assert isinstance(application, QApplication), "the till has a window"
    wedge = WedgeFilter(application, till.shell.scanned, settings.wedge, till.around.knows_number, traffic)
    wedge.install()
    till.at_the_end(wedge.remove)


def attach_printer(till: RunningTill, settings: Settings) -> TillPrinter:
    """Print receipts; without a printer the till still knows its paper, for the preview and the PDF."""
    from terminal.devices.printing import TillPrinter

    printer = TillPrinter(settings.printer, deliver=till.bridge.deliver, on_status=till.shell.printer_status)
    till.around.printing = printer
    printer.start()
    till.at_the_end(printer.stop)
    return printer


def attach_customers(till: RunningTill, settings: Settings) -> PoleWorker | None:
    """Show customers what concerns them: on a second monitor, and on a display of two lines, which is returned."""
    if settings.display.window == "off" and not settings.pole.port:
        return None
    from terminal.presenters.customer import CustomerPresenter

    customer = CustomerPresenter(till.around, till.shell, settings.display, has_pole=bool(settings.pole.port))
    if settings.display.window != "off":
        from terminal.ui.customer import CustomerWindows

        windows = CustomerWindows(customer, till.window.texts, till.window.theme)
        windows.follow_screens(till.window)
        till.at_the_end(windows.close)
    if not settings.pole.port:
        return None
    from terminal.devices.pole import make_pole

    changed = till.shell.doctor.devices_changed
    pole = make_pole(settings.pole, on_status=lambda _status: till.bridge.deliver(changed))
    customer.subscribe(lambda: pole.show(customer.state.pole))
    pole.show(customer.state.pole)
    pole.start()
    till.at_the_end(pole.stop)
    return pole


def attach_doctor(
    till: RunningTill,
    settings: Settings,
    scanners: Scanners,
    make_scanners: Callable[[Settings], Scanners],
    *,
    traffic: Traffic,
    printer: TillPrinter,
    pole: PoleWorker | None,
) -> None:
    """Let the device screen examine what is attached; the scanners are its to pause, to change and to end."""
    from hardware.pole import PoleRow, PoleText
    from terminal.app.doctor import DoctorService, Ward

    ward = Ward(
        scanners=scanners,
        traffic=traffic.entries,
        make_scanners=make_scanners,
        printer=lambda: printer.status,
        pole=lambda: pole.status if pole else None,
        show_on_pole=None if pole is None else lambda upper, lower: pole.show(PoleText(PoleRow(upper), PoleRow(lower))),
    )
    doctor = DoctorService(
        till.desk.directory,
        settings,
        ward,
        deliver=till.bridge.deliver,
        broke=till.shell.broke,
        clock=till.around.clock,
        ids=till.around.ids,
    )
    till.around.doctor = doctor
    till.at_the_end(doctor.stop)


def attach_registers(till: RunningTill, settings: Settings, bug: Callable[[Exception], None]) -> None:
    """Let cash registers put their baskets on the counter, and leave files of their sales."""
    if not settings.register.port and not settings.register.folder:
        return
    from terminal.presenters.register import RegisterPresenter

    shell = till.shell
    register = RegisterPresenter(till.around, shell, shell.member, shell.idle, lambda: shell.state.screen)
    shell.register = register
    if settings.register.port:
        _serve_registers(till, settings.register.port, register, bug)
    if settings.register.folder:
        _watch_folder(till, Path(settings.register.folder).expanduser(), register, bug)


def _serve_registers(
    till: RunningTill, port: int, register: RegisterPresenter, bug: Callable[[Exception], None]
) -> None:
    from terminal.register.server import RegisterServer

    trouble = partial(register.trouble, "server")
    server = RegisterServer(till.desk.directory, port, register, till.bridge.deliver, bug, trouble)
    server.start()
    till.at_the_end(server.stop)


def _watch_folder(till: RunningTill, path: Path, register: RegisterPresenter, bug: Callable[[Exception], None]) -> None:
    from terminal.register.folder_thread import FolderThread

    deliver, around = till.bridge.deliver, till.around
    folder = FolderThread(
        path,
        till.desk,
        texts=lambda: around.texts,
        trouble=lambda say: deliver(lambda: register.trouble("folder", say)),
        bug=bug,
    )
    folder.start()
    till.at_the_end(folder.stop)


def attach_backups(till: RunningTill, settings: Settings, bug: Callable[[Exception], None]) -> None:
    """Take copies of the data by themselves, here and in the second place, and feed the black box."""
    from terminal.app.keep_settings import keep_second_place
    from terminal.backup.service import BackupService, Means

    def make_box(directory: Path, folder: Path) -> BlackBox:
        from storage.blackbox import BlackBox  # needed only where the settings name one

        return BlackBox(directory, folder)

    deliver, desk, around = till.bridge.deliver, till.desk, till.around
    service = BackupService(
        desk.directory,
        settings.backup,
        desk.shop.terminal_id,
        around.clock,
        told=lambda status: deliver(lambda: till.shell.backup_status(status)),
        bug=bug,
        means=Means(deliver, partial(keep_second_place, desk.directory), make_box),
    )
    around.backup_actions = service
    till.hear_bookings(service.nudge)
    till.at_the_end(service.stop)
    service.start()


def attach_retention(till: RunningTill, settings: Settings, bug: Callable[[Exception], None]) -> None:
    """Let what names people go when it was kept for as long as the settings say."""
    from terminal.app.sweep import RetentionWatch

    watch = RetentionWatch(
        till.desk,
        till.desk.directory,
        settings.retention,
        till.around.clock,
        register_folder=Path(settings.register.folder).expanduser() if settings.register.folder else None,
        bug=bug,
    )
    watch.start()
    till.at_the_end(watch.stop)


def attach_exports(till: RunningTill, settings: Settings) -> None:
    """Let the member screen write down what is stored about somebody."""
    from terminal.app.exporting import MemberExports

    exports = MemberExports(till.desk, settings.retention, till.around.clock, till.around.ids, till.bridge.deliver)
    till.around.exports = exports
    till.at_the_end(exports.stop)
