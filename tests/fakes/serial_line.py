"""Scanners without hardware: what a worker tells is collected, and a line can be scripted byte by byte."""

import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from queue import Empty, Queue

from hardware.backoff import ReconnectSettings
from hardware.errors import HardwareError, PortMissing
from hardware.frames import FrameSettings
from hardware.profiles import SILENCE, Answers
from hardware.scans import DeviceState, DeviceStatus, Scan
from hardware.traffic import Traffic
from hardware.transport import Transport
from hardware.worker import Parser, ScannerWorker

PATIENCE_S = 30.0
"""Longest wait for something that must happen; a failing test takes this long and a passing one does not."""

EAGER = ReconnectSettings(presence_poll_s=0.002)
"""Looks for a lost scanner often, so that tests of many replugs stay short."""


class Recorder:
    """Both sinks of a worker; tests wait on what they expect instead of sleeping."""

    def __init__(self) -> None:
        self.scans: Queue[Scan] = Queue()
        self.statuses: Queue[DeviceStatus] = Queue()
        self.latest: DeviceState | None = None

    def on_scan(self, scan: Scan) -> None:
        self.scans.put(scan)

    def on_status(self, status: DeviceStatus) -> None:
        self.latest = status.state
        self.statuses.put(status)

    def scan(self) -> Scan:
        """The next scan, waited for."""
        return self.scans.get(timeout=PATIENCE_S)

    def status(self) -> DeviceStatus:
        """The next change of state, waited for."""
        return self.statuses.get(timeout=PATIENCE_S)

    def wait_for(self, state: DeviceState) -> DeviceStatus:
        """The next change to one state; the changes before it are dropped."""
        while True:
            status = self.status()
            if status.state is state:
                return status

    def has_ended(self) -> bool:
        """Whether the worker's last word has been said."""
        return self.latest is DeviceState.STOPPED

    def rest(self) -> list[Scan]:
        """The scans nobody has asked for, without waiting."""
        found = []
        while True:
            try:
                found.append(self.scans.get_nowait())
            except Empty:
                return found


@contextmanager
def serving(
    transport: Transport,
    recorder: Recorder,
    *,
    device_id: str = "counter",
    frames: FrameSettings | Parser | None = None,
    answers: Answers = SILENCE,
    traffic: Traffic | None = None,
    reconnect: ReconnectSettings = EAGER,
    clock_ns: Callable[[], int] = time.monotonic_ns,
) -> Iterator[ScannerWorker]:
    """A started worker, stopped at the end whatever happens."""
    worker = ScannerWorker(
        device_id,
        transport,
        on_scan=recorder.on_scan,
        on_status=recorder.on_status,
        frames=frames,
        answers=lambda: answers,
        traffic=traffic,
        reconnect=reconnect,
        clock_ns=clock_ns,
    )
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()
        assert recorder.has_ended(), "stop waits for the thread, whose last word is STOPPED"


class HandClock:
    """Monotonic time that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now_ns = 5_000_000_000

    def __call__(self) -> int:
        return self.now_ns


class ScriptedLine:
    """A line whose reads a test writes down: bytes to return or an error to raise; then it waits for ``cancel``."""

    def __init__(self) -> None:
        self.script: Queue[bytes | HardwareError] = Queue()
        self.sent: Queue[bytes] = Queue()
        self.takes_answers = True
        self.closed = 0

    def receive(self) -> bytes:
        step = self.script.get(timeout=PATIENCE_S)
        if isinstance(step, HardwareError):
            raise step
        return step

    def send(self, data: bytes) -> bool:
        self.sent.put(data)
        return self.takes_answers

    def cancel(self) -> None:
        self.script.put(b"")

    def close(self) -> None:
        self.closed += 1


class ScriptedTransport:
    """Opens what a test has put in: lines, or errors; then the port is missing."""

    def __init__(self, *results: ScriptedLine | HardwareError) -> None:
        self.results = list(results)
        self.opened = 0
        self.place: Hashable | None = None

    def open(self) -> ScriptedLine:
        self.opened += 1
        result = self.results.pop(0) if self.results else PortMissing("scripted")
        if isinstance(result, HardwareError):
            raise result
        return result

    def presence(self) -> Hashable | None:
        return self.place
