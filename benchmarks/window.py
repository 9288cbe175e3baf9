"""The real window off-screen, each time in a process of its own: scan to paint, memory, start."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from benchmarks.shop import Size
from benchmarks.table import BYTES_PER_MIB, NS_PER_MS, Row, in_ms, percentile

ROOT: Final = Path(__file__).resolve().parent.parent
SCANS: Final = 500
STARTS: Final = 9
SCAN_P50_MS: Final = 6.0
SCAN_P99_MS: Final = 16.7
START_LIMIT: Final = 3.0
RESIDENT_MIB: Final = 160
TIMEOUT_S: Final = 900


def measure_scans(directory: Path, size: Size) -> list[Row]:
    """Measure from the last byte on the line to the painted member, and the memory of that process."""
    found: dict[str, Any] = json.loads(child("benchmarks.till_child", str(directory), str(size.members), str(SCANS)))
    idle, following = sorted(found["from_idle_ns"]), sorted(found["next_ns"])
    p50, p99 = percentile(idle, 0.5), percentile(idle, 0.99)
    resident = found["resident"] / BYTES_PER_MIB
    return [
        _limit("scan to painted member, p50", p50, SCAN_P50_MS),
        _limit("scan to painted member, p99", p99, SCAN_P99_MS),
        Row(
            "the same while another member is on, p50 / p99",
            "",
            f"{in_ms(percentile(following, 0.5))} / {in_ms(percentile(following, 0.99))}",
        ),
        Row(
            "memory after 50 scans",
            f"<= {RESIDENT_MIB} MiB",
            f"{resident:.0f} MiB",
            resident / RESIDENT_MIB,
        ),
    ]


def _limit(name: str, taken_ns: int, limit_ms: float) -> Row:
    return Row(name, f"<= {limit_ms} ms", in_ms(taken_ns), taken_ns / NS_PER_MS / limit_ms)


def measure_start(directory: Path) -> Row:
    """Measure from the start of the process to the first paint, the till and a minimal window in turn.

    Each is started once before it counts, so that Python has kept its compiled modules as it does on a till.
    """
    tills, minimal = [], []
    for warm_up in (("till", str(directory)), ("minimal",)):
        _start(*warm_up)
    for _ in range(STARTS):
        tills.append(_start("till", str(directory)))
        minimal.append(_start("minimal"))
    till, least = statistics.median(tills), statistics.median(minimal)
    return Row(
        "start to first paint, median",
        f"<= {START_LIMIT:.0f}x a minimal window of {in_ms(least)}",
        f"{in_ms(till)} = {till / least:.2f}x",
        till / least / START_LIMIT,
    )


def _start(*arguments: str) -> int:
    began = time.monotonic_ns()
    return int(child("benchmarks.start_child", *arguments)) - began


def child(module: str, *arguments: str) -> str:
    """Run a module of this folder off-screen and give what it prints.

    Raises:
        subprocess.CalledProcessError: It failed; its own words are on standard error.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**kept, "QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "*.debug=false;qt.qpa.*=false"}
    done = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=TIMEOUT_S,
    )
    return done.stdout.strip()
