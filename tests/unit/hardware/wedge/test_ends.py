"""Tests for how typed codes end: Enter, Tab, control characters, and what is pressed with Ctrl by people."""

from __future__ import annotations

import pytest

from hardware.frames import RejectReason
from hardware.wedge.detector import LATE_END_MS, TYPING_MS, Fate, Terminator, WedgeRules
from hardware.wedge.layouts import Layout
from hardware.wedge.strokes import Key, KeyStroke, Modifier
from tests.fakes.keyboard import CARD, Desk, detector, end_of, every, stroke_of, typed


def test_enter_without_anything_before_it_passes_at_once() -> None:
    """Confirming a sale never waits."""
    assert detector().press(end_of(Key.ENTER, 5_000)).fate is Fate.PASS


@pytest.mark.parametrize("late_ms", [TYPING_MS, 150, LATE_END_MS - 1])
def test_an_enter_that_comes_late_is_still_the_scanners(late_ms: int) -> None:
    """Otherwise it would confirm whatever the scan has just opened."""
    strokes = typed(CARD, every(10), end=None)
    desk = Desk(detector())
    desk.press(*strokes, end_of(Key.ENTER, strokes[-1].t_ms + late_ms))
    assert desk.codes == [CARD]
    assert desk.shown == []


def test_an_enter_of_a_person_after_a_scan_passes() -> None:
    """Somebody who has seen the result presses Enter."""
    strokes = typed(CARD, every(10))
    enter = end_of(Key.ENTER, strokes[-1].t_ms + LATE_END_MS)
    desk = Desk(detector())
    desk.press(*strokes, enter)
    assert desk.shown == [enter]


def test_cr_and_lf_behind_a_code_are_one_end() -> None:
    """A scanner that types CR LF presses Enter twice, or Ctrl+J; the second one must not confirm anything."""
    strokes = typed(CARD, every(5))
    desk = Desk(detector())
    desk.press(*strokes, end_of(Key.ENTER, strokes[-1].t_ms + 3))
    desk.press(KeyStroke(strokes[-1].t_ms + 6, 36, "\n", Modifier.CONTROL))
    assert desk.codes == [CARD]
    assert desk.shown == []


@pytest.mark.parametrize("text", ["\r", "\n", "\x03"])
def test_control_characters_end_a_code(text: str) -> None:
    """CR as Ctrl+M, LF as Ctrl+J, ETX as Ctrl+C."""
    strokes = typed(CARD, every(5), end=None)
    desk = Desk(detector())
    desk.press(*strokes, KeyStroke(strokes[-1].t_ms + 5, 50, text, Modifier.CONTROL))
    assert desk.codes == [CARD]
    assert desk.shown == []


def test_a_group_separator_is_part_of_the_code() -> None:
    """GS1 element strings: scanners type FNC1 as Ctrl+]."""
    code = "01040063813339311021\x1d21ABC"
    desk = Desk(detector())
    desk.press(*typed(code, every(5)))
    assert desk.codes == [code]
    assert desk.scans[0].rejected is None


def test_other_control_characters_are_refused() -> None:
    """A code that would act on a screen or a log is none."""
    desk = Desk(detector())
    desk.press(*typed("ABC\x07DEFGH", every(5)))
    assert [found.rejected for found in desk.scans] == [RejectReason.CONTROL_CHARACTER]
    assert desk.shown == []


def test_copying_by_keyboard_passes() -> None:
    """Ctrl+C and Ctrl+V are a person's, also between typed characters."""
    all_of_it = KeyStroke(900, 30, "\x01", Modifier.CONTROL)
    copy = KeyStroke(1_000, 46, "\x03", Modifier.CONTROL)
    paste = KeyStroke(1_500, 47, "\x16", Modifier.CONTROL)
    typed_key = stroke_of(30, Modifier.NONE, 1_450)
    desk = Desk(detector())
    desk.press(all_of_it, copy, typed_key, paste)
    desk.wait()
    assert desk.shown == [all_of_it, copy, typed_key, paste]


@pytest.mark.parametrize(("set_to", "wanted", "other"), [("tab", Key.TAB, Key.ENTER), ("enter", Key.ENTER, Key.TAB)])
def test_with_a_set_terminator_only_that_ends_a_scan(set_to: str, wanted: Key, other: Key) -> None:
    """A shop whose scanner presses Tab: fast keys and Enter, or nothing behind them, are something else."""
    rules = WedgeRules(terminator=Terminator(set_to))
    desk = Desk(detector(rules=rules))
    strokes = [*typed(CARD, every(5), end=other), *typed(CARD, every(5), start_ms=5_000, end=None)]
    desk.press(*strokes)
    desk.wait()
    assert desk.scans == []
    assert desk.shown == strokes
    desk.press(*typed(CARD, every(5), start_ms=9_000, end=wanted))
    assert desk.codes == [CARD]


def test_codes_one_right_behind_the_other_keep_their_own_enter() -> None:
    """Two scans within the time in which a late Enter is swallowed: the second one's Enter ends the second code."""
    other = "2900000000018"
    first = typed(CARD, every(2))
    second = typed(other, every(2), start_ms=first[-1].t_ms + 100)
    desk = Desk(detector(rules=WedgeRules(terminator=Terminator.ENTER)))
    desk.press(*first, *second)
    desk.wait()
    assert desk.codes == [CARD, other]
    assert desk.shown == []


def test_a_control_character_within_slow_typing_waits_and_comes_through_in_order() -> None:
    """Ctrl acts; until it is known whether it was a scanner's group separator, the window does not get it."""
    one, two = typed("1", every(50), end=None)[0], typed("2", every(50), start_ms=1_100, end=None)[0]
    control = KeyStroke(1_050, 27, "\x1d", Modifier.CONTROL)
    box = detector()
    assert [box.press(stroke).fate for stroke in (one, control, two)] == [Fate.PASS, Fate.HOLD, Fate.HOLD]
    ruling = box.press(end_of(Key.ENTER, 1_300))
    assert (ruling.fate, ruling.release, ruling.found) == (Fate.PASS, 2, None)


def test_an_enter_behind_a_key_that_only_a_person_has_passes() -> None:
    """Esc or F3 after a scan shows that somebody is at the keyboard: what comes next is that person's."""
    strokes = typed(CARD, every(5))
    t_ms = strokes[-1].t_ms
    escape, enter = KeyStroke(t_ms + 50, 1, "\x1b", key=Key.OTHER), end_of(Key.ENTER, t_ms + 150)
    desk = Desk(detector())
    desk.press(*strokes, escape, enter)
    assert desk.codes == [CARD]
    assert desk.shown == [escape, enter]


def test_a_code_may_begin_with_a_character_of_altgr() -> None:
    """Windows reports AltGr as Ctrl and Alt; the bracket of an identifier on a German machine is no shortcut."""
    bracket = KeyStroke(1_000, 10, "]", Modifier.CONTROL | Modifier.ALT)
    rest = typed(f"E0{CARD}", every(5), start_ms=1_005, layout=Layout.DE, host=Layout.DE)
    desk = Desk(detector())
    desk.press(bracket, *rest)
    assert [(found.reading.aim, found.reading.text) for found in desk.scans if found.reading] == [("]E0", CARD)]
    assert desk.shown == []
