"""How a shop's printer is set up, and how the settings name the way to it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Final, Literal
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec import Meta

from hardware.printing.errors import NotAPrinter
from hardware.receipt import WIDTH_58_MM, WIDTH_80_MM, WIDTH_MIN

NETWORK_PORT_DEFAULT: Final = 9100
"""Where nearly every network printer takes raw bytes."""

TARGET_LENGTH_MAX: Final = 200
"""Longest way to a printer that is looked at, in characters."""

DRAWER_PIN_FIRST: Final = 2
"""The pin that nearly every drawer listens to; a second drawer has pin 5."""

PULSE_MS_DEFAULT: Final = 100
"""How long the drawer's lock is held open, in milliseconds."""

PULSE_MS_MIN: Final = 2
PULSE_MS_MAX: Final = 510
"""The command counts in units of 2 ms in one byte (ESC p)."""

FEED_LINES_DEFAULT: Final = 5
"""From the print head to the knife, in lines: about 19 mm."""

FEED_LINES_MAX: Final = 20
COLUMNS_MAX: Final = 64
BAUD_DEFAULT: Final = 9600

_DOTS: Final = {58: 384, 80: 576}
"""Printable width of the usual heads with 8 dots to the millimetre: 48 mm and 72 mm."""

_COLUMNS: Final = {58: WIDTH_58_MM, 80: WIDTH_80_MM}


class Cut(StrEnum):
    """What the knife does after a receipt."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


class QrMode(StrEnum):
    """Who draws a QR code."""

    AUTO = "auto"
    """The printer where its model can."""
    NATIVE = "native"
    """The printer."""
    RASTER = "raster"
    """The till; for printers that print nothing or letters instead."""


class FlowControl(StrEnum):
    """How a printer on a serial line says that it can take no more."""

    NONE = "none"
    RTS_CTS = "rts_cts"
    XON_XOFF = "xon_xoff"


class PrinterSetup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One printer.

    Attributes:
        target: The way to it, see ``parse_target``.
        paper_mm: Width of the paper, in millimetres.
        columns: Characters to the line; ``None`` for what the paper usually takes (32 or 48).
        code_page: Its characters; where the model lacks this page, the nearest it has is taken.
        profile: Its model under python-escpos' name.
        cut: What the knife does.
        feed_lines: Paper pushed out before the cut, in lines.
        drawer_pin: Which pin of the drawer's plug gets the pulse.
        drawer_pulse_ms: How long, in milliseconds.
        logo: Path of the shop's logo; empty for none.
        qr: Who draws QR codes.
        double_byte: Whether it takes two bytes for one Asian character until told otherwise, as many inexpensive ones
            do: umlauts come out as Chinese signs then.
        baud: Speed of a serial line, in bits per second.
        flow_control: How a printer on a serial line says that it can take no more.
    """

    target: Annotated[str, Meta(max_length=TARGET_LENGTH_MAX)]
    paper_mm: Literal[58, 80] = 80
    columns: Annotated[int, Meta(ge=WIDTH_MIN, le=COLUMNS_MAX)] | None = None
    code_page: str = "CP858"
    profile: str = "default"
    cut: Cut = Cut.FULL
    feed_lines: Annotated[int, Meta(ge=0, le=FEED_LINES_MAX)] = FEED_LINES_DEFAULT
    drawer_pin: Literal[2, 5] = 2
    drawer_pulse_ms: Annotated[int, Meta(ge=PULSE_MS_MIN, le=PULSE_MS_MAX)] = PULSE_MS_DEFAULT
    logo: str = ""
    qr: QrMode = QrMode.AUTO
    double_byte: bool = False
    baud: Annotated[int, Meta(ge=1200, le=921_600)] = BAUD_DEFAULT
    flow_control: FlowControl = FlowControl.NONE

    @property
    def width(self) -> int:
        """Characters to the line."""
        return self.columns or _COLUMNS[self.paper_mm]

    @property
    def dots(self) -> int:
        """Dots to the line; pictures and codes are no wider."""
        return _DOTS[self.paper_mm]


class NetworkTarget(msgspec.Struct, frozen=True):
    """A printer on the network that takes raw bytes."""

    host: str
    port: int = NETWORK_PORT_DEFAULT


class SerialTarget(msgspec.Struct, frozen=True):
    """A printer on a serial port, or one whose USB plug is a serial port to the system."""

    port: str


class UsbTarget(msgspec.Struct, frozen=True):
    """A USB printer that no driver of the system stands before.

    Attributes:
        vendor: Vendor id.
        product: Product id.
    """

    vendor: int
    product: int


class DeviceTarget(msgspec.Struct, frozen=True):
    """A printer behind a device node of the system's printer driver."""

    path: str


class FileTarget(msgspec.Struct, frozen=True):
    """No printer: bytes are appended to a file."""

    path: str


Target = NetworkTarget | SerialTarget | UsbTarget | DeviceTarget | FileTarget

_USB: Final = re.compile(r"usb://(?:0x)?([0-9a-f]{4}):(?:0x)?([0-9a-f]{4})/?", re.IGNORECASE | re.ASCII)
_DEVICE: Final = re.compile(r"/dev/(?:usb/)?(?:usb)?lp[0-9]{1,3}", re.ASCII)
_WINDOWS_PORT: Final = re.compile(r"(?:\\\\\.\\)?COM[0-9]{1,3}:?", re.IGNORECASE | re.ASCII)
_BARE_HOST: Final = re.compile(r"[A-Za-z0-9._-]+:[0-9]{1,5}|\[[0-9A-Fa-f:.%]+\]:[0-9]{1,5}", re.ASCII)


def parse_target(text: str) -> Target:
    """The way to a printer, as the settings name it.

    ``network://host:9100`` (without a port: 9100), bare ``host:9100``, ``usb://04b8:0e15`` (hex), ``COM3``, a printer
    driver's device node (``/dev/usb/lp0``), ``file:///path``; every other path from the root is a serial port.

    Raises:
        NotAPrinter: It is none of these; its ``detail`` says what is wrong.
    """
    text = text.strip()
    if not text or len(text) > TARGET_LENGTH_MAX or not text.isprintable():
        raise NotAPrinter(text[:TARGET_LENGTH_MAX], "empty, too long, or with characters that cannot be seen")
    scheme = text.partition("://")[0].lower() if "://" in text else ""
    if scheme == "network":
        return _network(text)
    if scheme == "usb":
        return _usb(text)
    if scheme == "file":
        return _file(text)
    if scheme:
        raise NotAPrinter(text, f"printers are not reached by {scheme}://")
    if _WINDOWS_PORT.fullmatch(text):
        return SerialTarget(text.rstrip(":"))
    if text.startswith("/"):
        return DeviceTarget(text) if _DEVICE.fullmatch(text) else SerialTarget(text)
    if _BARE_HOST.fullmatch(text):
        return _network(f"network://{text}")
    raise NotAPrinter(text, "neither a port, a path from the root, nor host:port")


def _network(text: str) -> NetworkTarget:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise NotAPrinter(text, str(error)) from error
    if not host:
        raise NotAPrinter(text, "the host's name is missing")
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
        raise NotAPrinter(text, "nothing stands behind the port number, and no user in front of the host")
    if port == 0:
        raise NotAPrinter(text, "port numbers begin at 1")
    return NetworkTarget(host, port or NETWORK_PORT_DEFAULT)


def _usb(text: str) -> UsbTarget:
    found = _USB.fullmatch(text)
    if found is None:
        raise NotAPrinter(text, "vendor and product id are four hex digits each, as in usb://04b8:0e15")
    return UsbTarget(int(found[1], 16), int(found[2], 16))


def _file(text: str) -> FileTarget:
    parts = urlsplit(text)
    path = unquote(parts.path)
    if parts.netloc not in {"", "localhost"} or not path.strip("/"):
        raise NotAPrinter(text, "a file is written with three slashes, as in file:///srv/till/receipts.bin")
    if re.match(r"/[A-Za-z]:/", path):
        path = path[1:]  # file:///C:/receipts.bin
    return FileTarget(path)
