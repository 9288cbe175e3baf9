"""What the doctor is told about a scan that was typed, and what the till is."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from hardware.masking import masked
from hardware.scans import Scan
from hardware.symbology import symbology_of
from hardware.traffic import TrafficEntry
from hardware.wedge.strokes import Key

if TYPE_CHECKING:
    from hardware.wedge.detector import Found

DEVICE_ID: Final = "keyboard"
"""The till's name for all scanners that type."""

_ENDS: Final = {Key.ENTER: "\r", Key.TAB: "\t"}


def scan_of(found: Found, t_monotonic_ns: int) -> Scan:
    """What the till is told: one code, or why it is none."""
    reading = found.reading
    if reading is None or found.rejected is not None:
        return Scan(
            device_id=DEVICE_ID,
            text="",
            raw=b"",
            aim="",
            symbology=None,
            t_monotonic_ns=t_monotonic_ns,
            rejected=found.rejected,
        )
    return Scan(
        device_id=DEVICE_ID,
        text=reading.text,
        raw=reading.raw.encode(),
        aim=reading.aim,
        symbology=symbology_of(reading.aim, reading.text),
        t_monotonic_ns=t_monotonic_ns,
    )


def traffic_of(found: Found, at_ns: int) -> TrafficEntry:
    """What the doctor shows: the code masked, its framing and the gaps between the keys in full."""
    reading, end = found.reading, found.end
    text = "" if reading is None else reading.text
    shown = masked(text)
    framing = "" if reading is None else reading.raw.removesuffix(text)
    behind = "" if end is None else _ENDS.get(end.key, end.text)
    times = [stroke.t_ms for stroke in (*found.strokes, *(() if end is None else (end,)))]
    return TrafficEntry(
        device_id=DEVICE_ID,
        text=shown,
        hex=" ".join([_hex(framing), _hidden(text, shown), _hex(behind)]).strip(),
        aim="" if reading is None else reading.aim,
        gaps_ms=tuple(later - earlier for earlier, later in itertools.pairwise(times)),
        rejected=found.rejected or "",
        at_ns=at_ns,
    )


def _hex(text: str) -> str:
    return text.encode().hex(" ")


def _hidden(text: str, shown: str) -> str:
    """The code in hex, with stars for what the masked text hides."""
    visible = len(shown) - len(shown.lstrip("*"))
    tail = text[len(text) - (len(shown) - visible) :] if len(shown) > visible else ""
    return " ".join(["**"] * visible + ([_hex(tail)] if tail else []))
