"""What the doctor needs of the devices: what is attached, and an ear at every line for the test barcode."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

import msgspec

from hardware.errors import HardwareError
from hardware.findings import Attached, DeviceKind
from hardware.frames import Frame
from hardware.hidline import HID_SCHEME, HidTransport
from hardware.transport import transport_for
from hardware.wizard import CAPTURE_BYTES_MAX, TEST_TEXT, Capture
from terminal.devices.scanner_setup import line_settings, report_parser
from terminal.settings.scanner import FIRST, OFF, ScannerSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hardware.counters import DeviceView
    from hardware.discovery import PortInfo
    from hardware.printing.status import PrinterStatus
    from hardware.scans import DeviceStatus
    from hardware.speeds import Framing
    from hardware.transport import Line, Transport
    from terminal.settings import Settings

EARS_MAX: Final = 16
"""How many lines are listened to at once."""

SILENCE_S: Final = 1.0
"""Silence that ends a scan when nothing is known of the scanner, in seconds: radio scanners pause up to 0.9."""

SHORT_SILENCE_S: Final = 0.3
"""The same once the whole test barcode has come and only its terminator can follow, in seconds."""

OPEN_S: Final = 3.0
"""Longest wait for a line to open, in seconds: a network scanner's connect time-out and then some."""

RETRY_S: Final = 1.0
"""Wait before a line that can't be opened is tried again, in seconds."""

GAPS_MAX: Final = 256
NS_PER_S: Final = 1_000_000_000
NS_PER_MS: Final = 1_000_000
URL_MARK: Final = "://"
ACM_MARK: Final = "ttyACM"
"""USB-CDC ports of Linux: no wire, so no speed."""

_TEXT: Final = TEST_TEXT.encode()


class Ear(msgspec.Struct, frozen=True, kw_only=True):
    """A line to listen to.

    Attributes:
        device_id: The till's name of the scanner; the port's name where it has none.
        port: Where it is.
        settings: How the settings say it talks.
    """

    device_id: str
    port: str
    settings: ScannerSettings


def scanner_settings(settings: Settings, device_id: str) -> ScannerSettings | None:
    """The settings of a scanner by the till's name for it; one that was found by itself has those of the first."""
    for further in settings.scanners:
        if further.name == device_id:
            return further
    return settings.scanner if device_id == FIRST or device_id.startswith(f"{FIRST}-") else None


def ears(settings: Settings, served: Sequence[DeviceView], ports: Sequence[PortInfo]) -> tuple[Ear, ...]:
    """Everything a scanner could be heard on: the scanners that are served, and ports that nobody has."""
    found = [
        Ear(device_id=view.id, port=view.port, settings=scanner_settings(settings, view.id) or settings.scanner)
        for view in served
        if view.port
    ]
    known = {ear.port for ear in found} | {settings.printer.port, settings.pole.port}
    found += [
        Ear(device_id=info.port, port=info.by_id or info.port, settings=ScannerSettings(port=info.port))
        for info in ports
        if info.port not in known and info.by_id not in known
    ]
    return tuple(found[:EARS_MAX])


def attached(
    settings: Settings,
    served: Sequence[DeviceView],
    printer: PrinterStatus | None,
    pole: DeviceStatus | None,
) -> tuple[Attached, ...]:
    """The devices of a running till, with what they said last."""
    found = [
        Attached(
            device_id=view.id,
            kind=DeviceKind.SCANNER,
            port=view.port,
            state=view.state,
            description=view.description or view.maker,
            usb_id=view.usb_id,
            error=view.error,
            counters=view.counters,
        )
        for view in served
    ]
    if printer is not None:
        found.append(
            Attached(
                device_id=printer.device_id,
                kind=DeviceKind.PRINTER,
                port=settings.printer.port,
                state=printer.state,
                waiting=printer.waiting,
                error=printer.error,
            )
        )
    if pole is not None:
        found.append(
            Attached(
                device_id=pole.device_id,
                kind=DeviceKind.POLE,
                port=settings.pole.port,
                state=pole.state,
                error=pole.error,
            )
        )
    return tuple(found)


def configured(
    settings: Settings, ports: Sequence[PortInfo], is_scanner: Callable[[int], bool]
) -> tuple[Attached, ...]:
    """The devices of a till that is not running, as far as settings and ports tell; nobody has tried them."""
    found: list[Attached] = []
    if settings.scanner.port not in ("", OFF):
        found.append(Attached(device_id=FIRST, kind=DeviceKind.SCANNER, port=settings.scanner.port))
    elif not settings.scanner.port:
        claimed = {settings.printer.port, settings.pole.port, *(each.port for each in settings.scanners)}
        for info in ports:
            if info.vid is not None and is_scanner(info.vid) and info.port not in claimed:
                name = f"{FIRST}-{len(found) + 1}" if found else FIRST
                found.append(Attached(device_id=name, kind=DeviceKind.SCANNER, port=info.port))
    found += [
        Attached(device_id=each.name, kind=DeviceKind.SCANNER, port=each.port)
        for each in settings.scanners
        if each.port != OFF
    ]
    if settings.printer.port:
        found.append(Attached(device_id="printer", kind=DeviceKind.PRINTER, port=settings.printer.port))
    if settings.pole.port:
        found.append(Attached(device_id="pole", kind=DeviceKind.POLE, port=settings.pole.port))
    return tuple(found)


class Listening:
    """Listens to lines byte for byte, with one thread for each, from ``start`` to ``stop``.

    Args:
        lines: What to listen to.
        heard: Takes each scan; called on the line's thread and must only hand over.
        framing: How serial ports are opened; ``None`` as each scanner's settings say.
        transport: Makes the way to a line.
        clock_ns: Monotonic time, in nanoseconds.
    """

    def __init__(
        self,
        lines: Sequence[Ear],
        heard: Callable[[Capture], None],
        framing: Framing | None = None,
        transport: Callable[[Ear, Framing | None], Transport] | None = None,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._heard = heard
        self._framing = framing
        self._transport = transport or _transport
        self._clock_ns = clock_ns
        self._stopping = threading.Event()
        self._open: list[Line] = []
        self._tried = [threading.Event() for _ in lines]
        self._threads = [
            threading.Thread(target=self._run, args=(ear, tried), name=f"ear-{ear.device_id}", daemon=True)
            for ear, tried in zip(lines, self._tried, strict=True)
        ]

    def start(self) -> None:
        """Begin to listen; returns when every line is open, or can't be opened for now, at most after ``OPEN_S``."""
        for thread in self._threads:
            thread.start()
        for tried in self._tried:
            tried.wait(OPEN_S)

    def stop(self) -> None:
        """Let go of every line; afterwards nothing is heard any more. May be called twice."""
        self._stopping.set()
        for line in tuple(self._open):
            line.cancel()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def _run(self, ear: Ear, tried: threading.Event) -> None:
        transport = self._transport(ear, self._framing)
        while not self._stopping.is_set():
            try:
                line = transport.open()
            except HardwareError:
                tried.set()
                self._stopping.wait(RETRY_S)
                continue
            self._open.append(line)
            tried.set()
            try:
                self._listen(line, ear)
            except HardwareError:
                pass  # unplugged: it is opened again when it is back
            finally:
                self._open.remove(line)
                line.close()
            self._stopping.wait(RETRY_S)

    def _listen(self, line: Line, ear: Ear) -> None:
        """Collect bytes until silence, again and again."""
        scan = _Scan(ear, self._baud(ear))
        while not self._stopping.is_set():
            data = line.receive()
            now_ns = self._clock_ns()
            if data:
                scan.add(data, now_ns)
            if scan.is_over(now_ns) and not self._stopping.is_set():
                self._heard(scan.taken())

    def _baud(self, ear: Ear) -> int:
        """The speed of a real serial line; 0 where there is none."""
        if URL_MARK in ear.port or ACM_MARK in ear.port:
            return 0
        return self._framing.baud if self._framing else ear.settings.baud


class _Scan:
    """What comes from one line, from silence to silence."""

    def __init__(self, ear: Ear, baud: int) -> None:
        self._ear = ear
        self._baud = baud
        is_hid = ear.port.startswith(HID_SCHEME)
        self._reports = report_parser(ear.settings, HidTransport(ear.port).vendor_id) if is_hid else None
        self._data = bytearray()
        self._gaps_ms: list[int] = []
        self._t_last_ns = 0

    def add(self, data: bytes, now_ns: int) -> None:
        """Bytes, or a report of a HID scanner."""
        if self._reports is not None:
            frames = self._reports.feed(data, now_ns / NS_PER_S)
            data = b"".join(frame.aim.encode() + frame.text.encode() for frame in frames if isinstance(frame, Frame))
        if self._data and len(self._gaps_ms) < GAPS_MAX:
            self._gaps_ms.append((now_ns - self._t_last_ns) // NS_PER_MS)
        self._t_last_ns = now_ns
        self._data += data[: CAPTURE_BYTES_MAX - len(self._data)]

    def is_over(self, now_ns: int) -> bool:
        """Whether it has been silent for so long that nothing more belongs to it, or is as long as one is looked at."""
        if len(self._data) >= CAPTURE_BYTES_MAX:
            return True  # a trigger that is held, or a device that never stops talking
        silence_s = SHORT_SILENCE_S if _TEXT in self._data else SILENCE_S
        return bool(self._data) and now_ns - self._t_last_ns >= silence_s * NS_PER_S

    def taken(self) -> Capture:
        """The scan; begins anew."""
        data, gaps_ms = bytes(self._data), tuple(self._gaps_ms)
        self._data.clear()
        self._gaps_ms.clear()
        return Capture(
            device_id=self._ear.device_id,
            port=self._ear.port,
            data=data,
            gaps_ms=gaps_ms,
            baud=self._baud,
            framed=self._reports is not None,
        )


def _transport(ear: Ear, framing: Framing | None) -> Transport:
    """The way to a line, at another speed when one is tried."""
    if ear.port.startswith(HID_SCHEME):
        return HidTransport(ear.port)
    settings = line_settings(ear.settings)
    if framing is not None:
        settings = msgspec.structs.replace(
            settings, baud=framing.baud, data_bits=framing.data_bits, parity=framing.parity
        )
    return transport_for(ear.port, settings)
