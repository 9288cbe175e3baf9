"""Tests for what a known text tells about a scanner."""

from __future__ import annotations

import pytest

from hardware.wedge.deduce import TEST_TEXT, deduce_layout
from hardware.wedge.layouts import Layout
from hardware.wedge.strokes import Key, KeyStroke, Modifier
from tests.fakes.keyboard import every, typed

TYPING_LAYOUTS = [Layout.US, Layout.DE, Layout.FR]


@pytest.mark.parametrize("layout", TYPING_LAYOUTS)
@pytest.mark.parametrize("host", TYPING_LAYOUTS)
def test_the_test_text_tells_the_layout(layout: Layout, host: Layout) -> None:
    """On every machine exactly the scanner's own layout, and whether this machine's is the same."""
    found = deduce_layout(typed(TEST_TEXT, every(6), layout=layout, host=host), TEST_TEXT)
    assert found.layout is layout
    assert found.host_agrees is (layout is host)
    assert set(found.layouts) == {layout} | ({Layout.HOST} if layout is host else set())
    assert (found.suffix, found.prefix, found.aim, found.case_swapped) == ("enter", "", "", False)
    assert (found.pace_ms, found.pause_ms) == (6, 6)


def test_framing_is_told() -> None:
    """Prefix, identifier, Tab."""
    found = deduce_layout(typed(f"~]C0{TEST_TEXT}", every(6), end=Key.TAB), TEST_TEXT)
    assert (found.prefix, found.aim, found.suffix) == ("~", "]C0", "tab")


def test_nothing_and_etx_behind_a_code_are_told() -> None:
    """Scanners without a suffix, and those that wrap codes in STX and ETX."""
    assert deduce_layout(typed(TEST_TEXT, every(6), end=None), TEST_TEXT).suffix == ""
    strokes = [*typed(TEST_TEXT, every(6), end=None), KeyStroke(2_000, 46, "\x03", Modifier.CONTROL)]
    assert deduce_layout(strokes, TEST_TEXT).suffix == "etx"
    strokes = [*typed(TEST_TEXT, every(6), end=None), KeyStroke(2_000, 50, "\r", Modifier.CONTROL)]
    assert deduce_layout(strokes, TEST_TEXT).suffix == "enter"


def test_digits_fit_two_layouts() -> None:
    """A text of digits cannot part American from German; both are told."""
    found = deduce_layout(typed("12345", every(6), host=Layout.DE), "12345")
    assert found.layouts == (Layout.US, Layout.DE, Layout.HOST)


def test_a_scanner_that_counts_on_caps_lock_is_recognised() -> None:
    """It types capital letters without Shift."""
    found = deduce_layout(typed("yz-a", every(6)), "YZ-A")
    assert found.case_swapped
    assert found.layout is Layout.US


def test_another_code_tells_nothing_but_the_suffix() -> None:
    """Somebody scanned the wrong barcode."""
    found = deduce_layout(typed("4711", every(6)), TEST_TEXT)
    assert found.layouts == ()
    assert found.layout is None
    assert not found.case_swapped
    assert found.suffix == "enter"


def test_no_keys_tell_nothing() -> None:
    """The wizard ran out of patience."""
    found = deduce_layout([], TEST_TEXT)
    assert (found.layout, found.pace_ms, found.pause_ms) == (None, 0, 0)
