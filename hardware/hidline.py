"""Opening HID-POS scanners through hidapi, an optional part of the installation that is loaded when it is needed."""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, cast

from hardware.discovery import PortInfo
from hardware.errors import DeviceLost, DriverMissing, NotAPort, PortBusy, PortDenied, PortMissing
from hardware.hidpos import REPORT_BYTES
from hardware.transport import READ_TIMEOUT_S

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

HID_SCHEME: Final = "hid://"

USAGE_PAGE: Final = 0x8C
"""Bar code scanners (USB-IF, HID Usage Tables, table 1)."""

MODULES: Final = ("hidraw", "hid")
"""Modules of hidapi, the better one first: ``hid`` may be built on libusb, which takes the device from the kernel."""

MS_PER_S: Final = 1_000

_ADDRESS: Final = re.compile(r"hid://(?:([0-9a-fA-F]{4}):([0-9a-fA-F]{4})(?:/(.+))?)?")


class HidDevice(Protocol):
    """An open device as hidapi's ``device`` is."""

    def open_path(self, path: bytes) -> None:
        """Open a listed path."""

    def read(self, max_length: int, timeout_ms: int = 0) -> list[int]:
        """One report, or nothing after the time-out."""

    def close(self) -> None:
        """Give it back."""


class Hid(Protocol):
    """The module of hidapi, or what stands in for it."""

    def enumerate(self, vendor_id: int = 0, product_id: int = 0) -> list[dict[str, object]]:
        """Describe what is plugged in."""

    def device(self) -> HidDevice:
        """Make a device that is not open yet."""


def load_hid() -> Hid | None:
    """The module of hidapi, or ``None`` where it is not installed or its own libraries are not there."""
    for name in MODULES:
        try:
            return cast("Hid", importlib.import_module(name))
        except ImportError:
            continue
    return None


def hid_ports(hid: Hid) -> list[PortInfo]:
    """The HID-POS scanners that are plugged in, in the order of their addresses."""
    found = [_info(each) for each in hid.enumerate() if each.get("usage_page") == USAGE_PAGE]
    return sorted(found, key=lambda info: info.port)


def _info(each: dict[str, object]) -> PortInfo:
    vid, pid = (cast("int", each[name]) for name in ("vendor_id", "product_id"))
    serial = str(each.get("serial_number") or "")
    return PortInfo(
        port=f"{HID_SCHEME}{vid:04x}:{pid:04x}" + (f"/{serial}" if serial else ""),
        vid=vid,
        pid=pid,
        serial=serial,
        description=str(each.get("product_string") or ""),
    )


class HidTransport:
    """The way to a HID-POS scanner by its USB id: which path it has does not matter.

    Attributes:
        found: The scanner that was opened last, or ``None``.
    """

    def __init__(self, url: str, hid: Callable[[], Hid | None] = load_hid) -> None:
        """Remember which scanner; nothing is opened or loaded yet.

        Args:
            url: ``hid://`` for any, ``hid://0c2e:0b61``, or with ``/serial-number`` behind it.
            hid: Loads hidapi.
        """
        self.port = url
        self.found: PortInfo | None = None
        self._load = hid
        address = _ADDRESS.fullmatch(url)
        self._is_address = address is not None
        vid, pid, serial = address.groups("") if address else ("", "", "")
        self._vid, self._pid, self._serial = int(vid or "0", 16), int(pid or "0", 16), serial

    def open(self) -> HidLine:
        """Open the scanner.

        Raises:
            NotAPort: The address is malformed.
            DriverMissing: hidapi is not installed.
            PortMissing: No such scanner is plugged in.
            PortDenied: The user of the till may not use it.
            PortBusy: It can't be opened for another reason; another program having it is the usual one.
        """
        if not self._is_address:
            raise NotAPort(self.port, "not of the form hid://0c2e:0b61")
        hid = self._load()
        if hid is None:
            raise DriverMissing(self.port)
        entry = next(iter(self._entries(hid)), None)
        if entry is None:
            raise PortMissing(self.port)
        path = cast("bytes", entry["path"])
        device = hid.device()
        try:
            device.open_path(path)
        except (OSError, ValueError) as error:
            raise (PortDenied if _is_denied(path) else PortBusy)(self.port, str(error)) from error
        self.found = _info(entry)
        return HidLine(device, self.port)

    def presence(self) -> Hashable | None:
        """The paths of the scanners that would do; a scanner that comes back has another one, or is there again."""
        hid = self._load()
        if hid is None or not self._is_address:
            return None
        return tuple(cast("bytes", each["path"]) for each in self._entries(hid)) or None

    @property
    def vendor_id(self) -> int | None:
        """The maker's USB id, as far as the address names it."""
        return self._vid or None

    def locate(self, ports: Sequence[PortInfo]) -> PortInfo | None:
        """Which of the listed ports is this scanner's, without opening it."""
        return next((info for info in ports if info.port.startswith(HID_SCHEME) and self._is_meant(info)), None)

    def _entries(self, hid: Hid) -> list[dict[str, object]]:
        """The interfaces that would do, as hidapi describes them."""
        return [
            each
            for each in hid.enumerate(self._vid, self._pid)
            if each.get("usage_page") == USAGE_PAGE and self._is_meant(_info(each))
        ]

    def _is_meant(self, info: PortInfo) -> bool:
        if not self._vid:
            return True
        return (info.vid, info.pid) == (self._vid, self._pid) and self._serial in ("", info.serial)


def _is_denied(path: bytes) -> bool:
    """Whether a device node is there that this user may not use: hidapi says no more than that opening failed."""
    if sys.platform != "linux" or not path.startswith(b"/dev/"):
        return False
    return Path(os.fsdecode(path)).exists() and not os.access(path, os.R_OK | os.W_OK)


class HidLine:
    """An open HID-POS scanner; one read is one report."""

    def __init__(self, device: HidDevice, name: str) -> None:
        """Take over an open device."""
        self._device = device
        self._name = name

    def receive(self) -> bytes:
        """Wait for a report.

        Raises:
            DeviceLost: The scanner is gone.
        """
        try:
            return bytes(self._device.read(REPORT_BYTES, round(READ_TIMEOUT_S * MS_PER_S)))
        except (OSError, ValueError) as error:  # "read error", and "not open" after a close
            raise DeviceLost(self._name, str(error)) from error

    def send(self, data: bytes) -> bool:  # noqa: ARG002 - the seam of all lines
        """Nothing is written: reports to a HID scanner are every maker's own."""
        return False

    def cancel(self) -> None:
        """Nothing to do: a read ends by itself within ``READ_TIMEOUT_S``."""

    def close(self) -> None:
        """Give the scanner back."""
        with contextlib.suppress(OSError, ValueError):
            self._device.close()
