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


class DeviceCode(StrEnum):
    """What can be found out about a till's devices; the names are stable."""

    DEVICE_READY = "device_ready"
    DEVICE_STARTING = "device_starting"
    PORT_USABLE = "port_usable"
    """It is there and free; nobody has tried to open it."""
    PORT_IN_TILL = "port_in_till"
    """The open till holds it, as it should."""
    PORT_UNUSED = "port_unused"
    NOT_TRIED = "not_tried"
    """An address on the network that was not asked."""

    NO_SCANNER = "no_scanner"
    SCANNER_TYPES = "scanner_types"
    BRLTTY_TOOK_PORT = "brltty_took_port"
    MODEM_MANAGER_PROBES = "modem_manager_probes"
    MODEM_MANAGER_HOLDS = "modem_manager_holds"

    PORT_MISSING = "port_missing"
    PORT_BUSY = "port_busy"
    PORT_BUSY_BY = "port_busy_by"
    PORT_DENIED = "port_denied"
    NOT_IN_GROUP = "not_in_group"
    PORT_IS_FOLDER = "port_is_folder"
    PORT_IS_FILE = "port_is_file"
    NOT_A_PORT = "not_a_port"
    PORT_SHARED = "port_shared"
    WRONG_DEVICE = "wrong_device"
    HOST_UNREACHABLE = "host_unreachable"
    DEVICE_LOST = "device_lost"
    PORT_FAILED = "port_failed"
    DRIVER_MISSING = "driver_missing"
    DEVICE_TROUBLE = "device_trouble"
    """Something its driver says and nobody here knows better."""

    GARBLED = "garbled"
    NO_TERMINATOR = "no_terminator"
    NOT_AS_SET_UP = "not_as_set_up"

    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    PRINTER_MISCONFIGURED = "printer_misconfigured"
    """The settings name a model or characters that the printer's library does not know."""
    PRINTER_SOFTWARE_MISSING = "printer_software_missing"
    PRINTER_OFFLINE = "printer_offline"
    NO_SOUND_PLAYER = "no_sound_player"


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
        state: Its newest state; ``None`` where nobody serves it just now.
        description: What it calls itself; empty when nobody knows.
        usb_id: Vendor and product as ``0C2E:0B61``; empty for one that is not USB.
        waiting: Jobs that wait, of a printer.
        error: Why it can't be used, or ``None``.
        counters: What its line has seen, of a scanner.
    """

    device_id: str
    kind: DeviceKind
    port: str = ""
    state: DeviceState | PrinterState | None = None
    description: str = ""
    usb_id: str = ""
    waiting: int = 0
    error: HardwareError | None = None
    counters: ScannerCounters | None = None
