"""Four scanners in a process of their own, as real ones are: plugs them in and scans as it is told.

Started by ``benchmarks.scan``. Prints the ports as JSON, then answers each line ``kind first count`` of standard input
with the time at which each code's last byte was written, in nanoseconds of the monotonic clock.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from hardware.simulated import simulated_scanner

NAMES: Final = ("scanner", "second", "third", "fourth")

PACE_S: Final = 0.01
BURST: Final = 10
"""Codes written one right after the other; then a pause of as many paces."""

STORM_S: Final = 0.8
"""How long a storm of codes from all devices takes."""


def main() -> None:
    """Serve until standard input ends."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as plugged:
        scanners = [plugged.enter_context(simulated_scanner(Path(folder), name)) for name in NAMES]
        print(json.dumps([scanner.port for scanner in scanners]), flush=True)
        for order in sys.stdin:
            kind, first, count = order.split()
            written: dict[str, int] = {}
            for index in range(int(count)):
                code = f"{int(first) + index:013d}"
                scanner = scanners[index % len(scanners) if kind == "storm" else 0]
                scanner.write(code.encode())
                written[code] = time.monotonic_ns()
                scanner.write(b"\r")
                _pause(kind, index, int(count))
            print(json.dumps(written), flush=True)


def _pause(kind: str, index: int, count: int) -> None:
    """What lies between two codes."""
    if kind == "paced":
        time.sleep(PACE_S)
    elif kind == "storm":
        time.sleep(STORM_S / count)
    elif index % BURST == BURST - 1:
        time.sleep(BURST * PACE_S)


if __name__ == "__main__":
    main()
