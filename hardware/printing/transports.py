"""Which way to a printer a set-up means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Never

from hardware.printing.errors import NotAPrinter
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
    from collections.abc import Hashable

    from hardware.printing.lines import PrinterTransport
    from hardware.printing.setup import PrinterSetup


class NoWay:
    """What the settings name is no way to a printer; that is found out when the till runs, like every other trouble."""

    is_shared = False

    def __init__(self, refused: NotAPrinter) -> None:
        """Remember why."""
        self._refused = refused

    def open(self) -> Never:
        """Say why.

        Raises:
            NotAPrinter: Always.
        """
        raise NotAPrinter(self._refused.port, self._refused.detail)

    def presence(self) -> Hashable | None:
        """Nothing can appear there."""
        return None


def printer_transport(setup: PrinterSetup) -> PrinterTransport:
    """The way to the printer that is set up; one that the set-up names wrongly refuses to open."""
    try:
        found = parse_target(setup.target)
    except NotAPrinter as refused:
        return NoWay(refused)
    match found:
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
