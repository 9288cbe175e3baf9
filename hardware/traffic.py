"""What the scanners said last, for the doctor: shapes and times, never a whole card number."""

from __future__ import annotations

import threading
from collections import deque
from typing import Final

import msgspec

TRAFFIC_MAX: Final = 50
"""How many frames are remembered."""


class TrafficEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One frame, or what was refused in its place.

    Attributes:
        device_id: Which scanner.
        text: The code, masked.
        hex: Its bytes in hex, masked likewise; framing bytes (prefix, identifier, terminator) are shown.
        aim: The symbology identifier; empty when none was sent.
        gaps_ms: Milliseconds between its reads, or between the keys of one that types.
        rejected: Why it was refused; empty for a code.
        at_ns: When, in nanoseconds of the monotonic clock.
    """

    device_id: str
    text: str
    hex: str
    aim: str = ""
    gaps_ms: tuple[int, ...] = ()
    rejected: str = ""
    at_ns: int = 0


class Traffic:
    """The last frames of all scanners; any thread may add, any may look."""

    def __init__(self, length_max: int = TRAFFIC_MAX) -> None:
        self._lock = threading.Lock()
        self._entries: deque[TrafficEntry] = deque(maxlen=length_max)

    def add(self, entry: TrafficEntry) -> None:
        """Remember a frame; the oldest is forgotten."""
        with self._lock:
            self._entries.append(entry)

    def entries(self) -> tuple[TrafficEntry, ...]:
        """What is remembered, the newest last."""
        with self._lock:
            return tuple(self._entries)
