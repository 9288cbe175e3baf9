"""A USB printer without a driver of the system, on a scripted bus."""

import errno
from typing import Any

import pytest
import usb.core  # type: ignore[import-untyped]
import usb.util  # type: ignore[import-untyped]

from hardware.printing.errors import (
    PrinterBusy,
    PrinterDenied,
    PrinterError,
    PrinterLost,
    PrinterMissing,
    PrinterSoftwareMissing,
)
from hardware.printing.setup import UsbTarget
from hardware.printing.usb import PRINTER_CLASS, UsbTransport

PRINTER = UsbTransport(UsbTarget(0x04B8, 0x0E15))
KEYBOARD_CLASS = 3


class End:
    """One endpoint: takes or gives what a test has scripted."""

    def __init__(self, address: int) -> None:
        self.bEndpointAddress = address
        self.wMaxPacketSize = 64
        self.taken = b""
        self.trouble: Exception | None = None

    def write(self, data: bytes, timeout: int) -> int:
        assert timeout > 0
        if self.trouble:
            raise self.trouble
        self.taken += data
        return len(data)

    def read(self, size: int, timeout: int) -> bytes:
        assert timeout > 0
        if self.trouble:
            raise self.trouble
        return b"\x12"


class Interface(list[End]):
    """Endpoints of one purpose."""

    bInterfaceNumber = 1  # noqa: N815 - the standard's name

    def __init__(self, kind: int, *ends: End) -> None:
        super().__init__(ends)
        self.bInterfaceClass = kind


class Device(list[list[Interface]]):
    """A device with one configuration."""

    def __init__(self, *interfaces: Interface) -> None:
        super().__init__([list(interfaces)])
        self.detached: list[int] = []
        self.is_held = True

    def is_kernel_driver_active(self, _number: int) -> bool:
        return self.is_held

    def detach_kernel_driver(self, number: int) -> None:
        self.detached.append(number)


@pytest.fixture
def claims(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What was claimed and given back."""
    found: list[tuple[str, int]] = []
    monkeypatch.setattr(usb.util, "claim_interface", lambda _device, number: found.append(("claim", number)))
    monkeypatch.setattr(usb.util, "dispose_resources", lambda _device: found.append(("dispose", 0)))
    return found


def plug(monkeypatch: pytest.MonkeyPatch, found: object) -> None:
    """Let the bus find a device, or raise."""

    def find(**wanted: int) -> Any:  # noqa: ANN401 - pyusb has no types
        assert wanted == {"idVendor": 0x04B8, "idProduct": 0x0E15}
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(usb.core, "find", find)


def test_the_printing_interface_is_taken_from_the_system_and_used(
    monkeypatch: pytest.MonkeyPatch, claims: list[tuple[str, int]]
) -> None:
    """Of a device with several; its endpoints are asked for, not guessed."""
    out, back = End(0x03), End(0x84)
    device = Device(Interface(KEYBOARD_CLASS, End(0x81)), Interface(PRINTER_CLASS, back, out))
    plug(monkeypatch, device)
    line = PRINTER.open()
    assert device.detached == [1]
    assert line.listens
    assert line.write(b"a" * 100) == 64, "one packet at a time: of more, a time-out does not tell how many were taken"
    assert line.read(0.0) == b"\x12"
    line.close()
    assert out.taken == b"a" * 64
    assert claims == [("claim", 1), ("dispose", 0)]


def test_a_printer_of_one_direction_is_not_listened_to(
    monkeypatch: pytest.MonkeyPatch, claims: list[tuple[str, int]]
) -> None:
    """Some have no way back."""
    plug(monkeypatch, Device(Interface(PRINTER_CLASS, End(0x01))))
    line = PRINTER.open()
    assert not line.listens
    assert line.read(0.1) == b""


def test_a_time_out_is_nothing_taken_and_nothing_said(
    monkeypatch: pytest.MonkeyPatch, claims: list[tuple[str, int]]
) -> None:
    """A printer without paper, or one that has nothing to say."""
    out, back = End(0x01), End(0x82)
    out.trouble = back.trouble = usb.core.USBTimeoutError("timed out", -7, errno.ETIMEDOUT)
    plug(monkeypatch, Device(Interface(PRINTER_CLASS, out, back)))
    line = PRINTER.open()
    assert (line.write(b"abc"), line.read(0.1)) == (0, b"")


def test_a_pulled_plug_is_a_loss(monkeypatch: pytest.MonkeyPatch, claims: list[tuple[str, int]]) -> None:
    """While writing and while listening."""
    out, back = End(0x01), End(0x82)
    out.trouble = back.trouble = usb.core.USBError("no such device", -4, errno.ENODEV)
    plug(monkeypatch, Device(Interface(PRINTER_CLASS, out, back)))
    line = PRINTER.open()
    with pytest.raises(PrinterLost):
        line.write(b"abc")
    with pytest.raises(PrinterLost):
        line.read(0.1)


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (None, PrinterMissing),
        (Device(Interface(KEYBOARD_CLASS, End(0x81))), PrinterMissing),
        (Device(Interface(PRINTER_CLASS, End(0x81))), PrinterMissing),
        (usb.core.NoBackendError("No backend available"), PrinterSoftwareMissing),
        (usb.core.USBError("Access denied", -3, errno.EACCES), PrinterDenied),
        (usb.core.USBError("Resource busy", -6, errno.EBUSY), PrinterBusy),
        (usb.core.USBError("gone", -4, errno.ENODEV), PrinterMissing),
    ],
)
def test_why_it_cannot_be_opened_is_told_by_cause(
    monkeypatch: pytest.MonkeyPatch, claims: list[tuple[str, int]], found: object, kind: type[PrinterError]
) -> None:
    """Not plugged in, no printer at all, no libusb, no right, somebody else's, just pulled."""
    plug(monkeypatch, found)
    with pytest.raises(kind):
        PRINTER.open()
