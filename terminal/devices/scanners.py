"""From the settings to scanners that are served: the one place that turns them into lines, frames and threads."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Final

import msgspec

from hardware.backoff import ReconnectSettings
from hardware.counters import DeviceView
from hardware.discovery import MatchedTransport, PortMatch, list_ports, match_of
from hardware.hidline import HID_SCHEME, HidTransport, hid_ports, load_hid
from hardware.profiles import profile_of
from hardware.scans import DeviceState
from hardware.transport import transport_for
from hardware.watch import POLL_S, PortWatch
from hardware.worker import ScannerWorker
from terminal.devices.scanner_setup import answers_for, frame_settings, line_settings, profile_for, report_parser
from terminal.settings.scanner import FIRST, OFF, SCANNERS_MAX, clashes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from hardware.discovery import PortInfo
    from hardware.errors import HardwareError
    from hardware.hidline import Hid
    from hardware.scans import DeviceStatus, Scan
    from hardware.traffic import Traffic
    from hardware.transport import Transport
    from terminal.settings.scanner import FurtherScanner, ScannerSettings

URL_MARK: Final = "://"

LISTED_POLL_S: Final = 0.25
"""How often a lost serial scanner is looked for among the ports, in seconds: listing takes a millisecond or two, and a
scanner that is put away for good must not cost the till a few percent of its processor all day."""

HID_POLL_S: Final = 0.5
"""How often a lost HID scanner is looked for, in seconds: on some systems every HID device is opened to describe it."""


def scanner_worker(
    name: str,
    settings: ScannerSettings,
    *,
    on_scan: Callable[[Scan], None],
    on_status: Callable[[DeviceStatus], None],
    traffic: Traffic | None = None,
    ports: Callable[[], Sequence[PortInfo]] = list_ports,
    transport: Transport | None = None,
    hid: Callable[[], Hid | None] = load_hid,
) -> ScannerWorker:
    """Wire a scanner; nothing is opened before its ``start``.

    Both sinks are called on the scanner's thread and must only hand over.

    Args:
        name: The till's name for it, which stays when its port is called something else.
        settings: Its port, which must name one, and how it talks.
        on_scan: Takes what it reads.
        on_status: Takes changes of its state.
        traffic: Remembers its frames for the doctor.
        ports: Lists the serial ports of this machine.
        transport: The way to it, when it has been made already.
        hid: Loads hidapi.
    """
    way = transport or scanner_transport(settings, ports, hid)
    if isinstance(way, HidTransport):
        return ScannerWorker(
            name,
            way,
            on_scan=on_scan,
            on_status=on_status,
            frames=report_parser(settings, way.vendor_id),
            traffic=traffic,
            reconnect=ReconnectSettings(presence_poll_s=HID_POLL_S),
        )
    return ScannerWorker(
        name,
        way,
        on_scan=on_scan,
        on_status=on_status,
        frames=frame_settings(settings),
        answers=lambda: answers_for(settings, _vendor_id(way)),
        traffic=traffic,
        reconnect=ReconnectSettings(presence_poll_s=LISTED_POLL_S),
    )


def scanner_transport(
    settings: ScannerSettings,
    ports: Callable[[], Sequence[PortInfo]] = list_ports,
    hid: Callable[[], Hid | None] = load_hid,
) -> Transport:
    """The way to the scanner: a serial port is found again under another name, a URL is taken as it is.

    Args:
        settings: The port and the parameters of its line.
        ports: Lists the serial ports of this machine.
        hid: Loads hidapi.
    """
    assert settings.port not in ("", OFF), "no single scanner is meant"
    if settings.port.startswith(HID_SCHEME):
        return HidTransport(settings.port, hid)
    if URL_MARK in settings.port:
        return transport_for(settings.port, line_settings(settings))
    return MatchedTransport(PortMatch(port=settings.port), line_settings(settings), ports)


def _vendor_id(transport: Transport) -> int | None:
    """The USB id of what was opened last, where it has one."""
    found = transport.found if isinstance(transport, MatchedTransport) else None
    return found.vid if found else None


class _Served:
    """One scanner that is served, with what it said last."""

    def __init__(self, name: str, transport: Transport, port: str, settings: ScannerSettings) -> None:
        self.name = name
        self.transport = transport
        self.port = port
        self.settings = settings
        self.worker: ScannerWorker | None = None
        self.state: DeviceState | None = None
        self.error: HardwareError | None = None
        self.info: PortInfo | None = None
        self.discovered = False

    def note(self, status: DeviceStatus) -> None:
        """Remember a change of state; called on the scanner's thread."""
        if isinstance(self.transport, MatchedTransport | HidTransport) and self.transport.found is not None:
            self.info = self.transport.found
        self.state = status.state
        self.error = status.error or self.error

    @property
    def is_open(self) -> bool:
        """Whether it holds its port."""
        return self.state is DeviceState.READY

    def place(self, ports: Sequence[PortInfo]) -> str:
        """The listed port that is this scanner's now; empty when it is not there.

        A port that is not listed any more is not its port, even while the scanner's thread has not noticed yet.
        """
        if self.is_open and self.info is not None and any(info.port == self.info.port for info in ports):
            return self.info.port
        if not isinstance(self.transport, MatchedTransport | HidTransport):
            return ""
        found = self.transport.locate(ports)
        return found.port if found else ""

    def view(self) -> DeviceView:
        """As the doctor shows it."""
        info, worker = self.info, self.worker
        maker = profile_for(self.settings, info.vid if info else None)
        view = DeviceView(
            id=self.name,
            port=info.port if info else self.port,
            usb_id=info.usb_id if info else "",
            description=info.description if info else "",
            maker=maker.maker if maker else "",
            discovered=self.discovered,
            state=self.state,
            error=self.error,
        )
        return view if worker is None else msgspec.structs.replace(view, counters=worker.counters)


class Scanners:
    """All scanners of a till, from ``start`` to ``stop``; it may be started again after that.

    With an empty port in the first table every scanner of a known maker is taken when it is plugged in, and found again
    under another name, but for those that the further tables or another device have. One that is exchanged for another
    is let go.

    The sinks are called on the scanners' threads and must only hand over.
    """

    def __init__(  # noqa: PLR0913 - one seam per thing a test replaces; all but three have a default
        self,
        first: ScannerSettings,
        further: Sequence[FurtherScanner] = (),
        *,
        on_scan: Callable[[Scan], None],
        on_status: Callable[[DeviceStatus], None],
        traffic: Traffic | None = None,
        claimed: Collection[str] = (),
        ports: Callable[[], Sequence[PortInfo]] = list_ports,
        hid: Callable[[], Hid | None] = load_hid,
        poll_s: float = POLL_S,
    ) -> None:
        """Nothing is opened or looked for before ``start``.

        Args:
            first: The table ``[scanner]``.
            further: The tables ``[[scanners]]``.
            on_scan: Takes what is read.
            on_status: Takes changes of each scanner's state.
            traffic: Remembers the last frames.
            claimed: Ports of other devices as the settings name them, such as the printer's; never taken by themselves.
            ports: Lists the serial ports of this machine.
            hid: Loads hidapi.
            poll_s: Wait between two looks for new scanners, in seconds.

        Raises:
            ValueError: Two scanners have the same port or name; ``clashes`` says so where the settings are read.
        """
        problems = clashes(first, further)
        if problems:
            raise ValueError("; ".join(f"{problem.path}: {problem.message}" for problem in problems))
        self._first = first
        self._further = tuple(further)
        self._on_scan = on_scan
        self._on_status = on_status
        self._traffic = traffic
        self._claimed = frozenset(claimed) - {""}
        self._ports = ports
        self._hid = _Once(hid)
        self._poll_s = poll_s
        self._lock = threading.Lock()
        self._served: tuple[_Served, ...] = ()
        self._watch: PortWatch | None = None

    @property
    def listens(self) -> bool:
        """Whether any scanner is configured or looked for; otherwise ``start`` does nothing."""
        return self._first.port != OFF or any(each.port != OFF for each in self._further)

    def start(self) -> None:
        """Serve every scanner of the settings, and begin to look for others if the settings ask for it."""
        assert self._watch is None, "stopped before it is started again"
        assert not self._served, "stopped before it is started again"
        if self._first.port not in ("", OFF):
            self._serve(FIRST, self._first)
        for each in self._further:
            if each.port != OFF:
                self._serve(each.name, each)
        if not self._first.port:
            self._watch = PortWatch(self._all_ports, self._seen, poll_s=self._poll_s)
            self._watch.start()

    def stop(self) -> None:
        """Let go of every scanner; may be called twice and before ``start``."""
        if self._watch is not None:
            self._watch.stop()
            self._watch = None
        workers = [served.worker for served in self._served if served.worker is not None]
        for worker in workers:  # all at once: each may be waiting for a scanner that does not answer
            worker.let_end()
        for worker in workers:
            worker.stop()
        with self._lock:
            self._served = ()

    def devices(self) -> tuple[DeviceView, ...]:
        """Every scanner that is served now, in the order in which it came; any thread may ask."""
        return tuple(served.view() for served in self._served)

    def _serve(self, name: str, settings: ScannerSettings, found: PortInfo | None = None) -> None:
        """Start a scanner: the one the settings name, or one that was found."""

        def serial_ports() -> list[PortInfo]:
            return self._ports_for(served)

        if found is None:
            transport = scanner_transport(settings, serial_ports, self._hid)
        elif found.port.startswith(HID_SCHEME):
            transport = HidTransport(found.port, self._hid)
        else:
            transport = MatchedTransport(match_of(found), line_settings(settings), serial_ports)
        served = _Served(name, transport, found.port if found else settings.port, settings)
        served.info, served.discovered = found, found is not None

        def note(status: DeviceStatus) -> None:
            served.note(status)
            self._on_status(status)

        served.worker = scanner_worker(
            name,
            settings,
            on_scan=self._on_scan,
            on_status=note,
            traffic=self._traffic,
            transport=transport,
        )
        with self._lock:
            self._served = (*self._served, served)
        served.worker.start()

    def _ports_for(self, asking: _Served) -> list[PortInfo]:
        """The serial ports one scanner may be found on: not those that the others hold. Called on its thread."""
        held = {each.info.port for each in self._served if each is not asking and each.is_open and each.info}
        return [info for info in self._ports() if info.port not in held]

    def _all_ports(self) -> list[PortInfo]:
        """Serial ports and HID scanners; called on the watch's thread."""
        hid = self._hid()
        return [*self._ports(), *(hid_ports(hid) if hid else ())]

    def _seen(self, ports: Sequence[PortInfo]) -> None:
        """Take each scanner that nobody has; called on the watch's thread."""
        # Asked once: a scanner that opens its port while this runs must not fall between the two.
        sitting = [each for each in self._served if each.is_open]
        held = {each.place(ports) for each in sitting}
        rest = [info for info in ports if info.port not in held]
        held |= {each.place(rest) for each in self._served if each not in sitting}
        for info in rest:
            if info.port not in held and _is_scanner(info) and not _is_claimed(info, self._claimed):
                self._let_go_of_lost(rest)
                if len(self._served) <= SCANNERS_MAX:
                    self._serve(self._free_name(), self._first, info)

    def _let_go_of_lost(self, ports: Sequence[PortInfo]) -> None:
        """Forget what was found once and is not there any more, now that another scanner is: it was exchanged."""
        gone = [each for each in self._served if each.discovered and not each.is_open and not each.place(ports)]
        for each in gone:
            assert each.worker is not None
            each.worker.stop()
        with self._lock:
            self._served = tuple(each for each in self._served if each not in gone)

    def _free_name(self) -> str:
        """The name of the next scanner that was found: ``scanner``, ``scanner-2`` and so on."""
        taken = {each.name for each in self._served}
        names = (FIRST if number == 1 else f"{FIRST}-{number}" for number in range(1, 2 * SCANNERS_MAX + 2))
        return next(name for name in names if name not in taken)


class _Once:
    """Loads hidapi once: looking for a module that is not there reads every folder of the path again."""

    def __init__(self, load: Callable[[], Hid | None]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._loaded: tuple[Hid | None] | None = None

    def __call__(self) -> Hid | None:
        with self._lock:
            if self._loaded is None:
                self._loaded = (self._load(),)
            return self._loaded[0]


def _is_scanner(info: PortInfo) -> bool:
    """Whether a port is a scanner's: by its own word on HID, by its maker on a serial port."""
    return info.port.startswith(HID_SCHEME) or profile_of(info.vid) is not None


def _is_claimed(info: PortInfo, claimed: Collection[str]) -> bool:
    """Whether another device has this port, under any of its names."""
    names = {info.port, os.path.realpath(info.port), info.by_id} - {""}
    usb_id = info.usb_id.lower()
    return any(
        port in names or os.path.realpath(port) in names or (usb_id and usb_id in port.lower()) for port in claimed
    )
