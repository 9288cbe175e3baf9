"""What the scanners said last, for the doctor: shapes and times, never a whole card number."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Final

import msgspec

from hardware.frames import SCAN_LENGTH_LIMIT, Frame
from hardware.masking import masked, masked_hex

if TYPE_CHECKING:
    from hardware.frames import Rejected

TRAFFIC_MAX: Final = 50
"""How many frames are remembered."""

GAPS_MAX: Final = 64
"""How many gaps of one frame are remembered, the newest."""

HEARD_BYTES_MAX: Final = SCAN_LENGTH_LIMIT
"""How many bytes since the last frame are kept to show what is around a frame."""

NANOSECONDS_PER_MS: Final = 1_000_000
NANOSECONDS_PER_S: Final = 1_000_000_000

_TERMINATORS: Final = b"\r\n\t\x03"


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


class Listening:
    """Makes entries of what one scanner sent: its thread tells each read, and then what became of it."""

    def __init__(self, device_id: str, traffic: Traffic) -> None:
        self._device_id = device_id
        self._traffic = traffic
        self._heard = bytearray()
        self._gaps_ms: deque[int] = deque(maxlen=GAPS_MAX)
        self._t_last_ns = 0

    def heard(self, data: bytes, t_ns: int) -> None:
        """Bytes were read.

        Args:
            data: The bytes.
            t_ns: When, in nanoseconds of the monotonic clock.
        """
        if self._heard:
            self._gaps_ms.append((t_ns - self._t_last_ns) // NANOSECONDS_PER_MS)
        else:
            data = data.lstrip(_TERMINATORS)  # the LF of the last frame's CR LF
        self._t_last_ns = t_ns
        self._heard += data
        del self._heard[: len(self._heard) - HEARD_BYTES_MAX]

    def made(self, outcomes: list[Frame | Rejected]) -> None:
        """The parser made something of what was read."""
        for outcome in outcomes:
            shown = self._hex_of(outcome) if isinstance(outcome, Frame) else masked_hex(bytes(self._heard))
            self._traffic.add(
                TrafficEntry(
                    device_id=self._device_id,
                    text=masked(outcome.text) if isinstance(outcome, Frame) else "",
                    hex=shown,
                    aim=outcome.aim if isinstance(outcome, Frame) else "",
                    gaps_ms=tuple(self._gaps_ms),
                    rejected="" if isinstance(outcome, Frame) else outcome.reason.value,
                    at_ns=round(outcome.t * NANOSECONDS_PER_S),
                )
            )
            self._gaps_ms.clear()
        if not isinstance(outcomes[-1], Frame):
            self._heard.clear()

    def _hex_of(self, frame: Frame) -> str:
        """The frame with the terminator that came with it; what was heard up to there is done with."""
        start = self._heard.find(frame.raw)
        if start < 0:  # flow control in its middle, or a report that is more than its data
            self._heard.clear()
            return masked_hex(frame.raw, frame.text)
        end = start + len(frame.raw)
        rest = self._heard[end:]
        tail = bytes(rest[: len(rest) - len(rest.lstrip(_TERMINATORS))])
        del self._heard[: end + len(tail)]
        return masked_hex(frame.raw + tail, frame.text)
