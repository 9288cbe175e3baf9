"""Percentiles, the machine, and the one table."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from storage import sqlite

if TYPE_CHECKING:
    from collections.abc import Sequence

NS_PER_US: Final = 1_000
NS_PER_MS: Final = 1_000_000
BYTES_PER_MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        name: What was measured.
        target: The promise, empty for a line that only informs.
        measured: What came out, with its unit.
        ratio: Measured against its limit: at most 1.00 keeps the promise; ``None`` without a promise.
    """

    name: str
    target: str
    measured: str
    ratio: float | None = None

    @property
    def verdict(self) -> str:
        """Whether the promise is kept, in one word."""
        if self.ratio is None:
            return ""
        return "kept" if self.ratio <= 1 else "MISSED"


def percentile(sorted_ns: Sequence[int], share: float) -> int:
    """The value below which a share of the sorted values lies, by nearest rank."""
    return sorted_ns[min(len(sorted_ns) - 1, int(share * len(sorted_ns)))]


def in_us(nanoseconds: float) -> str:
    """Microseconds for people."""
    return f"{nanoseconds / NS_PER_US:,.0f} us"


def in_ms(nanoseconds: float) -> str:
    """Milliseconds for people."""
    return f"{nanoseconds / NS_PER_MS:.2f} ms"


def machine() -> list[str]:
    """What the figures depend on, line by line."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return [
        f"{_processor()}, {os.cpu_count()} cores{load}",
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        f"SQLite {'.'.join(map(str, sqlite.version()))}, PySide6 {version('PySide6-Essentials')}",
    ]


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def print_table(rows: Sequence[Row], heading: str) -> None:
    """Print the table to standard output."""
    print(heading)
    print(*lines_of(rows), sep="\n")
    sys.stdout.flush()


def lines_of(rows: Sequence[Row]) -> list[str]:
    """The machine and the table, line by line."""
    header = Row("measurement", "target", "measured")
    widths = [max(len(getattr(row, name)) for row in (header, *rows)) for name in ("name", "target", "measured")]
    lines = [*machine(), "", _line(header, widths, "of limit", ""), "-" * (sum(widths) + 24)]
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        lines.append(_line(row, widths, ratio, row.verdict))
    return lines


def _line(row: Row, widths: Sequence[int], ratio: str, verdict: str) -> str:
    name, target, measured = widths
    return f"{row.name:<{name}}  {row.target:<{target}}  {row.measured:>{measured}}  {ratio:>8}  {verdict}".rstrip()
