"""What was found out about devices and data, in sentences: what happened, what to do, and a code for support."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from hardware.findings import DeviceCode, DeviceKind, Severity
from hardware.printing.status import PrinterState
from hardware.scans import DeviceState
from terminal.app.checkup import DataCode
from terminal.presenters.states import Tone
from texts.i18n import mark

if TYPE_CHECKING:
    from hardware.findings import Finding
    from texts.i18n import Texts


class Told(msgspec.Struct, frozen=True):
    """How a kind of finding is told.

    Attributes:
        number: The code to name on the phone; empty where nothing is wrong.
        sentence: What happened, in English, with the finding's values to be filled in.
        cure: What to do; empty where there is nothing to do.
    """

    number: str
    sentence: str
    cure: str = ""


FINDINGS: Final[dict[str, Told]] = {
    DeviceCode.DEVICE_READY: Told("", mark("Connected and ready.")),
    DeviceCode.DEVICE_STARTING: Told("", mark("It is being connected.")),
    DeviceCode.PORT_USABLE: Told("", mark("{port} is there and may be used.")),
    DeviceCode.PORT_IN_TILL: Told("", mark("The open till uses {port}.")),
    DeviceCode.PORT_UNUSED: Told(
        "",
        mark("Nobody uses {port}."),
        mark("Is this the scanner? Press F11 and test a scanner; the till takes it over."),
    ),
    DeviceCode.NOT_TRIED: Told("", mark("{port} is on the network and was not asked.")),
    DeviceCode.NO_SCANNER: Told(
        "M-370",
        mark("No scanner was found at a port."),
        mark("It may type like a keyboard: scan the test barcode. Otherwise check its cable and plug it in again."),
    ),
    DeviceCode.SCANNER_TYPES: Told(
        "",
        mark("{description} types like a keyboard. That works."),
        mark("More reliable: scan the barcode “USB serial” or “USB COM” in its manual, then plug it in again."),
    ),
    DeviceCode.BRLTTY_TOOK_PORT: Told(
        "M-371",
        mark("The driver for braille displays, brltty, took the scanner for one of its own."),
        mark("If nobody needs a braille display: sudo apt remove brltty. Then plug the scanner in again."),
    ),
    DeviceCode.MODEM_MANAGER_PROBES: Told(
        "M-372",
        mark("ModemManager may take {port} for a modem and disturb the first scans."),
        mark("Copy packaging/70-stammkunde.rules to /etc/udev/rules.d and plug the scanner in again."),
    ),
    DeviceCode.MODEM_MANAGER_HOLDS: Told(
        "M-373",
        mark("{port} is in use, probably by ModemManager, which takes it for a modem."),
        mark("Copy packaging/70-stammkunde.rules to /etc/udev/rules.d and plug the scanner in again."),
    ),
    DeviceCode.PORT_MISSING: Told(
        "M-374",
        mark("{port} is not there: the device is unplugged, switched off, or now has another name."),
        mark("Check cable and power. If it is plugged in, switch the scanner to USB serial, or test a scanner anew."),
    ),
    DeviceCode.PORT_BUSY: Told(
        "M-375",
        mark("Another program uses {port}."),
        mark("Close the other program, or restart this computer."),
    ),
    DeviceCode.PORT_BUSY_BY: Told(
        "M-375",
        mark("The program {program} uses {port}."),
        mark("Close {program}. The till connects by itself."),
    ),
    DeviceCode.PORT_DENIED: Told(
        "M-376",
        mark("This user may not open {port}."),
        mark("Copy packaging/70-stammkunde.rules to /etc/udev/rules.d and plug the device in again."),
    ),
    DeviceCode.NOT_IN_GROUP: Told(
        "M-376",
        mark("Only members of the group {group} may open {port}, and this user is none."),
        mark("In a terminal: sudo usermod -aG {group} $USER. Then log out and in again."),
    ),
    DeviceCode.PORT_IS_FOLDER: Told(
        "M-377",
        mark("{port} is a folder and no port."),
        mark("Correct the port in the settings, or test a scanner: the till finds the port itself."),
    ),
    DeviceCode.PORT_IS_FILE: Told(
        "M-377",
        mark("{port} is a file and no port."),
        mark("Correct the port in the settings, or test a scanner: the till finds the port itself."),
    ),
    DeviceCode.NOT_A_PORT: Told(
        "M-377",
        mark("{port} is no port a device could be at."),
        mark("Correct the port in the settings, or test a scanner: the till finds the port itself."),
    ),
    DeviceCode.PORT_SHARED: Told(
        "M-378",
        mark("The settings give {port} to two devices: to this one and to {other}."),
        mark("Give each device its own port in the settings."),
    ),
    DeviceCode.WRONG_DEVICE: Told(
        "M-379",
        mark("At {port} there is a receipt printer ({usb_id}) and no scanner."),
        mark("Test a scanner: the till finds the right port itself."),
    ),
    DeviceCode.HOST_UNREACHABLE: Told(
        "M-380",
        mark("{port} does not answer."),
        mark("Check that the device is switched on and in the same network, and compare its address."),
    ),
    DeviceCode.DEVICE_LOST: Told(
        "M-381",
        mark("It was connected and went away."),
        mark("Plug it in again. If nobody pulled it out, take another cable or another USB socket."),
    ),
    DeviceCode.PORT_FAILED: Told(
        "M-382",
        mark("{port} reports an error: {detail}"),
        mark("Unplug the device, count to five, plug it in again. If it stays, take another USB socket."),
    ),
    DeviceCode.DRIVER_MISSING: Told(
        "M-405",
        mark("The part of this program that reads HID scanners is not installed."),
        mark("Install it with: pip install stammkunde[hid]. Or switch the scanner to USB serial."),
    ),
    DeviceCode.DEVICE_TROUBLE: Told(
        "M-382",
        mark("The device reports: {detail}"),
        mark("Switch the device off and on again. If it stays, write a support file and call support."),
    ),
    DeviceCode.PRINTER_MISCONFIGURED: Told(
        "M-410",
        mark("The settings of the printer do not fit: {detail}"),
        mark("Correct printer.profile or printer.code_page in the settings; default and CP858 fit most printers."),
    ),
    DeviceCode.PRINTER_SOFTWARE_MISSING: Told(
        "M-411",
        mark("This computer lacks software for a printer at {port}: {detail}"),
        mark("On Debian and Ubuntu: sudo apt install libusb-1.0-0. A port such as /dev/usb/lp0 works without it."),
    ),
    DeviceCode.GARBLED: Told(
        "M-383",
        mark("The scanner sends garbled characters ({count} times)."),
        mark("Its speed does not fit, or the cable is damaged. Test a scanner: the till finds the speed."),
    ),
    DeviceCode.NO_TERMINATOR: Told(
        "M-384",
        mark("Codes stop without an end mark ({count} times)."),
        mark("The scanner sends no Enter behind a code. Test a scanner: the till adapts to it."),
    ),
    DeviceCode.NOT_AS_SET_UP: Told(
        "M-385",
        mark("The scanner does not send what the settings expect in front of a code ({count} times)."),
        mark("Test a scanner: the till adapts to it."),
    ),
    DeviceCode.PAPER_LOW: Told("M-386", mark("The paper roll ends soon."), mark("Have a new roll ready.")),
    DeviceCode.PAPER_OUT: Told(
        "M-387", mark("The printer has no paper."), mark("Put in a new roll; what waits is printed then.")
    ),
    DeviceCode.COVER_OPEN: Told(
        "M-388", mark("The printer's cover is open."), mark("Close the cover; what waits is printed then.")
    ),
    DeviceCode.PRINTER_OFFLINE: Told(
        "M-389",
        mark("The printer is there and takes nothing."),
        mark("Press its feed or on-line button; if its light blinks, switch it off and on again."),
    ),
    DeviceCode.NO_SOUND_PLAYER: Told(
        "M-390",
        mark("This computer has no program that plays sounds, so the till is silent."),
        mark("On Debian and Ubuntu: sudo apt install alsa-utils. Everything else works."),
    ),
    DataCode.LEDGER_FINE: Told("", mark("The bookings are readable: {count}. For the whole proof: ledger verify.")),
    DataCode.LEDGER_MISSING: Told(
        "M-391", mark("There is no shop in this folder yet."), mark("Set one up with: stammkunde init")
    ),
    DataCode.LEDGER_DAMAGED: Told(
        "M-392",
        mark("The bookings are damaged: {detail}"),
        mark("Don't go on. Restore the newest backup with: stammkunde ledger restore FILE"),
    ),
    DataCode.LEDGER_UNREADABLE: Told(
        "M-393", mark("The bookings could not be looked at: {detail}"), mark("Try again; if it stays, call support.")
    ),
    DataCode.DISK_FINE: Told("", mark("{free} are free on the disk.")),
    DataCode.DISK_LOW: Told(
        "M-394", mark("Only {free} are free on the disk."), mark("Make room before the disk is full.")
    ),
    DataCode.DISK_FULL: Told(
        "M-395", mark("The disk is full: {free} are free."), mark("Make room now; nothing can be booked otherwise.")
    ),
    DataCode.CLOCK_BEHIND: Told(
        "M-396",
        mark("The clock says {now}, but the newest booking is of {newest}."),
        mark("Set date and time of this computer, and switch on setting them by network."),
    ),
    DataCode.CLOCK_OFF: Told(
        "M-396",
        mark("Head office's clock differs by {minutes} minutes."),
        mark("Set date and time of this computer, and switch on setting them by network."),
    ),
    DataCode.SETTINGS_WRONG: Told(
        "M-397", mark("The settings have a mistake: {detail}"), mark("Correct it in {file}.")
    ),
    DataCode.SYNC_FINE: Told("", mark("Head office has every booking of this till.")),
    DataCode.SYNC_ALONE: Told("", mark("This till stands alone.")),
    DataCode.SYNC_WAITING: Told(
        "M-398",
        mark("Bookings that wait for head office: {count}, the oldest since {since}."),
        mark("Check the network. They are sent by themselves; F7 says more."),
    ),
    DataCode.SYNC_CASES: Told(
        "M-399", mark("Cases for head office to look at: {count}."), mark("Head office's page says what to do.")
    ),
    DataCode.BACKUP_FINE: Told("", mark("The newest copy off this disk is of {newest}.")),
    DataCode.BACKUP_OLD: Told(
        "M-457",
        mark("The newest copy off this disk is of {newest}, and something was booked since."),
        mark("Plug the stick in, or switch the other machine on; F12 says more."),
    ),
    DataCode.MEMBERS_DUE: Told(
        "M-440",
        mark("Members without a visit for longer than the settings keep them: {count}."),
        mark("The command member retention shows who, and forgets them with --yes."),
    ),
    DataCode.BACKUP_NONE: Told(
        "M-458",
        mark("There is no copy of the data off this disk."),
        mark("Plug a stick in, press F12 and choose it, or set second_folder in the settings."),
    ),
    DataCode.VERSIONS: Told("", mark("Stammkunde {version}, Python {python}, SQLite {sqlite}, {system}.")),
}

TONES: Final = {
    Severity.FINE: Tone.GOOD,
    Severity.NOTE: Tone.NEUTRAL,
    Severity.WARNING: Tone.WARN,
    Severity.BROKEN: Tone.BAD,
}

_KINDS: Final = {
    DeviceKind.SCANNER: mark("Scanner"),
    DeviceKind.KEYBOARD: mark("Scanner that types"),
    DeviceKind.PRINTER: mark("Receipt printer"),
    DeviceKind.POLE: mark("Customer display"),
}

_PARTS: Final = {
    "sound": mark("Sound"),
    "scanner": mark("Scanner"),
    "ledger": mark("Bookings"),
    "disk": mark("Disk"),
    "clock": mark("Clock"),
    "settings": mark("Settings"),
    "sync": mark("Head office"),
    "backup": mark("Copies of the data"),
    "members": mark("Members"),
    "program": mark("Program"),
}
"""What a finding is about when that is no device."""

_STATES: Final[dict[DeviceState | PrinterState | None, str]] = {
    None: mark("Not tried"),
    DeviceState.CONNECTING: mark("Connecting"),
    DeviceState.READY: mark("Ready"),
    DeviceState.LOST: mark("Unplugged"),
    DeviceState.UNAVAILABLE: mark("Not usable"),
    DeviceState.STOPPED: mark("Off"),
    PrinterState.STARTING: mark("Connecting"),
    PrinterState.READY: mark("Ready"),
    PrinterState.PRINTING: mark("Printing"),
    PrinterState.PAPER_LOW: mark("Paper low"),
    PrinterState.PAPER_OUT: mark("No paper"),
    PrinterState.COVER_OPEN: mark("Cover open"),
    PrinterState.OFFLINE: mark("Off line"),
    PrinterState.UNAVAILABLE: mark("Not usable"),
    PrinterState.STOPPED: mark("Off"),
}

_SEVERITIES: Final = {
    Severity.FINE: mark("Fine"),
    Severity.NOTE: mark("For your information"),
    Severity.WARNING: mark("Look at this"),
    Severity.BROKEN: mark("Does not work"),
}


class _Values(dict[str, str]):
    """Values of a sentence; one that nobody knows is left out rather than breaking the screen."""

    def __missing__(self, key: str) -> str:
        return ""


def sentence_of(texts: Texts, finding: Finding) -> str:
    """What happened, with its code."""
    told = FINDINGS[finding.code]
    sentence = texts._(told.sentence).format_map(_Values(finding.values))
    return f"{sentence} ({told.number})" if told.number else sentence


def cure_of(texts: Texts, finding: Finding) -> str:
    """What to do; empty where there is nothing to do."""
    cure = FINDINGS[finding.code].cure
    return texts._(cure).format_map(_Values(finding.values)) if cure else ""


def kind_word(texts: Texts, kind: DeviceKind) -> str:
    """What a device is for."""
    return texts._(_KINDS[kind])


def state_word(texts: Texts, state: DeviceState | PrinterState | None) -> str:
    """How a device is doing."""
    return texts._(_STATES[state])


def severity_word(texts: Texts, severity: Severity) -> str:
    """How much a finding matters."""
    return texts._(_SEVERITIES[severity])


def subject_of(texts: Texts, finding: Finding) -> str:
    """What a finding is about: the part of the till, or the device as it calls itself, or its port."""
    if finding.device in _PARTS:
        return texts._(_PARTS[finding.device])
    kind = finding.values.get("kind")
    return kind_word(texts, DeviceKind(kind)) if kind else finding.values.get("description") or finding.device
