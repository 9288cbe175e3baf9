"""Findings about devices: what drivers say, explained by what the machine says about their ports."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware import errors
from hardware.counters import ScannerCounters
from hardware.discovery import PortInfo
from hardware.errors import HardwareError
from hardware.examine import examine
from hardware.findings import Attached, DeviceCode, DeviceKind, Finding, Severity
from hardware.frames import RejectReason
from hardware.machine import PathKind, PortLook
from hardware.printing.errors import (
    PrinterMisconfigured,
    PrinterMissing,
    PrinterSoftwareMissing,
    PrinterUnreachable,
)
from hardware.printing.status import PrinterState
from hardware.scans import DeviceState
from tests.fakes.fake_machine import FakeMachine

ACM = "/dev/ttyACM0"
HONEYWELL = PortInfo(port=ACM, vid=0x0C2E, pid=0x0B61, description="Voyager 1450g")
FREE = PortLook(PathKind.PORT, allowed=True, group="dialout")


@pytest.fixture
def machine(tmp_path: Path) -> FakeMachine:
    """A machine with nothing plugged in and a program that plays sounds."""
    return FakeMachine(tmp_path)


def scanner(
    state: DeviceState | None = DeviceState.UNAVAILABLE, error: HardwareError | None = None, port: str = ACM
) -> Attached:
    """The shop's scanner."""
    return Attached(device_id="scanner", kind=DeviceKind.SCANNER, port=port, state=state, error=error)


def printer(state: PrinterState, error: HardwareError | None = None, port: str = "network://10.0.0.9") -> Attached:
    """The shop's printer."""
    return Attached(device_id="printer", kind=DeviceKind.PRINTER, port=port, state=state, error=error)


def found(machine: FakeMachine, *devices: Attached) -> dict[str, Finding]:
    """By code what was found out; Honeywell makes scanners."""
    return {finding.code: finding for finding in examine(machine, devices, lambda vid: vid == 0x0C2E)}


def test_a_working_scanner_is_fine_and_says_what_it_is(machine: FakeMachine) -> None:
    """With its USB id and its own name from the list of ports."""
    machine.plug_in(HONEYWELL)
    (finding,) = examine(machine, [scanner(DeviceState.READY)])
    assert (finding.code, finding.severity) == (DeviceCode.DEVICE_READY, Severity.FINE)
    assert finding.values["usb_id"] == "0C2E:0B61"
    assert finding.values["description"] == "Voyager 1450g"


@pytest.mark.parametrize(
    ("look", "code"),
    [
        (PortLook(PathKind.MISSING), DeviceCode.PORT_MISSING),
        (PortLook(PathKind.FOLDER), DeviceCode.PORT_IS_FOLDER),
        (PortLook(PathKind.FILE), DeviceCode.PORT_IS_FILE),
        (PortLook(PathKind.PORT, allowed=False, group="dialout"), DeviceCode.NOT_IN_GROUP),
        (PortLook(PathKind.PORT, allowed=False, group=""), DeviceCode.PORT_DENIED),
    ],
)
def test_what_stands_at_the_port_says_why_it_can_not_be_used(
    machine: FakeMachine, look: PortLook, code: DeviceCode
) -> None:
    """Whatever the driver said, and also when nobody has tried."""
    machine.looks[ACM] = look
    for state, error in ((DeviceState.UNAVAILABLE, errors.PortFailed(ACM)), (None, None)):
        assert found(machine, scanner(state, error))[code].severity is Severity.BROKEN


def test_a_member_of_the_group_that_is_denied_all_the_same_needs_another_cure(machine: FakeMachine) -> None:
    """Adding somebody to a group they are in would help nobody."""
    machine.groups.add("dialout")
    machine.looks[ACM] = PortLook(PathKind.PORT, allowed=False, group="dialout")
    assert DeviceCode.PORT_DENIED in found(machine, scanner())


def test_the_group_is_named(machine: FakeMachine) -> None:
    """It is called dialout on Debian and uucp on Arch."""
    machine.looks[ACM] = PortLook(PathKind.PORT, allowed=False, group="uucp")
    assert found(machine, scanner())[DeviceCode.NOT_IN_GROUP].values["group"] == "uucp"


def test_a_busy_port_names_the_program_that_holds_it(machine: FakeMachine) -> None:
    """Seen in the open files of the processes."""
    machine.looks[ACM] = FREE
    machine.run(77, "bash", "/dev/null")
    machine.run(4711, "minicom", ACM)
    finding = found(machine, scanner(error=errors.PortBusy(ACM)))[DeviceCode.PORT_BUSY_BY]
    assert finding.values["program"] == "minicom"


def test_a_busy_port_whose_holder_can_not_be_seen_is_modem_manager_s_when_that_runs(machine: FakeMachine) -> None:
    """It runs as root, so its open files are hidden from the till."""
    machine.looks[ACM] = FREE
    assert DeviceCode.PORT_BUSY in found(machine, scanner(error=errors.PortBusy(ACM)))
    machine.run(12, "ModemManager")
    assert DeviceCode.MODEM_MANAGER_HOLDS in found(machine, scanner(error=errors.PortBusy(ACM)))


def test_a_port_the_open_till_holds_is_as_it_should_be(machine: FakeMachine) -> None:
    """The command beside an open till must not tell anybody to close it."""
    machine.looks[ACM] = FREE
    machine.run(4711, "python3", ACM, words="python3 -m terminal.main")
    assert found(machine, scanner(None))[DeviceCode.PORT_IN_TILL].severity is Severity.FINE


def test_a_free_port_nobody_has_tried_is_usable(machine: FakeMachine) -> None:
    """The command opens nothing, so it can say no more."""
    machine.looks[ACM] = FREE
    assert found(machine, scanner(None))[DeviceCode.PORT_USABLE].severity is Severity.FINE


def test_a_missing_port_is_brltty_s_doing_when_it_drives_the_adapter(machine: FakeMachine) -> None:
    """The serial adapter is plugged in and bound to usbfs: the braille driver has it."""
    machine.add_usb("1-2", 0x10C4, 0xEA60, "CP2102", (0xFF, 0, "usbfs"))
    finding = found(machine, scanner(port="/dev/ttyUSB0"))[DeviceCode.BRLTTY_TOOK_PORT]
    assert finding.values["usb_id"] == "10C4:EA60"


def test_an_adapter_with_its_own_driver_was_not_taken(machine: FakeMachine) -> None:
    """Then the port is missing for another reason, even while brltty runs."""
    machine.run(9, "brltty")
    machine.add_usb("1-2", 0x10C4, 0xEA60, "CP2102", (0xFF, 0, "cp210x"))
    assert DeviceCode.PORT_MISSING in found(machine, scanner(port="/dev/ttyUSB0"))


def test_a_receipt_printer_at_the_scanner_s_port_is_told(machine: FakeMachine) -> None:
    """Ports change their names when they are plugged in in another order."""
    machine.plug_in(PortInfo(port=ACM, vid=0x04B8, pid=0x0E15, description="TM-T20"))
    assert found(machine, scanner())[DeviceCode.WRONG_DEVICE].values["usb_id"] == "04B8:0E15"


def test_one_port_for_two_devices_is_told(machine: FakeMachine) -> None:
    """Each would get half of what comes."""
    machine.looks[ACM] = FREE
    pole = Attached(device_id="pole", kind=DeviceKind.POLE, port=ACM, state=DeviceState.UNAVAILABLE)
    assert found(machine, scanner(DeviceState.READY), pole)[DeviceCode.PORT_SHARED].values["other"] == "scanner"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.HostUnreachable("socket://10.0.0.5:9000"), DeviceCode.HOST_UNREACHABLE),
        (errors.DeviceLost("socket://10.0.0.5:9000"), DeviceCode.DEVICE_LOST),
        (errors.NotAPort("socket://:"), DeviceCode.NOT_A_PORT),
        (None, DeviceCode.NOT_TRIED),
    ],
)
def test_scanners_on_the_network_are_told_by_what_their_driver_says(
    machine: FakeMachine, error: HardwareError | None, code: DeviceCode
) -> None:
    """Nothing on this machine knows more."""
    assert code in found(machine, scanner(None, error, port="socket://10.0.0.5:9000"))


@pytest.mark.parametrize(
    ("state", "code", "severity"),
    [
        (PrinterState.READY, DeviceCode.DEVICE_READY, Severity.FINE),
        (PrinterState.PRINTING, DeviceCode.DEVICE_READY, Severity.FINE),
        (PrinterState.STARTING, DeviceCode.DEVICE_STARTING, Severity.NOTE),
        (PrinterState.PAPER_LOW, DeviceCode.PAPER_LOW, Severity.WARNING),
        (PrinterState.PAPER_OUT, DeviceCode.PAPER_OUT, Severity.BROKEN),
        (PrinterState.COVER_OPEN, DeviceCode.COVER_OPEN, Severity.BROKEN),
        (PrinterState.OFFLINE, DeviceCode.PRINTER_OFFLINE, Severity.BROKEN),
    ],
)
def test_each_state_of_a_printer_is_a_finding(
    machine: FakeMachine, state: PrinterState, code: DeviceCode, severity: Severity
) -> None:
    """With how much it matters."""
    assert found(machine, printer(state))[code].severity is severity


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PrinterUnreachable("network://10.0.0.9"), DeviceCode.HOST_UNREACHABLE),
        (PrinterMissing("network://10.0.0.9"), DeviceCode.PORT_MISSING),
        (PrinterMisconfigured("network://10.0.0.9", "no printer model X"), DeviceCode.PRINTER_MISCONFIGURED),
        (PrinterSoftwareMissing("usb://04b8:0e15", "no libusb"), DeviceCode.PRINTER_SOFTWARE_MISSING),
        (errors.LineBlocked("network://10.0.0.9"), DeviceCode.DEVICE_TROUBLE),
    ],
)
def test_a_printer_s_own_errors_have_the_same_cures(
    machine: FakeMachine, error: HardwareError, code: DeviceCode
) -> None:
    """One that nobody here knows is told in its own words."""
    finding = found(machine, printer(PrinterState.UNAVAILABLE, error))[code]
    assert finding.values["detail"]


def test_a_usb_printer_is_looked_for_among_what_is_plugged_in(machine: FakeMachine) -> None:
    """It has no path that could be missing."""
    machine.add_usb("1-1", 0x1A2C, 0x0001, "Keyboard", (3, 1, "usbhid"))
    device = Attached(device_id="printer", kind=DeviceKind.PRINTER, port="usb://04b8:0e15")
    assert DeviceCode.PORT_MISSING in found(machine, device)
    machine.add_usb("1-2", 0x04B8, 0x0E15, "TM-T20", (7, 2, "usblp"))
    assert DeviceCode.PORT_USABLE in found(machine, device)


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (RejectReason.LINE_NOISE, DeviceCode.GARBLED),
        (RejectReason.CONTROL_CHARACTER, DeviceCode.GARBLED),
        (RejectReason.TIMEOUT, DeviceCode.NO_TERMINATOR),
        (RejectReason.PREFIX_MISSING, DeviceCode.NOT_AS_SET_UP),
        (RejectReason.AIM_MISSING, DeviceCode.NOT_AS_SET_UP),
    ],
)
def test_a_connected_scanner_whose_codes_are_refused_is_suspected(
    machine: FakeMachine, reason: RejectReason, code: DeviceCode
) -> None:
    """Three are a pattern; among hundreds of good ones they are bad luck."""
    counted = scanner(DeviceState.READY)
    for scans, rejected, told in ((0, 3, True), (0, 2, False), (500, 3, False)):
        counters = ScannerCounters(scans=scans, rejected={reason: rejected})
        device = Attached(device_id="scanner", kind=counted.kind, port=ACM, state=counted.state, counters=counters)
        assert (code in found(machine, device)) is told


def test_a_machine_without_any_scanner_points_to_the_test_barcode(machine: FakeMachine) -> None:
    """It may type like a keyboard; nothing on the machine can tell."""
    assert found(machine)[DeviceCode.NO_SCANNER].severity is Severity.WARNING
    keyboard = Attached(device_id="keyboard", kind=DeviceKind.KEYBOARD, state=DeviceState.READY)
    assert DeviceCode.NO_SCANNER not in found(machine, keyboard)


def test_a_scanner_in_keyboard_mode_is_known_by_its_maker(machine: FakeMachine) -> None:
    """An ordinary keyboard is none."""
    machine.add_usb("1-1", 0x1A2C, 0x0001, "Keyboard", (3, 1, "usbhid"))
    assert DeviceCode.SCANNER_TYPES not in found(machine)
    machine.add_usb("1-2", 0x0C2E, 0x0B61, "Voyager", (3, 1, "usbhid"))
    told = found(machine)
    assert told[DeviceCode.SCANNER_TYPES].severity is Severity.NOTE
    assert DeviceCode.NO_SCANNER not in told


def test_modem_manager_is_a_warning_until_the_rules_are_installed(machine: FakeMachine) -> None:
    """Udev's note on the port says whether they are."""
    machine.plug_in(HONEYWELL)
    machine.run(12, "ModemManager")
    assert found(machine, scanner(DeviceState.READY))[DeviceCode.MODEM_MANAGER_PROBES].device == ACM
    machine.spared.add(ACM)
    assert DeviceCode.MODEM_MANAGER_PROBES not in found(machine, scanner(DeviceState.READY))


def test_a_port_nobody_uses_is_mentioned(machine: FakeMachine) -> None:
    """It may be the scanner that was plugged in a minute ago."""
    machine.plug_in(HONEYWELL)
    assert found(machine)[DeviceCode.PORT_UNUSED].severity is Severity.NOTE
    assert DeviceCode.PORT_UNUSED not in found(machine, scanner(DeviceState.READY))


def test_a_machine_that_can_not_play_sounds_is_told(machine: FakeMachine) -> None:
    """The till is silent then, and works."""
    machine.programs.clear()
    assert found(machine)[DeviceCode.NO_SOUND_PLAYER].severity is Severity.WARNING
    silent = examine(machine, [], is_silent=True)
    assert DeviceCode.NO_SOUND_PLAYER not in {each.code for each in silent}


def test_the_worst_comes_first(machine: FakeMachine) -> None:
    """Whoever reads one line reads the one that matters."""
    machine.programs.clear()
    severities = [each.severity for each in examine(machine, [printer(PrinterState.READY), scanner()])]
    order = list(reversed(Severity))
    assert severities == sorted(severities, key=order.index)
    assert severities[0] is Severity.BROKEN
