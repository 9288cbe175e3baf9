"""From the settings to a scanner that is served: the one place that turns them into a line, frames and a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hardware.discovery import MatchedTransport, PortMatch, list_ports
from hardware.frames import FrameSettings, Terminator
from hardware.transport import SerialSettings, transport_for
from hardware.worker import ScannerWorker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hardware.discovery import PortInfo
    from hardware.scans import DeviceStatus, Scan
    from hardware.transport import Transport
    from terminal.settings.scanner import ScannerSettings

NEWLINES: Final = frozenset({Terminator.CR, Terminator.LF, Terminator.CRLF})
URL_MARK: Final = "://"


def scanner_worker(
    name: str,
    settings: ScannerSettings,
    *,
    on_scan: Callable[[Scan], None],
    on_status: Callable[[DeviceStatus], None],
    ports: Callable[[], Sequence[PortInfo]] = list_ports,
) -> ScannerWorker:
    """Wire a scanner; nothing is opened before its ``start``.

    Both sinks are called on the scanner's thread and must only hand over.

    Args:
        name: The till's name for it, which stays when its port is called something else.
        settings: Its port, which must not be empty, and how it talks.
        on_scan: Takes what it reads.
        on_status: Takes changes of its state.
        ports: Lists the serial ports of this machine.
    """
    assert settings.port, "an empty port means that there is no scanner"
    return ScannerWorker(
        name, scanner_transport(settings, ports), on_scan=on_scan, on_status=on_status, frames=frame_settings(settings)
    )


def scanner_transport(settings: ScannerSettings, ports: Callable[[], Sequence[PortInfo]] = list_ports) -> Transport:
    """The way to the scanner: a serial port is found again under another name, a URL is taken as it is.

    Args:
        settings: The port and its speed.
        ports: Lists the serial ports of this machine.
    """
    line = SerialSettings(baud=settings.baud)
    if URL_MARK in settings.port:
        return transport_for(settings.port, line)
    return MatchedTransport(PortMatch(port=settings.port), line, ports)


def frame_settings(settings: ScannerSettings) -> FrameSettings:
    """How its frames begin and end.

    Scanners differ in how they end a line, and a shop should not need to know: all newlines mean the same.
    """
    chosen = Terminator(settings.terminator)
    terminators = NEWLINES if chosen in NEWLINES else frozenset({chosen})
    return FrameSettings(prefix=settings.prefix.encode(), terminators=terminators)
