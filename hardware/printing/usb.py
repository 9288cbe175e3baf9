"""A USB printer that no driver of the system stands before.

python-escpos opens USB printers too, but takes the numbers of the endpoints for granted and waits without end; pyusb
itself, on which it stands, asks the printer and has time-outs.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

from hardware.printing.errors import (
    PrinterLost,
    PrinterMissing,
    PrinterSoftwareMissing,
    opening_error,
)
from hardware.printing.lines import SLICE_S

if TYPE_CHECKING:
    from collections.abc import Hashable

    from hardware.printing.setup import UsbTarget

_SLICE_MS: Final = round(SLICE_S * 1000)

PRINTER_CLASS: Final = 7
"""Interface class of printers (USB device class definition for printing devices)."""

_PACKET_BYTES_DEFAULT: Final = 64


class UsbTransport:
    """A USB printer by its vendor and product id."""

    is_shared = False

    def __init__(self, target: UsbTarget) -> None:
        """Remember which; nothing is opened yet."""
        self._target = target
        self._name = f"usb://{target.vendor:04x}:{target.product:04x}"

    def open(self) -> UsbLine:
        """Find the printer and take its printing interface.

        Raises:
            PrinterMissing: It is not plugged in.
            PrinterSoftwareMissing: The system has no libusb.
            PrinterError: Another cause.
        """
        import usb.core  # type: ignore[import-untyped]

        try:
            device = usb.core.find(idVendor=self._target.vendor, idProduct=self._target.product)
            if device is None:
                raise PrinterMissing(self._name, "no such device is plugged in")
            return _claimed(device, self._name)
        except usb.core.NoBackendError as error:
            raise PrinterSoftwareMissing(self._name, str(error)) from error
        except (usb.core.USBError, OSError, ValueError, NotImplementedError) as error:
            raise opening_error(self._name, error) from error

    def presence(self) -> Hashable | None:
        """To look would be to search the whole bus; the next attempt does."""
        return None


def _claimed(device: Any, name: str) -> UsbLine:  # noqa: ANN401 - pyusb has no types
    """Take the first interface that prints, away from the system's driver if that holds it."""
    import usb.util  # type: ignore[import-untyped]

    interface = next(
        (each for configuration in device for each in configuration if each.bInterfaceClass == PRINTER_CLASS), None
    )
    if interface is None:
        raise PrinterMissing(name, "the device has no printing interface")
    number = interface.bInterfaceNumber
    with contextlib.suppress(NotImplementedError):
        if device.is_kernel_driver_active(number):
            device.detach_kernel_driver(number)
    usb.util.claim_interface(device, number)
    ends = {usb.util.endpoint_direction(end.bEndpointAddress): end for end in interface}
    if usb.util.ENDPOINT_OUT not in ends:
        usb.util.dispose_resources(device)
        raise PrinterMissing(name, "the device takes no data")
    return UsbLine(device, name, out=ends[usb.util.ENDPOINT_OUT], back=ends.get(usb.util.ENDPOINT_IN))


class UsbLine:
    """A USB printer that is held."""

    def __init__(self, device: Any, name: str, *, out: Any, back: Any) -> None:  # noqa: ANN401 - pyusb has no types
        """Take over a claimed device.

        Args:
            device: Of pyusb.
            name: Its name in messages.
            out: The endpoint that takes data.
            back: The endpoint that gives data, or ``None``.
        """
        self._device = device
        self._name = name
        self._out = out
        self._back = back
        self.listens = back is not None

    def write(self, data: bytes) -> int:
        """Hand over one packet, see ``PrinterLine``: of more than one, a time-out does not tell how many were taken."""
        import usb.core

        try:
            return int(self._out.write(data[: self._out.wMaxPacketSize or _PACKET_BYTES_DEFAULT], _SLICE_MS))
        except usb.core.USBTimeoutError:
            return 0
        except (usb.core.USBError, OSError) as error:
            raise PrinterLost(self._name, str(error)) from error

    def read(self, wait_s: float) -> bytes:
        """What the printer says, see ``PrinterLine``."""
        import usb.core

        if self._back is None:
            return b""
        try:
            # A time-out of 0 would be one without end.
            return bytes(
                self._back.read(self._back.wMaxPacketSize or _PACKET_BYTES_DEFAULT, max(1, round(wait_s * 1000)))
            )
        except usb.core.USBTimeoutError:
            return b""
        except (usb.core.USBError, OSError) as error:
            raise PrinterLost(self._name, str(error)) from error

    def close(self) -> None:
        """Give the printer back."""
        import usb.core
        import usb.util

        with contextlib.suppress(usb.core.USBError, OSError):
            usb.util.dispose_resources(self._device)
