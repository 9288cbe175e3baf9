"""Scanners and people at one keyboard, as strokes with times of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hardware.wedge.detector import Fate, Found, WedgeDetector, WedgeRules
from hardware.wedge.layouts import Layout, decode, keys_for
from hardware.wedge.reading import LayoutChoice, Reader
from hardware.wedge.strokes import Key, KeyStroke, Modifier
from tests.fakes.ledger import card_number

ENTER_PLACE = 28
TAB_PLACE = 15
SPACE_PLACE = 57
MEMBER_LENGTH = 13
CARD = card_number(4711)


def is_member(text: str) -> bool:
    """The rule of the tests' programme: EAN-13 with the in-store prefix."""
    return len(text) == MEMBER_LENGTH and text.startswith("29") and text.isdigit() and text.isascii()


def stroke_of(place: int, modifiers: Modifier, t_ms: int, host: Layout = Layout.US) -> KeyStroke:
    """A key pressed on a machine with a layout; dead keys give no text, Ctrl changes only some, as under X."""
    text = decode([KeyStroke(t_ms, place, "", modifiers)], host)
    if text is None and modifiers & Modifier.CONTROL:
        text = decode([KeyStroke(t_ms, place, "", modifiers & ~Modifier.CONTROL)], host)
    return KeyStroke(t_ms, place, text or "", modifiers)


def end_of(key: Key, t_ms: int) -> KeyStroke:
    """Enter or Tab."""
    place, text = (ENTER_PLACE, "\r") if key is Key.ENTER else (TAB_PLACE, "\t")
    return KeyStroke(t_ms, place, text, key=key)


def typed(
    text: str,
    gaps_ms: Iterable[int],
    *,
    start_ms: int = 1_000,
    layout: Layout = Layout.US,
    host: Layout = Layout.US,
    end: Key | None = Key.ENTER,
) -> list[KeyStroke]:
    """The keys of a text, each with the pause before it except the first."""
    keys = keys_for(text, layout)
    pauses = iter(gaps_ms)
    t_ms, strokes = start_ms, []
    for number, (place, modifiers) in enumerate(keys):
        t_ms += next(pauses) if number else 0
        strokes.append(stroke_of(place, modifiers, t_ms, host))
    if end is not None:
        strokes.append(end_of(end, t_ms + next(pauses)))
    return strokes


def every(pause_ms: int) -> Iterator[int]:
    """The same pause for ever."""
    while True:
        yield pause_ms


def detector(choice: LayoutChoice = LayoutChoice.AUTO, rules: WedgeRules | None = None) -> WedgeDetector:
    """A detector in a shop of the tests' programme."""
    return WedgeDetector(rules or WedgeRules(), Reader(choice, is_member))


class Desk:
    """Obeys a detector as a window does, and keeps what can be seen: text, actions, scans.

    A key that shows appears in ``shown`` at once and is taken off when it is withdrawn; Space on a button and the keys
    that end codes are ``done`` when the window gets them.
    """

    def __init__(self, detector: WedgeDetector, *, on_a_button: bool = False) -> None:
        self.detector = detector
        self.on_a_button = on_a_button
        self.shown: list[KeyStroke] = []
        self.scans: list[Found] = []
        self._held: list[KeyStroke] = []
        self._row: list[KeyStroke] = []

    @property
    def codes(self) -> list[str]:
        """What was scanned."""
        return [found.reading.text for found in self.scans if found.reading is not None]

    def press(self, *strokes: KeyStroke) -> None:
        """Let keys go down; time passes between them, so a silence is noticed as a timer would."""
        for stroke in strokes:
            self._time(stroke.t_ms)
            self.deliver(stroke)

    def deliver(self, *strokes: KeyStroke) -> None:
        """Hand keys over without any timer having run between them, as after a stall."""
        for stroke in strokes:
            acts = self.on_a_button and stroke.scan_code == SPACE_PLACE
            ruling = self.detector.press(stroke, acts=acts)
            self._obey(ruling.found, ruling.release, clear=ruling.clear)
            if stroke.key is Key.MODIFIER:
                assert ruling.fate is Fate.PASS
            elif ruling.fate is Fate.PASS:
                self.shown.append(stroke)
                if self.detector.deadline_ms is not None and stroke.key is Key.CHARACTER:
                    self._row.append(stroke)
            elif ruling.fate is Fate.HOLD:
                self._held.append(stroke)

    def wait(self) -> None:
        """Let nothing come for a long time: ask whenever the detector wants to be asked."""
        while (deadline := self.detector.deadline_ms) is not None:
            self._time(deadline)

    def _time(self, t_ms: int) -> None:
        ruling = self.detector.silence(t_ms)
        self._obey(ruling.found, ruling.release, clear=ruling.clear)

    def _obey(self, found: Found | None, release: int, *, clear: bool) -> None:
        if not clear:
            return
        held, self._held = self._held, []
        row, self._row = self._row, []
        if found is not None:
            withdrawn = row[len(row) - found.withdraw :]
            assert self.shown[len(self.shown) - len(withdrawn) :] == withdrawn, "the newest keys are withdrawn"
            del self.shown[len(self.shown) - len(withdrawn) :]
            held = held[:release]
            self.scans.append(found)
        self.shown += held
