"""What is wrong with a till's devices, as values: codes and facts; the sentences are made where somebody reads them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from hardware.counters import ScannerCounters
    from hardware.errors import HardwareError
    from hardware.printing.status import PrinterState
    from hardware.scans import DeviceState


class Severity(StrEnum):
    """How much a finding matters; the order is from calm to bad."""

    FINE = "fine"
    NOTE = "note"
    """Nothing is wrong; somebody may want to know."""
    WARNING = "warning"
    """It works, or will, but something should be looked at."""
    BROKEN = "broken"
    """It does not work until somebody does something."""


class DeviceKind(StrEnum):
    """What a device is for."""

    SCANNER = "scanner"
    KEYBOARD = "keyboard"
    """A scanner that types."""
    PRINTER = "printer"
    POLE = "pole"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was found out.

    Attributes:
        code: A stable name, a member of one of the enumerations of codes.
        severity: How much it matters.
        device: The till's name of the device, or the port, or the part of the till it is about.
        values: What its sentence may name: ``port``, ``group``, ``program`` and the like.
    """

    code: str
    severity: Severity
    device: str = ""
    values: dict[str, str] = {}


class Attached(msgspec.Struct, frozen=True, kw_only=True):
    """A device the till serves, and how it is doing.

    Attributes:
        device_id: The till's name for it.
        kind: What it is for.
        port: Where it is configured to be; empty for one that was found by itself.
        state: Its newest state.
        description: What it calls itself; empty when nobody knows.
        usb_id: Vendor and product as ``0C2E:0B61``; empty for one that is not USB.
        waiting: Jobs that wait, of a printer.
        error: Why it can't be used, or ``None``.
        counters: What its line has seen, of a scanner.
    """

    device_id: str
    kind: DeviceKind
    port: str = ""
    state: DeviceState | PrinterState
    description: str = ""
    usb_id: str = ""
    waiting: int = 0
    error: HardwareError | None = None
    counters: ScannerCounters | None = None
