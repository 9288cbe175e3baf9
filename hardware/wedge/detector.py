"""Tells a scanner that types from a person who types, by when the keys went down.

A pure state machine without a clock: it knows the keys' own times only, so it decides the same way when a busy window
sees all of them at once, seconds later.

Characters are shown at once and withdrawn when they were a scan's. What acts rather than shows (Space on a button) is
held until that is known, and everything behind it as well, so that nothing overtakes. When the keys have been too fast
for a person long enough, the rest is held too: it need not be shown any more.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

from hardware.frames import SCAN_LENGTH_MAX, RejectReason
from hardware.wedge.strokes import ENDS, Key, Modifier
from loyalty.cards import CARD_LENGTH_MIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hardware.wedge.reading import Reader, Reading
    from hardware.wedge.strokes import KeyStroke

SCAN_MS: Final = 35
"""A code whose keys come at most this far apart, on average, was not typed by a person, in milliseconds."""

TYPING_MS: Final = 80
"""Keys that are at least this far apart do not belong to one code, in milliseconds."""

LENGTH_MIN: Final = 6
"""The shortest code that speed alone makes a scan, in characters; a member's number may be shorter."""

HICCUP_MS: Final = 200
"""A row that is a scanner's already goes on after a pause up to this long, in milliseconds; as on a serial line."""

LATE_END_MS: Final = 250
"""An Enter or Tab this soon behind a scan is the scanner's, in milliseconds: no person has seen the scan yet."""

BREAK_FACTOR: Final = 2
"""A pause this many times longer than every later one may part a person's key from the scan behind it."""

BREAK_MS_MIN: Final = 10
"""The shortest such pause, in milliseconds: a scanner's own rhythm is not that even."""


class Terminator(StrEnum):
    """What the scanner types behind a code."""

    AUTO = "auto"
    """Whatever comes: Enter, Tab, or nothing."""
    ENTER = "enter"
    TAB = "tab"


class WedgeRules(msgspec.Struct, frozen=True, kw_only=True):
    """What makes keys a scan.

    Attributes:
        length_min: The shortest code that speed alone makes a scan, in characters.
        scan_ms: The longest average time between two keys of a scan, in milliseconds.
        typing_ms: The time between two keys that parts them, in milliseconds; above ``scan_ms``.
        terminator: What the scanner types behind a code.
    """

    length_min: int = LENGTH_MIN
    scan_ms: int = SCAN_MS
    typing_ms: int = TYPING_MS
    terminator: Terminator = Terminator.AUTO


class Fate(Enum):
    """What becomes of a key."""

    PASS = "pass"  # noqa: S105 - not a password
    """It goes on to the window at once."""
    HOLD = "hold"
    """It waits; a later ruling releases or forgets it."""
    SWALLOW = "swallow"
    """The window never sees it."""


class Found(msgspec.Struct, frozen=True):
    """A scan.

    Attributes:
        reading: What it says, or ``None`` when it was too long to be read.
        strokes: Its keys, without what ended it.
        end: The key that ended it, or ``None`` when nothing came any more.
        withdraw: How many keys that went to the window, or around it, belong to the scan: the newest of them.
        t_ms: When its last key went down, in milliseconds of the keys' clock.
    """

    reading: Reading | None
    strokes: tuple[KeyStroke, ...]
    end: KeyStroke | None
    withdraw: int
    t_ms: int

    @property
    def rejected(self) -> RejectReason | None:
        """Why it is no code, or ``None``."""
        return RejectReason.TOO_LONG if self.reading is None else self.reading.rejected


class Ruling(msgspec.Struct, frozen=True):
    """What is to be done, in this order, before the next key.

    Attributes:
        found: A scan that is over: withdraw what it has shown.
        release: How many held keys go to the window now, the oldest first.
        clear: Whether the row has ended: what is still held is forgotten, and so is what was shown.
        fate: What becomes of the key that was asked about.
    """

    fate: Fate
    found: Found | None = None
    release: int = 0
    clear: bool = False


_PASS: Final = Ruling(Fate.PASS)
_HOLD: Final = Ruling(Fate.HOLD)
_SWALLOW: Final = Ruling(Fate.SWALLOW)


class WedgeDetector:
    """Looks at every key that goes down."""

    def __init__(self, rules: WedgeRules, reader: Reader) -> None:
        """Start with no key.

        Args:
            rules: What makes keys a scan.
            reader: Reads them, and knows which numbers are members'.
        """
        self._rules = rules
        self._reader = reader
        self._row: list[KeyStroke] = []
        self._holds: list[bool] = []
        self._varied = False
        self._too_long = False
        self._patient = False
        self._t_last_ms = 0
        self._t_scan_ms: int | None = None

    @property
    def deadline_ms(self) -> int | None:
        """When to ask for ``silence`` if no key comes, in milliseconds of the keys' clock; ``None``: nothing waits."""
        if not self._row:
            return None
        return self._t_last_ms + (self._patience_ms if self._patient else self._rules.typing_ms)

    def press(self, stroke: KeyStroke, *, acts: bool = False) -> Ruling:
        """A key went down.

        Args:
            stroke: The key.
            acts: Whether the window would do something about it rather than show it, as with Space on a button.

        Returns:
            What to do, first about earlier keys, then about this one.
        """
        if stroke.key is Key.MODIFIER:
            return _PASS
        is_a_persons = self._is_a_persons(stroke)
        before = self._end(None) if self._row and (is_a_persons or self._parts(stroke)) else None
        if is_a_persons:
            self._t_scan_ms = None
            return _PASS if before is None else _then(before, Fate.PASS)
        if stroke.key is not Key.CHARACTER or stroke.text in ENDS:
            ruling = self._ended_by(stroke)
        else:
            ruling = self._collect(stroke, acts=acts)
        return ruling if before is None else _then(before, ruling.fate)

    def silence(self, t_ms: int) -> Ruling:
        """No key came until a time.

        Args:
            t_ms: The time, in milliseconds of the keys' clock.

        Returns:
            What to do; its fate concerns no key.
        """
        if not self._row or not self._is_over(t_ms - self._t_last_ms):
            self._patient = bool(self._row) and t_ms - self._t_last_ms >= self._rules.typing_ms
            return _PASS
        return self._end(None)

    def _is_a_persons(self, stroke: KeyStroke) -> bool:
        """Whether a key cannot be a scanner's: it does something, has no time, or is held down.

        X11 takes the second of two equal keys for a repetition when a busy server gave release and press the same time.
        A keyboard waits far longer before it repeats a key, so that one does not continue a row.
        """
        if not stroke.t_ms or stroke.key is Key.OTHER:
            return True
        return stroke.repeated and not (self._row and 0 <= stroke.t_ms - self._t_last_ms < self._rules.typing_ms)

    def _parts(self, stroke: KeyStroke) -> bool:
        """Whether a key cannot belong to the row before it; input clocks may begin anew."""
        pause_ms = stroke.t_ms - self._t_last_ms
        return pause_ms < 0 or self._is_over(pause_ms)

    @property
    def _patience_ms(self) -> int:
        return max(HICCUP_MS, self._rules.typing_ms)

    def _is_over(self, pause_ms: int) -> bool:
        """Whether a pause ends the row: a scanner that stumbles in the middle of a code must not be cut in two."""
        if pause_ms < self._rules.typing_ms:
            return False
        if pause_ms >= self._patience_ms or not self._too_fast():
            return True
        reading = self._reader.read(self._row)
        return reading is not None and reading.is_member

    # -- rows

    def _collect(self, stroke: KeyStroke, *, acts: bool) -> Ruling:
        """A character: show it, or hold it when it acts, or when it stands behind one that is held."""
        is_control = _is_control(stroke)
        if is_control and not self._row:
            return _PASS  # somebody's Ctrl+C
        if len(self._row) == SCAN_LENGTH_MAX:
            return self._overrun(stroke)
        self._varied = self._varied or bool(self._row and stroke.scan_code != self._row[0].scan_code)
        self._row.append(stroke)
        self._patient = False
        self._t_last_ms = stroke.t_ms
        holds = stroke.seen and (True in self._holds or acts or is_control or self._too_fast())
        self._holds.append(holds)
        return _HOLD if holds else _PASS

    def _overrun(self, stroke: KeyStroke) -> Ruling:
        """More keys than any code has: a scan goes on unseen and is refused at its end, typing begins a new row."""
        if self._too_fast():
            self._too_long, self._patient = True, False
            self._t_last_ms = stroke.t_ms
            return _SWALLOW
        over = self._end(None)
        return _then(over, self._collect(stroke, acts=False).fate)

    def _too_fast(self) -> bool:
        """Whether the row is already longer and faster than a person types."""
        return len(self._row) >= self._rules.length_min and self._varied and _pace_ms(self._row) <= self._rules.scan_ms

    def _ended_by(self, stroke: KeyStroke) -> Ruling:
        """Enter, Tab or a control character that ends codes."""
        if self._t_scan_ms is not None and not self._row and 0 <= stroke.t_ms - self._t_scan_ms < LATE_END_MS:
            return _SWALLOW
        self._t_scan_ms = None
        return self._end(stroke) if self._row else _PASS

    def _end(self, end: KeyStroke | None) -> Ruling:
        """The row is over: was it a scan?"""
        row, holds, too_long = self._row, self._holds, self._too_long
        start, reading = self._judge(row, end)
        self._row, self._holds, self._varied, self._too_long, self._patient = [], [], False, False, False
        if start is None:
            return Ruling(Fate.PASS, release=sum(holds), clear=True)
        self._t_scan_ms = self._t_last_ms if end is None else end.t_ms
        found = Found(
            None if too_long else reading,
            tuple(row[start:]),
            end,
            withdraw=holds[start:].count(False),
            t_ms=self._t_last_ms,
        )
        return Ruling(Fate.SWALLOW, found, release=sum(holds[:start]), clear=True)

    def _judge(self, row: Sequence[KeyStroke], end: KeyStroke | None) -> tuple[int | None, Reading | None]:
        """Where in a row a scan begins and what it says; ``None`` for typing."""
        if len(row) < CARD_LENGTH_MIN or not self._ends_codes(end):
            return None, None
        for start in (0, *_breaks(row)):
            reading = self._reader.read(row[start:])
            if reading is not None and reading.is_member and len(reading.text) >= CARD_LENGTH_MIN:
                return start, reading
        if not self._too_fast():
            return None, None
        reading = self._reader.read(row)
        return (None, None) if reading is None else (0, reading)

    def _ends_codes(self, end: KeyStroke | None) -> bool:
        """Whether the scanner ends its codes in this way."""
        match self._rules.terminator:
            case Terminator.AUTO:
                return True
            case Terminator.TAB:
                return end is not None and end.key is Key.TAB
            case Terminator.ENTER:
                return end is not None and end.key is not Key.TAB


def _then(over: Ruling, fate: Fate) -> Ruling:
    """A row is over, and the key behind it has a fate of its own."""
    return Ruling(fate, over.found, over.release, clear=True)


def _is_control(stroke: KeyStroke) -> bool:
    """Whether Ctrl is held down with a key; with Alt it is what Windows reports for AltGr."""
    held = stroke.modifiers
    return bool(held and held & Modifier.CONTROL and not held & (Modifier.ALT | Modifier.ALT_GR))


def _pace_ms(row: Sequence[KeyStroke]) -> float:
    """Time per key."""
    return (row[-1].t_ms - row[0].t_ms) / (len(row) - 1)


def _breaks(row: Sequence[KeyStroke]) -> list[int]:
    """Where, behind the first key, a scan may have begun: behind a pause much longer than all later ones."""
    found: list[int] = []
    longest_ms = BREAK_MS_MIN // BREAK_FACTOR
    for start in range(len(row) - 1, 0, -1):
        pause_ms = row[start].t_ms - row[start - 1].t_ms
        if pause_ms >= BREAK_FACTOR * longest_ms and len(row) - start >= CARD_LENGTH_MIN:
            found.append(start)
        longest_ms = max(longest_ms, pause_ms)
    return found[::-1]
