"""Which serial ports there are, and which of them is the scanner we know."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from serial.tools import list_ports as pyserial_ports

from hardware.errors import PortMissing
from hardware.transport import Line, SerialSettings, path_presence, transport_for

if TYPE_CHECKING:
    from serial.tools.list_ports_common import ListPortInfo

BY_ID_FOLDER: Final = Path("/dev/serial/by-id")
"""Where udev keeps a link per USB serial device, named after maker, product and serial number."""


class PortInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One serial port of this machine.

    Attributes:
        port: The name to open, such as ``/dev/ttyACM0`` or ``COM3``.
        vid: USB vendor id, or ``None`` for a port that is not USB.
        pid: USB product id.
        serial: USB serial number; empty when the device has none.
        by_id: The stable link to the port; empty where there is none.
        description: What the device calls itself.
    """

    port: str
    vid: int | None = None
    pid: int | None = None
    serial: str = ""
    by_id: str = ""
    description: str = ""

    @property
    def usb_id(self) -> str:
        """Vendor and product as ``0C2E:0B61``; empty for a port that is not USB."""
        return "" if self.vid is None or self.pid is None else f"{self.vid:04X}:{self.pid:04X}"


class PortMatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is remembered of a scanner to find it again; empty fields say nothing.

    Attributes:
        vid: USB vendor id.
        pid: USB product id.
        serial: USB serial number.
        by_id: The stable link to its port.
        port: The name it had, or any URL that can be opened.
    """

    vid: int | None = None
    pid: int | None = None
    serial: str = ""
    by_id: str = ""
    port: str = ""

    @property
    def label(self) -> str:
        """A name for messages: the most telling of what is known."""
        usb = "" if self.vid is None or self.pid is None else f"{self.vid:04X}:{self.pid:04X}"
        return self.port or self.by_id or f"{usb} {self.serial}".strip() or "scanner"


def match_of(info: PortInfo) -> PortMatch:
    """What to remember of a port that was chosen."""
    return PortMatch(vid=info.vid, pid=info.pid, serial=info.serial, by_id=info.by_id, port=info.port)


def list_ports(
    comports: Callable[[], Sequence[ListPortInfo]] = pyserial_ports.comports,
    by_id_folder: Path = BY_ID_FOLDER,
) -> list[PortInfo]:
    """The serial ports of this machine, sorted by name.

    Args:
        comports: Lists the ports as pyserial does.
        by_id_folder: Folder of stable links; it need not exist.

    Returns:
        The ports; none when a device was pulled out while the system described it. Whoever looks again sees the rest.
    """
    links = _links(by_id_folder)
    try:
        found = comports()
    except (OSError, TypeError, ValueError):  # pyserial reads several files of a device and trusts that it stays
        return []
    ports = [
        PortInfo(
            port=each.device,
            vid=each.vid,
            pid=each.pid,
            serial=each.serial_number or "",
            by_id=links.get(os.path.realpath(each.device), ""),
            description=each.description or "",
        )
        for each in found
    ]
    return sorted(ports, key=lambda info: info.port)


def _links(folder: Path) -> dict[str, str]:
    try:
        return {os.path.realpath(link): str(link) for link in sorted(folder.iterdir())}
    except OSError:
        return {}


def find(match: PortMatch, ports: Sequence[PortInfo]) -> PortInfo | None:
    """Find a known scanner among the ports, however it is called today.

    First by USB vendor, product and serial number, then by its stable link, then by the port's name. A device that says
    it is something else is never taken: after a reshuffle the scanner's old port may be the receipt printer's.

    Args:
        match: What is remembered.
        ports: The ports there are.

    Returns:
        The port, or ``None`` when it is not there or two equal devices cannot be told apart.
    """
    candidates = [info for info in ports if _may_be(match, info)]
    if match.vid is not None and match.pid is not None:
        same_model = [info for info in candidates if (info.vid, info.pid) == (match.vid, match.pid)]
        same_device = [info for info in same_model if match.serial and info.serial == match.serial]
        # Many scanners carry no serial number; one of its model is then the one.
        for found in (same_device, same_model):
            if len(found) == 1:
                return found[0]
    for info in candidates:
        if match.by_id and info.by_id == match.by_id:
            return info
    for info in candidates:
        if match.port and info.port == match.port:
            return info
    return None


def _may_be(match: PortMatch, info: PortInfo) -> bool:
    """Whether nothing the port says of itself contradicts what is remembered."""
    if match.vid is not None and info.vid is not None and (match.vid, match.pid) != (info.vid, info.pid):
        return False
    return not (match.serial and info.serial and match.serial != info.serial)


class MatchedTransport:
    """The way to a scanner by what it is, not by the name of its port.

    What was opened is remembered: a port that is configured by its name alone, and stands for a USB device when it is
    first opened, stands for this very device from then on.

    Attributes:
        found: The listed port that was opened last, or ``None`` while nothing was, or what was opened is in no list.
    """

    def __init__(
        self,
        match: PortMatch,
        settings: SerialSettings | None = None,
        ports: Callable[[], Sequence[PortInfo]] = list_ports,
    ) -> None:
        """Remember whom to look for.

        Args:
            match: What is known of the scanner.
            settings: Line parameters of its port.
            ports: Lists the ports there are.
        """
        self._match = match
        self._configured = match.port
        self._settings = settings
        self._ports = ports
        self.found: PortInfo | None = None

    def locate(self, ports: Sequence[PortInfo]) -> PortInfo | None:
        """Which of the listed ports is this scanner's, without opening it.

        Args:
            ports: The ports there are.
        """
        found = self._find(ports)
        return found if isinstance(found, PortInfo) else None

    def open(self) -> Line:
        """Find the scanner's port of today, open it, and remember what it is.

        A remembered port that no list knows, a link or a URL, is opened as it is.

        Raises:
            HardwareError: It is not there or cannot be opened.
        """
        found = self._find(self._ports())
        if found is None:
            raise PortMissing(self._match.label)
        line = transport_for(found.port if isinstance(found, PortInfo) else found, self._settings).open()
        self.found = found if isinstance(found, PortInfo) else None
        if self.found is not None and self.found.vid is not None:
            self._match = match_of(self.found)
        return line

    def presence(self) -> Hashable | None:
        """The port's name of today and what stands there."""
        found = self._find(self._ports())
        if isinstance(found, PortInfo):
            return (found.port, path_presence(found.port))  # a COM port is no path: being listed is its presence
        return None if found is None else path_presence(found)

    def _find(self, ports: Sequence[PortInfo]) -> PortInfo | str | None:
        """The scanner among the ports there are, or the port as it was given when no list knows it."""
        match = self._match
        found = find(match, ports)
        if found is not None:
            return found
        if match.vid is not None:
            return self._spare(ports)  # a USB device that is not listed is not there
        if any(info.port == match.port for info in ports):
            return None  # a listed port that did not match belongs to another device
        return _behind_link(match.port, ports) or match.port or None

    def _spare(self, ports: Sequence[PortInfo]) -> PortInfo | None:
        """Another device of the same model on the port that was configured: a broken scanner was exchanged."""
        model = (self._match.vid, self._match.pid)
        return next((each for each in ports if each.port == self._configured and (each.vid, each.pid) == model), None)


def _behind_link(path: str, ports: Sequence[PortInfo]) -> PortInfo | None:
    """The listed port that a configured link, as of ``BY_ID_FOLDER``, leads to."""
    try:
        real = os.path.realpath(path)
    except (OSError, ValueError):
        return None
    return next((info for info in ports if os.path.realpath(info.port) == real), None)
