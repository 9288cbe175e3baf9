"""Examines a till's devices: what their drivers say, explained by what the machine says about their ports.

A driver knows that a port is busy or denied; the machine knows by whom and why. Only both together make a cure.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from hardware.errors import HardwareErrorCode
from hardware.findings import Attached, DeviceCode, DeviceKind, Finding, Severity
from hardware.frames import RejectReason
from hardware.machine import PathKind
from hardware.printing.errors import PrinterErrorCode
from hardware.printing.status import PrinterState
from hardware.scans import DeviceState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hardware.counters import ScannerCounters
    from hardware.discovery import PortInfo
    from hardware.machine import Machine, UsbDevice

MODEM_MANAGER: Final = "ModemManager"
BRLTTY: Final = "brltty"

PRINTER_VENDORS: Final = frozenset({0x04B8, 0x0519, 0x1504, 0x1D90, 0x0DD4, 0x0FE6, 0x0416})
"""USB vendors of receipt printers: Epson, Star, Bixolon, Citizen, Custom, and two makers of chips in cheap ones."""

BRLTTY_BRIDGES: Final = frozenset({(0x10C4, 0xEA60), (0x0403, 0x6001), (0x1A86, 0x7523)})
"""USB-serial chips that brltty takes for a braille display: CP210x, FT232 and CH340 (brltty's own udev rules)."""

NOT_DESCRIBED: Final = "n/a"
URL_MARK: Final = "://"
USB_SCHEME: Final = "usb://"
FILE_SCHEME: Final = "file://"

REJECTS_MIN: Final = 3
"""How many refused frames are a pattern and not bad luck."""

REJECTS_SHARE: Final = 0.2
"""The share of refused frames from which on a scanner's set-up is suspected."""

RESTING: Final = frozenset({DeviceState.CONNECTING, DeviceState.STOPPED, PrinterState.STARTING, PrinterState.STOPPED})
WORKING: Final = frozenset({DeviceState.READY, PrinterState.READY, PrinterState.PRINTING})

_PRINTER_STATES: Final = {
    PrinterState.PAPER_LOW: (DeviceCode.PAPER_LOW, Severity.WARNING),
    PrinterState.PAPER_OUT: (DeviceCode.PAPER_OUT, Severity.BROKEN),
    PrinterState.COVER_OPEN: (DeviceCode.COVER_OPEN, Severity.BROKEN),
    PrinterState.OFFLINE: (DeviceCode.PRINTER_OFFLINE, Severity.BROKEN),
}

_DRIVER_WORDS: Final[dict[str, DeviceCode]] = {
    HardwareErrorCode.PORT_BUSY: DeviceCode.PORT_BUSY,
    HardwareErrorCode.PORT_DENIED: DeviceCode.PORT_DENIED,
    HardwareErrorCode.PORT_MISSING: DeviceCode.PORT_MISSING,
    HardwareErrorCode.NOT_A_PORT: DeviceCode.NOT_A_PORT,
    HardwareErrorCode.HOST_UNREACHABLE: DeviceCode.HOST_UNREACHABLE,
    HardwareErrorCode.DEVICE_LOST: DeviceCode.DEVICE_LOST,
    HardwareErrorCode.PORT_FAILED: DeviceCode.PORT_FAILED,
    HardwareErrorCode.DRIVER_MISSING: DeviceCode.DRIVER_MISSING,
    PrinterErrorCode.PRINTER_BUSY: DeviceCode.PORT_BUSY,
    PrinterErrorCode.PRINTER_DENIED: DeviceCode.PORT_DENIED,
    PrinterErrorCode.PRINTER_MISSING: DeviceCode.PORT_MISSING,
    PrinterErrorCode.NOT_A_PRINTER: DeviceCode.NOT_A_PORT,
    PrinterErrorCode.PRINTER_UNREACHABLE: DeviceCode.HOST_UNREACHABLE,
    PrinterErrorCode.PRINTER_LOST: DeviceCode.DEVICE_LOST,
    PrinterErrorCode.PRINTER_MISCONFIGURED: DeviceCode.PRINTER_MISCONFIGURED,
    PrinterErrorCode.PRINTER_SOFTWARE_MISSING: DeviceCode.PRINTER_SOFTWARE_MISSING,
}

_NO_PORT: Final = {PathKind.FOLDER: DeviceCode.PORT_IS_FOLDER, PathKind.FILE: DeviceCode.PORT_IS_FILE}

_REJECTS: Final = {
    DeviceCode.GARBLED: (RejectReason.LINE_NOISE, RejectReason.CONTROL_CHARACTER),
    DeviceCode.NO_TERMINATOR: (RejectReason.TIMEOUT,),
    DeviceCode.NOT_AS_SET_UP: (RejectReason.PREFIX_MISSING, RejectReason.AIM_MISSING),
}

_ORDER: Final = {severity: place for place, severity in enumerate(reversed(Severity))}


def examine(
    machine: Machine,
    attached: Sequence[Attached],
    is_scanner: Callable[[int], bool] = lambda _vid: False,
    *,
    is_silent: bool = False,
) -> tuple[Finding, ...]:
    """Examine the devices of a till and the machine around them; nothing is opened.

    Args:
        machine: Where they are plugged in.
        attached: What the till serves.
        is_scanner: Whether a USB vendor makes scanners.
        is_silent: Whether the till is to make no sound; then nobody misses a player.

    Returns:
        Everything worth a sentence, the worst first.
    """
    ports = tuple(machine.ports())
    running = machine.running(MODEM_MANAGER, BRLTTY)
    usb = machine.usb_devices()
    found: list[Finding] = []
    for each in attached:
        found += _device(machine, each, ports, usb, running)
    found += _shared(attached)
    found += _around(machine, attached, ports, usb, running, is_scanner)
    if not is_silent and not machine.plays_sounds():
        found.append(_about(DeviceCode.NO_SOUND_PLAYER, Severity.WARNING, "sound", {}))
    return tuple(sorted(found, key=lambda finding: _ORDER[finding.severity]))


# -- one device --------------------------------------------------------------------------------------------------------


def _device(
    machine: Machine,
    each: Attached,
    ports: Sequence[PortInfo],
    usb: Sequence[UsbDevice],
    running: frozenset[str],
) -> Iterator[Finding]:
    info = _port_info(each.port, ports)
    facts = {
        "port": each.port,
        "usb_id": each.usb_id or (info.usb_id if info else ""),
        "description": each.description or _described(info),
    }
    if each.state in WORKING:
        yield _finding(each, DeviceCode.DEVICE_READY, Severity.FINE, facts)
        yield from _reading(each, facts)
    elif each.state in _PRINTER_STATES:
        assert isinstance(each.state, PrinterState)
        yield _finding(each, *_PRINTER_STATES[each.state], facts)
    elif each.state in RESTING:
        yield _finding(each, DeviceCode.DEVICE_STARTING, Severity.NOTE, facts)
    else:
        code, severity, values = _trouble(machine, each, info, usb, running)
        yield _finding(each, code, severity, facts | values)


Told = tuple[DeviceCode, Severity, dict[str, str]]


def _trouble(
    machine: Machine, each: Attached, info: PortInfo | None, usb: Sequence[UsbDevice], running: frozenset[str]
) -> Told:
    """Why a device that should work does not, or might not."""
    if URL_MARK in each.port:
        return _at_address(each, usb)
    if not each.port:
        return _by_driver(each, running)
    look = machine.look_at(each.port)
    if look.kind is PathKind.MISSING:
        taken = _taken_by_brltty(usb, running)
        facts = {"usb_id": taken.usb_id, "description": taken.name} if taken else {}
        return (DeviceCode.BRLTTY_TOOK_PORT if taken else DeviceCode.PORT_MISSING), Severity.BROKEN, facts
    if look.kind is not PathKind.PORT:
        return _NO_PORT[look.kind], Severity.BROKEN, {}
    if each.kind is DeviceKind.SCANNER and info is not None and info.vid in PRINTER_VENDORS:
        return DeviceCode.WRONG_DEVICE, Severity.BROKEN, {}
    if not look.allowed:
        outside = bool(look.group) and not machine.is_member(look.group)
        code = DeviceCode.NOT_IN_GROUP if outside else DeviceCode.PORT_DENIED
        return code, Severity.BROKEN, {"group": look.group}
    return _held(machine, each, running)


def _held(machine: Machine, each: Attached, running: frozenset[str]) -> Told:
    """A port that is there and may be opened: by whom it is held, or what the driver says."""
    holders = machine.holders(each.port)
    other = next((holder for holder in holders if not holder.is_till), None)
    if other is not None:
        return DeviceCode.PORT_BUSY_BY, Severity.BROKEN, {"program": other.program, "pid": str(other.pid)}
    if each.error is None and holders:
        return DeviceCode.PORT_IN_TILL, Severity.FINE, {}
    return _by_driver(each, running)


def _by_driver(each: Attached, running: frozenset[str]) -> Told:
    """What the driver says, when the machine has nothing to add."""
    if each.error is None:
        if each.state is DeviceState.LOST:
            return DeviceCode.DEVICE_LOST, Severity.BROKEN, {}
        return DeviceCode.PORT_USABLE, Severity.FINE, {}
    values = {"detail": each.error.detail or each.error.cashier}
    code = _DRIVER_WORDS.get(each.error.code)
    if code is DeviceCode.PORT_BUSY and MODEM_MANAGER in running:
        return DeviceCode.MODEM_MANAGER_HOLDS, Severity.BROKEN, values
    if code is None:
        return DeviceCode.DEVICE_TROUBLE, Severity.BROKEN, values | {"code": each.error.code}
    return code, Severity.BROKEN, values


def _at_address(each: Attached, usb: Sequence[UsbDevice]) -> Told:
    """A device that is not at a path: on the network, or a printer by its USB id."""
    if each.error is not None:
        return _by_driver(each, frozenset())
    if each.port.startswith(USB_SCHEME):
        wanted = each.port.removeprefix(USB_SCHEME).upper()
        there = not usb or any(device.usb_id == wanted for device in usb)
        return (DeviceCode.PORT_USABLE, Severity.FINE, {}) if there else (DeviceCode.PORT_MISSING, Severity.BROKEN, {})
    if each.port.startswith(FILE_SCHEME):
        return DeviceCode.PORT_USABLE, Severity.FINE, {}
    return DeviceCode.NOT_TRIED, Severity.NOTE, {}


def _reading(each: Attached, facts: dict[str, str]) -> Iterator[Finding]:
    """What the counters of a scanner that is connected tell about its set-up."""
    if each.counters is None:
        return
    for code, reasons in _REJECTS.items():
        count = sum(each.counters.rejected.get(reason, 0) for reason in reasons)
        if count >= REJECTS_MIN and count >= REJECTS_SHARE * _frames(each.counters):
            yield _finding(each, code, Severity.WARNING, facts | {"count": str(count)})


def _frames(counters: ScannerCounters) -> int:
    return counters.scans + sum(counters.rejected.values())


# -- the machine -------------------------------------------------------------------------------------------------------


def _around(
    machine: Machine,
    attached: Sequence[Attached],
    ports: Sequence[PortInfo],
    usb: Sequence[UsbDevice],
    running: frozenset[str],
    is_scanner: Callable[[int], bool],
) -> Iterator[Finding]:
    """What is plugged in and used by nobody, and programs that get in the way."""
    used = {_real(each.port) for each in attached if each.port}
    for info in ports:
        if _real(info.port) not in used:
            yield _about(DeviceCode.PORT_UNUSED, Severity.NOTE, info.port, _facts(info))
    yield from _typing(attached, usb, running, is_scanner)
    for info in ports if MODEM_MANAGER in running else ():
        probed = info.vid is not None and (_real(info.port) in used or is_scanner(info.vid))
        if probed and not machine.is_spared_by_modem_manager(info.port):
            yield _about(DeviceCode.MODEM_MANAGER_PROBES, Severity.WARNING, info.port, _facts(info))


def _typing(
    attached: Sequence[Attached],
    usb: Sequence[UsbDevice],
    running: frozenset[str],
    is_scanner: Callable[[int], bool],
) -> Iterator[Finding]:
    """Scanners in keyboard mode; and where there is no scanner at all, why that may be."""
    typing = [device for device in usb if device.types and is_scanner(device.vid)]
    for device in typing:
        facts = {"usb_id": device.usb_id, "description": device.name}
        yield _about(DeviceCode.SCANNER_TYPES, Severity.NOTE, device.name or device.usb_id, facts)
    if typing or any(each.kind is DeviceKind.SCANNER for each in attached):
        return
    taken = _taken_by_brltty(usb, running)
    if taken is not None:
        facts = {"usb_id": taken.usb_id, "description": taken.name, "port": taken.name or taken.usb_id}
        yield _about(DeviceCode.BRLTTY_TOOK_PORT, Severity.BROKEN, taken.usb_id, facts)
    elif not any(each.kind is DeviceKind.KEYBOARD for each in attached):
        yield _about(DeviceCode.NO_SCANNER, Severity.WARNING, "scanner", {})


def _shared(attached: Sequence[Attached]) -> Iterator[Finding]:
    """Two devices in the settings, one port: each would get half of what comes."""
    first: dict[str, Attached] = {}
    for each in attached:
        if not each.port or URL_MARK in each.port:
            continue
        other = first.setdefault(_real(each.port), each)
        if other is not each:
            values = {"port": each.port, "other": other.device_id}
            yield _finding(each, DeviceCode.PORT_SHARED, Severity.BROKEN, values)


def _taken_by_brltty(usb: Sequence[UsbDevice], running: frozenset[str]) -> UsbDevice | None:
    """A serial adapter that the braille driver drives itself, so that it has no port any more.

    On machines without brltty's process the udev rule alone does it; the driver's name tells in both cases.
    """
    bridges = [device for device in usb if (device.vid, device.pid) in BRLTTY_BRIDGES]
    taken = [device for device in bridges if any(each.driver == "usbfs" for each in device.interfaces)]
    if BRLTTY in running:
        taken += [device for device in bridges if not any(each.driver for each in device.interfaces)]
    return taken[0] if taken else None


def _port_info(port: str, ports: Sequence[PortInfo]) -> PortInfo | None:
    real = _real(port)
    return next((info for info in ports if port in (info.port, info.by_id) or _real(info.port) == real), None)


def _real(path: str) -> str:
    try:
        return os.path.realpath(path) if path and URL_MARK not in path else path
    except (OSError, ValueError):
        return path


def _facts(info: PortInfo) -> dict[str, str]:
    return {"port": info.port, "usb_id": info.usb_id, "description": _described(info)}


def _described(info: PortInfo | None) -> str:
    """What a port's device calls itself; pyserial writes a sign of its own where it says nothing."""
    return "" if info is None or info.description == NOT_DESCRIBED else info.description


def _finding(each: Attached, code: DeviceCode, severity: Severity, values: dict[str, str]) -> Finding:
    return Finding(code=code, severity=severity, device=each.device_id, values={"kind": each.kind, **values})


def _about(code: DeviceCode, severity: Severity, device: str, values: dict[str, str]) -> Finding:
    return Finding(code=code, severity=severity, device=device, values=values)
