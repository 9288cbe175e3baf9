"""Tests for how a row of keys is read."""

from __future__ import annotations

from hardware.frames import RejectReason
from hardware.wedge.layouts import Layout
from hardware.wedge.reading import LayoutChoice, Reader, Reading
from hardware.wedge.strokes import KeyStroke
from tests.fakes.keyboard import CARD, every, is_member, typed


def read(
    text: str,
    *,
    layout: Layout = Layout.US,
    host: Layout = Layout.US,
    reader: Reader | None = None,
) -> Reading | None:
    """What a reader that finds out by itself makes of a typed text."""
    strokes = typed(text, every(5), layout=layout, host=host, end=None)
    return (reader or Reader(LayoutChoice.AUTO, is_member)).read(strokes)


def text_of(reading: Reading | None) -> str:
    """The code; fails when there is none."""
    assert reading is not None
    return reading.text


def test_a_member_is_read_on_whatever_layout_fits() -> None:
    """A French scanner on a German machine: nobody set anything, and it works."""
    for layout in (Layout.US, Layout.DE, Layout.FR):
        for host in (Layout.US, Layout.DE, Layout.FR):
            found = read(CARD, layout=layout, host=host)
            assert found is not None
            assert found.is_member
            assert found.text == CARD


def test_other_codes_are_read_as_from_an_american_scanner() -> None:
    """Most scanners were never set up: YZ- on a German machine is YZ-."""
    assert text_of(read("YZ-", host=Layout.DE)) == "YZ-"
    assert text_of(read("YZ12", host=Layout.DE)) == "YZ12"
    assert text_of(read("4006381333931", host=Layout.FR)) == "4006381333931"


def test_this_machines_text_is_taken_when_only_it_looks_like_a_code() -> None:
    """A German scanner on a German machine reads an address: American keys would say https>&&."""
    assert text_of(read("https://shop.de/a", layout=Layout.DE, host=Layout.DE)) == "https://shop.de/a"


def test_what_was_certain_once_decides_what_is_not() -> None:
    """ZY could be YZ; after an address that only made sense in German it is ZY."""
    reader = Reader(LayoutChoice.AUTO, is_member)
    assert text_of(read("YZ12", layout=Layout.DE, host=Layout.DE, reader=reader)) == "ZY12"
    read("https://shop.de/a", layout=Layout.DE, host=Layout.DE, reader=reader)
    assert text_of(read("YZ12", layout=Layout.DE, host=Layout.DE, reader=reader)) == "YZ12"


def test_caps_lock_does_not_spoil_a_code() -> None:
    """The machine's letters are turned around; the keys are not."""
    strokes = [
        KeyStroke(each.t_ms, each.scan_code, each.text.swapcase(), each.modifiers)
        for each in typed("KD-ab", every(5), end=None)
    ]
    assert text_of(Reader(LayoutChoice.AUTO, is_member).read(strokes)) == "KD-ab"


def test_the_host_setting_takes_the_machines_text() -> None:
    """For layouts the till does not know."""
    assert text_of(read("YZ-", host=Layout.DE, reader=Reader(LayoutChoice.HOST, is_member))) == "ZYß"


def test_keys_without_places_are_read_by_their_text() -> None:
    """Remote desktops send characters only."""
    strokes = [KeyStroke(1, 0, character) for character in CARD]
    assert text_of(Reader(LayoutChoice.AUTO, is_member).read(strokes)) == CARD


def test_prefix_and_identifier_are_taken_off() -> None:
    """In this order, as on a serial line."""
    reader = Reader(LayoutChoice.US, is_member, prefix="~")
    found = read(f"~]E0{CARD}", reader=reader)
    assert found == Reading(CARD, f"~]E0{CARD}", "]E0", Layout.US, is_member=True)
    assert read(CARD, reader=reader) is None


def test_spaces_alone_are_no_code() -> None:
    """An empty label."""
    found = read("      ")
    assert found is not None
    assert found.rejected is RejectReason.NO_DATA


def test_a_reading_may_be_logged() -> None:
    """Only the last four characters can be read."""
    assert CARD not in repr(read(CARD))
    assert CARD[-4:] in repr(read(CARD))
    assert "Q" not in repr(typed("Q", (), end=None)[0])
