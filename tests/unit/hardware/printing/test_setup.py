"""How the settings name the way to a printer."""

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.printing.errors import NotAPrinter
from hardware.printing.setup import (
    TARGET_LENGTH_MAX,
    DeviceTarget,
    FileTarget,
    NetworkTarget,
    PrinterSetup,
    SerialTarget,
    Target,
    UsbTarget,
    parse_target,
)

TARGETS: dict[str, Target] = {
    "network://printer.shop:9101": NetworkTarget("printer.shop", 9101),
    "network://192.168.1.50": NetworkTarget("192.168.1.50", 9100),
    "NETWORK://Printer/": NetworkTarget("printer", 9100),
    "network://[fe80::1]:9100": NetworkTarget("fe80::1", 9100),
    "printer:9100": NetworkTarget("printer", 9100),
    "[::1]:9100": NetworkTarget("::1", 9100),
    "/dev/ttyUSB0": SerialTarget("/dev/ttyUSB0"),
    "/dev/serial/by-id/usb-EPSON-if00": SerialTarget("/dev/serial/by-id/usb-EPSON-if00"),
    "COM3": SerialTarget("COM3"),
    "com12:": SerialTarget("com12"),
    r"\\.\COM10": SerialTarget(r"\\.\COM10"),
    "usb://04b8:0e15": UsbTarget(0x04B8, 0x0E15),
    "usb://0x04B8:0x0E15": UsbTarget(0x04B8, 0x0E15),
    "/dev/usb/lp0": DeviceTarget("/dev/usb/lp0"),
    "/dev/usblp1": DeviceTarget("/dev/usblp1"),
    "/dev/lp0": DeviceTarget("/dev/lp0"),
    "file:///srv/till/receipts%20of%20today.bin": FileTarget("/srv/till/receipts of today.bin"),
    "file:///C:/receipts.bin": FileTarget("C:/receipts.bin"),
    "  COM3  ": SerialTarget("COM3"),
}

REFUSED = [
    "",
    "   ",
    "printer",
    "printer:",
    "printer:port",
    "printer:99999",
    "printer:0",
    "network://",
    "network://:9100",
    "network://host:9100/queue",
    "network://user@host:9100",
    "network://[fe80::1",
    "usb://04b8",
    "usb://4b8:e15",
    "usb://04b8:0e15:1",
    "file://receipts.bin",
    "file:///",
    "http://printer",
    "dev/usb/lp0",
    "COM",
    "/dev/tty\x00",
    "a" * (TARGET_LENGTH_MAX + 1),
]


@pytest.mark.parametrize("text", TARGETS)
def test_every_way_to_a_printer_can_be_named(text: str) -> None:
    """Network, serial port, USB, device node and file, each as a shop would write it."""
    assert parse_target(text) == TARGETS[text]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_way_to_a_printer_is_refused_with_what_is_wrong(text: str) -> None:
    """The settings screen can say it before anything is opened."""
    with pytest.raises(NotAPrinter) as refused:
        parse_target(text)
    assert refused.value.detail


@given(st.text())
def test_any_text_is_a_target_or_a_refusal(text: str) -> None:
    """A settings file cannot bring the till down."""
    with contextlib.suppress(NotAPrinter):
        assert isinstance(parse_target(text), Target)


def test_paper_says_how_wide_a_line_is_unless_the_shop_knows_better() -> None:
    """32 and 48 characters are usual; printers with 512 dots have 42."""
    assert PrinterSetup(target="COM3", paper_mm=58).width == 32
    assert PrinterSetup(target="COM3", paper_mm=80).width == 48
    assert PrinterSetup(target="COM3", paper_mm=80, columns=42).width == 42


@pytest.mark.parametrize(
    "wrong",
    [
        {"paper_mm": 57},
        {"columns": 15},
        {"drawer_pin": 3},
        {"drawer_pulse_ms": 511},
        {"feed_lines": 21},
        {"cut": "half"},
    ],
)
def test_a_set_up_outside_its_bounds_is_refused(wrong: dict[str, object]) -> None:
    """What would become another command on the wire never gets there."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"target": "COM3", **wrong}, PrinterSetup)
