"""From the last byte on a scanner's line to the presenter: paced, in bursts, and from four scanners at once.

The till's side is the real one, from the settings to the event loop of the painting thread; the scanners live in a
process of their own. A bare loop around ``os.read`` hands over through the same bridge: no program can do with less.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from benchmarks.table import NS_PER_MS, Row, in_ms, in_us, percentile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hardware.scans import DeviceStatus, Scan
    from terminal.ui.bridge import Bridge

ROOT: Final = Path(__file__).resolve().parent.parent

SCANS: Final = 500
WARM_UP: Final = 50
STORM: Final = 200
"""Codes from all devices within one second."""

P50_MS: Final = 0.5
P99_MS: Final = 5.0
STORM_MS: Final = 1_000
PATIENCE_MS: Final = 20_000
READ_BYTES: Final = 4096


def measure() -> list[Row]:
    """Measure; a storm that loses a scan breaks its promise."""
    from PySide6.QtCore import QCoreApplication

    application = QCoreApplication.instance() or QCoreApplication([])
    with _counter() as counter:
        ours = _ours(counter)
        bare = _bare(counter)
    del application
    arrived, taken_ns = ours["storm"]
    return [
        *_rows("paced", ours["paced"], bare["paced"]),
        *_rows("in bursts", ours["burst"], bare["burst"]),
        Row(
            f"{STORM} scans from {len(counter.ports)} devices",
            f"all within {STORM_MS} ms",
            f"{arrived} within {taken_ns / NS_PER_MS:,.0f} ms",
            taken_ns / NS_PER_MS / STORM_MS if arrived == STORM else float("inf"),
        ),
    ]


def _rows(how: str, ours: Sequence[int], bare: Sequence[int]) -> list[Row]:
    """Two lines: the usual scan and the slow one."""
    found = []
    for share, name, limit_ms in ((0.5, "p50", P50_MS), (0.99, "p99", P99_MS)):
        taken, raw = percentile(ours, share), percentile(bare, share)
        found.append(
            Row(
                f"last byte to presenter, {how}, {name}",
                f"<= {limit_ms} ms (bare loop: {in_us(raw)})",
                f"{in_ms(taken)} = {taken / raw:.2f}x",
                taken / NS_PER_MS / limit_ms,
            )
        )
    return found


class _Counter:
    """The other process, at whose scanners somebody scans."""

    def __init__(self, orders: IO[str], answers: IO[str]) -> None:
        self._orders = orders
        self._answers = answers
        self._next = 1
        self.ports: list[str] = json.loads(answers.readline())

    def scan(self, kind: str, count: int) -> None:
        """Begin to scan; every code is a new one."""
        self._orders.write(f"{kind} {self._next} {count}\n")
        self._orders.flush()
        self._next += count

    def written(self) -> dict[str, int]:
        """When the last byte of each code was written; waits until all are."""
        found: dict[str, int] = json.loads(self._answers.readline())
        return found


@contextmanager
def _counter() -> Iterator[_Counter]:
    command = [sys.executable, "-m", "benchmarks.scan_child"]
    with subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield _Counter(process.stdin, process.stdout)
        process.stdin.close()


class _Presenter:
    """Where codes arrive on the painting thread; the real one goes on from here, this one looks at the clock."""

    def __init__(self) -> None:
        from PySide6.QtCore import QEventLoop

        self.arrived: list[tuple[str, int]] = []
        self._loop = QEventLoop()
        self._awaited = 0

    def scanned(self, text: str) -> None:
        """A code has arrived."""
        self.arrived.append((text, time.monotonic_ns()))
        if len(self.arrived) == self._awaited:
            self._loop.quit()

    def wait(self, count: int) -> None:
        """Run the event loop until so many have arrived, or patience ends."""
        from PySide6.QtCore import QTimer

        self._awaited = count
        timer = QTimer()
        timer.setSingleShot(True)
        timer.timeout.connect(self._loop.quit)
        timer.start(PATIENCE_MS)
        self._loop.exec()


def _latencies(counter: _Counter, presenter: _Presenter, kind: str) -> list[int]:
    """From the last byte to the presenter, in nanoseconds, sorted; every code has to arrive."""
    presenter.arrived.clear()
    counter.scan(kind, WARM_UP + SCANS)
    presenter.wait(WARM_UP + SCANS)
    written, arrived = counter.written(), presenter.arrived
    assert [text for text, _ in arrived] == list(written), "every scan once, in order"
    return sorted(t_ns - written[text] for text, t_ns in arrived[WARM_UP:])


def _storm(counter: _Counter, presenter: _Presenter) -> tuple[int, int]:
    """How many codes arrived, and how long that took from the first byte."""
    presenter.arrived.clear()
    counter.scan("storm", STORM)
    presenter.wait(STORM)
    written = counter.written()
    arrived = {text for text, _ in presenter.arrived} & set(written)
    return len(arrived), presenter.arrived[-1][1] - min(written.values())


def _ours(counter: _Counter) -> dict[str, list[int] | tuple[int, int]]:
    """The real scanners: settings, threads, parser, policy, the doctor's memory, bridge."""
    from hardware.scans import DeviceState
    from hardware.traffic import Traffic
    from terminal.devices.scanners import Scanners
    from terminal.settings.scanner import FurtherScanner, ScannerSettings
    from terminal.ui.bridge import Bridge

    bridge, presenter, ready = Bridge(), _Presenter(), _Presenter()

    def on_scan(scan: Scan) -> None:
        bridge.deliver(lambda: presenter.scanned(scan.text))

    def on_status(status: DeviceStatus) -> None:
        if status.state is DeviceState.READY:
            bridge.deliver(lambda: ready.scanned(status.device_id))

    first, *further = counter.ports
    scanners = Scanners(
        ScannerSettings(port=first),
        [FurtherScanner(port=port, name=f"further-{number}") for number, port in enumerate(further)],
        on_scan=on_scan,
        on_status=on_status,
        traffic=Traffic(),
    )
    scanners.start()
    try:
        ready.wait(len(counter.ports))
        return {
            "paced": _latencies(counter, presenter, "paced"),
            "burst": _latencies(counter, presenter, "burst"),
            "storm": _storm(counter, presenter),
        }
    finally:
        scanners.stop()
        bridge.close()


def _bare(counter: _Counter) -> dict[str, list[int]]:
    """The least that can be done."""
    from terminal.ui.bridge import Bridge

    bridge, presenter = Bridge(), _Presenter()
    loop = _BareLoop(counter.ports[0], bridge, presenter)
    try:
        return {kind: _latencies(counter, presenter, kind) for kind in ("paced", "burst")}
    finally:
        loop.stop()
        bridge.close()


class _BareLoop:
    """Reads, cuts at CR, hands over; knows no errors, no identifiers and no repeats."""

    def __init__(self, port: str, bridge: Bridge, presenter: _Presenter) -> None:
        self._port = os.open(port, os.O_RDWR | os.O_NOCTTY)
        self._wake = os.pipe()
        self._bridge = bridge
        self._presenter = presenter
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        pending = b""
        while self._wake[0] not in select.select([self._port, self._wake[0]], [], [])[0]:
            *codes, pending = (pending + os.read(self._port, READ_BYTES)).split(b"\r")
            for code in codes:
                self._hand_over(code.decode())

    def _hand_over(self, text: str) -> None:
        self._bridge.deliver(lambda: self._presenter.scanned(text))

    def stop(self) -> None:
        """End the thread and let go of the port."""
        os.write(self._wake[1], b"x")
        self._thread.join()
        for descriptor in (self._port, *self._wake):
            os.close(descriptor)


if __name__ == "__main__":
    from benchmarks.table import print_table

    print_table(measure(), "Scanners")
