"""Which way to a printer a set-up means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hardware.printing.network import NetworkTransport
from hardware.printing.ports import DeviceTransport, FileTransport, SerialPrinterTransport
from hardware.printing.setup import (
    DeviceTarget,
    FileTarget,
    NetworkTarget,
    SerialTarget,
    UsbTarget,
    parse_target,
)
from hardware.printing.usb import UsbTransport

if TYPE_CHECKING:
    from hardware.printing.lines import PrinterTransport
    from hardware.printing.setup import PrinterSetup


def printer_transport(setup: PrinterSetup) -> PrinterTransport:
    """The way to the printer that is set up.

    Raises:
        NotAPrinter: What the set-up names is no way to a printer.
    """
    match parse_target(setup.target):
        case NetworkTarget() as target:
            return NetworkTransport(target)
        case SerialTarget(port):
            return SerialPrinterTransport(port, setup)
        case DeviceTarget(path):
            return DeviceTransport(path)
        case FileTarget(path):
            return FileTransport(path)
        case UsbTarget() as target:
            return UsbTransport(target)
