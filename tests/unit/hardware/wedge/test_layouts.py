"""Tests for what keys type on other layouts than this machine's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.wedge.layouts import Layout, decode, keys_for
from hardware.wedge.strokes import KeyStroke, Modifier
from tests.fakes.keyboard import every, stroke_of, typed

TYPING_LAYOUTS = [Layout.US, Layout.DE, Layout.FR]
ASCII = "".join(map(chr, range(0x20, 0x7F)))


@pytest.mark.parametrize("layout", TYPING_LAYOUTS)
def test_every_printable_character_can_be_typed_and_read(layout: Layout) -> None:
    """All of ASCII, which is what barcodes hold."""
    missing = {"`"} if layout is Layout.FR else set()
    for character in set(ASCII) - missing:
        strokes = [KeyStroke(1, place, "", modifiers) for place, modifiers in keys_for(character, layout)]
        assert decode(strokes, layout) == character


@given(text=st.text(ASCII.replace("`", ""), max_size=40), layout=st.sampled_from(TYPING_LAYOUTS))
def test_reading_undoes_typing(text: str, layout: Layout) -> None:
    """Dead keys are typed with a Space behind them, as scanners do."""
    strokes = [KeyStroke(1, place, "", modifiers) for place, modifiers in keys_for(text, layout)]
    assert decode(strokes, layout) == text


def test_an_american_scanner_on_a_german_machine() -> None:
    """The example of every manual: YZ- comes out as ZYß."""
    strokes = typed("YZ-", every(5), host=Layout.DE, end=None)
    assert decode(strokes, Layout.HOST) == "ZYß"
    assert decode(strokes, Layout.US) == "YZ-"


def test_an_american_scanner_on_a_french_machine() -> None:
    """There the digits need Shift."""
    strokes = typed("0123456789", every(5), host=Layout.FR, end=None)
    assert decode(strokes, Layout.HOST) == "à&é\"'(-è_ç"
    assert decode(strokes, Layout.US) == "0123456789"


@pytest.mark.parametrize(("text", "layout"), [("é", Layout.DE), ("â", Layout.FR), ("Ö", Layout.FR), ("ü", Layout.DE)])
def test_accents_are_joined_with_their_letter(text: str, layout: Layout) -> None:
    """Dead keys wait for the letter behind them."""
    strokes = [KeyStroke(1, place, "", modifiers) for place, modifiers in keys_for(text, layout)]
    assert decode(strokes, layout) == text


def test_an_accent_without_a_letter_is_no_text() -> None:
    """A code never ends in the middle of a character."""
    assert decode([KeyStroke(1, 13, "")], Layout.DE) is None


def test_an_accent_that_does_not_go_with_a_letter_stays_beside_it() -> None:
    """There is no x with an acute accent."""
    strokes = [KeyStroke(1, 13, ""), KeyStroke(2, 45, "x")]
    assert decode(strokes, Layout.DE) == "\u00b4x"


def test_caps_lock_changes_nothing() -> None:
    """Only keys that are held down count; the lock turns what the machine makes of them around."""
    strokes = [
        KeyStroke(each.t_ms, each.scan_code, each.text.swapcase(), each.modifiers)
        for each in typed("Ab-12", every(5), end=None)
    ]
    assert decode(strokes, Layout.HOST) == "aB-12"
    assert decode(strokes, Layout.US) == "Ab-12"


def test_windows_tells_alt_gr_as_ctrl_and_alt() -> None:
    """@ on a German keyboard."""
    assert decode([KeyStroke(1, 16, "@", Modifier.CONTROL | Modifier.ALT)], Layout.DE) == "@"


def test_a_group_separator_is_control_and_a_bracket() -> None:
    """Key 27 on an American keyboard, whatever stands on it here."""
    assert decode([stroke_of(27, Modifier.CONTROL, 1, Layout.DE)], Layout.US) == "\x1d"
    assert keys_for("\x1d", Layout.US) == [(27, Modifier.CONTROL)]


def test_a_control_key_without_a_character_is_no_text() -> None:
    """Ctrl+1 types nothing."""
    assert decode([KeyStroke(1, 2, "", Modifier.CONTROL)], Layout.US) is None


def test_the_number_pad_types_digits_without_num_lock() -> None:
    """Some scanners type on the number pad, where the lock may be off: then the machine sees arrows."""
    strokes = [KeyStroke(1, place, "") for place in (79, 80, 81, 82)]
    assert decode(strokes, Layout.US) == "1230"
    assert decode(strokes, Layout.HOST) is None


def test_a_character_typed_by_its_number_is_taken_as_it_came() -> None:
    """Alt and digits on Windows: no key has that place, so the machine's text is right on every layout."""
    assert decode([KeyStroke(1, 56, "Ä")], Layout.US) == "Ä"


def test_a_key_in_no_place_without_text_is_no_text() -> None:
    """Rather no code than half a code."""
    assert decode([KeyStroke(1, 0, "")], Layout.US) is None


def test_a_character_no_key_has_is_refused() -> None:
    """Nobody can type it, so no scanner sends it."""
    with pytest.raises(ValueError, match="U\\+4E2D"):
        keys_for("中", Layout.US)
